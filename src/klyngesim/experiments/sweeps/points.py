"""From a point of a design to scenarios: values that fit together, switches, and the loaded scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from klyngesim.experiments.ablation import variants
from klyngesim.experiments.robustness import settings_of
from klyngesim.experiments.sweeps.factors import Design
from klyngesim.scenario.interplay import AT_MOST, SHARES
from klyngesim.scenario.loading import load
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario


def together(values: Mapping[str, float], usual: Mapping[str, Scalar]) -> dict[str, float]:
    """Values that can stand together, changed only where they could not.

    Of a pair of which the first may not exceed the second the first is lowered, and shares that add up to more than
    one are shrunk alike; what is not varied keeps its usual value. Otherwise a third of the points of a sweep over
    everything assumed would be refused, and designs that need all their points would be lost.

    Args:
        values: of a point, by parameter id.
        usual: of the scenario.
    """
    found = dict(values)
    for smaller, larger in AT_MOST:
        if smaller in found or larger in found:
            least, most = (float(found.get(key, usual[key])) for key in (smaller, larger))
            if least > most and smaller in found:
                found[smaller] = most
            elif least > most:
                found[larger] = least
    for group in SHARES:
        varied = [key for key in group if key in found]
        if varied and all(key in usual for key in group):
            room = 1.0 - sum(float(usual[key]) for key in group if key not in found)
            taken = sum(found[key] for key in varied)
            if taken > room:
                found |= {key: found[key] * max(0.0, room) / taken for key in varied}
    return found


def numbers_and_switches(design: Design, point: int, usual: Mapping[str, Scalar]) -> tuple[dict[str, float], list[str]]:
    """The values of a point that fit together, and the ids of the switches that are on."""
    numbers, on = {}, []
    for factor, place in zip(design.factors, design.places[point], strict=True):
        if factor.kind == "switch" and factor.value(float(place)) > 0.0:
            on.append(factor.id)
        elif factor.prior is not None:
            numbers[factor.id] = factor.value(float(place))
    return together(numbers, usual), on


def scenarios_of(
    design: Design, point: int, sources: Sequence[str], settings: Sequence[str], usual: Mapping[str, Scalar]
) -> Iterator[Scenario]:
    """Every scenario of the sweep at a point. ScenarioFaults if the values cannot stand in one of them."""
    numbers, on = numbers_and_switches(design, point, usual)
    changed = registry().with_defaults(numbers)
    known = {one.id: one for one in variants()} if on else {}
    switched: dict[str, Scalar] = {}
    for name in on:
        # Two switches may carry the same parameter; of two words for one rule the first that is on holds.
        switched = {**settings_of(known[name]), **switched}
    words = [f"{key}={value}" for key, value in switched.items()]
    for source in sources:
        yield load(source, [*settings, *words], registry=changed)
