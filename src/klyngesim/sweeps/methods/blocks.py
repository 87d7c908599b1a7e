"""What methods share whose points come in blocks, through SALib; one with a missing point is left out whole."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from klyngesim.streams import Floats
from klyngesim.sweeps.convergence import Estimate
from klyngesim.sweeps.design import Design, Method
from klyngesim.sweeps.rows import Advance, point_means

FEWEST = 2
"""Resamples that SALib needs; where it is asked for no interval it gets no more."""


class Blocks(Method):
    """A method that needs every point of a block."""

    samples = True

    def estimates(
        self, design: Design, outcomes: Sequence[Floats], seed: int, advance: Advance
    ) -> Iterator[list[Estimate]]:
        """See `Method.estimates`; outcomes one after another."""
        for values in outcomes:
            yield self.indices(design, point_means(values), seed)
            advance(1.0)

    @abstractmethod
    def indices(self, design: Design, means: Floats, seed: int) -> list[Estimate]:
        """Indices of one outcome, its mean at every point, shape (n,), NaN where there is none."""


def whole(means: Floats, size: int) -> Floats:
    """Outcomes of the blocks that lack no point, shape (blocks, size)."""
    if len(means) % size:
        raise ValueError(f"{len(means)} points are not blocks of {size}: not the design of this method")
    blocks = means.reshape(-1, size)
    return blocks[~np.isnan(blocks).any(axis=1)]


def problem(ids: Sequence[str]) -> dict[str, Any]:
    """Factors as SALib wants them: places of 0-1."""
    return {"num_vars": len(ids), "names": list(ids), "bounds": [[0.0, 1.0]] * len(ids)}


@contextmanager
def quiet() -> Iterator[None]:
    """Without SALib's warnings, and those of the division by zero where an outcome does not vary."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def inside(places: Any) -> Floats:
    """Places as SALib lays them: sums of thirds and the like may end a rounding error beyond the range."""
    return np.clip(np.asarray(places, dtype=np.float64), 0.0, 1.0)
