"""The registry and the scenarios that are shipped: complete, without problems, and described."""

import pytest

from klyngesim.evidence.catalogue import mechanisms
from klyngesim.scenario.loading import load, shipped, shipped_folder
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.yamlsafe import read


def test_the_registry_has_no_problems():
    assert registry().problems() == []
    assert len(registry()) > 0


def test_every_mechanism_of_the_report_has_a_status():
    assert sorted(registry().mechanisms) == sorted(item.id for item in mechanisms())


def test_there_is_a_baseline():
    assert "baseline" in shipped()


@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios_load_and_are_described(name):
    scenario = load(name)
    assert scenario.name == name
    assert scenario.lineage[0] == "baseline"
    assert all((scenario.title["en"], scenario.title["da"], scenario.question, scenario.source))
    document = read(shipped_folder() / f"{name}.yaml")
    assert {"name", "title", "question", "source"} <= set(document.data)
    assert set(document.data["title"]) == {"en", "da"}
