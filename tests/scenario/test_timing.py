"""Dates that do not do what they seem to are told: none, beyond the end, moved, announced in vain, without change."""

import pytest

from klyngesim.scenario import loading, parameters
from klyngesim.scenario.merging import warnings_of
from klyngesim.scenario.timing import BUDGETS, FIT_END, LOOKED_AHEAD
from tests.scenario.fakes import REGISTRY, write

PARENT = "timeline:\n  - {from: 2025Q1, announced: 2024Q1, set: {grant.horizon_years: 10}}\n"


def test_a_lever_without_a_date_changes_the_calibrated_years(load):
    for text, path in [
        ("extends: baseline\nparameters: {grant.horizon_years: 10}\n", "case.yaml:2: parameters.grant.horizon_years"),
        ("clusters: {made: {activity_mix.project: 0.5}}\n", "case.yaml:1: clusters.made.activity_mix.project"),
        ("clusters: {made: {grant.yearly: 10}}\n", "case.yaml:1: clusters.made.grant.yearly"),
    ]:
        (sentence,) = load(text).warnings
        assert sentence.startswith(path) and "(2021-2023)" in sentence and "from: 2025Q1" in sentence
    (sentence,) = load("seed: 2\n", "activity_mix.project=0.5").warnings
    assert sentence.startswith("--set: parameters.activity_mix.project: 0.5")
    # The usual value, an organisation's usual value, what is no lever, and what has a date are not told.
    silent = "parameters: {grant.horizon_years: 4, fees.elasticity: -0.2}\nclusters: {made: {grant.yearly: 9}}\n"
    assert load(silent + PARENT).warnings == ()
    assert FIT_END == 11


@pytest.mark.parametrize(("start", "told"), [("2021Q1", 1), ("2022Q2", 1), ("2023Q4", 1), ("2024Q1", 0)])
def test_a_lever_dated_in_the_calibrated_years_is_told_like_one_without_a_date(load, start, told):
    text = "timeline: [{from: %s, cluster: made, set: {activity_mix.project: 0.5}}]\n"
    found = load(text % start).warnings
    assert len(found) == told
    for sentence in found:
        assert f"0.5 holds from {start} on and changes the years" in sentence
        assert "starts after them, such as timeline: [{from: 2025Q1, cluster: made" in sentence


def test_a_mechanism_switched_off_changes_the_calibrated_years_where_it_does_something_in_them():
    def told(mechanism):
        return loading.from_mapping({"extends": "baseline", "mechanisms": {"disable": [mechanism]}}).warnings

    (sentence,) = told("M085")
    assert "(2021-2023)" in sentence and sentence.endswith("a timeline can set {attention.strength: 0}")
    registry = parameters.registry()
    idle = [
        mechanism
        for mechanism in registry.switchable()
        if all(registry.default(one.id) == one.neutral for one in registry.carriers(mechanism))
    ]
    assert idle and all(told(mechanism) == () for mechanism in idle)


def test_a_setting_for_all_scenarios_is_told_once(folder):
    write(folder, "case.yaml", "extends: baseline\n")
    both = [loading.load(one, ["activity_mix.project=0.5"], registry=REGISTRY) for one in ("baseline", "case.yaml")]
    assert len(warnings_of(both)) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("timeline: [{from: 2027Q1, set: {grant.horizon_years: 8}}]\n", "parent.yaml:2 sets 10 from 2025Q1 on"),
        ("timeline: [{from: 2023Q1, set: {grant.horizon_years: 8}}]\n", "8 holds only up to 2024Q4: parent.yaml:2"),
    ],
)
def test_a_moved_lever_is_told_where_the_parents_stays_in_force(folder, load, text, words):
    write(folder, "parent.yaml", PARENT)
    assert words in load("extends: parent\n" + text).warnings[0]


def test_levers_after_the_end_are_told_where_the_end_was_set(folder, load):
    write(folder, "parent.yaml", PARENT + "  - {from: 2025Q1, set: {activity_mix.project: 0.4}}\n")
    none, only = load("extends: parent\n", "period.end=2024Q4").warnings
    assert none.startswith("--set: period.end: 2024Q4: the run of case ends before the levers of 2025Q1 start")
    assert none.endswith("they have no effect in it: activity_mix.project")
    assert only.endswith("only their announcement is part of it: grant.horizon_years")
    (sentence,) = load("extends: parent\nperiod: {end: 2023Q4}\n").warnings
    assert sentence.startswith("case.yaml:2: period.end: 2023Q4")
    assert "grant.horizon_years" in sentence and "activity_mix.project" in sentence


def test_an_announcement_that_nobody_acts_on_is_told(load):
    early = "timeline: [{from: 2025Q1, announced: 2024Q1, set: {activity_mix.project: 0.4}}]\n"
    (sentence,) = load(early).warnings
    assert "announced in 2024Q1" in sentence and "activity_mix.project" in sentence
    assert load(early.replace("2024Q1", "2024Q4")).warnings == ()
    assert load(PARENT).warnings == ()


def test_an_entry_that_sets_what_holds_already_is_told(folder, load):
    (sentence,) = load("timeline: [{from: 2025Q1, set: {grant.horizon_years: 4}}]\n").warnings
    assert "4 is what holds already before 2025Q1" in sentence
    (sentence,) = load("timeline: [{from: 2025Q1, cluster: made, set: {grant.yearly: 9}}]\n").warnings
    assert "9 is what holds already" in sentence
    write(folder, "parent.yaml", PARENT)
    (sentence,) = load("extends: parent\ntimeline: [{from: 2027Q1, set: {grant.horizon_years: 10}}]\n").warnings
    assert "10 is what holds already before 2027Q1" in sentence
    # To take back what a parent sets for the same date is a change to the parent.
    assert load("extends: parent\ntimeline: [{from: 2025Q1, set: {grant.horizon_years: 4}}]\n").warnings == ()
    # A return to the usual value is meant.
    back = load(PARENT + "  - {from: 2027Q1, set: {grant.horizon_years: 4}}\n").warnings
    assert not any("holds already" in line for line in back)


def test_a_value_that_holds_already_is_told_whatever_stands_beside_it(load):
    both = "timeline: [{from: 2025Q1, set: {grant.horizon_years: 4, activity_mix.project: 0.4}}]\n"
    (sentence,) = load(both).warnings
    assert sentence.endswith("grant.horizon_years: 4 is what holds already before 2025Q1, so nothing changes")
    again = "timeline:\n  - {from: 2025Q1, set: {activity_mix.project: %s}}\n"
    again += "  - {from: 2026Q1, set: {activity_mix.project: 0.4}}\n"
    (sentence,) = load(again % 0.4).warnings
    assert sentence.startswith("case.yaml:3: timeline[1]") and "already before 2026Q1" in sentence
    assert load(again % 0.3).warnings == ()


def test_what_is_looked_ahead_at_is_registered_and_dated():
    from klyngesim.scenario.parameters import registry

    assert all(registry()[key].dated for key in (*LOOKED_AHEAD, *BUDGETS))


@pytest.mark.parametrize(("end", "told"), [("2030Q4", 0), ("2030Q2", 1)])
def test_a_run_that_ends_within_a_year_is_told(load, end, told):
    found = [line for line in load(f"period: {{end: {end}}}\n").warnings if "complete" in line]
    assert ["period.end: 2030Q2: 2030 is not complete" in line for line in found] == [True] * told
