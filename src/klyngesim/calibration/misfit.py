"""How far a simulation is from the targets, in tolerances, and how that becomes implausibility and likelihood.

Misses are measured on the scale of the target (linear or logarithmic). Simulated values are compared on a bent
scale: ``2 asinh(z / 2)`` of the distance z in tolerances, which is z itself
near the target and its logarithm far away. Emulators work on it, so that they spend their accuracy near the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klyngesim.calibration.targets import Target
from klyngesim.errors import InputError
from klyngesim.streams import Floats, Ints

FAR = 1000.0
"""Distance in tolerances at which a value that is not defined in a run, or further away, is put."""

_SEVERAL = 3
"""Values of a kind from which a discrepancy can be told from chance."""
_ROUNDS = 5


def bend(distance: Floats) -> Floats:
    """The bent scale of a distance in tolerances."""
    return np.asarray(2.0 * np.arcsinh(distance / 2.0))


def straighten(bent: Floats) -> Floats:
    """Distance in tolerances; the inverse of `bend`."""
    return np.asarray(2.0 * np.sinh(bent / 2.0))


@dataclass(frozen=True)
class Yardstick:
    """The targets as arrays of shape (T,).

    Attributes:
        ids: target ids.
        logs: whether a target is compared by logarithms.
        centre: what a simulation is compared with, on the target's scale: the printed value, the middle of the printed
            range, or its only bound.
        tolerance: one standard deviation of what the printed figure can be off by, on the target's scale.
        below: tolerances from the centre down to the lower bound, 0 for a printed value, infinite without a bound.
        above: the same upwards.
        kinds: observables that the targets are values of: kinds of pattern.
        kind: number of each target's kind.
    """

    ids: tuple[str, ...]
    logs: NDArray[np.bool_]
    centre: Floats
    tolerance: Floats
    below: Floats
    above: Floats
    kinds: tuple[str, ...]
    kind: Ints

    @classmethod
    def of(cls, targets: Sequence[Target]) -> Yardstick:
        """The yardstick of these targets. ValueError without any, or for one without a tolerance."""
        if not targets:
            raise InputError("no target has the role calibration, so there is nothing to fit")
        without = [target.id for target in targets if target.tolerance is None]
        if without:
            raise InputError(f"targets without a tolerance cannot be fitted: {', '.join(without)}")
        kinds = tuple(dict.fromkeys(target.observable for target in targets))
        logs = np.array([target.scale == "log" for target in targets])
        tolerance = np.array([target.tolerance for target in targets], dtype=np.float64)
        low, high = np.array([target.bounds for target in targets], dtype=np.float64).T
        low = np.where(logs, np.log(np.where(logs, np.maximum(low, 1e-300), 1.0)), low)
        low = np.where(np.array([target.bounds[0] == -np.inf for target in targets]), -np.inf, low)
        high = np.where(logs, np.log(np.where(logs, high, 1.0)), high)
        with np.errstate(invalid="ignore"):
            middle = (low + high) / 2.0
        centre = np.where(np.isinf(low), high, np.where(np.isinf(high), low, middle))
        return cls(
            ids=tuple(target.id for target in targets),
            logs=logs,
            centre=centre,
            tolerance=tolerance,
            below=(centre - low) / tolerance,
            above=(high - centre) / tolerance,
            kinds=kinds,
            kind=np.array([kinds.index(target.observable) for target in targets]),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def bent(self, values: Floats) -> Floats:
        """Simulated values on the bent scale, shape (..., T); values that are not defined count as far too low."""
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.where(self.logs, np.log(np.where(self.logs, values, 1.0)), values)
        distance = (scaled - self.centre) / self.tolerance
        return bend(np.clip(np.nan_to_num(distance, nan=-FAR, posinf=FAR, neginf=-FAR), -FAR, FAR))

    def miss(self, bent: Floats) -> Floats:
        """Distance in tolerances beyond the observed range, shape (..., T); 0 inside it."""
        distance = straighten(bent)
        return np.asarray(np.maximum(0.0, distance - self.above) + np.minimum(0.0, distance + self.below))

    def by_kind(self, terms: Floats) -> Floats:
        """Means over each kind's targets, shape (..., T) to (..., K)."""
        members = self.kind == np.arange(len(self.kinds))[:, None]
        return np.asarray(terms @ (members / members.sum(axis=1, keepdims=True)).T)


