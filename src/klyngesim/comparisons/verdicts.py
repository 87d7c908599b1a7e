"""The tables of a comparison, row by row: differences, precision, ranking, what is gained where, and for what money."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from klyngesim.comparisons.contested import assumptions_of, prior_driven
from klyngesim.comparisons.differences import paired, shares, standings, to_nothing, undominated, verdict
from klyngesim.comparisons.tenable import DECIDING, Tenable, spread
from klyngesim.results.comparison import FEWEST, Outlook, Verdict, outlook
from klyngesim.results.indicators import INDICATORS, Indicator, index
from klyngesim.results.windows import mean

if TYPE_CHECKING:
    from klyngesim.comparisons.pairs import Runs

Basis = Literal["data", "assumption"]
NO_DRAWS: Mapping[str, Tenable] = MappingProxyType({})

STANCE: Mapping[str, int] = {"grant_spent_mkr": -1, "small_firm_share": 1, "external_transfer_mkr": 0}
"""Where a comparison takes a stance that the list of indicators does not: public money is a cost, and small firms are
guarded (L12)."""

OBJECTIVES = (
    "projects_external_started",
    "participants_unique_year",
    "small_firm_share",
    "external_private_mkr",
    "grant_spent_mkr",
)
"""Objectives that pull in different directions, for the Pareto view, in the order of `Trade`."""


def direction(indicator: Indicator) -> int:
    """+1 where more is better, -1 where less is, 0 where neither is by itself."""
    return STANCE.get(indicator.id, indicator.direction)


@dataclass(frozen=True)
class Difference:
    """A row of comparison.csv; see the contract. ``low`` and ``high``: 90 % interval of the mean difference.

    share_better, share_worse             share of pairs in which it is that by more than the smallest effect
    tenable_low, tenable_high             second band, over the assumptions that the variant hangs on
                                          (`tenable.Spread`), cut like the first: draws have levels of their own
    tenable_better, _worse, _neither      shares of those draws
    tenable_n                             how many there are; 0 = none were made
    outlook                               what the draws leave of the verdict
    decided_by, decided_by_next           assumptions that decide most, with the rank correlation of the difference
    """

    scenario: str
    baseline: str
    indicator: str
    window: str
    mean_difference: float
    low: float
    high: float
    relative: float
    share_same_sign: float
    n_pairs: int
    prob_best: float
    expected_regret: float
    verdict: Verdict
    rests_on: Basis
    share_better: float
    share_worse: float
    tenable_low: float
    tenable_high: float
    tenable_better: float
    tenable_worse: float
    tenable_neither: float
    tenable_n: int
    outlook: Outlook
    decided_by: str
    rank_correlation: float
    decided_by_next: str
    rank_correlation_next: float


@dataclass(frozen=True)
class Precision:
    """A row of precision.csv: what the pairing is worth, and how many pairs more would be needed.

    smallest_effect       in units of the indicator
    pairs_needed          until the interval reaches no further than the smallest effect on either side
    independent_pairs     pairs with seeds of their own that would give as narrow an interval
    """

    scenario: str
    indicator: str
    window: str
    n_pairs: int
    baseline_mean: float
    half_width: float
    smallest_effect: float
    pairs_needed: float
    correlation: float
    sd_paired: float
    sd_independent: float
    independent_pairs: float


@dataclass(frozen=True)
class Rank:
    """A row of ranking.csv: mean rank order of the scenarios and how often it holds."""

    scenario: str
    indicator: str
    window: str
    rank: float
    share_of_pairs_in_rank: float


@dataclass(frozen=True)
class Trade:
    """A row of pareto.csv: mean difference in every objective; ``undominated``: no other scenario beats it in all."""

    scenario: str
    window: str
    depth: float
    reach: float
    small_firms: float
    private_money: float
    public_cost: float
    undominated: bool


def rests_on(runs: Runs, variant: int, indicator: str) -> Basis:
    """Whether a verdict hangs on anything that is only assumed: assumption unless shown otherwise.

    It rests on data only where nothing that the variant changes is an assumption (`assumptions_of`) and the indicator's
    level is not prior-driven. The years 2021-2023 show no variation in horizon, fees or number of actors.
    """
    changed = assumptions_of(runs.scenarios[variant], runs.scenarios[0])
    return "assumption" if changed or prior_driven(indicator) else "data"


def differences(runs: Runs, drawn: Mapping[str, Tenable] = NO_DRAWS) -> Iterator[Difference]:
    """Every variant, window and indicator with a better and a worse.

    Args:
        runs: the comparison.
        drawn: pairs over tenable assumptions by variant; without them there is no second band.
    """
    for window, indicator, values in _judged(runs):
        sign = direction(indicator)
        places = standings(values, sign)
        for variant in range(1, len(runs.scenarios)):
            found, name = paired(values[0], values[variant]), runs.scenarios[variant].name
            effect = runs.smallest_effect * abs(found.baseline)
            better, worse = shares(values[0], values[variant], sign, runs.smallest_effect)
            said = verdict(found, sign, effect)
            wide = spread(drawn.get(name), window, indicator.id, sign, runs.smallest_effect)
            (first, most), (second, next_most) = (*wide.deciding, *[("", math.nan)] * DECIDING)[:DECIDING]
            yield Difference(
                scenario=name,
                baseline=runs.scenarios[0].name,
                indicator=indicator.id,
                window=runs.windows[window].label,
                mean_difference=found.mean,
                low=found.low,
                high=found.high,
                relative=found.relative,
                share_same_sign=found.same_sign,
                n_pairs=found.n,
                prob_best=places[variant].best,
                expected_regret=places[variant].regret,
                verdict=said,
                rests_on=rests_on(runs, variant, indicator.id),
                share_better=better,
                share_worse=worse,
                tenable_low=max(wide.low, float(to_nothing(found.baseline, values[variant]))),
                tenable_high=wide.high,
                tenable_better=wide.better,
                tenable_worse=wide.worse,
                tenable_neither=wide.neither,
                tenable_n=wide.n,
                outlook=outlook(said, wide.better, wide.worse) if wide.n >= FEWEST else "",
                decided_by=first,
                rank_correlation=most,
                decided_by_next=second,
                rank_correlation_next=next_most,
            )


def precision(runs: Runs) -> Iterator[Precision]:
    """How well every difference is known."""
    for window, indicator, values in _judged(runs):
        for variant in range(1, len(runs.scenarios)):
            found = paired(values[0], values[variant])
            effect = runs.smallest_effect * abs(found.baseline)
            yield Precision(
                scenario=runs.scenarios[variant].name,
                indicator=indicator.id,
                window=runs.windows[window].label,
                n_pairs=found.n,
                baseline_mean=found.baseline,
                half_width=found.half_width,
                smallest_effect=effect,
                pairs_needed=found.pairs_for(effect),
                correlation=found.correlation,
                sd_paired=found.sd,
                sd_independent=found.sd_independent,
                independent_pairs=found.independent_runs(),
            )


def ranking(runs: Runs) -> Iterator[Rank]:
    """The order of all scenarios, the baseline among them."""
    for window, indicator, values in _judged(runs):
        for scenario, place in zip(runs.scenarios, standings(values, direction(indicator)), strict=True):
            yield Rank(scenario.name, indicator.id, runs.windows[window].label, place.rank, place.rank_held)


def _judged(runs: Runs) -> Iterator[tuple[int, Indicator, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]]:
    """Windows and indicators that a verdict can be given on, with the values of every scenario and pair."""
    for window in range(len(runs.windows)):
        for indicator in INDICATORS:
            if direction(indicator):
                yield window, indicator, runs.values(window, indicator.id)


def trades(runs: Runs) -> Iterator[Trade]:
    """The Pareto view: every scenario, baseline included, in five objectives that pull in different directions."""
    for window, span in enumerate(runs.windows):
        means = np.array([mean(runs.values(window, name).T) for name in OBJECTIVES]).T
        signs = np.array([direction(INDICATORS[index(name)]) for name in OBJECTIVES])
        free = undominated(signs * means)
        for scenario, row, alone in zip(runs.scenarios, (means - means[0]).tolist(), free, strict=True):
            depth, reach, small, private, cost = row
            yield Trade(scenario.name, span.label, depth, reach, small, private, cost, alone)


TABLES: Mapping[str, tuple[type, Callable[[Runs], Iterator[object]]]] = {
    "precision.csv": (Precision, precision),
    "ranking.csv": (Rank, ranking),
    "pareto.csv": (Trade, trades),
}
"""Tables that rest on the runs alone, by file name: the class of a row and what makes the rows."""
