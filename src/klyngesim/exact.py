"""Sums and medians that are equal on every processor: floats are added one after the other, never in vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def total(values: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    """Sum along an axis in the order of the entries; zero when there are none.

    ``numpy.sum`` adds in an order that depends on the length and the processor, so that the last digits differ.
    """
    if values.shape[axis] == 0:
        return np.zeros(np.delete(values.shape, axis), dtype=np.float64)
    running = values.cumsum(axis=axis)
    return np.asarray(running[..., -1] if axis == -1 else running.take(-1, axis=axis), dtype=np.float64)


def median(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Weighted median: the least value with half of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(running, 0.5 * running[-1])])
