"""Steps of parameters: what is allowed, what is meant instead, and that each step has the same share of a draw."""

from collections import Counter

import pytest

from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.loading import from_mapping
from klyngesim.scenario.parameters import registry, suggested_value
from klyngesim.scenario.scalars import drawn, share_of
from klyngesim.scenario.schema import json_schema
from klyngesim.scenario.sources import PackagedEvidence, meant_id

STEPPED = [one for one in registry().values() if one.step is not None]


def test_whole_numbers_and_whole_quarters_are_told_by_the_unit():
    steps = {one.id: one.step for one in STEPPED}
    assert steps["staff.hiring_quarters"] == 1.0
    assert [key for key, step in steps.items() if step == 0.25] == [
        "grant.horizon_years", "grant.deb_horizon_years", "evaluation.every_years",
    ]  # fmt: skip
    assert registry()["trust.gain"].step is registry()["attendance.rule"].step is None


def test_a_value_between_steps_is_refused_wherever_it_is_set_and_the_nearest_step_is_named():
    wrong = {"grant.horizon_years": 3.3}
    for data in ({"parameters": wrong}, {"timeline": [{"from": "2025Q1", "set": wrong}]}):
        with pytest.raises(ScenarioFaults) as found:
            from_mapping({"extends": "baseline", **data}, "between")
        (told,) = found.value.faults
        assert told.allowed == "a number from 0.25 to 40 in steps of 0.25 (years)" and told.nearest == "3.25"
    assert suggested_value(registry()["staff.hiring_quarters"], 2.4, None) == "2"


def test_a_ratio_in_per_cent_is_told_as_what_it_means():
    assert suggested_value(registry()["guard.fee_rebate"], 50, None) == "0.5"
    assert suggested_value(registry()["fees.micro"], 1e9, None) is None


@pytest.mark.parametrize("parameter", STEPPED, ids=lambda one: one.id)
def test_every_step_has_the_same_share_of_a_draw(parameter):
    low, high = float(parameter.low), float(parameter.high)
    number = round((high - low) / parameter.step) + 1
    found = Counter(drawn((place + 0.5) / (number * 7), low, high, parameter.step) for place in range(number * 7))
    assert set(found.values()) == {7} and len(found) == number
    assert all(parameter.validate(value) is None for value in found)
    assert drawn(0.0, low, high, parameter.step) == low and drawn(1.0, low, high, parameter.step) == high
    assert all(drawn(share_of(value, low, high, parameter.step), low, high, parameter.step) == value for value in found)


def test_editors_hear_of_steps():
    schema = json_schema()["$defs"]
    assert schema["parameter.grant.horizon_years"]["multipleOf"] == 0.25
    assert schema["parameter.staff.hiring_quarters"]["type"] == "integer"


@pytest.mark.parametrize(
    ("text", "meant"), [("L8", "L08"), ("l08", "L08"), ("3", "#3"), ("M85", "M085"), ("L99", None), ("<script>", None)]
)
def test_an_id_that_is_written_otherwise_is_known_again(text, meant):
    assert meant_id(text, PackagedEvidence()) == meant


@pytest.mark.parametrize("text", ["#1", "L08", "M012", "F068", "E110", "A10", "Table 7", "Tabel 7", "Figure 10"])
def test_everything_of_the_report_and_its_sources_can_be_cited(text):
    assert PackagedEvidence().known(text)


@pytest.mark.parametrize("text", ["#99", "#0", "<script>", "Table 8", "E9999", "A22", "", "model"])
def test_nothing_else_can_be_cited(text):
    assert not PackagedEvidence().known(text)


def test_ratios_have_bounds_of_reason():
    """Far beyond ten times today's nothing is known, and a hundred is per cent: no lever may be set so."""
    ratios = [one for one in registry().values() if one.unit.startswith("ratio") and one.dated]
    assert ratios and all(one.high is not None and one.high <= 10.0 for one in ratios)
    assert suggested_value(registry()["fees.level"], 125, None) == "1.25"
    with pytest.raises(ScenarioFaults, match=r"did you mean 1\.25"):
        from_mapping({"extends": "baseline", "timeline": [{"from": "2025Q1", "set": {"fees.level": 125}}]}, "per-cent")


def test_every_number_has_bounds():
    assert [one.id for one in registry().values() if not one.choices and (one.low is None or one.high is None)] == []
