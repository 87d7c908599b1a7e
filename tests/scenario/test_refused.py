"""Scenarios refused for several reasons, through inheritance, overrides or missing files: all faults at once."""

import pickle

import pytest

from klyngesim.scenario import checks, loading
from klyngesim.scenario.faults import Fault, ScenarioFaults, nearest
from klyngesim.scenario.loading import from_mapping
from tests.scenario.fakes import REGISTRY, write


def test_other_targets_and_dates_are_no_repetition(load):
    sets = "set: {grant.yearly: 1}"
    text = f"timeline: [{{from: 2025Q1, {sets}}}, {{from: 2025Q1, cluster: made, {sets}}}, {{from: 2025Q2, {sets}}}]"
    assert len(load(text).timeline) == 3


def test_all_faults_of_all_layers_at_once(folder, refused):
    write(folder, "parent.yaml", "seed: x\nparameters:\n  fees.elasticity: 3\n  a.b: 1\n")
    faults = refused(
        "extends: parent\nseed: 1\nseed: 2\nfoo: 1\nclusters: {nobody: {staff.fte: 0}}\n",
        "seed=-1",
        "bar=2",
        "replicates",
        "replicates=2",
        "replicates=3",
        "clusters.made={",
        "clusters.made.x=1",
    )
    assert [(f.file, f.line, f.path) for f in faults] == [
        ("case.yaml", 3, "seed"),
        ("case.yaml", 4, "foo"),
        ("case.yaml", 5, "clusters.nobody.staff.fte"),
        ("case.yaml", 5, "clusters.nobody"),
        ("parent.yaml", 1, "seed"),
        ("parent.yaml", 3, "parameters.fees.elasticity"),
        ("parent.yaml", 4, "parameters.a.b"),
        ("--set", None, "bar"),
        ("--set", None, ""),
        ("--set", None, "replicates"),
        ("--set", None, "clusters.made"),
        ("--set", None, "seed"),
        ("--set", None, "clusters.made.x"),
    ]


def test_the_text_has_one_line_per_fault(refused, load):
    with pytest.raises(ScenarioFaults) as caught:
        load('seed: -1\nparameters: {turnover_base: 0.1}\n"a\\nb": 1\n')
    assert str(caught.value).splitlines() == [
        "case.yaml:3: a\\nb: not a key of a scenario file; allowed: name, title, question, source, extends, period, "
        "population, replicates, seed, parameters, mechanisms, clusters, timeline",
        "case.yaml:1: seed: -1; allowed: a whole number from 0 to 4294967295",
        "case.yaml:2: parameters.turnover_base: not a registered parameter; allowed: an id listed by "
        "'klyngesim params'; did you mean social_capital.turnover_base?",
    ]


@pytest.mark.parametrize(
    ("override", "path", "near"),
    [
        ("seed", "", None),
        ("=3", "", None),
        ("sede=3", "sede", "seed"),
        ("extends=baseline", "extends", None),
        ("period.stop=2030Q4", "period.stop", None),
        ("turnover_base=1", "turnover_base", "social_capital.turnover_base"),
        ("clusters.made=3", "clusters.made", None),
        ("clusters.Danish Sound.staff.fte=1", "clusters.Danish Sound", "sound"),
        ("clusters.MADE.staff.fte=1", "clusters.MADE", "made"),
        ("fees.elasticity=-0,5", "parameters.fees.elasticity", "-0.5"),
        ("staff.fte=[1,5]", "parameters.staff.fte", "1.5"),
        ("staff.fte=1,5", "parameters.staff.fte", "1.5"),
        ("title.en=a\u202eb", "title.en", None),
        ("period.end=31-12-2030", "period.end", "2030Q4"),
        ("seed=no", "seed", None),
        ("seed=", "seed", None),
        ("timeline=[", "timeline", None),
        ("timeline=[{a: 1, a: 1}]", "timeline[0].a", None),
        ("timeline=*x", "timeline", None),
        ("title={en: !!str a}", "title", None),
        ("mechanisms.disable=", "", None),
        ("name=", "name", None),
        ("clusters.x.y=1", "clusters.x.y", None),
        ("parameters=3", "parameters", None),
        ("seed=\ud800", "seed", None),
    ],
)
def test_refused_overrides(folder, override, path, near):
    if override == "mechanisms.disable=":
        assert loading.load("baseline", [override], registry=REGISTRY).mechanisms_off == ()
        return
    with pytest.raises(ScenarioFaults) as caught:
        loading.load("baseline", [override], registry=REGISTRY)
    found = caught.value.faults[0]
    assert (found.file, found.path, found.line) == ("--set", path, None)
    assert near is None or found.nearest == near


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--end=2030-12-31", "--end: period.end: '2030-12-31'; allowed: a quarter from 2021Q2 to 2120Q4; did you mean"),
        ("--end=2030", "did you mean 2030Q4?"),
        ("--seed=-1", "--seed: seed: -1; allowed: a whole number from 0"),
        ("--replicates=1.5", "--replicates: replicates: 1.5; allowed"),
        ("period.end=2030", "--set: period.end: '2030'; allowed"),
    ],
)
def test_a_fault_of_an_option_names_the_option(typed, said):
    with pytest.raises(ScenarioFaults) as caught:
        loading.load("baseline", [typed])
    assert said in str(caught.value)


