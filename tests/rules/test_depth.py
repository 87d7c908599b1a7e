"""Steps 8 and 9: calls, awards, pilots and what runs on from before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.processes.awards import size_table
from klyngesim.ecosystem.processes.calls import Terms, chances, quality_rule, success_rule
from klyngesim.ecosystem.processes.external_income import effort_rule, legacy_rule
from klyngesim.ecosystem.processes.pilots import pilot_length
from klyngesim.ecosystem.processes.projects import pilot_innovates
from tests.rules.policies import baseline, close

MONEY = st.one_of(st.just(0.0), st.floats(0.01, 1e5))


def test_effort_is_held_against_the_start():
    cases = ((50.0, 100.0), (200.0, 100.0), (5000.0, 100.0), (5000.0, 0.0))
    found = [effort_rule(hours, usual) for hours, usual in cases]
    assert found == [0.5, 2.0, 10.0, 1.0]


@pytest.mark.parametrize(
    ("pot", "applied", "cap", "success"),
    [
        (100.0, 400.0, 0.5, 0.25),
        (100.0, 150.0, 0.5, 0.5),  # the cap
        (100.0, 200.0, 0.5, 0.5),
        (100.0, 0.0, 0.5, 0.5),  # nobody applied
        (0.0, 10.0, 0.5, 0.0),
    ],
)
def test_success_in_a_capped_call(pot, applied, cap, success):
    assert success_rule(pot, applied, cap) == success


@settings(deadline=None)
@given(MONEY, st.lists(MONEY, min_size=2, max_size=8), st.floats(0.0, 1.0))
def test_a_pot_is_never_overspent_and_more_applications_never_help(pot, applied, cap):
    found = [success_rule(pot, amount, cap) for amount in sorted(applied)]
    assert found == sorted(found, reverse=True)
    for amount, success in zip(sorted(applied), found, strict=True):
        assert success * amount <= pot * (1.0 + 1e-12)
        assert 0.0 <= success <= cap


CALLS = (
    "calls.success_cap=0.4",
    "calls.fixed_success_national=0.2",
    "calls.fixed_success_eu=0.1",
    "calls.pot_national_mkr_year=2000",
    "calls.pot_eu_mkr_year=2000",
    "calls.others_national_mkr_year=8000",
    "calls.others_eu_mkr_year=4000",
)


def success(applied, *overrides):
    """Success of the national and the EU call."""
    return chances(np.array(applied), baseline(*CALLS, *overrides).terms(Terms))


def test_chances_by_call():
    """A quarter of the yearly pots, shared with others: 500 / (2,000 + 500), and the cap of 40 %."""
    assert close(success([500.0, 0.0]), [0.2, 0.4])
    assert close(success([0.0, 1000.0]), [0.25, 0.25])


@pytest.mark.parametrize("rival", ["calls.success_rule=fixed", "scarcity.pots=off"])
def test_chances_that_do_not_depend_on_applications(rival):
    assert close(success([500.0, 0.0], rival), [0.2, 0.1])
    assert close(success([1e9, 1e9], rival), [0.2, 0.1])


@pytest.mark.parametrize(
    ("grounded", "strength", "quality"),
    [(0.0, 0.0, 1.0 / 1.1), (1.0, 0.0, 1.3 / 1.1), (0.5, 0.5, (1.0 + 0.15 + 0.1) / 1.1), (0.0, 0.5, 1.0)],
)
def test_quality(grounded, strength, quality):
    assert close(quality_rule(grounded, strength, 0.3, 0.2, 1.1), quality)


@pytest.mark.parametrize("skew", [0.0, 1.0, 9.0, 30.0])
def test_award_sizes_have_mean_one_and_the_spread_asked_for(skew):
    assert size_table(0.0, skew).tolist() == [1.0] * 65
    for spread in (0.3, 0.7, 1.0):
        table = size_table(spread, skew)
        assert (np.diff(table) > 0.0).all()
        assert table[0] == pytest.approx(1.0 - spread)
        between = (table[1:] + table[:-1]) / 2.0  # what linear interpolation gives on average
        assert between.mean() == pytest.approx(1.0, abs=0.03)


def test_award_sizes_without_skew_are_even():
    assert close(size_table(1.0, 0.0), np.arange(65) / 32.0)


def test_pilots_end_inside_the_mandate():
    assert [pilot_length(4, 0.1, 40, left) for left in (0, 1, 2, 3, 4, 16)] == [0, 0, 2, 3, 4, 4]
    assert pilot_length(1, 0.0, 40, 16) == 1


def test_pilots_are_longer_while_a_long_period_runs_as_far_as_people_look_ahead():
    # 4, 4.4 and 6.4 quarters; beyond ten years nobody looks; without a response nothing changes.
    assert [pilot_length(4, 0.1, 40, left) for left in (16, 20, 40, 160)] == [4, 4, 6, 6]
    assert [pilot_length(4, 0.1, 40, left) for left in (21, 22)] == [5, 5] == [pilot_length(5, 0.0, 40, 160)] * 2
    assert pilot_length(4, 0.1, 20, 160) == pilot_length(4, 0.1, 40, 20)


def test_what_a_longer_pilot_adds_to_innovation_is_in_proportion():
    assert [pilot_innovates(0.2, quarters, 4) for quarters in (2, 4, 6, 40)] == [0.2, 0.2, pytest.approx(0.3), 1.0]


def test_legacy_runs_off_over_the_length_of_projects():
    """Projects of eight quarters: one in eight ended as 2021Q1 began, the last ends two years later."""
    found = [legacy_rule(quarter, 8.0) for quarter in range(10)]
    assert found == [0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("length", [12.0, 14.0, 20.0])
def test_legacy_and_a_steady_flow_of_new_projects_keep_the_income(length):
    """Projects won evenly from 2021Q1 on replace exactly what runs off."""
    for quarter in range(60):
        running = min(quarter + 1, length) / length
        assert legacy_rule(quarter, length) + running == pytest.approx(1.0)
