"""Sums, one number after the other, whole numbers of running totals, and ratios of what may be nothing."""

from __future__ import annotations

import math

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.streams import Floats, Ints


@rule
def ratio_rule(part: float, whole: float) -> float:
    """The part over the whole, NaN where there is no whole."""
    return part / whole if whole > 0.0 else math.nan


@rule
def whole_rule(expected: float, done: float, shift: float) -> int:
    """Whole number of a quarter, so that the running total stays within one of the running total of ``expected``.

    ``done`` is that total before this quarter, ``shift`` a fixed uniform, so that not all round in step.
    """
    return math.floor(done + expected + shift) - math.floor(done + shift)


@loop
def summed(values: Floats) -> float:
    """Sum of a short list."""
    whole = 0.0
    for value in values:
        whole += value
    return whole


@loop
def add_up(table: Floats, columns: Ints) -> None:
    """Writes sums over the rows above into some columns of the last row of a table."""
    last = len(table) - 1
    for column in columns:
        table[last, column] = table[0, column]
        for row in range(1, last):
            table[last, column] += table[row, column]


@loop
def with_total(values: Floats) -> Floats:
    """Values by organisation with their sum as last entry, shape (O + 1,)."""
    return np.append(values, summed(values))
