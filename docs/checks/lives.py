"""Marginals of births, ages and traits of the synthetic population; see `checks.marginals`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.marginal import READY, Firms, Marginal, Policy, evidence
from klyngesim.population.register import Register
from klyngesim.population.strongholds import MICRO

QUARTERS_A_YEAR = 4


def lives(register: Register, firms: Firms, policy: Policy) -> Iterator[Marginal]:
    """Entry, growth, survival and age."""
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


def traits(register: Register, firms: Firms) -> Iterator[Marginal]:
    """Exporters, and firms that are ready to innovate."""
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
