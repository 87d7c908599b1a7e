"""Differences paired by seed and posterior draw: how large, how sure, what the pairing is worth, and which is best.

Two runs of a pair share every draw of luck that the difference between their scenarios does not reach, so most of the
chance cancels in their difference. What is left shrinks with the number of pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klyngesim.results.comparison import FEWEST, Verdict
from klyngesim.results.windows import LEVEL, Band, Floats, mean

_ROUNDING = 1e-12  # an interval narrower than this share of the level is one point but for the last bits


@dataclass(frozen=True)
class Paired:
    """Differences of n pairs of runs.

    Attributes:
        n: pairs in which both runs have a value.
        baseline: mean of the baseline.
        mean: mean difference, variant less baseline.
        low, high: 90 % interval of the mean difference (Student's t), cut where the variant would have less than
            nothing, see `to_nothing`.
        same_sign: share of pairs whose difference has the sign of the mean; 1 where nothing differs.
        correlation: between the two runs of a pair; NaN where one of them does not vary.
        sd: standard deviation of the differences.
        sd_independent: what it would be with seeds of their own for both.
        half_width: half of the interval's width before it is cut.
    """

    n: int
    baseline: float
    mean: float
    low: float
    high: float
    same_sign: float
    correlation: float
    sd: float
    sd_independent: float
    half_width: float

    @property
    def relative(self) -> float:
        """Mean difference over the baseline; NaN over zero."""
        return self.mean / abs(self.baseline) if self.baseline else math.nan

    @property
    def equal(self) -> bool:
        """Whether every run equals the baseline's, to the last bit."""
        return not (self.low or self.high)

    @property
    def speaks(self) -> bool:
        """Whether the interval says anything: from `FEWEST` pairs on, and where it has a width."""
        level = max(abs(self.baseline), abs(self.mean))
        return self.n >= FEWEST and self.half_width > _ROUNDING * level

    @property
    def sign(self) -> int:
        """+1 or -1 where the interval says something and lies on one side of zero, else 0."""
        if not self.speaks:
            return 0
        return int(self.low > 0.0) - int(self.high < 0.0)

    def independent_runs(self) -> float:
        """Pairs of independent seeds that would give as narrow an interval; NaN where nothing differs."""
        return self.n * (self.sd_independent / self.sd) ** 2 if self.sd else math.nan

    def pairs_for(self, effect: float) -> float:
        """Pairs after which the interval would reach no further than ``effect`` to either side of its middle.

        Never fewer than `FEWEST`, because an interval from fewer says nothing.
        """
        if not effect:
            return math.inf if self.half_width else float(max(self.n, FEWEST))
        return max(float(FEWEST), float(np.ceil(self.n * max(1.0, (self.half_width / effect) ** 2))))


def paired(baseline: Floats, variant: Floats, levels: bool = True) -> Paired:
    """The differences between two arrays; pairs in which a value is missing are left out.

    With one pair, or none, there is no interval: it is infinitely wide.

    Args:
        baseline: shape (pairs,).
        variant: of the same shape.
        levels: whether they are levels, of which some cannot be below zero, and no differences themselves.
    """
    both = ~(np.isnan(baseline) | np.isnan(variant))
    base, other = baseline[both], variant[both]
    n, apart = len(base), other - base
    if not n:
        return Paired(n, *(math.nan,) * 9)
    middle = float(apart.mean())
    same = float(np.mean(np.sign(apart) == np.sign(middle)))
    if n < 2:
        width = math.inf if middle else 0.0
        return Paired(n, float(base.mean()), middle, middle - width, middle + width, same, *(math.nan,) * 3, width)
    sd, sd_base, sd_other = (float(values.std(ddof=1)) for values in (apart, base, other))
    width = student(n) * sd / n**0.5
    correlation = float(np.corrcoef(base, other)[0, 1]) if sd_base and sd_other else math.nan
    independent = float(np.hypot(sd_base, sd_other))
    low, high = middle - width, middle + width
    half, level = (high - low) / 2.0, float(base.mean())
    low = max(low, float(to_nothing(level, other))) if levels else low
    return Paired(n, level, middle, low, high, same, correlation, sd, independent, half)


def to_nothing(level: Floats | float, variant: Floats) -> Floats:
    """The smallest difference from a level that leaves something that is counted at nothing; -inf where there is none.

    What no run of a variant has below zero (firms, projects, kroner that are paid) has no mean below zero either.

    Args:
        level: of the baseline, shape (...).
        variant: shape (runs, ...).
    """
    counted = np.where(np.isnan(variant), 0.0, variant).min(axis=0, initial=0.0) >= 0.0
    return np.where(counted, 0.0 - np.asarray(level), -np.inf)


def student(n: int) -> float:
    """Student's t for an interval of `LEVEL` from n values."""
    return float(_student(np.array(n)))


def _student(n: NDArray[np.int64]) -> Floats:
    from scipy import special  # slow to import, and comparisons are checked with the help of this module

    return np.asarray(special.stdtrit(n - 1, (1.0 + LEVEL) / 2.0), dtype=np.float64)


def intervals(baseline: Floats, variant: Floats) -> Band:
    """`paired` for many differences at once: mean, interval and number of pairs, element by element.

    Args:
        baseline: shape (pairs, ...); a pair in which a value is missing is left out of that element.
        variant: of the same shape.
    """
    apart = variant - baseline
    n = (~np.isnan(apart)).sum(axis=0)
    middle = mean(apart)
    spread = np.nansum((apart - middle) ** 2, axis=0) / np.maximum(n - 1, 1)
    width = np.where(n < 2, np.inf, _student(np.maximum(n, 2)) * (spread / np.maximum(n, 1)) ** 0.5)
    width = np.where((n == 1) & (middle == 0.0), 0.0, np.where(n == 0, np.nan, width))
    level = mean(np.where(np.isnan(apart), np.nan, baseline))
    low = np.where(n < 2, middle - width, np.maximum(middle - width, to_nothing(level, variant)))
    return Band(middle, low, middle + width, n)


def verdict(found: Paired, direction: int, effect: float) -> Verdict:
    """The word for a difference, see `Verdict`.

    Args:
        found: the paired differences.
        direction: +1 where more is better, -1 where less is.
        effect: smallest difference of interest, in units of the indicator, not negative.
    """
    if found.equal:
        return "nothing changes"
    if not found.speaks:
        return ""
    return judged(found.low, found.high, direction, effect)


def judged(low: float, high: float, direction: int, effect: float) -> Verdict:
    """The word for where an interval that has a width lies; see `verdict`."""
    low, high = sorted((direction * low, direction * high))
    if low > effect:
        return "better"
    if high < -effect:
        return "worse"
    return "no difference" if -effect <= low and high <= effect else "uncertain"


def shares(baseline: Floats, variant: Floats, direction: int, effect: float) -> tuple[float, float]:
    """Shares of pairs in which a variant is better, and worse, by more than ``effect`` of the baseline's level.

    NaN where no pair has both values; see `verdict` for the direction.
    """
    both = ~(np.isnan(baseline) | np.isnan(variant))
    if not both.any():
        return math.nan, math.nan
    good, least = direction * (variant - baseline)[both], effect * np.abs(baseline[both])
    return float(np.mean(good > least)), float(np.mean(good < -least))


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
    usual = ranks(good.mean(axis=1, keepdims=True))
    held = (ranks(good) == usual).mean(axis=1)
    found = zip(best.tolist(), regret.tolist(), usual.ravel().tolist(), held.tolist(), strict=True)
    return tuple(Standing(*row) for row in found)


def ranks(good: Floats) -> Floats:
    """Ranks along the first axis, 1 = largest; equal ones share the mean of their ranks."""
    above = (good[:, None] < good[None]).sum(axis=1)
    not_below = (good[:, None] <= good[None]).sum(axis=1)
    return np.asarray((above + 1 + not_below) / 2.0, dtype=np.float64)


def undominated(means: Floats) -> list[bool]:
    """Which scenarios no other one beats: at least as good in every objective, and not equal in all.

    ``means``: shape (scenarios, objectives), higher is better.
    """
    return [not any((other >= row).all() and not np.array_equal(other, row) for other in means) for row in means]
