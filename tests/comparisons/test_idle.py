"""Variants that change nothing: what they set all the same, and what that would need."""

import numpy as np
import pytest

from klyngesim.comparisons.contested import need_of, unchanged, without_effect
from tests.comparisons.made_up import FIVE, made_up, variant

LUCKY = [100.0 + one for one in FIVE]


def idle(**more):
    """A comparison with a variant whose runs equal the baseline's, and one that sets the same and has more members."""
    scenarios = variant("idle", **more), variant("more", **more)
    more_members = {"members": [one + 20.0 for one in LUCKY]}
    return made_up({"members": LUCKY}, {"idle": {}, "more": more_members}, scenarios=scenarios)


def test_a_variant_whose_every_run_equals_the_baselines_changes_nothing():
    made = idle(timeline=[{"from": "2025Q1", "set": {"cofinancing.required": 0.9}}])
    assert [unchanged(made, place) for place in (1, 2)] == [True, False]
    assert without_effect(made) == {"idle": {"cofinancing.required": "cofinancing.consequence other than none"}}


@pytest.mark.parametrize("part", ["indicators", "moves", "yearly", "organisations"])
def test_the_last_bits_of_one_value_of_one_run_are_a_change_and_what_is_missing_in_both_is_none(part):
    made = idle()
    values = [getattr(made.measured[place][4], part) for place in (0, 1)]
    for array in values:
        array.flat[0] = np.nan
    assert unchanged(made, 1)
    values[1].flat[7] += 1e-9
    assert not unchanged(made, 1)


@pytest.mark.parametrize(
    ("end", "start", "undated", "need"),
    [
        ("2044Q4", "2044Q4", 1.0, ""),
        ("2044Q3", "2043Q4", 1.0, ""),
        ("2044Q3", "2044Q1", 1.0, "period.end at 2044Q4 or later"),
        ("2044Q1", "2044Q1", 1.0, "period.end at 2044Q4 or later"),
        ("2044Q3", "2044Q1", 2.0, ""),  # it differs before, too
        ("2044Q3", "2044Q1", 0.5, ""),
    ],
)
def test_a_lever_of_a_year_that_is_not_measured_is_told_the_end_that_it_needs(end, start, undated, need):
    lever = {"from": start, "announced": start, "set": {"fees.level": 3.0}}
    made = idle(period={"end": end}, parameters={"fees.level": undated}, timeline=[lever])
    assert without_effect(made) == {"idle": {"fees.level": need}}


def test_mechanisms_that_are_off_are_told_among_what_takes_no_effect():
    told = without_effect(idle(mechanisms={"disable": ["M085", "M011"]}))["idle"]
    assert [item for item in told.items() if item[0].startswith("M")] == [("M011", ""), ("M085", "")]


REQUIRED = {"timeline": [{"from": "2030Q1", "set": {"cofinancing.required": 0.3}}]}


@pytest.mark.parametrize(
    ("key", "settings", "need"),
    [
        ("fees.level", {}, ""),
        # Only in its first quarter has the scenario what is needed.
        ("guard.fee_rebate", {"timeline": [{"from": "2021Q2", "set": {"fees.level": 0.0}}]}, ""),
        ("evaluation.loss", {}, "evaluation.every_years above 0"),
        ("evaluation.loss", {"timeline": [{"from": "2030Q1", "set": {"evaluation.every_years": 4}}]}, ""),
        (
            "cofinancing.consequence",
            {"parameters": {"scarcity.money": "on", "cofinancing.required": 0.0}},
            "cofinancing.required above 0",
        ),
        (
            "cofinancing.consequence",
            {"parameters": {"scarcity.money": "on", "cofinancing.required": 0.0}, **REQUIRED},
            "",
        ),
        (
            "cofinancing.consequence",
            {"parameters": {"scarcity.money": "off", "cofinancing.required": 0.0}},
            "cofinancing.required above 0 and scarcity.money = on",
        ),
        (
            "cofinancing.consequence",
            {"parameters": {"scarcity.money": "off", "cofinancing.required": 0.0}, **REQUIRED},
            "scarcity.money = on",
        ),
    ],
)
def test_what_a_parameter_needs_is_told_while_the_scenario_never_has_it(key, settings, need):
    assert need_of(key, variant(**settings)) == need
