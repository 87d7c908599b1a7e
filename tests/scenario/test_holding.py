"""What the user set holds, or he is told where not: parameter, place, quarter and organisation."""

from dataclasses import replace

import pytest

from klyngesim.scenario import loading
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.merging import require_held, warnings_of
from tests.scenario.fakes import REGISTRY, write

DATED = "timeline:\n  - {from: 2025Q1, set: {activity_mix.project: 0.6}}\n"
OWN = "clusters:\n  made: {activity_mix.project: 0.6}\n"
DATED_OWN = "timeline:\n  - {from: 2025Q1, cluster: made, set: {activity_mix.project: 0.6}}\n"
COMMON_3 = "parameters: {activity_mix.project: 0.3}\n"
OWN_3 = "clusters: {made: {activity_mix.project: 0.3}}\n"
DATED_3 = "timeline: [{from: 2023Q1, set: {activity_mix.project: 0.3}}]\n"


@pytest.fixture
def child(folder):
    """The sentences on holding of a child with some text over a parent with another."""

    def run(parent, text, *overrides):
        write(folder, "parent.yaml", parent)
        path = write(folder, "child.yaml", "extends: parent.yaml\n" + text)
        scenario = loading.load(path, overrides, registry=REGISTRY)
        return [sentence for sentence in scenario.warnings if "to keep it" in sentence]

    return run


@pytest.mark.parametrize(
    ("parent", "text", "words"),
    [
        (DATED, COMMON_3, ("child.yaml:2", "0.3 holds only up to 2024Q4:", "parent.yaml:2", "0.6 from 2025Q1")),
        (DATED, OWN_3, ("clusters.made", "holds only up to 2024Q4 for made:", "cluster: made, set")),
        (DATED, DATED_3, ("timeline[0].set.activity_mix.project", "holds only up to 2024Q4:")),
        (OWN, COMMON_3, ("does not hold for made:", "parent.yaml:2 sets 0.6", "{made: {activity_mix.project: 0.3}}")),
        (DATED_OWN, COMMON_3, ("holds only up to 2024Q4 for made:", "parent.yaml:2 sets 0.6 from 2025Q1")),
        (DATED_OWN, OWN_3, ("clusters.made", "holds only up to 2024Q4 for made:")),
        (DATED_OWN, DATED_3.replace("2023", "2025"), ("does not hold for made:", "from 2025Q1")),
        (DATED_OWN, DATED_3.replace("2023", "2021"), ("holds only up to 2024Q4 for made:",)),
    ],
)
def test_a_later_layer_is_told_what_an_earlier_one_overrules(child, parent, text, words):
    (sentence,) = child(parent, text)
    assert "for made" in sentence or " for " not in sentence
    for word in ("activity_mix.project", *words):
        assert word in sentence


@pytest.mark.parametrize(
    ("parent", "text"),
    [
        (DATED, "timeline: [{from: 2025Q1, set: {activity_mix.project: 0.3}}]\n"),  # replaced
        (DATED, COMMON_3 + "timeline: [{from: 2025Q1, set: {activity_mix.project: 0.4}}]\n"),  # its own later word
        (DATED, COMMON_3.replace("0.3", "0.6")),  # the same value
        (COMMON_3, COMMON_3.replace("0.3", "0.4")),
        (COMMON_3, OWN),
        (OWN, OWN_3),
        (DATED, "timeline: [{from: 2025Q1, cluster: made, set: {activity_mix.project: 0.3}}]\n"),
        (DATED, "parameters: {grant.horizon_years: 9}\n"),  # another parameter
    ],
)
def test_what_holds_as_it_was_meant_is_not_told(child, parent, text):
    assert child(parent, text) == []


