"""One marginal of the population: what was observed, of whom, what the register gives, and how far off it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from klyngesim.evidence import tables
from klyngesim.streams import Floats, Ints

READY = 0.5
"""Readiness from which a firm counts as innovation-ready: nearer to full readiness than to none."""


class Policy(Protocol):
    """The parameters that the report needs; see `klyngesim.ecosystem.settings.Values`."""

    def num(self, key: str, /) -> float:
        """A programme-wide number."""

    def vec(self, key: str, /) -> Floats:
        """A number per organisation, in the order of Table 2."""


@dataclass(frozen=True)
class Marginal:
    """One marginal of the population.

    Attributes:
        id: short name, unique.
        marginal: what is counted, in words.
        source: table or evidence id.
        perimeter: of whom the observation is, and what about it the register cannot copy.
        observed, synthetic: the two values, in the same unit.
        tolerance: how far they may be apart.
        measure: whether the tolerance is relative to the observation or absolute.
        reason: why this tolerance.
    """

    id: str
    marginal: str
    source: str
    perimeter: str
    observed: float
    synthetic: float
    tolerance: float
    measure: Literal["relative", "absolute"]
    reason: str

    @property
    def difference(self) -> float:
        """Synthetic less observed."""
        return self.synthetic - self.observed

    @property
    def error(self) -> float:
        """The difference as the tolerance measures it: over the observation, or as it is."""
        return self.difference / self.observed if self.measure == "relative" else self.difference

    @property
    def within(self) -> bool:
        """Whether the row is within its tolerance."""
        return abs(self.error) <= self.tolerance * (1.0 + 1e-12)


@dataclass(frozen=True)
class Firms:
    """The Danish firms alive at 2021Q1, one entry each."""

    rows: Ints
    cell: Ints
    size: Ints
    group: Ints
    employees: Floats
    exporter: NDArray[np.bool_]


def evidence(name: str, attribute: Literal["low", "central", "high"] = "central") -> float:
    """A value of an evidence item; raises ValueError where the item has none."""
    found: float | None = getattr(tables.source(name), attribute)
    if found is None:
        raise ValueError(f"{name} has no {attribute} value")
    return found
