"""A scenario as the model uses it: everything resolved, checked and in one place; and its JSON Schema for editors."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from klyngesim.scenario import periods
from klyngesim.scenario.checks import LANGUAGES, SMALLEST_SCALE
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.limits import LARGEST_SEED, MOST_SEEDS
from klyngesim.scenario.parameters import Parameter, Registry
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.suggestions import NAME

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""Version of JSON Schema that editors read."""


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

    name, title (by language), question (plain text, or by language), source (report ids): what it is; start, end:
    first and last period, both simulated; scale: size of the population, 1 = every firm; replicates: number of runs,
    with seeds seed, seed + 1 and so on; values: every parameter whose default is not a table, mechanisms switched off
    applied; organisation_values: per organisation every value that overrides ``values``, default tables included;
    timeline: levers by start, those of the whole programme before those of one organisation, to be applied in this
    order; mechanisms_off: M ids; lineage: scenario names from the root of the inheritance to this one; inputs: file
    name and sha256 of each file read, root first; changes: differences from the root; warnings: what a user has to know
    of it, a sentence each; not_held: settings of the command line that do not hold throughout. The last three say
    something about the scenario and are no part of it.
    """

    name: str
    title: Mapping[str, str]
    question: str | Mapping[str, str]
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
            "question": self.question if isinstance(self.question, str) else dict(self.question),
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
    from klyngesim.scenario.parameters import registry

    return build(registry())


def parting(one: Scenario, other: Scenario) -> int:
    """First quarter in which runs of two scenarios with the same seed may differ.

    Until then nobody in the model can tell which of the two it lives in: levers that differ are neither in force nor
    announced.

    Returns:
        Quarters from 2021Q1; 0 where the scenarios differ from the beginning, the quarter after the last one where
        they never differ.
    """
    if _facts(one) != _facts(other):
        return 0
    announcements = {lever.announced for scenario in (one, other) for lever in scenario.timeline}
    differing = (quarter for quarter in sorted(announcements) if _known(one, quarter) != _known(other, quarter))
    return min(max(0, next(differing, one.end + 1)), one.end + 1)


def _facts(scenario: Scenario) -> tuple[object, ...]:
    """What holds from the first quarter on and shapes a run."""
    return (scenario.start, scenario.end, scenario.scale, scenario.values, scenario.organisation_values)


def _known(scenario: Scenario, quarter: int) -> list[Lever]:
    """Levers announced by a quarter, those in force among them, in the order in which they are applied."""
    return [lever for lever in scenario.timeline if lever.announced <= quarter]


_QUARTER = {"type": "string", "pattern": "^[0-9]{4}Q[1-4]$", "examples": ["2025Q1"]}


def build(registry: Registry) -> dict[str, Any]:
    """The schema (draft 2020-12) for a registry. Raises RegistryError for a default that cannot be worked out."""
    by_organisation = [p for p in registry.values() if p.by_organisation]
    dated = [p for p in registry.values() if p.dated]
    return {
        "$schema": DIALECT,
        "title": "klyngesim scenario",
        **_mapping(
            {
                "name": _text("Unique name in kebab-case.") | {"pattern": f"^{NAME.pattern}$", "maxLength": 80},
                "title": _by_language("Title"),
                "question": _question(),
                "source": {"type": "array", "items": _text("Report id, such as #3, L08 or E110.")},
                "extends": _parents(),
                "period": _mapping({"start": {"const": "2021Q1"}, "end": _QUARTER}),
                "population": _mapping({"scale": {"type": "number", "minimum": SMALLEST_SCALE, "maximum": 1}}),
                "replicates": {"type": "integer", "minimum": 1, "maximum": MOST_SEEDS},
                "seed": {"type": "integer", "minimum": 0, "maximum": LARGEST_SEED},
                "parameters": _references(registry.values()),
                "mechanisms": _mapping({"disable": {"type": "array", "items": {"enum": list(registry.switchable())}}}),
                "clusters": _mapping({name: {"$ref": "#/$defs/own"} for name in registry.organisations}),
                "timeline": {"type": "array", "items": _entry(registry)},
            }
        ),
        "$defs": {
            "own": _references(by_organisation),
            "dated": _references(dated) | {"minProperties": 1},
            "dated-own": _references(p for p in dated if p.by_organisation) | {"minProperties": 1},
            **{f"parameter.{p.id}": _parameter(registry, p) for p in registry.values()},
        },
    }


def _by_language(what: str) -> dict[str, Any]:
    return _mapping({language: _text(f"{what} ({language}).") for language in LANGUAGES})


def _question() -> dict[str, Any]:
    plain = {"type": "string", "description": "The question the scenario answers."}
    return {"anyOf": [plain, _by_language("Question") | {"minProperties": 1}]}


def _entry(registry: Registry) -> dict[str, Any]:
    """A timeline entry: with ``cluster`` it may set only what may differ between organisations."""
    entry = _mapping(
        {
            "from": _QUARTER,
            "announced": _QUARTER,
            "cluster": {"enum": list(registry.organisations)},
            "set": {"$ref": "#/$defs/dated"},
        }
    )
    own = {"properties": {"set": {"$ref": "#/$defs/dated-own"}}}
    return entry | {"required": ["from", "set"], "if": {"required": ["cluster"]}, "then": own}


def _parameter(registry: Registry, parameter: Parameter) -> dict[str, Any]:
    described = f"{parameter.note} [{parameter.unit}; {parameter.grade}; {parameter.source}]"
    found: dict[str, Any] = {"description": described}
    default = registry.default(parameter.id)
    if not isinstance(default, dict):
        found["default"] = default
    if parameter.choices:
        return found | {"enum": list(parameter.choices)}
    found["type"] = "integer" if parameter.step == 1.0 else "number"
    if parameter.step not in (None, 1.0):
        found["multipleOf"] = parameter.step
    if parameter.low is not None:
        found["minimum"] = parameter.low
    if parameter.high is not None:
        found["maximum"] = parameter.high
    return found


def _references(parameters: Iterable[Parameter]) -> dict[str, Any]:
    return _mapping({p.id: {"$ref": f"#/$defs/parameter.{p.id}"} for p in parameters})


def _parents() -> dict[str, Any]:
    one = _text("Name or path of the scenario this one starts from.")
    several = "Scenarios this one starts from; where two set a value differently, this one has to decide."
    listed = {"type": "array", "description": several, "items": one, "minItems": 1, "uniqueItems": True}
    return {"anyOf": [one, listed]}


def _mapping(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description, "minLength": 1}
