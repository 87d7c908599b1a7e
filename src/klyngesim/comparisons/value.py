"""Value for money: what a variant costs the public, what it brings, and when its effect shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.comparisons.differences import Paired, paired, student
from klyngesim.comparisons.verdicts import differences, direction
from klyngesim.results.comparison import MAIN, SURE
from klyngesim.results.indicators import index, indicator
from klyngesim.results.windows import Floats, Window, complete_years
from klyngesim.scenario import periods

if TYPE_CHECKING:
    from klyngesim.comparisons.pairs import Runs
    from klyngesim.scenario.schema import Scenario

PUBLIC = "grant_spent_mkr"
"""What the programme costs the public, mio. kr. a year. Money from national pots is a transfer: somebody else would
have had it (M035)."""

OUTCOMES = ("participants_unique_year", "projects_external_started", "innovations")
MONEY = ("external_transfer_mkr", "external_additional_mkr", "external_private_mkr")

ADMINISTRATION = "administration_fte"
"""Posts bound by administration: a measure of this table alone, see `administration`."""

READINGS = {
    (1, 1): "dearer and more",
    (1, -1): "dearer and less",
    (-1, 1): "cheaper and more",
    (-1, -1): "cheaper and less",
}
"""What a variant is against the baseline, by the signs of its differences in money and in units."""

_UNKNOWN = (math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Worth:
    """A row of value.csv, means per year of the window.

    Attributes:
        extra_public_mkr, extra_low, extra_high: grant spent beyond the baseline's, with its 90 % interval, mio. kr.
        outcome: what it is set against.
        extra_outcome, outcome_low, outcome_high: additional units with their interval.
        mkr_per_unit, per_unit_low, per_unit_high: price of a unit with Fieller's interval, never below zero: public
            money paid for each additional unit (dearer and more), or saved for each unit given up (cheaper and less).
            NaN in every other case: what costs more and brings less, or the reverse, has no price.
        mkr_per_unit_all, mkr_per_unit_baseline: all grant money over all units, of the variant and the baseline.
        reading: ``dearer`` or ``cheaper`` and ``more`` or ``less`` where both are sure, else which one is not.

    Nothing is priced that is not worth having more of: posts in administration, and transfers within Denmark.
    """

    scenario: str
    window: str
    extra_public_mkr: float
    extra_low: float
    extra_high: float
    outcome: str
    extra_outcome: float
    outcome_low: float
    outcome_high: float
    mkr_per_unit: float
    per_unit_low: float
    per_unit_high: float
    mkr_per_unit_all: float
    mkr_per_unit_baseline: float
    reading: str


@dataclass(frozen=True)
class Onset:
    """A row of onset.csv: the years in which a sure change of a window shows.

    sign                   +1 or -1 as the change itself, 0 = no sure change in this window, so no years
    first_year, last_year  the longest stretch of years within the window whose yearly interval keeps clear of zero on
                           that side; NaN = the change shows in the mean of the years only
    years_from_announced   first_year less the year in which the first lever is announced
    """

    scenario: str
    indicator: str
    window: str
    sign: int
    first_year: float
    last_year: float
    years_from_announced: float


def worth(runs: Runs) -> Iterator[Worth]:
    """Public kroner per additional unit, by variant, window and outcome; external money and administration beside."""
    for variant in range(1, len(runs.scenarios)):
        for window, span in enumerate(runs.windows):
            cost, both = runs.values(window, PUBLIC), [0, variant]
            named = [(name, runs.values(window, name), direction(indicator(name)) > 0) for name in (*OUTCOMES, *MONEY)]
            for outcome, units, priced in (*named, (ADMINISTRATION, administration(runs, window), False)):
                yield _worth(runs.scenarios[variant].name, span.label, outcome, cost[both], units[both], priced)


def administration(runs: Runs, window: int) -> Floats:
    """Posts bound by administration, FTE, shape (scenarios, pairs): their share of the hours times the posts."""
    return runs.values(window, "admin_share") * runs.values(window, "staff_fte")


def _worth(scenario: str, window: str, outcome: str, cost: Floats, units: Floats, priced: bool) -> Worth:
    """A row out of money and units, each of shape (2, pairs): the baseline's and the variant's."""
    extra, more = paired(*cost), paired(*units)
    # A unit has a price where both signs are sure and the same: paid for one more, or saved on one less.
    has_price = priced and extra.sign * more.sign > 0
    price = fieller(cost[1] - cost[0], units[1] - units[0]) if has_price else _UNKNOWN
    return Worth(
        scenario=scenario,
        window=window,
        extra_public_mkr=extra.mean,
        extra_low=extra.low,
        extra_high=extra.high,
        outcome=outcome,
        extra_outcome=more.mean,
        outcome_low=more.low,
        outcome_high=more.high,
        mkr_per_unit=price[0],
        per_unit_low=price[1],
        per_unit_high=price[2],
        mkr_per_unit_all=_over(cost[1], units[1]) if priced else math.nan,
        mkr_per_unit_baseline=_over(cost[0], units[0]) if priced else math.nan,
        reading=reading(extra, more),
    )


def _over(money: Floats, units: Floats) -> float:
    """Mean money over mean units; NaN without units."""
    there = units[~np.isnan(units)]
    return float(money.mean()) / float(there.mean()) if there.any() else math.nan


def reading(extra: Paired, more: Paired) -> str:
    """What a variant is against the baseline in money and units, see `Worth`."""
    if not extra.sign:
        return "no sure difference in cost"
    if not more.sign:
        return "no sure difference in units"
    return READINGS[extra.sign, more.sign]


def fieller(top: Floats, bottom: Floats) -> tuple[float, float, float]:
    """Ratio of two paired means with Fieller's interval (E. C. Fieller, 1954); NaN where the interval has no bounds.

    Args:
        top: money of each pair, shape (n,).
        bottom: units of each pair; pairs with a missing value are left out.
    """
    both = ~(np.isnan(top) | np.isnan(bottom))
    a, b, n = top[both], bottom[both], int(both.sum())
    if n < 2:
        return _UNKNOWN
    t = student(n)
    spread = np.cov(np.stack((a, b))) / n
    mean_a, mean_b = float(a.mean()), float(b.mean())
    # The bounds are the roots of (a - r b)^2 = t^2 var(a - r b), a parabola that opens upwards if b is surely not zero.
    square = mean_b**2 - t**2 * float(spread[1, 1])
    cross = mean_a * mean_b - t**2 * float(spread[0, 1])
    rest = mean_a**2 - t**2 * float(spread[0, 0])
    if square <= 0.0:
        return _UNKNOWN
    root = max(0.0, cross**2 - square * rest) ** 0.5  # negative by rounding only
    return mean_a / mean_b, (cross - root) / square, (cross + root) / square


def onsets(runs: Runs) -> Iterator[Onset]:
    """When every sure change of every variant shows, year by year; the main indicators are always there."""
    begun = [announced(scenario, runs.scenarios[0]) for scenario in runs.scenarios]
    variants = {scenario.name: place for place, scenario in enumerate(runs.scenarios)}
    windows = {window.label: window for window in runs.windows}
    for row in differences(runs):
        sure = row.verdict in SURE
        if not sure and row.indicator not in MAIN:
            continue
        sign = int(np.sign(row.mean_difference)) if sure else 0
        variant = variants[row.scenario]
        first, last = _stretch(runs, variant, row.indicator, windows[row.window], sign)
        yield Onset(row.scenario, row.indicator, row.window, sign, first, last, first - begun[variant])


def announced(variant: Scenario, baseline: Scenario) -> int:
    """Year in which the first dated lever that only one of the two has is announced; the first year without any."""
    apart = [lever.announced for lever in variant.timeline if lever not in baseline.timeline]
    apart += [lever.announced for lever in baseline.timeline if lever not in variant.timeline]
    return periods.year(min(apart, default=variant.start))


def _stretch(runs: Runs, variant: int, name: str, window: Window, sign: int) -> tuple[float, float]:
    """First and last year of the longest stretch with that sign, the earliest of equals; NaN without one."""
    span = runs.scenarios[0]
    years, column = complete_years(span.start, span.quarters), index(name)
    base, other = (np.array([run.yearly[:, column] for run in runs.measured[place]]) for place in (0, variant))
    best: list[int] = []
    stretch: list[int] = []
    for place, year in enumerate(years):
        inside = window.first <= year <= window.last
        if sign and inside and paired(base[:, place], other[:, place]).sign == sign:
            stretch = [*stretch, year]
            best = max(best, stretch, key=len)
        else:
            stretch = []
    return (float(best[0]), float(best[-1])) if best else (math.nan, math.nan)
