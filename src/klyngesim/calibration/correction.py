"""Correcting the emulator's posterior: every draw is simulated on fresh seeds and weighed by what came out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.emulator import Emulator
from klyngesim.calibration.misfit import Expectation, Yardstick, log_likelihood
from klyngesim.seeds import generator
from klyngesim.streams import Floats, Ints

_LEAST = float(np.finfo(np.float64).eps)
"""Weight over the heaviest draw's up to which a draw adds nothing, as every sum of weights rounds it away."""


@dataclass(frozen=True)
class Corrected:
    """The draws that are kept.

    Attributes:
        chosen: their places among the draws simulated again, in random order.
        weight: 1, or more where a draw stands for several, shape (len(chosen),).
        central: weighted mean of these draws in the unit cube, shape (D,): the central draw.
        importance: normalised importance weight of every draw simulated again.
    """

    chosen: Ints
    weight: Floats
    central: Floats
    importance: Floats

    @property
    def effective(self) -> float:
        """Effective number of draws before any were left out."""
        return float(1.0 / (self.importance**2).sum())

    @property
    def effective_kept(self) -> float:
        """Effective number of the draws that are kept."""
        share = self.weight / self.weight.sum()
        return float(1.0 / (share**2).sum())


def simulated(runs: Floats, noise: Floats) -> Expectation:
    """What the model gives at draws, from runs on the bent scale of shape (n, seeds, T), and how sure that is."""
    return Expectation(runs.mean(axis=1), noise / runs.shape[1], noise)


def correct(
    points: Floats,
    runs: Floats,
    emulator: Emulator,
    yardstick: Yardstick,
    discrepancy: Floats,
    most: int,
    seed: int,
) -> Corrected:
    """Weighs draws of the emulator's posterior by the likelihood of what the model itself gave.

    Draws whose weight is above a limit are all kept and weigh more; the others are kept with a chance in proportion
    to their weight and then all weigh the same. The limit makes ``most`` draws. The central draw is their mean and none
    of them: in many dimensions even the nearest one lies far off in some.

    Args:
        points: draws in the unit cube, shape (n, D).
        runs: on the bent scale, shape (n, seeds, T), from fresh seeds.
        emulator: that the draws come from.
        yardstick: the targets.
        discrepancy: by kind, shape (K,).
        most: draws to keep.
        seed: of the calibration.
    """
    model = log_likelihood(simulated(runs, emulator.noise), yardstick, discrepancy)
    ratio = model - log_likelihood(emulator(points), yardstick, discrepancy)
    weight = np.exp(ratio - ratio.max())
    importance = weight / weight.sum()
    chance = generator(seed, "correction")
    keep = inclusion(weight, min(most, int((weight > _LEAST).sum())))
    edges = np.cumsum(keep) + chance.uniform()
    chosen = np.flatnonzero(np.floor(edges) > np.floor(np.concatenate(([edges[0] - keep[0]], edges[:-1]))))
    chosen = chance.permutation(chosen)
    kept = weight[chosen] / keep[chosen]
    return Corrected(chosen, kept / kept.min(), np.average(points[chosen], axis=0, weights=kept), importance)


def inclusion(weight: Floats, count: int) -> Floats:
    """Chances of being kept, ``min(1, weight / limit)``, that add up to ``count``, shape (n,)."""
    order = np.sort(weight)[::-1]
    rest = np.cumsum(order[::-1])[::-1]
    # With the k largest certain, the limit is what the others' weights have to be divided by.
    for certain in range(count):
        limit = rest[certain] / (count - certain)
        if order[certain] <= limit:
            return np.asarray(np.minimum(1.0, weight / limit))
    return np.asarray((weight >= order[count - 1]).astype(np.float64))
