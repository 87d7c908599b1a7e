"""The rows of a sweep's tables, which its makers write and its readers read back, and names in them."""

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


@dataclass(frozen=True)
class NoiseRow:
    """A row of noise.csv: what of the variance of an outcome is replicate noise; see `convergence.Noise`."""

    outcome: str
    scenario: str
    points: int
    replicates: int
    variance_of_means: float
    variance_within: float
    noise_share: float
    replicates_needed: float


@dataclass(frozen=True)
class LeftOut:
    """A row of left_out.csv: a parameter that the sweep file named and that could not be varied."""

    parameter: str
    why: str


@dataclass(frozen=True)
class Regional:
    """A row of regional.csv: where on a factor's range a variant beats the baseline.

    Attributes:
        outcome: what was measured.
        scenario: the variant.
        parameter: factor id.
        beats_share: share of the points at which the variant is better than the baseline.
        mean_difference: mean place where it is better less mean place where it is not, in standard deviations of the
            places; NaN where it is better everywhere or nowhere.
        ks: Kolmogorov-Smirnov distance between both sets of places, 0-1.
        p: chance of such a distance, or a larger one, if the factor had no part in it.
    """

    outcome: str
    scenario: str
    parameter: str
    beats_share: float
    mean_difference: float
    ks: float
    p: float


@dataclass(frozen=True)
class DiscoveryRow:
    """A row of discovery.csv: an end of a box in which losses gather, or one without parameter where there is none.

    share, coverage, density, mass   0-1, NaN without a box; view: ``box`` of PRIM or ``tree``; box: its number
    low, high                        in the factor's own unit, None = no end on that side; kind: of the factor
    why                              why there is no box
    """

    outcome: str
    scenario: str
    points: int
    share: float
    view: str
    box: int
    coverage: float
    density: float
    mass: float
    parameter: str
    low: float | None
    high: float | None
    quasi_p: float
    kind: str
    why: str


@dataclass(frozen=True)
class SurrogateRow:
    """A row of surrogate.csv: an index of a surrogate with its error, or why the surrogate is not used.

    value      and what follows it: NaN where there is none
    r2, rmse   on points left out of its training; rmse in units of the outcome, rmse_of_mean of their mean alone
    """

    outcome: str
    scenario: str
    parameter: str
    index: str
    value: float
    low: float
    high: float
    method: str
    kind: str
    r2: float
    rmse: float
    rmse_of_mean: float
    points: int
    why: str


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
