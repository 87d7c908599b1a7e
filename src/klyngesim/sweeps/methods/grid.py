"""Full factorials: every combination of the levels of all factors."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import Estimate, varies
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.methods.levels import Levelled


class Grid(Levelled):
    """Levels to the power of k points, the last factor changing fastest."""

    name = "grid"
    main_index = "main"
    levels = 3
    bars = ("main",)
    words = "grid"

    def _count(self, k: int, samples: int, levels: int) -> int:
        return int(levels**k)

    def _places(
        self, factors: Sequence[Factor], samples: int, seed: int, levels: int, centre: Mapping[str, float]
    ) -> Floats:
        axes = [np.linspace(0.0, 1.0, levels)] * len(factors)
        return np.array(list(itertools.product(*axes)))

    def indices(self, design: Design, values: Floats, seed: int) -> list[Estimate]:
        """Share of the variance over the grid that the level means of every factor hold.

        The sum of squares between levels over the total one: a first-order index by analysis of variance. Shares add
        up to one or less, interactions being the rest, while no point is missing. ``samples`` counts points.
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
        return self._resampled(design, ("main",), found, values, np.full(len(codes), count), seed)

    def lines(self, n: int, k: int, column: int) -> Iterator[Ints]:
        """A line for every combination of the other factors."""
        count = round(n ** (1.0 / k))
        yield from np.moveaxis(np.arange(n).reshape((count,) * k), column, 0).reshape(count, -1).T


def _between(apart: Floats, which: Ints) -> float:
    """Sum of squares between the levels, of deviations from the mean of all."""
    counts = np.bincount(which)
    sums = np.bincount(which, weights=apart)
    return float((sums[counts > 0] ** 2 / counts[counts > 0]).sum())
