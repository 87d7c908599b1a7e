"""A template: what was read once serves for every scenario made from it, whatever becomes of the files."""

import pickle

import pytest

from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import load, read_template
from klyngesim.scenario.parameters import registry

PARENT = """name: parent
extends: baseline
parameters: {trust.gain: 0.35}
timeline: [{from: 2025Q1, set: {fees.level: 1.2}}]
"""
CHILD = """name: child
extends: parent.yaml
clusters: {made: {activity_mix.project: 0.3}}
mechanisms: {disable: [M073]}
"""
HELD = ["period.end=2026Q4", "fees.large=2"]


@pytest.fixture
def child(tmp_path):
    (tmp_path / "parent.yaml").write_text(PARENT, encoding="utf-8")
    (tmp_path / "child.yaml").write_text(CHILD, encoding="utf-8")
    return tmp_path / "child.yaml"


def test_a_scenario_made_from_a_template_is_the_one_that_is_loaded(child):
    template = read_template(child, HELD)
    assert template.scenario == load(child, HELD)
    values = {"trust.decay_quarter": 0.05, "clusters.made.activity_mix.project": 0.4, "attendance.rule": "demand"}
    made, loaded = template.at(values), load(child, [*HELD, *(f"{key}={value}" for key, value in values.items())])
    assert made == loaded and made.changes == loaded.changes
    switched = template.at({"mechanisms.disable": ["M085"]})
    assert switched == load(child, [*HELD, "mechanisms.disable=M085"])


def test_other_defaults_reach_what_the_scenario_leaves_open(child):
    template = read_template(child, HELD)
    made = template.at(defaults={"trust.gain": 0.4, "trust.decay_quarter": 0.05})
    assert (made.values["trust.gain"], made.values["trust.decay_quarter"]) == (0.35, 0.05)
    changed = registry().with_defaults({"trust.gain": 0.4, "trust.decay_quarter": 0.05})
    loaded = load(child, HELD, registry=changed)
    assert made == loaded and made.changes == loaded.changes


def test_a_template_knows_what_its_files_and_settings_set(child):
    sets = read_template(child, HELD).sets
    own = {parameter.id for parameter in registry().carriers("M073")}
    assert own and sets == {"trust.gain", "fees.level", "activity_mix.project", "fees.large", *own}
    assert read_template("baseline").sets == frozenset()


def test_no_file_is_opened_again(child):
    template = read_template(child, HELD)
    before = template.scenario
    child.unlink()
    (child.parent / "parent.yaml").write_text(PARENT.replace("0.35", "0.1"), encoding="utf-8")
    again = pickle.loads(pickle.dumps(template))  # as a worker process gets it
    for one in (template, again):
        assert one.at({"seed": 1}) == before
        assert one.at(defaults={"trust.decay_quarter": 0.05}).inputs == before.inputs


def test_what_is_held_is_not_set_again(child):
    template = read_template(child, HELD)
    with pytest.raises(ScenarioFaults, match=r"fees\.large: set twice"):
        template.at({"fees.large": 1.0})
    with pytest.raises(ScenarioFaults, match=r"registered parameter; .*trust\.gain"):
        template.at({"trust.gian": 1.0})
    with pytest.raises(ValueError, match=r"trust\.gain"):
        template.at(defaults={"trust.gain": -1.0})
