"""Every shipped file names the schema that an editor checks it with, is right by it, and a wrong one is not."""

import json
from functools import cache

import pytest
from jsonschema import Draft202012Validator

from klyngesim.scenario.yamlsafe import read
from tests.static.sources import ROOT

FILES = sorted(ROOT.glob("scenarios/*.yaml")) + sorted(ROOT.glob("scenarios/sweeps/*.yaml"))
MODELINE = "# yaml-language-server: $schema="


def schema_of(file):
    """The schema that the first line of a file names."""
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(MODELINE), file
    return (file.parent / first.removeprefix(MODELINE)).resolve()


@cache
def validator(schema):
    """The validator of a schema file, which is a schema itself."""
    content = json.loads(schema.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


def faults(file, change=lambda data: None):
    """What a validator of JSON Schema has to say of a file."""
    data = json.loads(json.dumps(read(file).data, default=str))
    change(data)
    return [f"{fault.json_path}: {fault.message}" for fault in validator(schema_of(file)).iter_errors(data)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_file_is_right_by_its_schema(file):
    kind = "sweep" if file.parent.name == "sweeps" else "scenario"
    assert schema_of(file) == ROOT / "docs" / "generated" / f"{kind}.schema.json"
    assert faults(file) == []


SWEEP = ROOT / "scenarios" / "sweeps" / "advice-usual.yaml"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(method="lhz"), "method"),
        (lambda data: data.update(outcomes=["membres"]), "outcomes"),
        (lambda data: data.update(replicates=0), "replicates"),
        (lambda data: data.update(parameter=[]), "parameter"),
        (lambda data: data.update(parameters={"fees.level": {"low": 1}}), "parameters"),
    ],
)
def test_what_the_command_refuses_an_editor_marks(change, said):
    assert any(said in fault for fault in faults(SWEEP, change))