def test_within_one_file_only_an_organisations_value_that_the_whole_programme_ends_is_told(load):
    meant = load(COMMON_3 + DATED)
    assert not [sentence for sentence in meant.warnings if "to keep it" in sentence]
    (sentence,) = [s for s in load(OWN_3 + DATED).warnings if "to keep it" in s]
    assert "clusters.made" in sentence and "only up to 2024Q4" in sentence
    dated = DATED_OWN + "  - {from: 2027Q1, set: {activity_mix.project: 0.2}}\n"
    (sentence,) = [s for s in load(dated).warnings if "to keep it" in s]
    assert "0.6 holds only up to 2026Q4" in sentence


@pytest.mark.parametrize(
    ("parent", "empty", "override"),
    [
        (DATED, "timeline: []\n", "timeline=[]"),
        (OWN, "clusters: {}\n", "clusters={}"),
        (COMMON_3, "parameters: {}\n", "parameters={}"),
        ("mechanisms: {disable: [M085]}\n", "mechanisms: {disable: []}\n", "mechanisms.disable="),
    ],
)
def test_a_key_left_empty_takes_nothing_back_and_is_told(folder, parent, empty, override):
    write(folder, "parent.yaml", "extends: baseline\n" + parent)
    write(folder, "child.yaml", "extends: parent.yaml\n" + empty)
    for found in (
        loading.load("child.yaml", registry=REGISTRY).warnings,
        loading.load("parent.yaml", [override], registry=REGISTRY).warnings,
    ):
        (sentence,) = [line for line in found if ": empty: " in line]
        assert "stay" in sentence and "parent.yaml" in sentence
        assert sentence.startswith(("child.yaml:2", "--set"))
    # Where nothing is set below, an empty key says nothing wrong.
    write(folder, "child.yaml", "clusters: {}\ntimeline: []\nmechanisms: {disable: []}\n")
    assert loading.load("child.yaml", registry=REGISTRY).warnings == ()


def test_a_mechanism_that_is_off_overrules_with_a_word_of_its_own(child, folder, load):
    parent = "timeline: [{from: 2025Q1, set: {social_capital.turnover_base: 0.1}}]\n"
    early = "M085 is switched off from the start"
    both = "parameters: {social_capital.turnover_base: 0}\nmechanisms: {disable: [M085]}\n"
    assert child(parent, both) == []
    sentence, second = load("extends: parent\n", "mechanisms.disable=M085").warnings
    assert early in second
    assert sentence == (
        "--set: mechanisms.disable[0]: M085 switched off in case takes out social_capital.turnover_base, which "
        "parent.yaml:1 sets to 0.1 from 2025Q1 on"
    )
    (sentence,) = load("mechanisms: {disable: [M085]}\n").warnings
    assert sentence.startswith(f"case.yaml:1: mechanisms.disable[0]: {early}, which changes the years")


def test_a_setting_of_the_command_line_names_the_scenario_and_is_refused_where_it_is_to_hold(folder):
    path = write(folder, "case.yaml", "extends: baseline\n" + DATED)
    override = ["activity_mix.project=0.3"]
    usual, case = (loading.load(one, override, registry=REGISTRY) for one in ("baseline", path))
    require_held([usual])
    with pytest.raises(ScenarioFaults, match=r"--set: .*0\.3 holds in case only up to 2024Q4: case\.yaml:3") as caught:
        require_held([usual, case])
    assert str(caught.value) in warnings_of([usual, case])
    # What is advised keeps it in both.
    keep = ["timeline=[{from: 2025Q1, set: {activity_mix.project: 0.3}}]"]
    assert f"to keep it, add '{keep[0]}', or take it out" in str(caught.value)
    both = [loading.load(one, override + keep, registry=REGISTRY) for one in ("baseline", path)]
    require_held(both)
    assert not [sentence for sentence in warnings_of(both) if "to keep it" in sentence]


def test_warnings_are_no_part_of_a_scenario(load):
    told = load(OWN_3 + DATED)
    assert told.warnings and told == replace(told, warnings=())
    assert not {"warnings", "not_held"} & set(told.resolved())
