"""Step 4: hours, mixes and whole activities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.processes.otherwise import offered_rule, sponsored_rule, wrapped_rule
from klyngesim.ecosystem.processes.planning import (
    admin_share,
    complacency_rule,
    coordination_rule,
    deepen,
    effort_shares,
    effort_weights,
    productive_hours,
    project_load_rule,
    seats_rule,
    slots_rule,
)
from klyngesim.ecosystem.totals import whole_rule
from tests.rules.policies import close, values


def test_administration_by_number_of_funding_strings():
    for strings, share in ((1.0, 0.17), (2.0, 0.22)):
        policy = values(admin__share_one_string=0.17, admin__share_two_strings=0.22, admin__funding_strings=strings)
        assert admin_share(policy) == pytest.approx(share)


def efforts(**weights):
    tasks = ("recruit", "retain", "broker", "apply", "project")
    return effort_weights(values(1, **{f"effort__{name}": weights.get(name, 0.0) for name in tasks}))[0]


def test_effort_is_shared_by_weight():
    weights = efforts(recruit=1.0, retain=2.0, project=1.0)
    assert close(effort_shares(weights, 1.0), [0.25, 0.5, 0.0, 0.0, 0.25])
    assert close(effort_shares(weights, 3.0), [1 / 6, 2 / 6, 0.0, 0.0, 3 / 6])
    assert close(effort_shares(efforts(), 1.0), np.zeros(5))


def test_effort_of_one_organisation():
    common = {f"effort__{name}": 1.0 for name in ("recruit", "retain", "broker", "apply", "project")}
    policy = values(2, split={"effort.recruit": [1.0, 6.0]}, **common)
    found = [effort_shares(weights, 1.0) for weights in effort_weights(policy)]
    assert close(found, [[0.2] * 5, [0.6, 0.1, 0.1, 0.1, 0.1]])


@pytest.mark.parametrize(
    ("need", "common", "most", "share"),
    [
        (0.1, 0.2, 0.6, 0.2),  # the common split is enough
        (0.2, 0.2, 0.6, 0.2),
        (0.4, 0.2, 0.6, 0.4),  # as much as its projects take
        (0.9, 0.2, 0.6, 0.6),  # no more than the most
        (0.4, 0.0, 0.6, 0.0),  # an organisation that gives projects no weight at all
    ],
)
def test_hours_for_projects_are_what_they_take(need, common, most, share):
    load = project_load_rule(np.array([need]), np.array([common]), most)
    others = (1.0 - common) / 4.0
    weights = efforts(recruit=others, retain=others, broker=others, apply=others, project=common)
    assert close(effort_shares(weights, load[0])[4], share)
    assert load[0] >= 1.0


@pytest.mark.parametrize(
    ("staff", "admin", "coordination", "hours"),
    [
        (10.0, 0.2, 0.0, 3000.0),
        (10.0, 0.2, 2000.0, 2500.0),
        (1.0, 0.5, 5000.0, 0.0),  # never negative
        (0.0, 0.2, 0.0, 0.0),
    ],
)
def test_productive_hours_a_quarter(staff, admin, coordination, hours):
    assert close(productive_hours(staff, 1500.0, admin, coordination), hours)


def test_complacency():
    ratios = (0.5, 1.0, 2.0, 9.0)
    assert close([complacency_rule(ratio, 0.4, 0.2) for ratio in ratios], [1.2, 1.0, 0.6, 0.2])
    assert [complacency_rule(ratio, 0.0, 0.2) for ratio in ratios] == [1.0] * 4


@settings(deadline=None)
@given(
    st.lists(st.floats(0.0, 50.0), min_size=1, max_size=60),
    st.floats(0.0, 1.0 - 2.0**-53),
)
def test_whole_numbers_keep_up_with_what_was_expected(expected, shift):
    done, total = 0.0, 0
    for amount in expected:
        number = whole_rule(amount, done, shift)
        assert number >= 0
        total += number
        done += amount
        assert abs(total - done) <= 1.0


def test_whole_known_answer():
    for expected, shift, numbers in ((0.4, 0.0, [0, 0, 1, 0, 1]), (1.5, 0.5, [2, 1, 2, 1, 2])):
        assert [whole_rule(expected, quarter * expected, shift) for quarter in range(5)] == numbers


@pytest.mark.parametrize(
    ("initiatives", "routed", "others", "hours"),
    [
        (2.0, 0.25, 150.0, 370.0),  # 2 x 0.75 x 80 + 2 x 0.25 x 200 hours a year, and 150 for local partners
        (0.0, 0.25, 150.0, 150.0),
        (2.0, 0.0, 150.0, 160.0 + 150.0),
        (2.0, 1.0, 150.0, 400.0 + 150.0),
        (2.0, 0.25, 0.0, 220.0),
    ],
)
def test_hours_for_other_actors(initiatives, routed, others, hours):
    assert close(coordination_rule(initiatives, routed, 80.0, 200.0, others), hours)


def test_seats_are_whole_and_follow_a_good_year():
    # 3 activities of 8.5 firms: 25.5; a fifth more in a good year: 30.6.
    cases = ((3, 1.0, 0.0), (3, 1.0, 0.5), (3, 1.2, 0.3), (0, 1.2, 0.9))
    assert [seats_rule(held, 8.5, year, shift) for held, year, shift in cases] == [25, 26, 30, 0]


def test_slots_for_applications_are_hours_over_hours_of_each():
    assert [slots_rule(*case) for case in ((300.0, 40.0), (300.0, 0.0), (0.0, 40.0))] == [7.5, 0.0, 0.0]


def test_depth_moves_hours_to_applications_and_projects_in_proportion_to_theirs():
    effort = np.array([0.3, 0.2, 0.1, 0.1, 0.3])
    assert (deepen(effort, 0.0) == effort).all()
    assert close(deepen(effort, 0.5), [0.15, 0.1, 0.1, 0.1 + 0.25 / 4, 0.3 + 0.75 / 4])
    assert close(deepen(effort, 1.0), [0.0, 0.0, 0.1, 0.225, 0.675])
    shallow = np.array([0.5, 0.3, 0.2, 0.0, 0.0])
    assert close(deepen(shallow, 0.5), [0.25, 0.15, 0.6, 0.0, 0.0])  # nobody writes, so more is brokered


def test_merged_actors_free_hours_of_administration_and_no_more_than_there_are():
    assert close(productive_hours(2.0, 1500.0, 0.2, -200.0), (2400.0 + 200.0) / 4.0)
    assert close(productive_hours(2.0, 1500.0, 0.2, -5000.0), 3000.0 / 4.0)


def test_layers_round_with_shifts_of_their_own():
    assert close([wrapped_rule(0.5, 1 / 3), wrapped_rule(0.5, 2 / 3), wrapped_rule(0.0, 1 / 3)], [5 / 6, 1 / 6, 1 / 3])


def test_what_is_offered_is_held_against_the_start():
    assert close([offered_rule(30.0, 40.0), offered_rule(0.0, 40.0), offered_rule(30.0, 0.0)], [0.75, 0.0, 1.0])


def test_sponsors_pay_whole_seats_at_the_cost_of_one():
    # 0.4 million at 0.1 million for an activity of 15 firms: 60 seats.
    assert sponsored_rule(0.4, 0.1, 15.0, 0.5) == 60
    assert [sponsored_rule(0.01, 0.1, 15.0, shift) for shift in (0.0, 0.6)] == [1, 2]
    assert sponsored_rule(0.0, 0.1, 15.0, 0.9) == sponsored_rule(0.4, 0.0, 15.0, 0.9) == 0
