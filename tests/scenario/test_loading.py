"""Inheritance, merging, overrides: what a valid scenario becomes."""

import json
import pickle

import pytest

from klyngesim.scenario import loading
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import from_mapping
from klyngesim.scenario.schema import Lever
from tests.scenario.fakes import REGISTRY, write


def test_a_shipped_name(folder):
    scenario = loading.load("baseline", registry=REGISTRY)
    assert scenario.name == "baseline"
    assert scenario.title == {"en": "Baseline", "da": "Grundforløb"}
    assert (scenario.start, scenario.end, scenario.scale, scenario.replicates, scenario.seed) == (0, 55, 1.0, 20, 1)
    assert scenario.source == ("#1", "L01")
    assert scenario.lineage == ("baseline",)
    assert scenario.differences() == []
    assert [name for name, _ in scenario.inputs] == ["baseline.yaml"]
    assert loading.shipped() == ("baseline",)


def test_values_cover_the_registry(folder):
    scenario = loading.load("baseline", registry=REGISTRY)
    assert set(scenario.values) | {"grant.yearly"} == set(REGISTRY)
    assert "grant.yearly" not in scenario.values
    assert scenario.values["staff.fte"] == 15.0
    assert scenario.organisation_values == {
        "energy": {"grant.yearly": 14.0},
        "made": {"grant.yearly": 9.0},
        "sound": {"grant.yearly": 1.5},
    }


def test_extends_merges_key_by_key(folder):
    write(folder, "a.yaml", "extends: baseline\nparameters: {fees.elasticity: -1}\nclusters: {made: {staff.fte: 3}}\n")
    path = write(
        folder,
        "b-c.yaml",
        """\
        extends: a
        period: {end: 2030Q4}
        clusters: {made: {activity_mix.project: 0.66}, sound: {staff.fte: 1}}
        parameters: {activity_mix.project: 0.3}
        """,
    )
    scenario = loading.load(path, registry=REGISTRY)
    assert scenario.name == "b-c"
    assert scenario.lineage == ("baseline", "a", "b-c")
    assert scenario.end == 39
    assert scenario.replicates == 20
    assert scenario.values["fees.elasticity"] == -1.0
    assert scenario.values["activity_mix.project"] == 0.3
    assert scenario.organisation_values["made"] == {"grant.yearly": 9.0, "staff.fte": 3.0, "activity_mix.project": 0.66}
    assert [name for name, _ in scenario.inputs] == ["baseline.yaml", "a.yaml", "b-c.yaml"]


def test_a_child_has_its_own_description(load):
    scenario = load("extends: baseline\ntitle: {en: Child}\n")
    assert scenario.title == {"en": "Child", "da": "Child"}
    assert (scenario.question, scenario.source) == ("", ())
    assert load("extends: baseline\n").title == {"en": "case", "da": "case"}


def test_extends_a_path_from_the_file_not_the_working_folder(folder):
    (folder / "deep").mkdir()
    write(folder, "root.yaml", "seed: 7\n")
    write(folder / "deep", "mid.yaml", "extends: ../root.yaml\n")
    path = write(folder / "deep", "leaf.yaml", "extends: mid\n")
    assert loading.load(path, registry=REGISTRY).seed == 7


def test_inheritance_of_any_depth(folder):
    write(folder, "s0.yaml", "seed: 9\n")
    for n in range(1, 1200):
        write(folder, f"s{n}.yaml", f"extends: s{n - 1}.yaml\n")
    assert loading.load("s1199.yaml", registry=REGISTRY).seed == 9


def test_a_shipped_scenario_comes_before_a_file_of_the_same_name(folder):
    write(folder, "baseline.yaml", "seed: 5\n")
    assert loading.load("baseline", registry=REGISTRY).seed == 1
    assert loading.load("baseline.yaml", registry=REGISTRY).seed == 5


