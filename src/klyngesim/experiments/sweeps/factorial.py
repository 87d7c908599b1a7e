"""Indices of designs whose factors stand at a few levels: one factor at a time, and full factorials.

Their points are laid and not drawn, so that chance comes from the replicates alone: these are resampled, the same ones
for all points, and halved to see whether an index has settled. With one replicate there is no interval.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from klyngesim.experiments.sweeps.convergence import Estimate, change, interval, resampled, varies
from klyngesim.experiments.sweeps.factors import Design
from klyngesim.results.sweep import point_means
from klyngesim.streams import Floats, Ints


def oat_indices(design: Design, values: Floats, seed: int) -> list[Estimate]:
    """Largest less smallest mean over the levels of every factor, and the places of both.

    Args:
        design: the centre first, then points that differ from it in one factor.
        values: shape (n, R), NaN for a failed run.
        seed: of the resampling.

    ``range`` is in units of the outcome; noise alone makes it larger than zero, so it is held against the dummy's.
    ``lowest_at`` and ``highest_at`` are places of 0-1, NaN where the range is zero. The centre counts as a level of
    every factor. ``samples`` counts the points of a factor.
    """
    centre = design.places[0]
    differs = design.places != centre
    alone = differs.sum(axis=1) == 1
    rows = [np.concatenate([[0], np.flatnonzero(alone & differs[:, column])]) for column in range(differs.shape[1])]

    def found(means: Floats) -> Floats:
        return np.array([_range(means[own], design.places[own, column]) for column, own in enumerate(rows)]).T

    samples = np.array([int((~np.isnan(values[own]).all(axis=1)).sum()) for own in rows])
    return _estimates(design, ("range", "lowest_at", "highest_at"), found, values, samples, seed)


def grid_indices(design: Design, values: Floats, seed: int) -> list[Estimate]:
    """Share of the variance over the grid that the level means of every factor hold.

    Args:
        design: a full factorial.
        values: shape (n, R), NaN for a failed run.
        seed: of the resampling.

    The sum of squares between levels over the total one: a first-order index by analysis of variance. Shares add up
    to one or less, interactions being the rest, while no point is missing. ``samples`` counts points.
    """
    codes = [np.unique(design.places[:, column], return_inverse=True)[1] for column in range(len(design.factors))]

    def found(means: Floats) -> Floats:
        there = ~np.isnan(means)
        held = means[there]
        if not varies(held):
            return np.full((1, len(codes)), np.nan)
        apart = held - held.mean()
        between = [_between(apart, which[there]) for which in codes]
        return np.asarray([between], dtype=np.float64) / float((apart**2).sum())

    count = int((~np.isnan(values).all(axis=1)).sum())
    return _estimates(design, ("main",), found, values, np.full(len(codes), count), seed)


def _estimates(
    design: Design,
    names: tuple[str, ...],
    found: Callable[[Floats], Floats],
    values: Floats,
    samples: Ints,
    seed: int,
) -> list[Estimate]:
    """Indices from point means, shape (names, k), with what the replicates say of them."""
    ids = tuple(factor.id for factor in design.factors)
    value = found(point_means(values))
    replicates = values.shape[1]
    moved = change(value, lambda count: found(point_means(values[:, :count])), replicates)
    low, high = np.full((2, *value.shape), np.nan)
    if replicates > 1:
        low, high = interval(
            resampled(lambda drawn: found(point_means(values[:, drawn])), replicates, seed, "replicates")
        )
    return [Estimate(name, ids, value[row], low[row], high[row], moved[row], samples) for row, name in enumerate(names)]


def _range(means: Floats, places: Floats) -> tuple[float, float, float]:
    """Range of the means that are there, place of the lowest and of the highest."""
    unknown = float("nan")
    there = ~np.isnan(means)
    if int(there.sum()) < 2:
        return unknown, unknown, unknown
    held, where = means[there], places[there]
    if not varies(held):
        return 0.0, unknown, unknown
    return float(np.ptp(held)), float(where[held.argmin()]), float(where[held.argmax()])


def _between(apart: Floats, which: Ints) -> float:
    """Sum of squares between the levels, of deviations from the mean of all."""
    counts = np.bincount(which)
    sums = np.bincount(which, weights=apart)
    return float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
