"""The JSON Schema of scenario files, built from the registry, so that editors complete and check parameter ids."""

from collections.abc import Iterable
from typing import Any

from klyngesim.scenario.checks import LANGUAGES, SMALLEST_SCALE
from klyngesim.scenario.naming import NAME
from klyngesim.scenario.parameters import Parameter, Registry
from klyngesim.scenario.span import LARGEST_SEED, MOST_SEEDS

_QUARTER = {"type": "string", "pattern": "^[0-9]{4}Q[1-4]$", "examples": ["2025Q1"]}


def build(registry: Registry) -> dict[str, Any]:
    """The schema (draft 2020-12) for a registry. Raises RegistryError for a default that cannot be worked out."""
    by_organisation = [p for p in registry.values() if p.by_organisation]
    dated = [p for p in registry.values() if p.dated]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "klyngesim scenario",
        **_mapping(
            {
                "name": _text("Unique name in kebab-case.") | {"pattern": f"^{NAME.pattern}$", "maxLength": 80},
                "title": _mapping({language: _text(f"Title ({language}).") for language in LANGUAGES}),
                "question": {"type": "string", "description": "The question the scenario answers."},
                "source": {"type": "array", "items": _text("Report id, such as #3, L08 or E110.")},
                "extends": _text("Name or path of the scenario this one starts from."),
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


def _mapping(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description, "minLength": 1}
