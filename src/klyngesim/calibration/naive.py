"""The naive model: what a reader with the report and a pocket calculator would expect, and how far that is off.

No agents and no fitted parameters. Every rule predicts an element without using it, and its 90 % interval is its own
root mean square error over the elements that it predicts, on the scale of the target:

``proportional``  the other organisations' count per krone of grant (Table 7), times the own grant
``common``        the mean of the other organisations
``unchanged``     2023 is as 2021
``planned``       three of four years' money in three of four years
``coin``          every organisation falls or rises by the toss of a coin
``printed``       the printed range, where it is the same for all organisations; the interval is its inner 90 %
``bounds``        nothing but what the printed counts leave possible; the interval is the inner 90 % of that range
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from klyngesim.calibration.targets import PROGRAMME, Target, read_targets
from klyngesim.evidence import tables
from klyngesim.evidence.organisations import organisation_ids
from klyngesim.streams import Floats

Z90 = 1.6448536269514722
"""Standard normal quantile at 95 %: half the width of a 90 % interval in standard deviations."""

RULES: Mapping[str, str] = {
    "own_registered": "proportional",
    "own_median_employees": "common",
    "firms_ratio": "unchanged",
    "startups_ratio_falling": "unchanged",
    "startups_ratio_rising": "unchanged",
    "firms_change_three": "unchanged",
    "firms_change_ten": "unchanged",
    "grant_spent_share": "planned",
    "firms_falling": "coin",
    "startups_falling": "coin",
    "large_firm_share_named": "printed",
    "medium_firm_share_named": "printed",
    "large_firm_share_others": "bounds",
    "own_export_share": "bounds",
    "own_export_share_mean": "bounds",
    "participants_sum": "bounds",
    "members_sum": "bounds",
    "one_year_share": "bounds",
    "one_year_share_startups": "bounds",
    "participants_overlap": "bounds",
    "members_overlap": "bounds",
    "startups_2021": "bounds",
}
"""Rule of every observable that counts in the verdict."""

_PLANNED = 0.75


@dataclass(frozen=True)
class Guess:
    """The naive model's value of a target with its 90 % interval, in the target's unit."""

    value: float
    low: float
    high: float


def naive(targets: Sequence[Target]) -> dict[str, Guess]:
    """The naive model's guess of every target that counts, by target id.

    Raises:
        ValueError: a target counts whose observable has no rule.
    """
    counted = [target for target in targets if target.counts]
    missing = sorted({target.observable for target in counted} - set(RULES))
    if missing:
        raise ValueError(f"no naive rule for {', '.join(missing)}; add one to calibration.naive.RULES")
    found: dict[str, Guess] = {}
    for rule, unit in dict.fromkeys((RULES[target.observable], _pool(target)) for target in counted):
        pool = [target for target in counted if (RULES[target.observable], _pool(target)) == (rule, unit)]
        found.update(_ranges(rule, pool) if rule in ("bounds", "printed") else _with_error(rule, pool))
    return {target.id: found[target.id] for target in counted}


def _pool(target: Target) -> str:
    """Elements whose errors are pooled: one observable by organisation, or one kind of programme figure."""
    if target.cluster != PROGRAMME:
        return target.observable
    return f"{target.scale} {target.unit}"


def proportional(counts: Floats, grant: Floats) -> Floats:
    """Every count from the others: their sum over their grant, times the own grant; shapes (n,)."""
    return np.asarray((counts.sum() - counts) / (grant.sum() - grant) * grant)


def log_rmse(predicted: Floats, observed: Floats) -> float:
    """Root mean square of the log errors."""
    return float(np.sqrt(np.mean(np.log(predicted / observed) ** 2)))


@cache
def firm_seats() -> Mapping[str, float]:
    """Seats of firms that the model is given, by organisation: activities, mix and group sizes."""
    return {one.cluster: one.bounds[0] for one in read_targets() if one.observable == "firm_participations"}


def _grants() -> dict[str, float]:
    return {row.cluster: row.grant for row in tables.finance()}


def _middle(target: Target) -> float:
    low, high = target.bounds
    return (low + high) / 2.0


def _with_error(rule: str, pool: Sequence[Target]) -> dict[str, Guess]:
    """Guesses of one rule with the error that it makes over the pool."""
    observed = np.array([_middle(target) for target in pool])
    if rule == "proportional":
        grants = _grants()
        guess = proportional(observed, np.array([grants[target.cluster] for target in pool]))
    elif rule == "common":
        guess = _of_the_others(pool, observed)
    elif rule == "coin":
        return {target.id: _coin() for target in pool}
    else:
        value = {"unchanged": 1.0 if pool[0].scale == "log" else 0.0, "planned": _PLANNED}[rule]
        guess = np.full(len(pool), value)
    if pool[0].scale == "log":
        factor = math.exp(Z90 * log_rmse(guess, observed))
        low, high = guess / factor, guess * factor
    else:
        half = Z90 * float(np.sqrt(np.mean((guess - observed) ** 2)))
        low, high = guess - half, guess + half
    return {t.id: Guess(*map(float, row)) for t, *row in zip(pool, guess, low, high, strict=True)}


def _of_the_others(pool: Sequence[Target], observed: Floats) -> Floats:
    """Mean of the other organisations, by logarithms on a log scale."""
    values = np.log(observed) if pool[0].scale == "log" else observed
    mean = (values.sum() - values) / (len(pool) - 1)
    return np.exp(mean) if pool[0].scale == "log" else np.asarray(mean)


def _coin() -> Guess:
    """Organisations that fall when each does with probability one half: mean and inner 90 % of the binomial."""
    number = len(organisation_ids())
    chance = np.array([math.comb(number, k) for k in range(number + 1)]) / 2.0**number
    below = np.cumsum(chance)
    low, high = int(np.searchsorted(below, 0.05)), int(np.searchsorted(below, 0.95))
    return Guess(number / 2.0, float(low), float(high))


def _ranges(rule: str, pool: Sequence[Target]) -> dict[str, Guess]:
    """The range that is printed, or that the printed counts leave possible, and its inner 90 %."""
    found = {}
    for target in pool:
        low, high = target.bounds if rule == "printed" else _possible(target)
        found[target.id] = Guess((low + high) / 2.0, low + 0.05 * (high - low), high - 0.05 * (high - low))
    return found


def _possible(target: Target) -> tuple[float, float]:
    if target.observable in ("participants_overlap", "members_overlap"):
        # Nobody in two organisations, or everybody in the largest one as well.
        counts = [getattr(row, target.observable.removesuffix("_overlap")) for row in tables.size_absolute()]
        return 1.0, sum(counts) / max(counts)
    if target.observable == "startups_2021":
        return 1.0, float(tables.size_totals().participants)
    if target.observable == "participants_sum":
        # Nobody takes less than one seat.
        return 1.0, sum(firm_seats().values())
    if target.observable == "members_sum":
        return 1.0, float(sum(row.participants for row in tables.size_absolute()))
    return 0.0, 1.0
