"""Scenarios with several parents: order, what they have in common, and every way in which they can clash."""

import json

import pytest

from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import from_mapping, load, read_template
from klyngesim.scenario.schema import json_schema

FEES = "timeline: [{from: 2025Q1, announced: 2024Q4, set: {fees.level: %s}}]\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, name, text, extends="baseline"):
    (folder / f"{name}.yaml").write_text(f"name: {name}\nextends: {extends}\n{text}", encoding="utf-8")


def refused(name, settings=()):
    with pytest.raises(ScenarioFaults) as wrong:
        load(name, settings)
    return [str(fault) for fault in wrong.value.faults]


def test_four_recommendations_named_as_parents_are_the_shipped_scenario_of_all_four(folder):
    write(folder, "mine", "", "[r1-depth-and-breadth, r2-platform, r3-ten-years, r4-guard-fees]")
    mine, shipped = load("mine.yaml"), load("all-four")
    assert mine.values == shipped.values and mine.organisation_values == shipped.organisation_values

    def facts(scenario):
        return sorted(
            (lever.start, lever.announced, str(lever.cluster), key, str(value))
            for lever in scenario.timeline
            for key, value in lever.values.items()
        )

    assert facts(mine) == facts(shipped)


def test_what_parents_have_in_common_comes_once_and_their_own_in_the_order_named(folder):
    write(folder, "a", "parameters: {trust.gain: 0.1}\n", "r3-evaluation")
    write(folder, "b", "seed: 5\n", "r3-evaluation")
    write(folder, "c", "", "[a, b]")
    scenario = load("c.yaml")
    assert scenario.lineage == ("baseline", "r3-evaluation", "a", "b", "c")
    assert [name for name, _ in scenario.inputs] == [
        "baseline.yaml",
        "r3-evaluation.yaml",
        "a.yaml",
        "b.yaml",
        "c.yaml",
    ]
    assert scenario.values["trust.gain"] == 0.1 and scenario.seed == 5
    write(folder, "d", "", "[b, a]")
    assert load("d.yaml").values == scenario.values


def test_one_parent_in_a_list_is_as_good_as_one_without(folder):
    write(folder, "a", FEES % 1.5)
    write(folder, "one", "", "a")
    write(folder, "listed", "", "[a]")
    one, listed = load("one.yaml"), load("listed.yaml")
    assert (one.values, one.timeline) == (listed.values, listed.timeline)


def test_a_clash_is_named_with_both_files_lines_and_values(folder):
    write(folder, "a", FEES % 1.5)
    write(folder, "b", "seed: 1\n" + FEES % 1.2)
    write(folder, "c", "", "[a, b]")
    assert refused("c.yaml") == [
        "c.yaml:2: extends: fees.level is 1.5 (a.yaml:3) and 1.2 (b.yaml:4) from 2025Q1 on; allowed: parents that "
        "agree, or a value here that decides, such as timeline: [{from: 2025Q1, set: {fees.level: 1.2}}]"
    ]


CLASHES = {
    "values without a date": ("parameters: {trust.gain: 0.1}", "parameters: {trust.gain: 0.2}", "trust.gain"),
    "a date and none": ("parameters: {fees.level: 1.5}", FEES % 1.2, "fees.level"),
    "two dates": (FEES % 1.5, (FEES % 1.2).replace("2025Q1", "2027Q1"), "fees.level"),
    "one organisation": ("clusters: {made: {fees.level: 2}}", "clusters: {made: {fees.level: 3}}", "for made"),
    "one and all": ("clusters: {made: {fees.level: 2}}", "parameters: {fees.level: 3}", "for made"),
    "a mechanism off": (
        "parameters: {retention.care_share: 0.5}",
        "mechanisms: {disable: [M042]}",
        "M042 switched off",
    ),
    "ends": ("period: {end: 2030Q4}", "period: {end: 2031Q4}", "period.end is 2030Q4"),
    "seeds": ("seed: 3", "seed: 4", "seed is 3"),
    "sizes": ("population: {scale: 0.5}", "population: {scale: 0.25}", "population.scale is 0.5"),
}


@pytest.mark.parametrize(("one", "other", "said"), CLASHES.values(), ids=CLASHES)
def test_every_kind_of_clash_is_refused_in_either_order(folder, one, other, said):
    write(folder, "a", one)
    write(folder, "b", other)
    write(folder, "c", "", "[a, b]")
    write(folder, "d", "", "[b, a]")
    found = refused("c.yaml")
    assert len(found) == 1 and said in found[0]
    assert "a.yaml" in found[0] and "b.yaml" in found[0]
    assert refused("d.yaml")


