"""How sure an index is: intervals from resampling, how far it moved while samples were added, and replicate noise.

An index is taken to have settled when neither its interval nor its change says otherwise (Sarrazin, Pianosi and Wagener
2016, "Global Sensitivity Analysis of environmental models: Convergence and validation", Environmental Modelling &
Software 79).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from klyngesim.results.windows import LEVEL
from klyngesim.seeds import generator
from klyngesim.streams import Floats, Ints

RESAMPLES = 200
"""Resamples behind every interval."""

Z = float(special.ndtri((1.0 + LEVEL) / 2.0))
"""Standard errors to either side of a value in an interval at `LEVEL`."""

_TINY = 1e-12


@dataclass(frozen=True)
class Estimate:
    """One index for several parameters.

    Attributes:
        index: name of the index.
        parameters: p ids.
        values: shape (p,).
        low, high: 90 % interval, shape (p,); NaN where there is none.
        convergence: see `change`, shape (p,).
        samples: what the value stands on, shape (p,).
    """

    index: str
    parameters: tuple[str, ...]
    values: Floats
    low: Floats
    high: Floats
    convergence: Floats
    samples: Ints


def change(whole: Floats, part: Callable[[int], Floats], count: int) -> Floats:
    """Largest change of an index against the same from the first half and from the first quarter of the samples.

    Args:
        whole: the index from all samples, any shape.
        part: the index from the first n samples, of the same shape, NaN where it cannot be had.
        count: number of samples.

    Returns:
        Of the shape of ``whole``, in its units; NaN where one of the three is missing.
    """
    if count < 4:
        return np.full(whole.shape, np.nan)
    return np.maximum(np.abs(whole - part(count // 2)), np.abs(whole - part(count // 4)))


def resampled(draw: Callable[[Ints], Floats], count: int, seed: int, purpose: str) -> Floats:
    """An index from samples drawn with replacement, once for every resample, shape (RESAMPLES, ...).

    Args:
        draw: the index from the samples with these numbers, shape (count,).
        count: number of samples.
        seed: of the sweep.
        purpose: name of the generator.
    """
    numbers = generator(seed, f"sweep/{purpose}").integers(count, size=(RESAMPLES, count))
    return np.array([draw(row) for row in numbers])


def interval(found: Floats) -> tuple[Floats, Floats]:
    """Limits of the middle 90 % along the first axis; NaN where half of the resamples or more have no value."""
    tail = 100.0 * (1.0 - LEVEL) / 2.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        low, high = np.nanpercentile(found, [tail, 100.0 - tail], axis=0)
    known = np.isfinite(found).mean(axis=0) > 0.5
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def varies(values: Floats) -> bool:
    """Whether values differ by more than rounding."""
    return len(values) > 0 and float(np.ptp(values)) > _TINY * float(np.abs(values).max())


def tied_ranks(values: Floats) -> Floats:
    """Ranks along the first axis, 1 = smallest; equal ones share the mean of their ranks. Shape (n, k), no NaN."""
    found = np.empty(values.shape)
    for column in range(values.shape[1]):
        _, which, counts = np.unique(values[:, column], return_inverse=True, return_counts=True)
        found[:, column] = (np.cumsum(counts) - (counts - 1) / 2.0)[which]
    return found


SMALL = 0.05
"""Share of noise under which replicates suffice."""


@dataclass(frozen=True)
class Noise:
    """How much of the variance between points is the noise of replicates.

    Attributes:
        points: points of which every replicate has a value; the others are left out.
        replicates: R, replicates of every point.
        variance_of_means: of the point means, noise included, in squared units of the outcome.
        variance_within: of the rest, once points and replicates are taken out, in squared units of the outcome.
        noise_share: variance_within / R over variance_of_means, at most 1: the part of the latter that is noise.
        replicates_needed: with these the share is under 5 %; infinite where nothing but noise is seen.
    """

    points: int
    replicates: int
    variance_of_means: float
    variance_within: float
    noise_share: float
    replicates_needed: float


def noise(values: Floats) -> Noise:
    """The noise in values of shape (points, replicates), NaN for a failed run.

    A replicate that failed at every point is left out, then every point that lacks a replicate. With one replicate
    noise cannot be told from effects: all but ``variance_of_means`` is NaN; so is everything with fewer than two
    points. Where no two points differ, the share is NaN too.
    """
    held = values[:, ~np.isnan(values).all(axis=0)]
    held = held[~np.isnan(held).any(axis=1)]
    n, replicates = held.shape
    unknown = float("nan")
    if n < 2 or replicates < 1:
        return Noise(n, replicates, unknown, unknown, unknown, unknown)
    means = held.mean(axis=1)
    between = float(means.var(ddof=1))
    if replicates < 2:
        return Noise(n, replicates, between, unknown, unknown, unknown)
    rest = held - means[:, None] - held.mean(axis=0)[None, :] + held.mean()
    within = float((rest**2).sum() / ((n - 1) * (replicates - 1)))
    tiny = (1e-12 * float(np.abs(held).max())) ** 2
    within = 0.0 if within <= tiny else within
    own = between - within / replicates
    if between <= tiny:
        return Noise(n, replicates, 0.0, within, unknown, 1.0 if within == 0.0 else math.inf)
    share = min(1.0, within / replicates / between)
    needed = math.floor(within / own * (1.0 - SMALL) / SMALL) + 1.0 if own > 0.0 else math.inf
    return Noise(n, replicates, between, within, share, needed)
