"""How sure an index is: intervals from resampling, and how far it moved while samples were added.

An index is taken to have settled when neither its interval nor its change says otherwise (Sarrazin, Pianosi and Wagener
2016, "Global Sensitivity Analysis of environmental models: Convergence and validation", Environmental Modelling &
Software 79).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from klyngesim.calibration.chance import generator
from klyngesim.experiments.paired import LEVEL
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
