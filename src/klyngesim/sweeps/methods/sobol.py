"""Sobol' indices, through SALib: shares of the variance that each factor holds alone and with all others.

Points and the estimator of S1: Saltelli et al. 2010 (Computer Physics Communications 181(2)); of ST: Jansen's, ibid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from klyngesim.results.windows import LEVEL
from klyngesim.seeds import number_of
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import RESAMPLES, Estimate, change, varies
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.methods.blocks import FEWEST, Blocks, inside, problem, quiet, whole


class Sobol(Blocks):
    """N blocks of k + 2 points: A, A with column j of B for every j, B."""

    name = "sobol"
    main_index = "ST"
    surrogate = True
    bars = ("S1", "ST")
    words = "sobol"

    def block(self, k: int) -> int:
        """A, a point for each factor, B."""
        return k + 2

    def _refuse(self, samples: int, levels: int) -> None:
        if samples < 2 or samples & (samples - 1):
            below = max(2, 1 << (samples.bit_length() - 1))
            raise ValueError(f"sobol: {samples} samples; it needs a power of two, such as {below} or {2 * below}")

    def _places(
        self, factors: Sequence[Factor], samples: int, seed: int, levels: int, centre: Mapping[str, float]
    ) -> Floats:
        return laid([factor.id for factor in factors], samples, number_of(seed, "sweep/sobol"))

    def indices(self, design: Design, means: Floats, seed: int) -> list[Estimate]:
        """S1 and ST of every factor.

        Intervals are SALib's: value plus and minus 1.645 standard deviations of resamples of blocks, so that they may
        reach below zero. ``samples`` counts whole blocks. NaN where the outcome does not vary or fewer than two are
        whole.
        """
        ids = tuple(factor.id for factor in design.factors)
        chance = number_of(seed, "sweep/blocks")
        blocks = whole(means, design.block)
        found = shares(ids, blocks, RESAMPLES, chance)
        moved = change(found[:2], lambda count: shares(ids, blocks[:count], FEWEST, chance)[:2], len(blocks))
        samples = np.full(len(ids), len(blocks))
        return [
            Estimate(name, ids, value, value - half, value + half, moved[row], samples)
            for row, name, value, half in zip((0, 1), self.bars, found[:2], found[2:], strict=True)
        ]

    def independent(self, n: int, k: int) -> Ints:
        """A and B of every block."""
        numbers, size = np.arange(n, dtype=np.int64), self.block(k)
        return np.concatenate([numbers[::size], numbers[size - 1 :: size]])

    def lines(self, n: int, k: int, column: int) -> Iterator[Ints]:
        """A of every block, and the point of it that differs in this factor alone."""
        for first in range(0, n, self.block(k)):
            yield np.array([first, first + 1 + column], dtype=np.int64)


def laid(ids: Sequence[str], samples: int, seed: int) -> Floats:
    """Places of N blocks, shape (N (k + 2), k)."""
    from SALib.sample import sobol  # slow to import, and a dry run only counts the points

    with quiet():
        return inside(sobol.sample(problem(ids), samples, calc_second_order=False, scramble=True, seed=seed))


def shares(ids: Sequence[str], blocks: Floats, resamples: int, seed: int) -> Floats:
    """S1, ST and half of the width of either interval, shape (4, k), from outcomes of whole blocks."""
    from SALib.analyze import sobol

    if len(blocks) < 2 or not varies(blocks.ravel()):
        return np.full((4, len(ids)), np.nan)
    with quiet():
        said = sobol.analyze(
            problem(ids),
            blocks.ravel(),
            calc_second_order=False,
            num_resamples=resamples,
            conf_level=LEVEL,
            seed=max(1, seed),  # SALib takes 0 for no seed
        )
    return np.array([said["S1"], said["ST"], said["S1_conf"], said["ST_conf"]], dtype=np.float64)
