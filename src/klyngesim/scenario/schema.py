"""A scenario as the model uses it: everything resolved, checked and in one place; and its JSON Schema for editors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from klyngesim.scenario import periods
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.scalars import Scalar


@dataclass(frozen=True)
class Lever:
    """Parameters that change from a quarter on (Danish: *virkemiddel*).

    start: first period with the new values; announced: period from which everybody knows; cluster: the organisation
    it applies to, None = the whole programme; values: parameter id to new value.
    """

    start: int
    announced: int
    cluster: str | None
    values: Mapping[str, Scalar]


@dataclass(frozen=True)
class Change:
    """One difference from the scenario at the root of the inheritance; None = not set there."""

    path: str
    value: object
    parent: object


@dataclass(frozen=True)
class Scenario:
    """A complete, valid scenario. Made by `klyngesim.scenario.loading`, never by hand.

    name, title (by language), question, source (report ids): what it is; start, end: first and last period, both
    simulated; scale: size of the population, 1 = every firm; replicates: number of runs, with seeds seed, seed + 1
    and so on; values: every parameter whose default is not a table, mechanisms switched off applied;
    organisation_values: per organisation every value that overrides ``values``, default tables included;
    timeline: levers by start, those of the whole programme before those of one organisation, to be applied in this
    order; mechanisms_off: M ids; lineage: scenario names from the root of the inheritance to this one; inputs: file
    name and sha256 of each file read, root first; changes: differences from the root; warnings: what a user has to know
    of it, a sentence each; not_held: settings of the command line that do not hold throughout. The last three say
    something about the scenario and are no part of it.
    """

    name: str
    title: Mapping[str, str]
    question: str
    source: tuple[str, ...]
    start: int
    end: int
    scale: float
    replicates: int
    seed: int
    values: Mapping[str, Scalar]
    organisation_values: Mapping[str, Mapping[str, Scalar]]
    timeline: tuple[Lever, ...]
    mechanisms_off: tuple[str, ...]
    lineage: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...] = field(default=(), compare=False, repr=False)
    warnings: tuple[str, ...] = field(default=(), compare=False, repr=False)
    not_held: tuple[Fault, ...] = field(default=(), compare=False, repr=False)

    @property
    def quarters(self) -> int:
        """Number of quarters that are simulated."""
        return self.end - self.start + 1

    def resolved(self) -> dict[str, Any]:
        """The scenario as plain data with the keys of a scenario file and nothing inherited.

        `klyngesim.scenario.loading.from_mapping` reads it back into the same values, but for a run that was cut short
        between the announcement and the start of a lever: there the lever comes after the end that stands beside it.
        """
        timeline = []
        for lever in self.timeline:
            entry: dict[str, Any] = {
                "from": periods.label(lever.start),
                "announced": periods.label(lever.announced),
            }
            if lever.cluster is not None:
                entry["cluster"] = lever.cluster
            timeline.append(entry | {"set": dict(lever.values)})
        return {
            "name": self.name,
            "title": dict(self.title),
            "question": self.question,
            "source": list(self.source),
            "period": {"start": periods.label(self.start), "end": periods.label(self.end)},
            "population": {"scale": self.scale},
            "replicates": self.replicates,
            "seed": self.seed,
            "parameters": dict(self.values),
            "mechanisms": {"disable": list(self.mechanisms_off)},
            "clusters": {name: dict(values) for name, values in self.organisation_values.items()},
            "timeline": timeline,
        }

    def differences(self) -> list[dict[str, object]]:
        """What differs from the scenario at the root of the inheritance, as dicts with path, value and parent.

        Settings from ``--set`` count as differences from the file. A value of None means that it is not set.
        """
        return [{"path": c.path, "value": c.value, "parent": c.parent} for c in self.changes]


def compare(scenario: Scenario, parent: Scenario) -> tuple[Change, ...]:
    """Everything that makes a run of ``scenario`` differ from a run of ``parent``, by path."""
    new, old = dict(_flat(scenario)), dict(_flat(parent))
    return tuple(
        Change(path, new.get(path), old.get(path))
        for path in [*old, *(path for path in new if path not in old)]
        if new.get(path) != old.get(path)
    )


def _flat(scenario: Scenario) -> Iterator[tuple[str, object]]:
    yield "period.start", periods.label(scenario.start)
    yield "period.end", periods.label(scenario.end)
    yield "population.scale", scenario.scale
    yield "replicates", scenario.replicates
    yield "seed", scenario.seed
    for key, value in scenario.values.items():
        yield f"parameters.{key}", value
    for mechanism in scenario.mechanisms_off:
        yield f"mechanisms.disable.{mechanism}", True
    for cluster, values in scenario.organisation_values.items():
        for key, value in values.items():
            yield f"clusters.{cluster}.{key}", value
    for lever in scenario.timeline:
        place = f"timeline.{periods.label(lever.start)}" + (f".{lever.cluster}" if lever.cluster else "")
        for key, value in lever.values.items():
            yield f"{place}.{key}", value
            if lever.announced != lever.start:
                yield f"{place}.{key}.announced", periods.label(lever.announced)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of scenario files, with every registered parameter, for editors."""
    from klyngesim.scenario.jsonschema import build
    from klyngesim.scenario.parameters import registry

    return build(registry())
