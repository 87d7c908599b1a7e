"""The factors of a sweep: parameters with their ranges, rules switched on or off, and a dummy that is luck alone.

A factor's place is a number of 0-1, whatever its distribution; designs and indices work on places. A switch is off
below one half and on from there. The dummy changes nothing but the luck: from one half on, other seeds are taken. It is
the noise floor: an index no larger than the dummy's says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from klyngesim.priors import Prior
from klyngesim.results.sweep import DUMMY
from klyngesim.scenario.scalars import drawn, share_of
from klyngesim.streams import Floats, Ints

__all__ = ["DUMMY", "SWITCHED", "Design", "Factor", "Kind", "block_of"]

Kind = Literal["number", "whole", "stepped", "switch", "dummy"]

SWITCHED = 0.5
"""Place from which a switch is on, and the dummy takes the other seeds."""


@dataclass(frozen=True)
class Factor:
    """One column of a design.

    Attributes:
        id: parameter id; M id of a mechanism or ``parameter=value`` of a rival rule; ``dummy``.
        kind: number, whole number, number in other steps, switch or dummy.
        prior: distribution and range of a number, None for switch and dummy.
        step: between the values of a number in steps, whose range ends on steps; 1 for a whole number.
    """

    id: str
    kind: Kind
    prior: Prior | None = None
    step: float | None = None

    @property
    def grain(self) -> float | None:
        """Distance between neighbouring values; None where they lie close."""
        return 1.0 if self.kind in ("switch", "whole") else self.step

    def value(self, place: float) -> float:
        """The parameter value at a place of 0-1; 0 or 1 for a switch; the place itself for the dummy."""
        if self.kind == "switch":
            return 1.0 if place >= SWITCHED else 0.0
        if self.prior is None:
            return place
        if self.grain is not None:
            return drawn(place, self.prior.low, self.prior.high, self.grain)
        return self.prior.value(place)

    def place(self, value: float) -> float:
        """A place of this value; of a number in steps, the middle of those that have it."""
        assert self.prior is not None  # only numbers have values of their own
        if self.grain is not None:
            return share_of(value, self.prior.low, self.prior.high, self.grain)
        return self.prior.place(value)


@dataclass(frozen=True)
class Design:
    """The points of a sweep.

    Attributes:
        method: oat, morris, sobol, lhs, grid or table.
        factors: k factors, the columns.
        places: places of 0-1, shape (n, k), in the order in which the method wants them.
    """

    method: str
    factors: Sequence[Factor]
    places: Floats

    def __len__(self) -> int:
        return len(self.places)

    @property
    def block(self) -> int:
        """Points in a row that share places and are read together, see `block_of`."""
        return block_of(self.method, len(self.factors))

    def part(self, points: Ints) -> Design:
        """Some of the points, for what does not need them all."""
        return Design(self.method, self.factors, self.places[points])

    def values(self, point: int) -> dict[str, float]:
        """Value of every factor at a point, by id."""
        return {one.id: one.value(float(place)) for one, place in zip(self.factors, self.places[point], strict=True)}


def block_of(method: str, k: int) -> int:
    """Points that are laid at once: k + 2 in a block of Sobol', k + 1 in a trajectory of Morris, elsewhere one."""
    return {"sobol": k + 2, "morris": k + 1}.get(method, 1)
