"""How well the synthetic population meets what is known of Danish firms, marginal by marginal.

Every row says what was observed, of whom, what the register gives for the same firms, and how far off it may be. The
tolerances were set before the register was looked at, each for the reason that stands beside it; a row outside its
tolerance is a finding to show, not a reason to move it. All counts are of the full population (scale 1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from klyngesim.evidence import tables
from klyngesim.population.register import Register
from klyngesim.population.strongholds import FOREIGN, LARGE, MEDIUM, MICRO, SMALL, SUPPORTING
from klyngesim.streams import Floats, Ints

QUARTERS_A_YEAR = 4
READY = 0.5
"""Readiness from which a firm counts as innovation-ready: nearer to full readiness than to none."""

TOP = 1000
"""Number of largest enterprises whose share of employment is known (E203)."""


class Policy(Protocol):
    """The parameters that the report needs; see `klyngesim.ecosystem.settings.Values`."""

    def num(self, key: str, /) -> float:
        """A programme-wide number."""

    def vec(self, key: str, /) -> Floats:
        """A number per organisation, in the order of Table 2."""


@dataclass(frozen=True)
class Marginal:
    """One marginal of the population.

    Attributes:
        id: short name, unique.
        marginal: what is counted, in words.
        source: table or evidence id.
        perimeter: of whom the observation is, and what about it the register cannot copy.
        observed, synthetic: the two values, in the same unit.
        tolerance: how far they may be apart.
        measure: whether the tolerance is relative to the observation or absolute.
        reason: why this tolerance.
    """

    id: str
    marginal: str
    source: str
    perimeter: str
    observed: float
    synthetic: float
    tolerance: float
    measure: Literal["relative", "absolute"]
    reason: str

    @property
    def difference(self) -> float:
        """Synthetic less observed."""
        return self.synthetic - self.observed

    @property
    def error(self) -> float:
        """The difference as the tolerance measures it: over the observation, or as it is."""
        return self.difference / self.observed if self.measure == "relative" else self.difference

    @property
    def within(self) -> bool:
        """Whether the row is within its tolerance."""
        return abs(self.error) <= self.tolerance * (1.0 + 1e-12)


@dataclass(frozen=True)
class _Firms:
    """The Danish firms alive at 2021Q1, one entry each."""

    rows: Ints
    cell: Ints
    size: Ints
    group: Ints
    employees: Floats
    exporter: NDArray[np.bool_]


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
    firms = _Firms(
        rows, cell, plan.size_class[cell], plan.group[cell], register.employees(rows), register.exporter(rows)
    )
    return (
        *_kinds(register, firms),
        *_strongholds(register, firms, policy),
        *_sizes(firms, policy),
        *_table4(register, firms),
        *_lives(register, firms, policy),
        *_traits(register, firms),
    )


def evidence(name: str, attribute: Literal["low", "central", "high"] = "central") -> float:
    """A value of an evidence item; raises ValueError where the item has none."""
    found: float | None = getattr(tables.source(name), attribute)
    if found is None:
        raise ValueError(f"{name} has no {attribute} value")
    return found


def _kinds(register: Register, firms: _Firms) -> Iterator[Marginal]:
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


def _members(register: Register, firms: _Firms, stronghold: int) -> tuple[Ints, Floats]:
    """Firms that Table 3 counts in a stronghold (positions in ``firms``) and the weight of each, 0-1."""
    plan = register.plan
    counted = np.zeros(plan.role.shape[1])
    counted[plan.role[stronghold] == SUPPORTING] = plan.counted_support[stronghold]
    counted[stronghold] = 1.0
    weight = counted[firms.group]
    inside = np.flatnonzero(weight > 0.0)
    return inside, weight[inside]


def _strongholds(register: Register, firms: _Firms, policy: Policy) -> Iterator[Marginal]:
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


def _sizes(firms: _Firms, policy: Policy) -> Iterator[Marginal]:
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


def _table4(register: Register, firms: _Firms) -> Iterator[Marginal]:
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


def median(values: Floats, weight: Floats) -> float:
    """Weighted median: the least value with half of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(running, 0.5 * running[-1])])


