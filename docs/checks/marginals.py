"""How well the synthetic population meets what is known of Danish firms, marginal by marginal.

Every row says what was observed, of whom, what the register gives for the same firms, and how far off it may be. The
tolerances were set before the register was looked at, each for the reason that stands beside it; a row outside its
tolerance is a finding to show, not a reason to move it. All counts are of the full population (scale 1).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.lives import lives, traits
from checks.marginal import Firms, Marginal, Policy, evidence
from klyngesim.evidence import tables
from klyngesim.exact import median
from klyngesim.population.register import Register
from klyngesim.population.strongholds import FOREIGN, LARGE, MEDIUM, MICRO, SMALL, SUPPORTING
from klyngesim.streams import Floats, Ints

TOP = 1000
"""Number of largest enterprises whose share of employment is known (E203)."""


def marginals(register: Register, policy: Policy) -> tuple[Marginal, ...]:
    """Every marginal of a register of the full population.

    Args:
        register: firms at scale 1.
        policy: the parameters that the register was made with.
    """
    every = np.arange(register.rows, dtype=np.int64)
    cell = register.cell_of_row(every)
    here = (register.plan.size_class[cell] != FOREIGN) & register.alive(every, 0)
    rows, cell = every[here], cell[here]
    plan = register.plan
    firms = Firms(
        rows, cell, plan.size_class[cell], plan.group[cell], register.employees(rows), register.exporter(rows)
    )
    return (
        *_kinds(register, firms),
        *_strongholds(register, firms, policy),
        *_sizes(firms, policy),
        *_table4(register, firms),
        *lives(register, firms, policy),
        *traits(register, firms),
    )


def _kinds(register: Register, firms: Firms) -> Iterator[Marginal]:
    count = len(register.plan.strongholds)
    kind = np.minimum(firms.group // count, 2)
    number = np.bincount(kind, minlength=3)
    employed = np.bincount(kind, firms.employees, 3)
    printed = tables.firm_population()
    exact = "a count that is spread, not drawn"
    total = sum(row.firms for row in printed)
    yield Marginal(
        "firms",
        "firms alive at 2021Q1",
        "Table 1",
        "private firms 2019",
        total,
        float(len(firms.rows)),
        0.0,
        "relative",
        exact,
    )
    for which, row in enumerate(printed):
        yield Marginal(
            f"firms {row.category}",
            f"firms in {row.category} industries",
            "Table 1",
            "private firms 2019",
            row.firms,
            float(number[which]),
            0.0,
            "relative",
            exact,
        )
    for which, row in enumerate(printed):
        yield Marginal(
            f"employees {row.category}",
            f"employees in {row.category} industries",
            "Table 1",
            "private firms 2019; the register takes size classes from other sources (E198, E257) and years, and only "
            "the proportions between the three kinds from Table 1",
            row.employees,
            float(employed[which]),
            0.10,
            "relative",
            "size classes are of other years and perimeters, known to about a tenth (E257)",
        )
    mean = sum(row.employees for row in printed) / total
    for which, row in enumerate(printed):
        yield Marginal(
            f"relative size {row.category}",
            f"employees per firm in {row.category} industries over the mean of all",
            "Table 1",
            "private firms 2019",
            row.employees / row.firms / mean,
            float(employed[which] / number[which] / firms.employees.mean()),
            0.10,
            "relative",
            "employees of the few large firms are drawn, and the seed moves the mean by several per cent",
        )


def _members(register: Register, firms: Firms, stronghold: int) -> tuple[Ints, Floats]:
    """Firms that Table 3 counts in a stronghold (positions in ``firms``) and the weight of each, 0-1."""
    plan = register.plan
    counted = np.zeros(plan.role.shape[1])
    counted[plan.role[stronghold] == SUPPORTING] = plan.counted_support[stronghold]
    counted[stronghold] = 1.0
    weight = counted[firms.group]
    inside = np.flatnonzero(weight > 0.0)
    return inside, weight[inside]


def _strongholds(register: Register, firms: Firms, policy: Policy) -> Iterator[Marginal]:
    intended = policy.vec("stronghold.firms")
    for place, row in enumerate(tables.participation_2021()):
        _, weight = _members(register, firms, place)
        hidden = row.stronghold_firms is None
        yield Marginal(
            f"stronghold {row.cluster}",
            f"firms of the stronghold of {row.cluster}: main industries and counted supporting ones",
            "assumption" if hidden else "Table 3; A4; A5",
            "hidden in Table 3, the assumption of the register" if hidden else "private firms 2021",
            float(intended[place]) if row.stronghold_firms is None else float(row.stronghold_firms),
            float(weight.sum()),
            0.01,
            "relative",
            "shares of supporting industries are fitted; only whole firms keep them from being met exactly",
        )


def _sizes(firms: Firms, policy: Policy) -> Iterator[Marginal]:
    number = np.bincount(firms.size, minlength=4)
    halves = (
        (SMALL, "small", "10-49 employees", "E257", policy.num("firms.small"), 0.06, "E257 gives 17-19 thousand"),
        (MEDIUM, "medium", "50-249 employees", "E198", evidence("E198"), 0.05, "E198 gives 3,870-3,990, reckoned back"),
        (LARGE, "large", "250 or more employees", "E257", policy.num("firms.large"), 0.10, "E257 gives about 700-850"),
    )
    for code, name, words, item, observed, tolerance, reason in halves:
        yield Marginal(
            f"size {name}",
            f"firms with {words}",
            item,
            "all Danish firms about 2021-2022; taken as those of Table 1, since larger firms are private ones",
            observed,
            float(number[code]),
            tolerance,
            "relative",
            reason,
        )
    yield Marginal(
        "zero employees",
        "micro firms without employees",
        "E096",
        "private non-financial firms 2019, wider than Table 1 in some industries and narrower in others",
        evidence("E096"),
        float(np.count_nonzero((firms.size == MICRO) & (firms.employees == 0))),
        0.10,
        "relative",
        "the perimeters differ by about that much",
    )
    largest = np.sort(firms.employees)[-TOP:].sum() / firms.employees.sum()
    yield Marginal(
        "top thousand",
        "share of employment in the thousand largest",
        "E203",
        "enterprise groups 2014; the register knows firms, of which a group may hold several",
        evidence("E203") / 100.0,
        float(largest),
        0.10,
        "absolute",
        "groups are larger than firms",
    )


def _table4(register: Register, firms: Firms) -> Iterator[Marginal]:
    names = register.plan.strongholds
    for row in tables.characteristics_2021():
        if row.group != "non_participant":
            continue
        inside, weight = _members(register, firms, names.index(row.cluster))
        yield Marginal(
            f"median employees {row.cluster}",
            f"median employees of firms in the stronghold of {row.cluster}",
            "Table 4",
            "firms of the stronghold that did not take part in 2021, 97-100 % of it; the register gives micro firms of "
            "all industries one size distribution, which must also hold the firms without employees (E096)",
            row.median_employees,
            median(firms.employees[inside], weight),
            1.0,
            "absolute",
            "medians of one to three persons, printed whole",
        )
    for row in tables.characteristics_2021():
        if row.group != "non_participant":
            continue
        inside, weight = _members(register, firms, names.index(row.cluster))
        yield Marginal(
            f"exporters {row.cluster}",
            f"share of exporters among firms in the stronghold of {row.cluster}",
            "Table 4",
            "firms of the stronghold that did not take part in 2021, 97-100 % of it",
            row.export_share,
            float((firms.exporter[inside] * weight).sum() / weight.sum()),
            0.05,
            "absolute",
            "printed with one decimal",
        )