@pytest.mark.parametrize(
    "top", ["timeline: [{from: 2025Q1, set: {fees.level: 1.3}}]", "clusters: {}\n" + FEES % 1.3], ids=["own", "more"]
)
def test_a_child_that_sets_the_value_decides(folder, top):
    write(folder, "a", FEES % 1.5)
    write(folder, "b", FEES % 1.2)
    write(folder, "c", top, "[a, b]")
    (lever,) = load("c.yaml").timeline
    assert dict(lever.values) == {"fees.level": 1.3}


def test_a_child_decides_only_for_whom_and_from_when_it_sets(folder):
    write(folder, "a", FEES % 1.5)
    write(folder, "b", FEES % 1.2)
    late = (FEES % 1.3).replace("2025Q1", "2026Q1")
    write(folder, "c", late, "[a, b]")
    assert "from 2025Q1 on" in refused("c.yaml")[0]
    write(folder, "d", "timeline: [{from: 2025Q1, cluster: made, set: {fees.level: 1}}]", "[a, b]")
    (found,) = refused("d.yaml")
    assert " for energy, " in found and "made" not in found.partition(" for energy")[2].partition(";")[0]


def test_a_setting_of_the_command_line_decides_too(folder):
    write(folder, "a", "parameters: {trust.gain: 0.1}")
    write(folder, "b", "parameters: {trust.gain: 0.2}\nperiod: {end: 2030Q4}")
    write(folder, "c", "", "[a, b]")
    assert refused("c.yaml")
    assert load("c.yaml", ["trust.gain=0.15"]).values["trust.gain"] == 0.15


def test_what_one_parent_alone_changes_is_no_clash_whatever_the_other_inherits(folder):
    write(folder, "a", "parameters: {trust.gain: 0.1}", "r3-evaluation")
    write(folder, "b", "timeline: [{from: 2025Q1, set: {evaluation.every_years: 4}}]", "r3-evaluation")
    write(folder, "c", "", "[a, b]")
    found = {key: value for lever in load("c.yaml").timeline for key, value in lever.values.items()}
    assert found == {"evaluation.every_years": 4.0}


def test_clashes_deep_inside_are_told_by_the_scenario_that_has_the_parents(folder):
    write(folder, "a", FEES % 1.5)
    write(folder, "b", FEES % 1.2)
    write(folder, "c", "", "[a, b]")
    write(folder, "d", FEES % 1.4, "c")
    (found,) = refused("d.yaml")
    assert found.startswith("c.yaml:2: extends: ")


def test_many_levels_of_two_parents_are_read_once_each(folder):
    write(folder, "left0", "seed: 1")
    write(folder, "right0", "replicates: 3")
    for level in range(1, 25):
        write(folder, f"left{level}", "", f"[left{level - 1}, right{level - 1}]")
        write(folder, f"right{level}", "", f"[right{level - 1}, left{level - 1}]")
    scenario = load("left24.yaml")
    assert (scenario.seed, scenario.replicates) == (1, 3) and len(scenario.inputs) == 1 + 2 + 2 * 23 + 1


def test_a_long_line_of_parents_is_followed(folder):
    write(folder, "s0", "seed: 7")
    for level in range(1, 1200):
        write(folder, f"s{level}", "", f"s{level - 1}")
    assert load("s1199.yaml").seed == 7


def test_wrong_lists_are_refused_all_at_once(folder):
    write(folder, "a", "")
    for listed, said in (
        ("[]", "an empty list"),
        ("[a, a]", "'a' again"),
        ("[a, 3]", "3; allowed: the name or path"),
        ("[a, nobody]", "'nobody', no such scenario"),
        ("{a: b}", "allowed: the name or path"),
    ):
        write(folder, "c", "", listed)
        assert any(said in line for line in refused("c.yaml")), listed
    write(folder, "x", "", "[a, y]")
    write(folder, "y", "", "[a, x]")
    assert any("leads back to" in line for line in refused("x.yaml"))


def test_a_mapping_may_have_several_parents(folder):
    write(folder, "a", FEES % 1.5)
    scenario = from_mapping({"name": "mine", "extends": ["a", "r1-depth"]})
    assert {key for lever in scenario.timeline for key in lever.values} == {"fees.level", "depth.shift"}


def test_settings_of_a_template_go_on_top_of_both(folder):
    write(folder, "a", FEES % 1.5)
    write(folder, "c", "", "[a, r1-depth]")
    template = read_template("c.yaml", ["seed=9"])
    assert template.scenario.seed == 9 and template.at({"replicates": 2}).replicates == 2
    assert {"fees.level", "depth.shift"} == set(template.set_after(read_template("baseline")))


def test_the_schema_allows_one_or_several():
    extends = json_schema()["properties"]["extends"]
    assert {one["type"] for one in extends["anyOf"]} == {"string", "array"} and json.dumps(extends)