def test_a_table_is_replaced_everywhere_but_where_an_organisation_has_its_own(load):
    scenario = load("extends: baseline\nparameters: {grant.yearly: 5}\nclusters: {made: {grant.yearly: 6}}\n")
    assert {name: values["grant.yearly"] for name, values in scenario.organisation_values.items()} == {
        "energy": 5.0,
        "made": 6.0,
        "sound": 5.0,
    }
    assert "grant.yearly" not in scenario.values


TIMELINE = """\
extends: baseline
timeline:
  - {from: 2027Q1, cluster: made, set: {activity_mix.project: 0.5}}
  - {from: 2027Q1, announced: 2026Q2, set: {activity_mix.project: 0.4, grant.horizon_years: 10}}
  - {from: 2025Q1, set: {social_capital.rule: off}}
"""


def test_timeline_is_sorted_with_the_programme_before_organisations(load):
    assert load(TIMELINE).timeline == (
        Lever(16, 16, None, {"social_capital.rule": "off"}),
        Lever(24, 21, None, {"activity_mix.project": 0.4, "grant.horizon_years": 10.0}),
        Lever(24, 24, "made", {"activity_mix.project": 0.5}),
    )


def test_a_child_adds_to_the_timeline_and_replaces_what_it_sets_again(folder, load):
    write(folder, "parent.yaml", TIMELINE)
    child = "extends: parent\ntimeline:\n  - {from: 2027Q1, set: {grant.horizon_years: 8}}\n"
    child += "  - {from: 2028Q1, set: {grant.horizon_years: 9}}\n"
    scenario = load(child)
    assert scenario.timeline == (
        Lever(16, 16, None, {"social_capital.rule": "off"}),
        Lever(24, 21, None, {"activity_mix.project": 0.4}),
        Lever(24, 21, None, {"grant.horizon_years": 8.0}),
        Lever(24, 24, "made", {"activity_mix.project": 0.5}),
        Lever(28, 28, None, {"grant.horizon_years": 9.0}),
    )


def test_a_replaced_lever_keeps_its_announcement_unless_the_child_says_its_own(folder, load):
    write(folder, "parent.yaml", TIMELINE)
    own = "extends: parent\ntimeline: [{from: 2027Q1, announced: 2026Q4, set: {grant.horizon_years: 8}}]\n"
    write(folder, "own.yaml", own)
    assert Lever(24, 23, None, {"grant.horizon_years": 8.0}) in load(own).timeline
    child = "extends: own\ntimeline: [{from: 2027Q1, set: {grant.horizon_years: 7, activity_mix.project: 0.3}}]\n"
    # Each parameter has the announcement that it had, the nearest layer's first.
    assert load(child).timeline == (
        Lever(16, 16, None, {"social_capital.rule": "off"}),
        Lever(24, 23, None, {"grant.horizon_years": 7.0}),
        Lever(24, 21, None, {"activity_mix.project": 0.3}),
        Lever(24, 24, "made", {"activity_mix.project": 0.5}),
    )
    scenario = load(own, "timeline=[{from: 2027Q1, set: {grant.horizon_years: 6}}]")
    assert Lever(24, 23, None, {"grant.horizon_years": 6.0}) in scenario.timeline


def test_a_run_that_is_cut_short_leaves_out_what_nobody_hears_of_by_then(folder, load):
    write(folder, "parent.yaml", TIMELINE)
    early = load("extends: parent\n", "period.end=2026Q4")
    assert early.timeline == (
        Lever(16, 16, None, {"social_capital.rule": "off"}),
        Lever(24, 21, None, {"activity_mix.project": 0.4, "grant.horizon_years": 10.0}),
    )
    assert load("extends: parent\nperiod: {end: 2024Q4}\n").timeline == ()
    assert load("extends: parent\nperiod: {end: 2024Q4}\n").end == 15


