"""The parameters that are fitted: their priors, and the unit cube in which the inference works.

A point of the unit cube is a parameter's place in its prior (0 = lowest, 1 = highest value), so the prior is uniform
there whatever its distribution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.errors import InputError
from klyngesim.scenario.parameters import Parameter, Registry
from klyngesim.streams import Floats

DIGITS = 4
"""Significant digits of a fitted value: more would be noise."""


@dataclass(frozen=True)
class Prior:
    """Prior of one parameter, from the registry.

    Attributes:
        id: parameter id.
        distribution: uniform, loguniform or triangular.
        low: lower bound.
        high: upper bound.
        mode: default of the registry; the mode of a triangle.
    """

    id: str
    distribution: str
    low: float
    high: float
    mode: float

    @classmethod
    def of(cls, parameter: Parameter) -> Prior:
        """The prior of a parameter. ValueError if it has none."""
        if parameter.distribution not in ("uniform", "loguniform", "triangular"):
            raise InputError(f"{parameter.id}: its distribution is {parameter.distribution}, so there is no prior")
        default = parameter.default_values()
        bounded = parameter.low is not None and parameter.high is not None and parameter.step is None
        if not isinstance(default, float) or not bounded:
            raise InputError(f"{parameter.id}: only numbers that vary continuously between bounds can be fitted")
        assert parameter.low is not None and parameter.high is not None  # as has just been seen
        return cls(parameter.id, parameter.distribution, parameter.low, parameter.high, default)

    def value(self, place: float) -> float:
        """Value at a place of 0-1, to four significant digits, inside the bounds."""
        low, high = self.low, self.high
        if self.distribution == "loguniform":
            found = low * (high / low) ** place
        elif self.distribution == "triangular":
            split = (self.mode - low) / (high - low)
            if place < split:
                found = low + math.sqrt(place * (high - low) * (self.mode - low))
            else:
                found = high - math.sqrt((1.0 - place) * (high - low) * (high - self.mode))
        else:
            found = low + place * (high - low)
        return min(high, max(low, float(f"{found:.{DIGITS}g}")))

    def place(self, value: float) -> float:
        """Place of a value in the prior, 0-1; the inverse of `value` but for rounding."""
        low, high = self.low, self.high
        if self.distribution == "loguniform":
            return math.log(value / low) / math.log(high / low)
        if self.distribution == "triangular":
            if value < self.mode:
                return (value - low) ** 2 / ((high - low) * (self.mode - low))
            return 1.0 - (high - value) ** 2 / ((high - low) * max(high - self.mode, 1e-300))
        return (value - low) / (high - low)


@dataclass(frozen=True)
class Space:
    """All fitted parameters in a fixed order; the columns of every design."""

    priors: tuple[Prior, ...]

    @classmethod
    def of(cls, ids: Sequence[str], registry: Registry) -> Space:
        """The space of these registered parameters. ValueError names every one that cannot be fitted."""
        found, faults = [], []
        for name in ids:
            if name not in registry:
                faults.append(f"{name}: not a registered parameter (klyngesim params lists them)")
                continue
            try:
                found.append(Prior.of(registry[name]))
            except ValueError as fault:
                faults.append(str(fault))
        if faults:
            raise InputError("\n".join(faults))
        return cls(tuple(found))

    @property
    def ids(self) -> tuple[str, ...]:
        """Parameter ids in the order of the columns."""
        return tuple(prior.id for prior in self.priors)

    def __len__(self) -> int:
        return len(self.priors)

    def values(self, point: Floats) -> dict[str, float]:
        """Parameter values of one point of the unit cube, shape (D,)."""
        return {prior.id: prior.value(float(place)) for prior, place in zip(self.priors, point, strict=True)}

    def point(self, values: Mapping[str, float]) -> Floats:
        """Point of the unit cube of these parameter values, shape (D,)."""
        return np.array([prior.place(values[prior.id]) for prior in self.priors])
