import json
import re

from klyngesim.scenario.parameters import FILE_KEYS
from klyngesim.scenario.schema import build
from tests.scenario.fakes import REGISTRY

SCHEMA = build(REGISTRY)
DEFINED = SCHEMA["$defs"]


def references(node):
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_it_is_json():
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


def test_every_reference_is_defined_and_every_definition_used():
    assert {text.removeprefix("#/$defs/") for text in references(SCHEMA)} == set(DEFINED)


def test_the_keys_are_those_of_a_scenario_file():
    assert tuple(SCHEMA["properties"]) == FILE_KEYS
    assert SCHEMA["additionalProperties"] is False


def test_every_parameter_is_described_with_its_bounds():
    assert list(SCHEMA["properties"]["parameters"]["properties"]) == list(REGISTRY)
    assert DEFINED["parameter.grant.horizon_years"] == {
        "description": "Length of a mandate [years (count); printed; F001]",
        "default": 4.0,
        "type": "integer",
        "minimum": 1.0,
        "maximum": 40.0,
    }
    assert DEFINED["parameter.social_capital.rule"]["enum"] == ["linear", "off", "no"]
    assert "default" not in DEFINED["parameter.grant.yearly"]


def test_what_may_be_set_where():
    assert list(DEFINED["own"]["properties"]) == ["grant.yearly", "activity_mix.project", "staff.fte"]
    assert "staff.fte" not in DEFINED["dated"]["properties"]
    assert list(DEFINED["dated-own"]["properties"]) == ["grant.yearly", "activity_mix.project"]
    assert SCHEMA["properties"]["mechanisms"]["properties"]["disable"]["items"]["enum"] == ["M022", "M085", "M086"]


def test_patterns_are_anchored():
    pattern = SCHEMA["properties"]["name"]["pattern"]
    assert re.search(pattern, "ten-years")
    assert not re.search(pattern, "Ten years")
