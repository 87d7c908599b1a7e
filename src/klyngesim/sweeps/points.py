"""The points of a sweep as scenarios: values that can stand together, switches that are on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from klyngesim.experiments.ablation import settings_of, variants
from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.interplay import AT_MOST, SHARES, TIED, broken
from klyngesim.scenario.limits import require
from klyngesim.scenario.merging import require_held
from klyngesim.scenario.scalars import Plain, Scalar
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
from klyngesim.sweeps.design import Design, Valued
from klyngesim.sweeps.lever_choice import reached
from klyngesim.sweeps.lever_choice import standing as standing_at

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


def numbers_and_switches(point: Valued, standing: Sequence[Mapping[str, Scalar]]) -> tuple[dict[str, float], list[str]]:
    """The values of a point that fit together, but for levers, and the ids of the switches that are on."""
    numbers, on = {}, []
    for factor, value in point:
        if factor.kind == "switch" and value > 0.0:
            on.append(factor.id)
        elif factor.prior is not None and factor.dated is None:
            numbers[factor.id] = value
    return together(numbers, standing), on


def scenarios_of(
    point: Valued, templates: Sequence[Template], standing: Sequence[Mapping[str, Scalar]]
) -> Iterator[Scenario]:
    """Every scenario of the sweep at a point. ScenarioFaults if the values cannot stand in one of them."""
    numbers, on = numbers_and_switches(point, standing)
    changed = reached(templates)
    for template in templates:
        yield template.at({**_switched(on), **(pulled(point, template) if template in changed else {})}, numbers)


def pulled(point: Valued, template: Template) -> dict[str, Plain]:
    """What sets the levers of a point in a scenario: a timeline, without those that have its own value there.

    Where all have it the scenario is itself, to the last bit, and its run is that of the scenario without levers.
    """
    entries: list[Plain] = []
    for factor, value in point:
        if factor.dated is not None and value != standing_at(template, factor.id, factor.dated):
            entries.append(factor.dated.entry(factor.id, value))
    return {"timeline": entries} if entries else {}


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

    Values are checked where they are drawn, and but for levers no factor is anything that a scenario sets: what is left
    are the rules between parameters, and switches, of which each set is tried once. With levers every point is merged.

    Args:
        design: the points.
        templates: the scenarios of the sweep.
        standing: see `together`.
        file: the sweep file, for messages.

    Raises:
        ScenarioFaults: values of a point cannot stand together in a scenario; names the first points.
    """
    ids = {factor.id for factor in design.factors}
    dated = any(factor.dated is not None for factor in design.factors)
    if not dated and not ids & TIED and not any(factor.kind == "switch" for factor in design.factors):
        return
    bases: dict[tuple[str, ...], list[Scenario]] = {}
    faults: list[Fault] = []
    refused = 0
    for number in range(len(design)):
        point = design.point(number)
        numbers, on = numbers_and_switches(point, standing)
        try:
            if dated:
                require_held(scenarios_of(point, templates, standing))
                continue
            if tuple(on) not in bases:
                bases[tuple(on)] = [template.at(_switched(on)) for template in templates]
            there = [replace(one, values={**one.values, **numbers}) for one in bases[tuple(on)]]
            require(fault for one in there for fault in broken(one))
        except ScenarioFaults as wrong:
            refused += 1
            found = [replace(one, value=f"{one.path}: {one.value}") for one in wrong.faults]
            faults += [replace(one, file=file, path=f"point {number}", line=None) for one in found][:1]
    if refused > _TOLD:
        faults[_TOLD:] = [Fault(file, "", f"{refused - _TOLD:,} more points cannot stand, of {len(design):,}", "")]
    require(faults)
