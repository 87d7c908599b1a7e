"""Draws that do not all count the same: quantiles, and how many equal draws they are worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from klyngesim.streams import Floats


def quantiles(values: Floats, weight: Floats, levels: Sequence[float]) -> Floats:
    """Weighted quantiles, linear between the middles of the weights, shape (len(levels),)."""
    order = np.argsort(values)
    middle = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    return np.asarray(np.interp(levels, middle, values[order]))


def effective(weight: Floats) -> float:
    """Number of equal draws that weighted ones are worth, at most as many as there are."""
    return float(weight.sum() ** 2 / (weight * weight).sum())
