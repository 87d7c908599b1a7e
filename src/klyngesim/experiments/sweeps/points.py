"""From a point of a design to scenarios: values that fit together, switches, and the loaded scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from klyngesim.experiments.ablation import settings_of, variants
from klyngesim.experiments.sweeps.factors import Design
from klyngesim.scenario.interplay import AT_MOST, SHARES
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template


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
    known = {one.id: one for one in variants()} if on else {}
    switched: dict[str, Scalar] = {}
    for name in on:
        # Two switches may carry the same parameter; of two words for one rule the first that is on holds.
        switched = {**settings_of(known[name]), **switched}
    for template in templates:
        yield template.at(switched, numbers)
