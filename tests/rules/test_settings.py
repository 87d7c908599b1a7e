"""The parameters in force and the parameters expected, quarter by quarter."""

import numpy as np
import pytest

from klyngesim.ecosystem.settings import Settings
from klyngesim.evidence import tables
from klyngesim.scenario.loading import from_mapping

IDS = tuple(organisation.id for organisation in tables.organisations())
MADE = IDS.index("made")


def settings(*timeline, **more):
    """Settings of the baseline with a timeline."""
    return Settings(from_mapping({"extends": "baseline", "timeline": list(timeline), **more}), IDS)


def test_a_lever_holds_from_its_start_and_is_expected_from_its_announcement():
    found = settings({"from": "2023Q1", "announced": "2022Q1", "set": {"fees.level": 2.0}})
    assert [found.at(period).num("fees.level") for period in (0, 7, 8, 40)] == [1.0, 1.0, 2.0, 2.0]
    assert [found.expected(period).num("fees.level") for period in (0, 3, 4, 8)] == [1.0, 1.0, 2.0, 2.0]


def test_the_later_lever_replaces_the_earlier_one():
    found = settings({"from": "2023Q1", "set": {"fees.level": 2.0}}, {"from": "2022Q1", "set": {"fees.level": 3.0}})
    assert [found.at(period).num("fees.level") for period in (3, 4, 7, 8)] == [1.0, 3.0, 3.0, 2.0]


def test_a_lever_of_one_organisation_leaves_the_others():
    found = settings({"from": "2022Q1", "cluster": "made", "set": {"fees.level": 2.0}})
    assert found.at(3).vec("fees.level").tolist() == [1.0] * 13
    assert found.at(4).vec("fees.level").tolist() == [2.0 if name == "made" else 1.0 for name in IDS]


def test_a_lever_of_the_programme_holds_for_everybody():
    own = {"made": {"fees.level": 4.0}}
    found = settings({"from": "2022Q1", "set": {"fees.level": 2.0}}, clusters=own)
    assert found.at(0).vec("fees.level")[MADE] == 4.0
    assert found.at(4).vec("fees.level").tolist() == [2.0] * 13


def test_one_organisation_differs_from_a_lever_of_the_same_quarter():
    levers = [
        {"from": "2022Q1", "cluster": "made", "set": {"fees.level": 3.0}},
        {"from": "2022Q1", "set": {"fees.level": 2.0}},
    ]
    assert settings(*levers).at(4).vec("fees.level").tolist() == [3.0 if name == "made" else 2.0 for name in IDS]


def test_a_table_can_be_changed_for_one_organisation_and_for_all():
    key = "activity_mix.project"
    printed = settings().at(0).vec(key)
    assert len(set(printed.tolist())) > 1
    one = settings({"from": "2022Q1", "cluster": "made", "set": {key: 0.5}})
    assert np.array_equal(one.at(3).vec(key), printed)
    assert np.array_equal(one.at(4).vec(key), np.where(np.arange(13) == MADE, 0.5, printed))
    everybody = settings(
        {"from": "2022Q1", "set": {key: 0.5}}, {"from": "2022Q2", "cluster": "made", "set": {key: 0.6}}
    )
    assert everybody.at(4).vec(key).tolist() == [0.5] * 13
    assert everybody.at(5).vec(key).tolist() == [0.6 if name == "made" else 0.5 for name in IDS]


def test_choices_of_ambiguous_tables_reach_the_organisations():
    usual = settings().at(0).vec("external.other_2021_23_mkr")
    other = settings(parameters={"choices.dlsc_other_income": "full"}).at(0).vec("external.other_2021_23_mkr")
    assert [name for name, a, b in zip(IDS, usual, other, strict=True) if a != b] == ["dlsc"]


def test_what_a_scenario_sets_itself_is_not_overruled_by_a_choice():
    own = {"dlsc": {"external.other_2021_23_mkr": 77.0}}
    found = settings(parameters={"choices.dlsc_other_income": "full"}, clusters=own).at(0)
    assert found.vec("external.other_2021_23_mkr")[IDS.index("dlsc")] == 77.0


STOP, START = {"grant.budget_factor": 0.0}, {"grant.budget_factor": 1.0}


def told(start, values, **more):
    """A lever that everybody has known of from the beginning."""
    return {"from": start, "announced": "2021Q1", "set": values, **more}


@pytest.mark.parametrize(
    ("timeline", "end"),
    [
        ([], np.inf),
        ([told("2023Q1", STOP)], 8.0),
        ([told("2023Q1", STOP), told("2024Q1", START)], np.inf),  # a gap is no end
        ([told("2023Q1", STOP), told("2024Q1", START), told("2026Q1", STOP)], 20.0),
        ([told("2023Q1", STOP), told("2024Q1", {"fees.level": 2.0})], 8.0),
        ([{"from": "2023Q1", "set": STOP}], np.inf),  # not yet announced
    ],
)
def test_the_announced_end_of_the_budget(timeline, end):
    assert settings(*timeline).budget_ends(0).tolist() == [end] * 13


def test_the_announced_end_for_one_organisation():
    alone = told("2023Q1", {"grant.organisation_factor": 0.0}, cluster="made")
    assert settings(alone).budget_ends(0).tolist() == [8.0 if name == "made" else np.inf for name in IDS]
    both = settings(alone, told("2024Q1", STOP)).budget_ends(0)
    assert both.tolist() == [8.0 if name == "made" else 12.0 for name in IDS]


def test_a_budget_that_is_gone_has_ended_now():
    assert settings({"from": "2023Q1", "set": STOP}).budget_ends(9).tolist() == [9.0] * 13


EVALUATED = {"evaluation.every_years": 5}


def test_evaluations_are_counted_from_the_quarter_in_which_the_rule_begins_to_hold():
    assert settings().evaluated_from(0) == 0
    assert settings(parameters=EVALUATED).evaluated_from(30) == 0
    later = settings(told("2025Q1", EVALUATED), told("2028Q1", {"evaluation.every_years": 4}))
    assert later.evaluated_from(0) == later.evaluated_from(40) == 16
    unknown = settings({"from": "2025Q1", "announced": "2024Q4", "set": EVALUATED})
    assert [unknown.evaluated_from(period) for period in (14, 15, 16)] == [0, 16, 16]


def test_a_rule_of_evaluation_that_was_repealed_counts_anew_when_it_comes_back():
    none = {"evaluation.every_years": 0}
    again = settings(told("2023Q1", EVALUATED), told("2025Q1", none), told("2027Q1", EVALUATED))
    found = [again.evaluated_from(period) for period in (0, 8, 15, 16, 23, 24, 40)]
    assert found == [8, 8, 8, 24, 24, 24, 24]
