"""The factors of a sweep: parameters with their ranges, rules switched on or off, and a dummy that is luck alone.

A factor's place is a number of 0-1, whatever its distribution; designs and indices work on places. A switch is off
below one half and on from there. The dummy changes nothing but the luck: from one half on, other seeds are taken. It is
the noise floor: an index no larger than the dummy's says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from klyngesim.experiments.ablation import settings_of, variants
from klyngesim.priors import Prior
from klyngesim.results.sweep import DUMMY
from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.interplay import AT_MOST, SHARES, TIED, broken
from klyngesim.scenario.limits import require
from klyngesim.scenario.scalars import Scalar, drawn, share_of
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
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


_TOLD = 5  # points that are named; the others are counted


def together(values: Mapping[str, float], standing: Sequence[Mapping[str, Scalar]]) -> dict[str, float]:
    """Values that can stand together in every scenario, changed only where they could not.

    Of a pair of which the first may not exceed the second the first is lowered, and shares that add up to more than
    one are shrunk alike; what is not varied keeps its usual value. Otherwise a third of the points of a sweep over
    everything assumed would be refused, and designs that need all their points would be lost.

    Args:
        values: of a point, by parameter id.
        standing: what holds in the scenarios of the sweep, see `Sweep.standing`; the strictest decides.
    """
    found = dict(values)
    for smaller, larger in AT_MOST:
        if smaller in found:
            most = found[larger] if larger in found else min(float(usual[larger]) for usual in standing)
            found[smaller] = min(found[smaller], most)
        elif larger in found:
            found[larger] = max(found[larger], *(float(usual[smaller]) for usual in standing))
    for group in SHARES:
        varied = [key for key in group if key in found]
        if varied and all(key in standing[0] for key in group):
            others = [sum(float(usual[key]) for key in group if key not in found) for usual in standing]
            room, taken = 1.0 - max(others), sum(found[key] for key in varied)
            if taken > room:
                found |= {key: found[key] * max(0.0, room) / taken for key in varied}
    return found


def numbers_and_switches(
    design: Design, point: int, standing: Sequence[Mapping[str, Scalar]]
) -> tuple[dict[str, float], list[str]]:
    """The values of a point that fit together, and the ids of the switches that are on."""
    numbers, on = {}, []
    for factor, place in zip(design.factors, design.places[point], strict=True):
        if factor.kind == "switch" and factor.value(float(place)) > 0.0:
            on.append(factor.id)
        elif factor.prior is not None:
            numbers[factor.id] = factor.value(float(place))
    return together(numbers, standing), on


def scenarios_of(
    design: Design,
    point: int,
    templates: Sequence[Template],
    standing: Sequence[Mapping[str, Scalar]],
) -> Iterator[Scenario]:
    """Every scenario of the sweep at a point. ScenarioFaults if the values cannot stand in one of them."""
    numbers, on = numbers_and_switches(design, point, standing)
    switched = _switched(on)
    for template in templates:
        yield template.at(switched, numbers)


def _switched(on: Sequence[str]) -> dict[str, Scalar]:
    """What switches that are on set; of two that carry one parameter, or of two words for one rule, the first."""
    known = {one.id: one for one in variants()} if on else {}
    found: dict[str, Scalar] = {}
    for name in on:
        found = {**settings_of(known[name]), **found}
    return found


def require_design(
    design: Design, templates: Sequence[Template], standing: Sequence[Mapping[str, Scalar]], file: str
) -> None:
    """Looks at every point of a design as a scenario would be looked at.

    Values are checked where they are drawn, and no factor is anything that a scenario sets: what is left are the rules
    between parameters, and switches, of which each set is tried once.

    Args:
        design: the points.
        templates: the scenarios of the sweep.
        standing: see `together`.
        file: the sweep file, for messages.

    Raises:
        ScenarioFaults: values of a point cannot stand together in a scenario; names the first points.
    """
    ids = {factor.id for factor in design.factors}
    if not ids & TIED and not any(factor.kind == "switch" for factor in design.factors):
        return
    bases: dict[tuple[str, ...], list[Scenario]] = {}
    faults: list[Fault] = []
    refused = 0
    for point in range(len(design)):
        numbers, on = numbers_and_switches(design, point, standing)
        try:
            if tuple(on) not in bases:
                bases[tuple(on)] = [template.at(_switched(on)) for template in templates]
            there = [replace(one, values={**one.values, **numbers}) for one in bases[tuple(on)]]
            require(fault for one in there for fault in broken(one))
        except ScenarioFaults as wrong:
            refused += 1
            found = [replace(one, value=f"{one.path}: {one.value}") for one in wrong.faults]
            faults += [replace(one, file=file, path=f"point {point}", line=None) for one in found][:1]
    if refused > _TOLD:
        faults[_TOLD:] = [Fault(file, "", f"{refused - _TOLD:,} more points cannot stand, of {len(design):,}", "")]
    require(faults)
