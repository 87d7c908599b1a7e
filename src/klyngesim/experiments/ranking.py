"""Which scenario is best, how often, and what choosing another one costs: over the same pairs of luck and parameters.

Chances of being best over parameters with wide priors look exact and mean little; they come second to the differences
and break-even strengths (referee, section 4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from klyngesim.results.yearly import Floats


@dataclass(frozen=True)
class Standing:
    """One scenario among all of a comparison, for one indicator and window.

    Attributes:
        best: share of pairs in which it is best; several that are equally good share a pair.
        regret: mean distance to the best of each pair, in units of the indicator.
        rank: by mean, 1 = best; those with equal means share the mean of their ranks.
        rank_held: share of pairs in which it has that rank.
    """

    best: float
    regret: float
    rank: float
    rank_held: float


def standings(values: Floats, direction: int) -> tuple[Standing, ...]:
    """The standing of every scenario.

    Args:
        values: shape (scenarios, pairs); pairs with a missing value are left out.
        direction: +1 where more is better, -1 where less is.
    """
    good = (direction * values)[:, ~np.isnan(values).any(axis=0)]
    if not good.size:
        return tuple(Standing(math.nan, math.nan, math.nan, math.nan) for _ in values)
    top = good.max(axis=0)
    leads = good == top
    best = (leads / leads.sum(axis=0)).mean(axis=1)
    regret = (top - good).mean(axis=1)
    usual = _ranks(good.mean(axis=1, keepdims=True))
    held = (_ranks(good) == usual).mean(axis=1)
    found = zip(best.tolist(), regret.tolist(), usual.ravel().tolist(), held.tolist(), strict=True)
    return tuple(Standing(*row) for row in found)


def _ranks(good: Floats) -> Floats:
    """Ranks along the first axis, 1 = largest; equal ones share the mean of their ranks."""
    above = (good[:, None] < good[None]).sum(axis=1)
    not_below = (good[:, None] <= good[None]).sum(axis=1)
    return np.asarray((above + 1 + not_below) / 2.0, dtype=np.float64)


def undominated(means: Floats) -> list[bool]:
    """Which scenarios no other one beats: at least as good in every objective, and not equal in all.

    ``means``: shape (scenarios, objectives), higher is better.
    """
    return [not any((other >= row).all() and not np.array_equal(other, row) for other in means) for row in means]
