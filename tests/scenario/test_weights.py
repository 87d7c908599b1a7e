"""Weights that are scaled to a sum of their own: all zero is refused, whoever sets them and whenever."""

import pytest

from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.interplay import SPREAD, WEIGHTS
from klyngesim.scenario.loading import from_mapping, load, shipped
from klyngesim.scenario.parameters import registry

GROUPS = [group for group in WEIGHTS if all((registry()[key].low or 0.0) <= 0.0 for key in group)]


def refused(**data):
    with pytest.raises(ScenarioFaults) as found:
        from_mapping({"extends": "baseline", **data}, "zero")
    return [str(fault) for fault in found.value.faults]


@pytest.mark.parametrize("group", GROUPS, ids=[group[0] for group in GROUPS])
def test_a_group_of_weights_that_is_all_zero_is_refused(group):
    (told,) = refused(parameters=dict.fromkeys(group, 0))
    assert group[0] in told and "are all 0; allowed: one of them above 0" in told
    assert from_mapping({"extends": "baseline", "parameters": dict.fromkeys(group[1:], 0)}, "one left")


def test_weights_of_one_organisation_and_from_a_date_on_are_looked_at_as_well():
    zero = dict.fromkeys(WEIGHTS[0], 0)
    (told,) = refused(clusters={"made": zero})
    assert "of made are all 0" in told
    (told,) = refused(timeline=[{"from": "2025Q1", "set": zero}])
    assert "timeline.2025Q1" in told and "are all 0" in told
    first, second = zero.copy(), {"effort.project": zero.pop("effort.project")}
    first.pop("effort.project")
    dated = [{"from": "2025Q1", "cluster": "made", "set": first}, {"from": "2026Q1", "set": second}]
    (told,) = refused(timeline=dated)
    assert "timeline.2026Q1" in told and "of made are all 0" in told
    dated[1]["set"] = {"effort.project": 0, "effort.apply": 0.2}  # replaces what the organisation had of its own
    assert from_mapping({"extends": "baseline", "timeline": dated}, "some left")


def test_what_stands_at_a_date_is_judged_with_everything_of_that_date():
    zero = dict.fromkeys(WEIGHTS[0], 0)
    entries = [{"from": "2025Q1", "set": zero}]
    entries += [{"from": "2025Q1", "cluster": name, "set": {"effort.broker": 1}} for name in registry().organisations]
    assert from_mapping({"extends": "baseline", "timeline": entries}, "brokers only")


@pytest.mark.parametrize("key", SPREAD)
def test_a_table_that_shares_something_out_needs_an_organisation_above_zero(key):
    (told,) = refused(parameters={key: 0})
    assert f"parameters.{key}: 0 for every organisation" in told


def test_shipped_scenarios_have_weights():
    assert all(load(name) for name in shipped())