def test_a_mechanism_off_sets_its_parameters_neutral(load):
    scenario = load("extends: baseline\nmechanisms: {disable: [M085, M022]}\n")
    assert scenario.mechanisms_off == ("M022", "M085")
    assert scenario.values["social_capital.turnover_base"] == 0.0
    assert scenario.values["staff.fte"] == 1.0
    assert {values["grant.yearly"] for values in scenario.organisation_values.values()} == {0.0}


def test_a_mechanism_off_wins_over_what_is_inherited(folder, load):
    write(
        folder,
        "parent.yaml",
        """\
        extends: baseline
        mechanisms: {disable: [M086]}
        parameters: {social_capital.turnover_base: 0.1}
        clusters: {made: {staff.fte: 4}}
        timeline: [{from: 2025Q1, set: {social_capital.turnover_base: 0.2, grant.horizon_years: 5}}]
        """,
    )
    scenario = load("extends: parent\nmechanisms: {disable: [M085]}\n")
    assert scenario.mechanisms_off == ("M085", "M086")
    assert scenario.values["social_capital.turnover_base"] == 0.0
    assert scenario.values["social_capital.rule"] == "off"
    assert "staff.fte" not in scenario.organisation_values["made"]
    assert scenario.timeline == (Lever(16, 16, None, {"grant.horizon_years": 5.0}),)


def test_the_neutral_value_may_stand_beside_a_mechanism_off(load):
    text = "mechanisms: {disable: [M085]}\nparameters: {social_capital.turnover_base: 0}\n"
    assert load(text).values["social_capital.turnover_base"] == 0.0


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("population.scale=0.1", "population.scale", 0.1),
        ("replicates=3", "replicates", 3),
        ("seed = 16", "seed", 16),
        ("period.end=2044Q4", "period.end", "2044Q4"),
        ("social_capital.turnover_base=1e-2", "parameters.social_capital.turnover_base", 0.01),
        ("parameters.grant.horizon_years=010", "parameters.grant.horizon_years", 10.0),
        ("social_capital.rule=no", "parameters.social_capital.rule", "no"),
        ("clusters.made.staff.fte=7", "clusters.made.staff.fte", 7.0),
        ("clusters={made: {staff.fte: 7}}", "clusters.made.staff.fte", 7.0),
        ("timeline=[{from: 2025Q1, set: {grant.horizon_years: 10}}]", "timeline.2025Q1.grant.horizon_years", 10.0),
    ],
)
def test_overrides(folder, override, path, value):
    scenario = loading.load("baseline", [override], registry=REGISTRY)
    assert scenario.name == "baseline"
    assert scenario.question == "What if nothing changes?"
    assert [(d["path"], d["value"]) for d in scenario.differences()] == [(path, value)]


def test_a_question_has_two_languages_or_none(load):
    both = "question: {en: a, da: b}\n"
    assert load(both).question == load(both).resolved()["question"] == {"en": "a", "da": "b"}
    assert load(both, "question.da=c").question == {"en": "a", "da": "c"}
    assert load(both, "question=d").question == "d"
    assert load("question: d\n", "question.da=c").question == {"da": "c"}


def test_overrides_of_text_and_lists(load):
    scenario = load(
        "title: {en: a, da: b}\n",
        "title.en=Ten: years",
        "question=yes",
        "name=x-y",
        "source=#3",
        "source=[L08]",
        "mechanisms.disable=M085",
        "mechanisms.disable=[M022]",
        "source=L09",
    )
    assert scenario.title == {"en": "Ten: years", "da": "b"}
    assert (scenario.question, scenario.name, scenario.source) == ("yes", "x-y", ("#3", "L08", "L09"))
    assert scenario.mechanisms_off == ("M022", "M085")
    assert scenario.lineage == ("x-y",)