def test_an_option_and_a_setting_of_the_same_path():
    with pytest.raises(ScenarioFaults, match=r"period\.end: set twice; allowed: once, by --set or by --end"):
        loading.load("baseline", ["period.end=2030Q4", "--end=2031Q4"])


def test_a_mapping_for_one_organisation(folder):
    loaded = loading.load("baseline", ["clusters.made={staff.fte: 3}"], registry=REGISTRY)
    assert loaded.organisation_values["made"]["staff.fte"] == 3.0


def test_overrides_that_meet_in_one_place(folder):
    with pytest.raises(ScenarioFaults, match="set twice"):
        loading.load("baseline", ["parameters={staff.fte: 1}", "staff.fte=2"], registry=REGISTRY)
    with pytest.raises(ScenarioFaults, match="set twice"):
        loading.load("baseline", ["parameters=3", "staff.fte=2"], registry=REGISTRY)
    merged = loading.load("baseline", ["fees.elasticity=-1", "parameters={staff.fte: 1}"], registry=REGISTRY)
    assert (merged.values["staff.fte"], merged.values["fees.elasticity"]) == (1.0, -1.0)


def test_cycles(folder):
    for name, parent in (("a", "b"), ("b", "c"), ("c", "a.yaml")):
        write(folder, f"{name}.yaml", f"extends: {parent}\nseed: x\n")
    with pytest.raises(ScenarioFaults) as caught:
        loading.load("a", registry=REGISTRY)
    assert [(f.file, f.path) for f in caught.value.faults] == [
        ("a.yaml", "seed"),
        ("b.yaml", "seed"),
        ("c.yaml", "seed"),
        ("c.yaml", "extends"),
    ]


def test_cycles_through_links(folder):
    write(folder, "a.yaml", "extends: b.yaml\n")
    (folder / "b.yaml").symlink_to(folder / "a.yaml")
    with pytest.raises(ScenarioFaults, match="leads back"):
        loading.load("a.yaml", registry=REGISTRY)


@pytest.mark.parametrize(
    ("text", "value", "near"),
    [
        ("basline", "no such scenario", "baseline"),
        ("none/x.yaml", "no such file", None),
        ("x.yaml", "no such file", None),
        ("baseline.yaml", "no such file", "baseline"),
        ("scenarios/baseline.yml", "no such file", "baseline"),
        ("", "a directory", None),
        (".", "a directory", None),
        ("a\0b", "no such scenario", None),
        ("x" * 5000, "no such scenario", None),
        ("\ud800.yaml", "no such file", None),
        ("y" * 5000 + ".yaml", "no such file", None),
    ],
)
def test_missing_files(folder, text, value, near):
    with pytest.raises(ScenarioFaults) as caught:
        loading.load(text, registry=REGISTRY)
    (found,) = caught.value.faults
    assert (found.value, found.nearest) == (value, near)
    assert str(found).isprintable()


