"""Factors, the design of points over them, and what a method is: how points are laid, analysed and shown.

A factor is a parameter with its range, a lever that holds from a date on, a rule switched on or off, or a dummy that is
luck alone. Its place is a number
of 0-1, whatever its distribution; designs and indices work on places. A switch is off below one half and on from there.
The dummy changes nothing but the luck: from one half on, other seeds are taken. It is the noise floor: an index no
larger than the dummy's says nothing.

A method is one class in a file of its own in `methods/`. Everything else asks the method, never for its name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from klyngesim.priors import Prior
from klyngesim.scenario import periods
from klyngesim.scenario.scalars import Plain, drawn, share_of
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import Estimate
from klyngesim.sweeps.rows import Advance

Kind = Literal["number", "whole", "stepped", "switch", "dummy"]

SWITCHED = 0.5
"""Place from which a switch is on, and the dummy takes the other seeds."""


@dataclass(frozen=True)
class Dated:
    """From when on, and for whom, a lever holds; as a timeline has it.

    Attributes:
        start: first quarter, such as ``2025Q1``.
        announced: quarter from which everybody knows; None = the first one.
        cluster: the organisation, None = the whole programme.
    """

    start: str
    announced: str | None = None
    cluster: str | None = None

    @property
    def period(self) -> int:
        """The first quarter as a number."""
        return periods.parse(self.start)

    def entry(self, parameter: str, value: float) -> dict[str, Plain]:
        """The entry of a timeline that sets the lever."""
        found: dict[str, Plain] = {"from": self.start}
        if self.announced is not None:
            found["announced"] = self.announced
        if self.cluster is not None:
            found["cluster"] = self.cluster
        return {**found, "set": {parameter: value}}


@dataclass(frozen=True)
class Factor:
    """One column of a design.

    Attributes:
        id: parameter id; M id of a mechanism or ``parameter=value`` of a rival rule; ``dummy``.
        kind: number, whole number, number in other steps, switch or dummy.
        prior: distribution and range of a number, None for switch and dummy.
        step: between the values of a number in steps, whose range ends on steps; 1 for a whole number.
        dated: of a lever, whose usual value (``prior.mode``) is that of the first scenario from its date on.
    """

    id: str
    kind: Kind
    prior: Prior | None = None
    step: float | None = None
    dated: Dated | None = None

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
        if self.dated is not None and place == self.place(self.prior.mode):
            return self.prior.mode  # to the last digit, or a lever left as it is would count as moved
        if self.grain is not None:
            return drawn(place, self.prior.low, self.prior.high, self.grain)
        return self.prior.value(place)

    def place(self, value: float) -> float:
        """A place of this value; of a number in steps, the middle of those that have it."""
        assert self.prior is not None  # only numbers have values of their own
        if self.grain is not None:
            return share_of(value, self.prior.low, self.prior.high, self.grain)
        return self.prior.place(value)


Valued = Sequence[tuple[Factor, float]]
"""Factors with their values in their own units: a point of a design, or any other; switches have 0 or 1."""

MOST_POINTS = 1_000_000
"""More points than this are no sweep that anybody could run."""


@dataclass(frozen=True)
class Design:
    """The points of a sweep.

    Attributes:
        method: with which they were laid.
        factors: k factors, the columns.
        places: places of 0-1, shape (n, k), in the order in which the method wants them.
    """

    method: Method
    factors: Sequence[Factor]
    places: Floats

    def __len__(self) -> int:
        return len(self.places)

    @property
    def block(self) -> int:
        """Points in a row that share places and are read together, see `Method.block`."""
        return self.method.block(len(self.factors))

    def part(self, points: Ints) -> Design:
        """Some of the points, for what does not need them all."""
        return Design(self.method, self.factors, self.places[points])

    def point(self, number: int) -> Valued:
        """Every factor with its value at a point."""
        return [(one, one.value(float(place))) for one, place in zip(self.factors, self.places[number], strict=True)]

    def values(self, point: int) -> dict[str, float]:
        """Value of every factor at a point, by id."""
        return {one.id: value for one, value in self.point(point)}


class Method(ABC):
    """A method: what it asks of the sweep file, its points, its indices, and how they are shown.

    Attributes:
        name: in the sweep file.
        main_index: the index by which factors are put in order.
        samples: whether the sweep file says how many.
        levels: places of every factor where nobody says how many; None for a method without levels.
        from_table: whether the points are the user's own.
        centred: whether the other factors stand at their usual values while one is moved.
        spreads: whether points lie all over the space, as discovery needs them.
        surrogate: whether they also serve to train a surrogate.
        drawn: whether points are drawn, so that resampling them says how sure an index is.
        figure: the figure that shows what the method is there for.
        bars: the indices in a figure of bars.
        words: what the keys of its texts begin with.
        curves: whether outcomes can be drawn over single factors.
    """

    name: ClassVar[str]
    main_index: ClassVar[str]
    samples: ClassVar[bool] = False
    levels: ClassVar[int | None] = None
    from_table: ClassVar[bool] = False
    centred: ClassVar[bool] = False
    spreads: ClassVar[bool] = True
    surrogate: ClassVar[bool] = False
    drawn: ClassVar[bool] = True
    figure: ClassVar[Literal["bars", "tornado", "screen"]] = "bars"
    bars: ClassVar[tuple[str, ...]] = ()
    words: ClassVar[str]
    curves: ClassVar[bool] = True

    def design(
        self,
        factors: Sequence[Factor],
        samples: int,
        seed: int,
        levels: int | None = None,
        centre: Mapping[str, float] | None = None,
    ) -> Design:
        """The points of a sweep.

        Args:
            factors: k factors, the columns.
            samples: how many, for the methods that have them.
            seed: of the points, where they are drawn.
            levels: evenly spaced places from 0 to 1 of every factor, for the methods that have levels; None = usual.
            centre: place of every factor's default by factor id, for a centred method. Switches are off and the dummy
                is at one half where they are left out.

        Raises:
            ValueError: what the method cannot do, in words for the user.
        """
        self.points(factors, samples, levels)
        places = self._places(factors, samples, seed, self._steps(levels), centre or {})
        return Design(self, tuple(factors), np.asarray(places, dtype=np.float64))

    def points(self, factors: Sequence[Factor], samples: int, levels: int | None = None) -> int:
        """Number of points of `design`, without making it.

        Raises:
            ValueError: as `design` does, but for the centre.
        """
        steps = self._steps(levels)
        if not factors:
            raise ValueError(f"{self.name}: no parameter or switch is varied")
        ids = [factor.id for factor in factors]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"{self.name}: varied more than once: {', '.join(twice)}")
        if self.levels is not None and steps < 2:
            raise ValueError(f"{self.name}: {steps} level(s); an effect shows only between two levels or more")
        if self.samples and samples < 1:
            raise ValueError(f"{self.name}: {samples} samples; it needs one or more")
        self._refuse(samples, steps)
        k = len(factors)
        found = self._count(k, samples, steps)
        if found > MOST_POINTS:
            what, each = ("samples", samples) if self.samples else ("levels", steps)
            many = f"{found:,}" if found < 1e15 else f"more than 10^{len(str(found)) - 1}"
            said = f"{each:,} {what} over {k} factors (a dummy counts) are {many} points, more than {MOST_POINTS:,}"
            raise ValueError(f"{self.name}: {said}; fewer factors or {what}, or another method")
        return found

    def _steps(self, levels: int | None) -> int:
        return (self.levels or 2) if levels is None else levels

    def _refuse(self, samples: int, levels: int) -> None:  # noqa: B027 - most methods have nothing to add
        """ValueError for numbers that this method alone cannot do with."""

    def _count(self, k: int, samples: int, levels: int) -> int:
        """Number of points over k factors."""
        return samples * self.block(k)

    @abstractmethod
    def _places(
        self, factors: Sequence[Factor], samples: int, seed: int, levels: int, centre: Mapping[str, float]
    ) -> Floats:
        """Places of 0-1, shape (n, k)."""

    @abstractmethod
    def estimates(
        self, design: Design, outcomes: Sequence[Floats], seed: int, advance: Advance
    ) -> Iterator[list[Estimate]]:
        """The indices of each outcome.

        Args:
            design: n points of this method.
            outcomes: values, each of shape (n, R), NaN for a failed run.
            seed: of the resampling.
            advance: called with outcomes' worth of work that has been done since the last call.
        """

    def block(self, k: int) -> int:
        """Points over k factors that are laid at once, share places and are read together."""
        return 1

    def independent(self, n: int, k: int) -> Ints:
        """Those of n points over k factors whose places do not hang together."""
        return np.arange(n, dtype=np.int64)

    def in_random_order(self, points: Ints, seed: int) -> Ints:
        """Points or blocks so that the first half of them says as much as the second; drawn ones lie so already."""
        return points

    def apart(self, design: Design, column: int) -> Ints:
        """Points by whose places one factor can be judged."""
        return self.independent(len(design), len(design.factors))

    def lines(self, n: int, k: int, column: int) -> Iterator[Ints]:
        """Sets of points that differ in this factor alone; none for a method whose points all differ in more."""
        yield from ()