def test_differences_are_against_the_root(folder, load):
    write(folder, "parent.yaml", "extends: baseline\nseed: 3\nparameters: {grant.horizon_years: 10}\n")
    text = "extends: parent\nparameters: {grant.horizon_years: 4}\nclusters: {made: {grant.yearly: 10}}\n"
    text += (
        "timeline: [{from: 2027Q1, announced: 2026Q1, set: {grant.horizon_years: 9}}]\nmechanisms: {disable: [M086]}\n"
    )
    assert load(text).differences() == [
        {"path": "seed", "value": 3, "parent": 1},
        {"path": "parameters.social_capital.rule", "value": "off", "parent": "linear"},
        {"path": "clusters.made.grant.yearly", "value": 10.0, "parent": 9.0},
        {"path": "mechanisms.disable.M086", "value": True, "parent": None},
        {"path": "timeline.2027Q1.grant.horizon_years", "value": 9.0, "parent": None},
        {"path": "timeline.2027Q1.grant.horizon_years.announced", "value": "2026Q1", "parent": None},
    ]


def test_a_lever_at_its_present_value_changes_nothing_but_the_file(load, folder):
    parent = loading.load("baseline", registry=REGISTRY)
    scenario = load("extends: baseline\nparameters: {social_capital.turnover_base: 0.06}\n")
    assert (scenario.values, scenario.organisation_values) == (parent.values, parent.organisation_values)
    assert scenario.differences() == []


def test_resolved_reads_back_as_the_same_scenario(load):
    scenario = load(TIMELINE + "mechanisms: {disable: [M085, M022]}\nclusters: {made: {activity_mix.project: 0.1}}\n")
    resolved = json.loads(json.dumps(scenario.resolved(), allow_nan=False))
    again = from_mapping(resolved, registry=REGISTRY)
    assert again.resolved() == scenario.resolved()
    assert again.values == scenario.values
    assert again.timeline == scenario.timeline


def test_from_mapping_takes_what_programs_have(folder):
    scenario = from_mapping(
        {"source": ("L08",), "replicates": 2.0, "parameters": {"grant.horizon_years": 10}}, registry=REGISTRY
    )
    assert (scenario.name, scenario.source, scenario.replicates) == ("scenario", ("L08",), 2)
    assert scenario.inputs == ()
    assert from_mapping({}, "x", registry=REGISTRY).end == 55
    child = from_mapping({"extends": "baseline"}, "x", ["seed=4"], registry=REGISTRY)
    assert child.lineage == ("baseline", "x")
    assert child.seed == 4


def test_from_mapping_refuses_what_is_no_data(folder):
    loop: dict = {}
    loop["a"] = loop
    lists: list = [1]
    for _ in range(25):
        lists = [lists] * 10
    for data, word in [
        ({1: 2}, "keys that are text"),
        ({"seed": object()}, "plain data"),
        (loop, "nested"),
        ({"a": lists}, "values"),
        ([], "a mapping"),
        ({"seed": {1, 2}}, "plain data"),
    ]:
        with pytest.raises(ScenarioFaults) as caught:
            from_mapping(data, registry=REGISTRY)
        assert word in str(caught.value)
        assert len(caught.value.faults) < 5


def test_scenarios_can_be_sent_to_other_processes(load):
    scenario = load(TIMELINE)
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_the_folder_of_a_checkout(tmp_path, monkeypatch):
    package = tmp_path / "src" / "klyngesim" / "scenario"
    package.mkdir(parents=True)
    monkeypatch.setattr(loading, "__file__", str(package / "loading.py"))
    assert loading.shipped_folder() is None
    assert loading.shipped() == ()
    (tmp_path / "scenarios").mkdir()
    write(tmp_path / "scenarios", "baseline.yaml", "seed: 1\n")
    assert loading.shipped_folder() == tmp_path / "scenarios"
    # In a wheel they are inside the package, and that comes first.
    (package.parent / "scenarios").mkdir()
    write(package.parent / "scenarios", "baseline.yaml", "seed: 1\n")
    assert loading.shipped_folder() == package.parent / "scenarios"
