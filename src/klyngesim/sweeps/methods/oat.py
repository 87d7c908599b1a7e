"""One factor at a time over its whole range, the others at their usual values.

ten Broeke, van Voorn and Ligtenberg 2016, "Which sensitivity analysis method should I use for my agent-based model?",
Journal of Artificial Societies and Social Simulation 19(1) 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import Estimate, varies
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.methods.levels import Levelled
from klyngesim.sweeps.rows import DUMMY

_USUAL: Mapping[str, float] = {"switch": 0.0, DUMMY: 0.5}


class OneAtATime(Levelled):
    """The centre, then every level of every factor: 1 + k levels points."""

    name = "oat"
    main_index = "range"
    levels = 5
    centred = True
    spreads = False
    figure = "tornado"
    words = "oat"

    def _count(self, k: int, samples: int, levels: int) -> int:
        return 1 + k * levels

    def _places(
        self, factors: Sequence[Factor], samples: int, seed: int, levels: int, centre: Mapping[str, float]
    ) -> Floats:
        known = {**{factor.id: _USUAL[factor.kind] for factor in factors if factor.kind in _USUAL}, **centre}
        missing = [factor.id for factor in factors if factor.id not in known]
        if missing:
            raise ValueError(f"oat: no place of the default is known of {', '.join(missing)}")
        middle = np.array([known[factor.id] for factor in factors])
        if not ((middle >= 0.0) & (middle <= 1.0)).all():
            outside = [factor.id for factor, place in zip(factors, middle, strict=True) if not 0.0 <= place <= 1.0]
            raise ValueError(f"oat: the default lies outside the range of {', '.join(outside)}")
        rows = np.tile(middle, (1 + len(factors) * levels, 1))
        for column in range(len(factors)):
            first = 1 + column * levels
            rows[first : first + levels, column] = np.linspace(0.0, 1.0, levels)
        return rows

    def indices(self, design: Design, values: Floats, seed: int) -> list[Estimate]:
        """Largest less smallest mean over the levels of every factor, and the places of both.

        ``range`` is in units of the outcome; noise alone makes it larger than zero, so it is held against the dummy's.
        ``lowest_at`` and ``highest_at`` are places of 0-1, NaN where the range is zero. The centre counts as a level of
        every factor. ``samples`` counts the points of a factor.
        """
        centre = design.places[0]
        differs = design.places != centre
        alone = differs.sum(axis=1) == 1
        rows = [np.concatenate([[0], np.flatnonzero(alone & differs[:, column])]) for column in range(differs.shape[1])]

        def found(means: Floats) -> Floats:
            return np.array([_range(means[own], design.places[own, column]) for column, own in enumerate(rows)]).T

        samples = np.array([int((~np.isnan(values[own]).all(axis=1)).sum()) for own in rows])
        return self._resampled(design, ("range", "lowest_at", "highest_at"), found, values, samples, seed)

    def apart(self, design: Design, column: int) -> Ints:
        """The points of this factor and the centre."""
        others = np.delete(design.places, column, axis=1)
        own = (others == others[0]).all(axis=1) & (design.places[:, column] != design.places[0, column])
        return np.concatenate([np.zeros(1, dtype=np.int64), np.flatnonzero(own)])

    def lines(self, n: int, k: int, column: int) -> Iterator[Ints]:
        """The centre and the levels of the factor."""
        each = (n - 1) // k
        first = 1 + column * each
        yield np.array([0, *range(first, first + each)], dtype=np.int64)


def _range(means: Floats, places: Floats) -> tuple[float, float, float]:
    """Range of the means that are there, place of the lowest and of the highest."""
    unknown = float("nan")
    there = ~np.isnan(means)
    if int(there.sum()) < 2:
        return unknown, unknown, unknown
    held, where = means[there], places[there]
    if not varies(held):
        return 0.0, unknown, unknown
    return float(np.ptp(held)), float(where[held.argmin()]), float(where[held.argmax()])
