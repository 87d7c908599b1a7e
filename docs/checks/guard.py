"""A guard, and how yearly values of the programme are taken from runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klyngesim.results.indicators import index
from klyngesim.results.records import RunResult

Floats = NDArray[np.float64]

FIRST_YEAR = 2021
EXTERNAL = ("external_public_mkr", "external_eu_mkr", "external_other_mkr")
"""External income (eksterne midler) as Table 7 counts it; private money has guards of its own elsewhere."""


@dataclass(frozen=True)
class Guard:
    """One guard as measured.

    Attributes:
        id: short name.
        guard: what is compared, in words.
        value: what the runs give; NaN when they are too short to tell.
        low, high: bounds, both included; infinite = none on that side.
        source: where the bound comes from.
    """

    id: str
    guard: str
    value: float
    low: float
    high: float
    source: str

    @property
    def holds(self) -> bool:
        """Whether the value lies within the bounds; a value that is not known does not."""
        return bool(self.low <= self.value <= self.high)


def quarters(runs: Sequence[RunResult], name: str) -> Floats:
    """An indicator of the programme by run, year and quarter, shape [runs, years, 4]; only whole years."""
    found = np.stack([run.indicators[:, -1, index(name)] for run in runs])
    years = found.shape[1] // 4
    return found[:, : 4 * years].reshape(len(runs), years, 4)


def yearly(runs: Sequence[RunResult], name: str, how: str) -> Floats:
    """Values of the programme by year, averaged over the runs, shape [years].

    Args:
        runs: runs of one scenario.
        name: id of the indicator.
        how: ``mean`` or ``sum`` of the quarters, or ``q4`` (for indicators that exist at Q4 only).
    """
    values = quarters(runs, name)
    by_run = {"mean": values.mean(axis=2), "sum": values.sum(axis=2), "q4": values[:, :, 3]}[how]
    return np.asarray(by_run.mean(axis=0))


def external(runs: Sequence[RunResult]) -> Floats:
    """External income by year, mio. kr. in current prices, averaged over the runs, shape [years]."""
    return np.asarray(np.sum([yearly(runs, name, "sum") for name in EXTERNAL], axis=0))


def window(values: Floats, first: int, last: int) -> float:
    """Mean of yearly values over the years first..last; NaN when the values end before."""
    part = values[first - FIRST_YEAR : last - FIRST_YEAR + 1]
    return float(part.mean()) if len(part) == last - first + 1 else float("nan")


def change(values: Floats, before: tuple[int, int], after: tuple[int, int]) -> float:
    """Relative change of the mean from one span of years to another."""
    return window(values, *after) / window(values, *before) - 1.0
