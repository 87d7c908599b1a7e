"""What methods share whose factors stand at a few levels.

Their points are laid and not drawn, so that chance comes from the replicates alone: these are resampled, the same ones
for all points, and halved to see whether an index has settled. With one replicate there is no interval.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import Estimate, change, interval, resampled
from klyngesim.sweeps.design import Design, Method
from klyngesim.sweeps.rows import Advance, point_means


class Levelled(Method):
    """A method whose points are laid on levels."""

    drawn = False

    def estimates(
        self, design: Design, outcomes: Sequence[Floats], seed: int, advance: Advance
    ) -> Iterator[list[Estimate]]:
        """See `Method.estimates`; outcomes one after another."""
        for values in outcomes:
            yield self.indices(design, values, seed)
            advance(1.0)

    @abstractmethod
    def indices(self, design: Design, values: Floats, seed: int) -> list[Estimate]:
        """Indices of one outcome, of shape (n, R), NaN for a failed run."""

    def _resampled(
        self,
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
        return [
            Estimate(name, ids, value[row], low[row], high[row], moved[row], samples) for row, name in enumerate(names)
        ]
