"""Value for money: what a variant costs the public, what it brings, and when its effect shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from klyngesim.experiments.paired import LEVEL, Paired, paired
from klyngesim.results.indicators import index
from klyngesim.results.yearly import Floats
from klyngesim.scenario import periods

if TYPE_CHECKING:
    from klyngesim.experiments.compared import Runs

PUBLIC = "grant_spent_mkr"
"""What the programme costs the public, mio. kr. a year. Money from national pots is a transfer: somebody else would
have had it (M035)."""

OUTCOMES = ("participants_unique_year", "projects_external_started", "innovations")
MONEY = ("external_transfer_mkr", "external_additional_mkr", "external_private_mkr")


@dataclass(frozen=True)
class Worth:
    """A row of value.csv, means per year of the window.

    Attributes:
        extra_public_mkr, extra_low, extra_high: grant spent beyond the baseline's, with its 90 % interval, mio. kr.
        outcome: what it is set against.
        extra_outcome, outcome_low, outcome_high: additional units with their interval.
        mkr_per_unit, per_unit_low, per_unit_high: extra public money per additional unit, with Fieller's interval; NaN
            where the additional units may be none, or no public money is spent beyond the baseline's.
        mkr_per_unit_all, mkr_per_unit_baseline: all grant money over all units, of the variant and the baseline.
        reading: what the ratio may be used for.
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
    """A row of onset.csv: the first year from which the yearly interval keeps clear of zero to the end.

    first_year            NaN = it never does
    years_from_announced  from the year in which the first lever is announced
    """

    scenario: str
    indicator: str
    first_year: float
    years_from_announced: float


def worth(runs: Runs) -> Iterator[Worth]:
    """Public kroner per additional unit, by variant, window and outcome; external money and administration beside."""
    for variant in range(1, len(runs.scenarios)):
        for window, span in enumerate(runs.windows):
            cost = runs.values(window, PUBLIC)
            extra = paired(cost[0], cost[variant])
            brought = {outcome: runs.values(window, outcome) for outcome in (*OUTCOMES, *MONEY)}
            brought["administration_fte"] = administration(runs, window)
            for outcome, units in brought.items():
                more = paired(units[0], units[variant])
                ratio, low, high = fieller(cost[variant] - cost[0], units[variant] - units[0])
                if extra.low <= 0.0 <= extra.high:
                    ratio = low = high = float("nan")
                yield Worth(
                    scenario=runs.scenarios[variant].name,
                    window=span.label,
                    extra_public_mkr=extra.mean,
                    extra_low=extra.low,
                    extra_high=extra.high,
                    outcome=outcome,
                    extra_outcome=more.mean,
                    outcome_low=more.low,
                    outcome_high=more.high,
                    mkr_per_unit=ratio,
                    per_unit_low=low,
                    per_unit_high=high,
                    mkr_per_unit_all=_over(float(np.mean(cost[variant])), float(np.nanmean(units[variant]))),
                    mkr_per_unit_baseline=_over(float(np.mean(cost[0])), float(np.nanmean(units[0]))),
                    reading=_reading(extra, more),
                )


def administration(runs: Runs, window: int) -> Floats:
    """Posts bound by administration, FTE, shape (scenarios, pairs): their share of the hours times the posts."""
    return runs.values(window, "admin_share") * runs.values(window, "staff_fte")


def _over(money: float, units: float) -> float:
    return money / units if units > 0.0 else float("nan")


def _reading(extra: Paired, more: Paired) -> str:
    if extra.low <= 0.0 <= extra.high:
        return "no public money beyond the baseline's: compare the averages, not the ratio"
    if more.low <= 0.0 <= more.high:
        return "additional units may be none: the ratio has no bounds"
    return "extra public money per additional unit" if extra.mean > 0.0 else "public money saved per unit lost"


def fieller(top: Floats, bottom: Floats) -> tuple[float, float, float]:
    """Ratio of two paired means with Fieller's interval (E. C. Fieller, 1954); NaN where the interval has no bounds.

    Args:
        top: money of each pair, shape (n,).
        bottom: units of each pair; pairs with a missing value are left out.
    """
    both = ~(np.isnan(top) | np.isnan(bottom))
    a, b, n = top[both], bottom[both], int(both.sum())
    unknown = (float("nan"),) * 3
    if n < 2:
        return unknown
    t = float(special.stdtrit(n - 1, (1.0 + LEVEL) / 2.0))
    spread = np.cov(np.stack((a, b))) / n
    mean_a, mean_b = float(a.mean()), float(b.mean())
    # The bounds are the roots of (a - r b)^2 = t^2 var(a - r b), a parabola that opens upwards if b is surely not zero.
    square = mean_b**2 - t**2 * float(spread[1, 1])
    cross = mean_a * mean_b - t**2 * float(spread[0, 1])
    rest = mean_a**2 - t**2 * float(spread[0, 0])
    if square <= 0.0:
        return unknown
    root = max(0.0, cross**2 - square * rest) ** 0.5  # negative by rounding only
    return mean_a / mean_b, (cross - root) / square, (cross + root) / square


def onsets(runs: Runs, indicators: tuple[str, ...]) -> Iterator[Onset]:
    """When the effect of every variant begins to show in an indicator, year by year."""
    first = periods.year(runs.scenarios[0].start)
    usual = runs.scenarios[0].timeline
    for variant in range(1, len(runs.scenarios)):
        known = [lever.announced for lever in runs.scenarios[variant].timeline if lever not in usual]
        begun = periods.year(min(known)) if known else first
        for name in indicators:
            column = index(name)
            base, other = (np.array([run.yearly[:, column] for run in runs.measured[place]]) for place in (0, variant))
            found = [paired(base[:, year], other[:, year]) for year in range(base.shape[1])]
            clear = [one.n > 1 and (one.low > 0.0 or one.high < 0.0) for one in found]
            # From the end backwards: the last stretch in which every year is clear.
            stretch = len(clear)
            while stretch > 0 and clear[stretch - 1]:
                stretch -= 1
            year = float(first + stretch) if stretch < len(clear) else float("nan")
            yield Onset(runs.scenarios[variant].name, name, year, year - begun)
