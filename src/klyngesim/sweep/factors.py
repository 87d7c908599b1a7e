"""The factors of a sweep: parameters with their ranges, rules switched on or off, and a dummy that is luck alone.

A factor's place is a number of 0-1, whatever its distribution; designs and indices work on places. A switch is off
below one half and on from there. The dummy changes nothing but the luck: from one half on, other seeds are taken. It is
the noise floor: an index no larger than the dummy's says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from klyngesim.priors import Prior
from klyngesim.scenario.scalars import drawn, share_of
from klyngesim.sweep.rows import DUMMY

__all__ = ["DUMMY", "SWITCHED", "Factor", "Kind"]

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
