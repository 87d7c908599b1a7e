"""Which way an outcome goes with a factor: what it is where the factor is high, and where it is low."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from klyngesim.streams import Floats
from klyngesim.sweeps.data import SweepData
from klyngesim.sweeps.rows import DUMMY

LEAD = 3
"""Factors told of every outcome; only those whose index is larger than the dummy's."""

FEW = 12
"""Most values of a factor whose highest and lowest are held against each other; of more it is the outer thirds."""


@dataclass(frozen=True)
class Direction:
    """An outcome at both ends of a factor.

    Attributes:
        outcome, scenario, parameter: what, in which scenario, by which factor.
        low, high: the largest value that counts as low, and the smallest that counts as high, in the factor's unit.
        at_low, at_high: mean of the outcome over the points there; the difference from the baseline if there is one.
    """

    outcome: str
    scenario: str
    parameter: str
    low: float
    high: float
    at_low: float
    at_high: float


def directions(found: SweepData) -> Iterator[Direction]:
    """The directions of the leading factors of every scenario and outcome; InputError if the runs cannot be read."""
    for scenario in found.scenarios:
        for outcome in found.outcomes:
            known = (one for one in found.leading(scenario, outcome) if one.parameter in found.design)
            leading = [one for one in known if one.above and one.parameter != DUMMY]
            for one in leading[:LEAD]:
                means, places = found.means(scenario, outcome), found.design[one.parameter]
                low, high = ends(places)
                at_low, at_high = (_mean(means[places <= low]), _mean(means[places >= high]))
                if low < high and np.isfinite((at_low, at_high)).all():
                    yield Direction(outcome, scenario, one.parameter, low, high, at_low, at_high)


def ends(places: Floats) -> tuple[float, float]:
    """Up to which value a factor is low, and from which it is high."""
    if len(np.unique(places)) <= FEW:
        return float(places.min()), float(places.max())
    low, high = np.quantile(places, [1 / 3, 2 / 3])
    return float(low), float(high)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