def test_a_shipped_scenario_typed_as_a_file_comes_before_files_that_are_there(folder):
    write(folder, "basline.yaml", "extends: baseline\n")
    with pytest.raises(ScenarioFaults) as caught:
        loading.load("baseline.yaml", registry=REGISTRY)
    assert [fault.nearest for fault in caught.value.faults] == ["baseline"]


def test_a_broken_parent_is_named_and_the_child_is_still_checked(folder, refused):
    write(folder, "parent.yaml", "a: &x 1\n")
    found = refused("extends: parent.yaml\nseed: x\ntimeline: [{from: 2040Q1, set: {grant.yearly: 1}}]\n")
    assert [(f.file, f.line) for f in found] == [("case.yaml", 2), ("parent.yaml", 1)]


def test_a_lever_after_an_unreadable_end_is_not_called_late(fault):
    found = fault("period: {end: 2044q4}\ntimeline: [{from: 2040Q1, set: {grant.yearly: 1}}]\n")
    assert found.path == "period.end"


@pytest.mark.parametrize("announced", ["", "announced: 2029Q1, "])
def test_a_lever_after_the_end_that_its_own_or_an_earlier_layer_sets_is_a_fault(folder, fault, announced):
    timeline = f"timeline:\n  - {{from: 2030Q1, {announced}set: {{grant.yearly: 1}}}}\n"
    found = fault("period: {end: 2029Q4}\n" + timeline)
    assert (found.path, found.line) == ("timeline[0].from", 3)
    write(folder, "parent.yaml", "period: {end: 2029Q4}\n")
    found = fault("extends: parent\n" + timeline)
    assert (found.file, found.path, found.line) == ("case.yaml", "timeline[0].from", 3)


def test_a_later_layer_may_not_set_what_is_switched_off(folder, fault):
    write(folder, "parent.yaml", "mechanisms: {disable: [M085]}\n")
    assert fault("extends: parent\nparameters: {staff.fte: 3}\n").path == "parameters.staff.fte"
    found = fault("extends: parent\n", "staff.fte=3")
    assert (found.file, found.path) == ("--set", "parameters.staff.fte")


def test_a_child_may_not_take_its_parents_name(fault):
    found = fault("extends: baseline\nname: baseline\n")
    assert (found.path, found.line) == ("name", 2)


def test_rules_between_parameters(load, monkeypatch):
    def rule(scenario):
        if scenario.values["staff.fte"] > 100 and scenario.values["fees.elasticity"] < -0.9:
            yield Fault(scenario.name, "parameters.staff.fte", "too many", "fewer")

    monkeypatch.setattr(checks, "INTERPLAY", (rule,))
    assert load("parameters: {staff.fte: 101}\n").values["staff.fte"] == 101
    with pytest.raises(ScenarioFaults, match="too many"):
        load("parameters: {staff.fte: 101, fees.elasticity: -1}\n")


def test_programs_get_the_same_faults(folder):
    with pytest.raises(ScenarioFaults) as caught:
        from_mapping({"seed": True, "parameters": {"fees.elasticity": float("nan")}}, "mine", registry=REGISTRY)
    assert [str(f) for f in caught.value.faults] == [
        "mine: seed: true; allowed: a whole number from 0 to 4294967295",
        "mine: parameters.fees.elasticity: .nan; allowed: a number from -1 to 0 (per kr.)",
    ]


def test_a_file_full_of_nonsense_stays_cheap(refused, monkeypatch):
    asked = []
    monkeypatch.setattr("klyngesim.scenario.faults.nearest", lambda word, known: asked.append(word))
    found = refused("parameters:\n" + "".join(f"  nonsense_{n}: 1\n" for n in range(20_000)))
    assert len(found) == 20_000
    assert len(asked) <= 200


def test_nearest():
    assert nearest("turnover_base", REGISTRY) == "social_capital.turnover_base"
    assert nearest("SEED", ["seed", "speed"]) == "seed"
    assert nearest("", ["a"]) is None
    assert nearest("x" * 1000, ["x" * 1000]) is None
    assert nearest("zzz", ["seed"]) is None


def test_faults_can_be_sent_to_other_processes():
    faults = ScenarioFaults([Fault("a", "b", "c", "d", "e", 1)])
    assert pickle.loads(pickle.dumps(faults)).faults == faults.faults
