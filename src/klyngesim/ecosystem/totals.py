"""Sums, one number after the other, and ratios of what may be nothing."""

from __future__ import annotations

import math

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.streams import Floats


@rule
def ratio_rule(part: float, whole: float) -> float:
    """The part over the whole, NaN where there is no whole."""
    return part / whole if whole > 0.0 else math.nan


@loop
def summed(values: Floats) -> float:
    """Sum of a short list."""
    whole = 0.0
    for value in values:
        whole += value
    return whole


@loop
def with_total(values: Floats) -> Floats:
    """Values by organisation with their sum as last entry, shape (O + 1,)."""
    return np.append(values, summed(values))
