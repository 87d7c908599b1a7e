"""What the makers and the readers of a sweep directory have in common: names and a row of its indices."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from klyngesim.streams import Floats

DUMMY = "dummy"
"""Id of the factor that changes the seeds and nothing else."""

ALL = "all"
"""Stands for a factor where an index belongs to all of them together."""

RANK = "rank of "
"""What stands before the outcome in indices of the ranks of scenarios."""


Advance = Callable[[float], None]
"""Called with how much of the analysis or the drawing of a sweep was done since the last call, in its own units."""


@dataclass(frozen=True)
class Index:
    """A row of indices.csv.

    Attributes:
        outcome: what was measured.
        scenario: in which scenario.
        parameter: factor id, or ``all``.
        index: S1, ST (sobol); mu, mu_star, sigma (morris); src, prcc, r2 (lhs, table); range, lowest_at, highest_at
            (oat); main (grid); first (ranks of scenarios, whatever the method).
        value: of the index; in units of the outcome for mu, mu_star, sigma and range, else without.
        low, high: 90 % interval from resampling; NaN where there is none.
        samples: what it stands on: whole blocks (sobol), whole trajectories (morris), points (the others).
        convergence: largest change against the same index from the first half and the first quarter of the samples
            (of the replicates for oat and grid); NaN where one of them cannot be had.
        noise_floor: how far from zero the same index of the dummy reaches, its interval included; NaN without one.
        method: with which the points were laid.
    """

    outcome: str
    scenario: str
    parameter: str
    index: str
    value: float
    low: float
    high: float
    samples: int
    convergence: float
    noise_floor: float
    method: str

    @property
    def least(self) -> float:
        """Smallest size that its interval allows, 0 where the interval holds zero; the size itself without one."""
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            return abs(self.value)
        return 0.0 if self.low <= 0.0 <= self.high else min(abs(self.low), abs(self.high))

    @property
    def above(self) -> bool:
        """Whether its whole interval lies beyond the noise floor; also where there is no floor to hold it against."""
        if self.parameter == DUMMY:
            return False
        return math.isnan(self.noise_floor) or self.least > self.noise_floor


def point_means(values: Floats) -> Floats:
    """Mean of every point over its replicates, shape (points,); NaN where every run failed.

    Args:
        values: shape (points, replicates), NaN for a failed run.

    A point that lacks replicates would be moved by the luck that those share with the other points. What each
    replicate is above or below the mean, at the points that lack none, is therefore taken out of it first.
    """
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    whole = there[:, there.any(axis=0)].all(axis=1) & (count > 0)
    shared = np.zeros(values.shape[1])
    if whole.any() and not whole.all():
        seen = there.any(axis=0)
        known = values[whole][:, seen]
        shared[seen] = known.mean(axis=0) - known.mean()
    moved = np.where(whole[:, None], values, values - shared[None, :])
    total = np.where(there, moved, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