def _lives(register: Register, firms: _Firms, policy: Policy) -> Iterator[Marginal]:
    entered, _, alive = register.counts(2 * QUARTERS_A_YEAR)
    first = float(entered[1 : QUARTERS_A_YEAR + 1].sum())
    yield Marginal(
        "entry",
        "new firms in a year as a share of firms alive",
        "E088",
        "all Danish firms 2014-2018; a gross rate that the growth of the population is part of",
        evidence("E088") / 100.0,
        first / float(alive[0]),
        0.125,
        "relative",
        "E088 gives 7-8 % a year",
    )
    yield Marginal(
        "growth",
        "net growth of the number of firms in the first year",
        "E200",
        "active firms 2019-2022, new definition",
        evidence("E200") / 100.0,
        float(alive[QUARTERS_A_YEAR]) / float(alive[0]) - 1.0,
        0.005,
        "absolute",
        "half a percentage point: growth differs by that much between years",
    )
    every = np.arange(register.rows, dtype=np.int64)
    size = register.size_class(every)
    new = (register.birth >= 1) & (register.birth <= QUARTERS_A_YEAR) & (size == MICRO)
    life = register.death[new].astype(np.int64) - register.birth[new]
    for years, item, attribute in ((1, "E089", "central"), (2, "E089", "low"), (5, "E087", "central")):
        observed = evidence(item, "low" if attribute == "low" else "central") / 100.0
        yield Marginal(
            f"survival {years}",
            f"new firms alive after {years} year{'s' if years > 1 else ''}",
            item,
            "Danish cohorts that started in 2001 and 2013; in the register, micro firms entering in the first year",
            observed,
            float(np.mean(life > years * QUARTERS_A_YEAR)),
            0.01,
            "absolute",
            "a cohort of 25,000 drawn one by one; sampling moves it by 0.3 points",
        )
    yield Marginal(
        "young",
        "micro firms younger than five years as a share of micro firms",
        "E087; E088; E089",
        "reckoned from entry and survival of a population that stands still; the report counts start-ups among "
        "participants only (F234-F237)",
        _share_young(policy),
        float(np.mean(register.age(firms.rows[firms.size == MICRO], 0) < 5 * QUARTERS_A_YEAR)),
        0.02,
        "absolute",
        "follows from entry and survival except for rounding to quarters",
    )


def _share_young(policy: Policy) -> float:
    """Share of firms below five years: entry rate times the area under the survival curve, linear between anchors."""
    one, two, five = evidence("E089") / 100.0, evidence("E089", "low") / 100.0, evidence("E087") / 100.0
    area = (1.0 + one) / 2.0 + (one + two) / 2.0 + 3.0 * (two + five) / 2.0
    return evidence("E088") / 100.0 * area


def _traits(register: Register, firms: _Firms) -> Iterator[Marginal]:
    yield Marginal(
        "goods exporters",
        "firms that export",
        "E204",
        "firms that export goods 2010-2020; the register counts exporters of goods or services as Table 4 does, in "
        "strongholds of which up to half export",
        evidence("E204"),
        float(np.count_nonzero(firms.exporter)),
        0.20,
        "relative",
        "services come on top of goods",
    )
    ready = register.readiness_mean(firms.rows) >= READY
    low, high = evidence("E091", "low"), evidence("E091", "high")
    yield Marginal(
        "innovation-ready",
        "innovation-ready firms (innovationsmodne virksomheder): readiness of a half or more",
        "E091",
        "firms that could use the innovation system and do not, 2019; readiness has no unit of its own, so that the "
        "half at which a firm counts as ready is a convention, and only the order of magnitude can be compared",
        evidence("E091"),
        float(np.count_nonzero(ready)),
        (high - low) / 2.0 / evidence("E091"),
        "relative",
        "E091 gives 25-35 thousand",
    )
