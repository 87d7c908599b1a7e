"""Years out of quarters and bands out of replicates, on plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klyngesim.results.indicators import INDICATORS
from klyngesim.scenario import periods

BAND = (0.05, 0.95)
"""Bounds of the 90 % band over replicates, as shares."""

QUARTERS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """Mean and 90 % band over replicates, element by element; ``n`` counts the replicates with a value."""

    mean: Floats
    low: Floats
    high: Floats
    n: NDArray[np.int64]


def mean(values: Floats) -> Floats:
    """Mean along the first axis, ignoring NaN; NaN of nothing."""
    there = ~np.isnan(values)
    n = there.sum(axis=0)
    return np.where(n > 0, np.where(there, values, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)


def band(values: Floats) -> Band:
    """Mean, 5th and 95th percentile along the first axis (replicates), ignoring NaN; NaN of nothing."""
    n = (~np.isnan(values)).sum(axis=0)
    ordered = np.sort(values, axis=0)  # NaN go last
    low, high = (_percentile(ordered, np.maximum(n, 1), share) for share in BAND)
    return Band(mean(values), low, high, n)


def _percentile(ordered: Floats, n: NDArray[np.int64], share: float) -> Floats:
    """Linear interpolation between the order statistics of the first ``n`` of each column."""
    place = share * (n - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, n - 1)
    lower = np.take_along_axis(ordered, below[None], axis=0)[0]
    upper = np.take_along_axis(ordered, above[None], axis=0)[0]
    return np.asarray(lower + (upper - lower) * (place - below), dtype=np.float64)


def years_of(first_period: int, length: int) -> NDArray[np.int64]:
    """Calendar year of each of ``length`` quarters from ``first_period`` on."""
    return np.array([periods.year(int(first_period) + step) for step in range(length)], dtype=np.int64)


def complete_years(first_period: int, length: int) -> list[int]:
    """The calendar years of which all four quarters are covered."""
    years, counts = np.unique(years_of(first_period, length), return_counts=True)
    found: list[int] = years[counts == QUARTERS].tolist()
    return found


def by_year(values: Floats, first_period: int) -> tuple[list[int], Floats]:
    """The complete years of an [T, O+1, K] array of indicators, and their values [Y, O+1, K].

    A flow is summed over the four quarters, a stock or a yearly indicator is its value at Q4, a share the mean of the
    quarters that have one. What is defined in no quarter of the year is NaN. A year that the run covers in part is
    left out: its flows would read as a fall, and its stocks as those of the year's end.
    """
    years = years_of(first_period, len(values))
    found = complete_years(first_period, len(values))
    kinds = np.array([item.kind for item in INDICATORS])
    flow, share = kinds == "flow", kinds == "share"
    last = (kinds == "stock") | (kinds == "yearly")
    out = np.full((len(found), *values.shape[1:]), np.nan)
    for target, year in zip(out, found, strict=True):
        quarters = values[years == year]
        there = ~np.isnan(quarters)
        count = there.sum(axis=0)
        total = np.where(count > 0, np.where(there, quarters, 0.0).sum(axis=0), np.nan)
        target[:, flow] = total[:, flow]
        target[:, share] = (total / np.maximum(count, 1))[:, share]
        target[:, last] = quarters[-1][:, last]
    return found, out