@dataclass(frozen=True)
class Expectation:
    """What is expected of points: mean on the bent scale, and variances there of shape (n, T) or (T,).

    Attributes:
        mean: expected value.
        error: variance of the expectation itself (emulator).
        noise: variance of a single run around it (seed).
    """

    mean: Floats
    error: Floats
    noise: Floats

    def variance(self) -> Floats:
        """Variance of a run around the mean, back in tolerances, shape (n, T)."""
        slope = np.cosh(self.mean / 2.0)
        return np.asarray(slope * slope * (self.error + self.noise))


def implausibility(expected: Expectation, yardstick: Yardstick, discrepancy: Floats) -> Floats:
    """Implausibility by kind of pattern, shape (n, K): root mean square of its misses in standard deviations.

    A miss is measured against tolerance, model discrepancy, seed and emulator together. Kinds and not single targets
    are judged, because an organisation that the common parameters cannot explain is no reason to give up a point.

    Args:
        expected: of n points.
        yardstick: the targets.
        discrepancy: by kind in squared tolerances, shape (K,), see `discrepancies`.
    """
    miss = yardstick.miss(expected.mean)
    variance = 1.0 + discrepancy[yardstick.kind] + expected.variance()
    return np.sqrt(yardstick.by_kind(miss * miss / variance))


def log_likelihood(expected: Expectation, yardstick: Yardstick, discrepancy: Floats) -> Floats:
    """Log likelihood of the targets, shape (n,): normal, with the variances of tolerance, model, seed and emulator.

    Args:
        expected: of n points.
        yardstick: the targets.
        discrepancy: variance of what the model itself leaves unexplained, by kind in squared tolerances, shape (K,).
    """
    miss = yardstick.miss(expected.mean)
    variance = 1.0 + discrepancy[yardstick.kind] + expected.variance()
    return np.asarray(-0.5 * (miss * miss / variance + np.log(variance)).sum(axis=-1))


def discrepancies(expected: Expectation, yardstick: Yardstick) -> Floats:
    """Model discrepancy by kind of pattern at the likeliest point, shape (K,), squared tolerances.

    What a kind misses by at the point that fits best, beyond tolerance, seed and emulator: the mean square that is
    left over, found by rounds of choosing the point and reckoning the rest. Only kinds with several values, one per
    organisation, have one: there the common parameters leave differences between organisations unexplained. A figure
    of the whole programme has to be met.
    """
    left = np.zeros(len(yardstick.kinds))
    for _ in range(_ROUNDS):
        best = int(np.argmax(log_likelihood(expected, yardstick, left)))
        miss = yardstick.miss(expected.mean[best])
        left = _beyond(miss * miss - expected.variance()[best], yardstick)
    return left


def unexplained(runs: Floats, again: Floats, yardstick: Yardstick) -> Floats:
    """Model discrepancy by kind of pattern over the draws of a posterior, shape (K,), squared tolerances.

    The likeliest point flatters a model: it is the one whose misses chance has made small, the more so the more
    parameters were fitted. The mean over draws does not. Runs and the printed years both have luck of their own.

    Args:
        runs: on the bent scale, one of each draw, shape (n, T); what is not defined in a run is left out.
        again: runs of one and the same point, which differ by luck alone, shape (m, T).
        yardstick: the targets.
    """
    far = bend(np.array(0.999 * FAR))
    miss = np.where(np.abs(runs) < far, yardstick.miss(runs), np.nan)
    luck = np.nanvar(np.where(np.abs(again) < far, straighten(again), np.nan), axis=0, ddof=1)
    return _beyond(np.nanmean(miss * miss, axis=0) - 2.0 * luck, yardstick)


def _beyond(squares: Floats, yardstick: Yardstick) -> Floats:
    """Mean squares by kind beyond the tolerance, 0 for kinds of so few values that they cannot be told from chance."""
    several = np.bincount(yardstick.kind, minlength=len(yardstick.kinds)) >= _SEVERAL
    return np.where(several, np.maximum(0.0, yardstick.by_kind(squares - 1.0)), 0.0)
