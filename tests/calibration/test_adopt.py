"""Taking a finished calibration into the registry: only the fitted defaults change, and nothing is lost."""

import csv
import importlib.util
import io
from pathlib import Path

import pytest

from klyngesim.posterior import read_posterior
from klyngesim.scenario.parameters import registry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def adopt():
    spec = importlib.util.spec_from_file_location("adopt", ROOT / ".ci" / "adopt.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(text):
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text))}


def test_fitted_defaults_change_and_nothing_else(adopt):
    before = adopt.REGISTRY.read_text(encoding="utf-8")
    values = {"recruitment.answer_base": "0.4321", "membership.join_trust": "0.1"}
    text = adopt.adopted(before, values)
    old, new = rows(before), rows(text)
    assert list(old) == list(new)
    for name, row in new.items():
        if name not in values:
            assert row == old[name]
            continue
        assert (row["default"], row["grade"]) == (values[name], "inferred")
        assert row["source"].split(";")[-1] == "calibration"
        same = ("default", "grade", "source")
        assert {key: row[key] for key in row if key not in same} == {k: old[name][k] for k in row if k not in same}
    assert adopt.adopted(text, values) == text


def test_a_parameter_that_is_not_registered_is_named(adopt):
    with pytest.raises(KeyError, match=r"recruitment\.charm"):
        adopt.adopted(adopt.REGISTRY.read_text(encoding="utf-8"), {"recruitment.charm": "1"})


def test_the_central_draw_is_in_force():
    """What is shipped belongs together: a run without ``--posterior`` has the values of draw 0."""
    central = read_posterior()[0]
    assert {name: registry()[name].default_values() for name in central} == central
