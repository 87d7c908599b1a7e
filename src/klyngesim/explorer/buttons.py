"""What a preset says to the sliders: where it moves them, and what it changes that they cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
from klyngesim.sweeps.design import Factor
from klyngesim.sweeps.lever_choice import standing
from klyngesim.sweeps.points import pulled

_Course = list[tuple[int, Scalar | None, int]]


@dataclass(frozen=True)
class Button:
    """A preset as its button has it.

    Attributes:
        scenario: the preset.
        levers: values for the sliders, by parameter id; those that a slider does not reach are left out.
        without: parameters that it changes and that have no slider.
        otherwise: parameters with a slider that it changes as the slider cannot: beyond its range, later, for others.
    """

    scenario: Scenario
    levers: Mapping[str, float]
    without: tuple[str, ...]
    otherwise: tuple[str, ...]


def button(template: Template, today: Template, factors: Sequence[Factor]) -> Button:
    """The button of a preset.

    Args:
        template: the preset.
        today: the scenario that it is compared with.
        factors: of the sweep.

    Raises:
        ScenarioFaults: where it moves the sliders cannot stand without the rest of it.
    """
    levers = dict(_levers(template, factors))
    moved = [(one, levers[one.id]) for one in factors if one.id in levers]
    said = today.at(pulled(moved, today))
    changed = list(_changed(template.scenario, said))
    sliders = {one.id for one in factors}
    without, otherwise = (tuple(key for key in changed if (key in sliders) is has) for has in (False, True))
    return Button(template.scenario, levers, without, otherwise)


def _levers(template: Template, factors: Sequence[Factor]) -> Iterator[tuple[str, float]]:
    """The levers that a scenario moves and that a slider reaches."""
    for one in factors:
        if one.dated is not None and one.prior is not None:
            value = standing(template, one.id, one.dated)
            if value is not None and value != one.prior.mode and one.prior.low <= value <= one.prior.high:
                yield one.id, value


def _changed(one: Scenario, other: Scenario) -> Iterator[str]:
    """Parameters of which some organisation has another course in one scenario than in the other."""
    organisations = (None, *one.organisation_values.keys() | other.organisation_values.keys())
    dated = {key for scenario in (one, other) for lever in scenario.timeline for key in lever.values}
    own = {key for scenario in (one, other) for values in scenario.organisation_values.values() for key in values}
    for key in dict.fromkeys((*one.values, *sorted(dated | own))):
        if any(_course(one, key, name) != _course(other, key, name) for name in organisations):
            yield key


def _course(scenario: Scenario, key: str, organisation: str | None) -> _Course:
    """The values of a parameter for an organisation, each with its first quarter and the one in which it is told."""
    usual = scenario.organisation_values.get(organisation or "", {}).get(key, scenario.values.get(key))
    found = {scenario.start: (usual, scenario.start)}
    for lever in scenario.timeline:
        if key in lever.values and lever.cluster in (None, organisation):
            found[lever.start] = lever.values[key], lever.announced
    steps = [(start, *found[start]) for start in sorted(found)]
    return [one for place, one in enumerate(steps) if not place or one[1] != steps[place - 1][1]]
