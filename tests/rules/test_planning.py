"""Step 4: hours, mixes and whole activities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.processes.planning import (
    activity_mix,
    admin_share,
    complacency_rule,
    effort_shares,
    lock_in_rule,
    productive_hours,
    project_load_rule,
    unit_costs,
    whole,
)
from tests.rules.policies import close, values


def test_administration_by_number_of_funding_strings():
    for strings, share in ((1.0, 0.17), (2.0, 0.22)):
        policy = values(admin__share_one_string=0.17, admin__share_two_strings=0.22, admin__funding_strings=strings)
        assert admin_share(policy) == pytest.approx(share)


def efforts(**weights):
    return values(
        **{f"effort__{name}": weights.get(name, 0.0) for name in ("recruit", "retain", "broker", "apply", "project")}
    )


def test_effort_is_shared_by_weight():
    weights = efforts(recruit=1.0, retain=2.0, project=1.0)
    assert close(effort_shares(weights, np.ones(2)), [[0.25, 0.5, 0.0, 0.0, 0.25]] * 2)
    assert close(effort_shares(weights, np.array([1.0, 3.0]))[1], [1 / 6, 2 / 6, 0.0, 0.0, 3 / 6])
    assert close(effort_shares(efforts(), np.ones(2)), np.zeros((2, 5)))


def test_effort_of_one_organisation():
    common = {f"effort__{name}": 1.0 for name in ("recruit", "retain", "broker", "apply", "project")}
    policy = values(2, split={"effort.recruit": [1.0, 6.0]}, **common)
    assert close(effort_shares(policy, np.ones(2)), [[0.2] * 5, [0.6, 0.1, 0.1, 0.1, 0.1]])


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
    assert close(effort_shares(weights, np.repeat(load, 2))[:, 4], [share] * 2)
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
    assert close(productive_hours(np.array([staff]), 1500.0, admin, np.array([coordination])), [hours])


def test_complacency():
    ratio = np.array([0.5, 1.0, 2.0, 9.0])
    assert close(complacency_rule(ratio, 0.4, 0.2), [1.2, 1.0, 0.6, 0.2])
    assert complacency_rule(ratio, 0.0, 0.2).tolist() == [1.0] * 4


def test_lock_in():
    assert lock_in_rule(4.0, 0.1) == lock_in_rule(2.0, 0.1) == lock_in_rule(30.0, 0.0) == 1.0
    assert lock_in_rule(10.0, 0.1) == pytest.approx(1.0 / 1.6)


@settings(deadline=None)
@given(
    st.lists(st.floats(0.0, 50.0), min_size=1, max_size=60),
    st.floats(0.0, 1.0 - 2.0**-53),
)
def test_whole_numbers_keep_up_with_what_was_expected(expected, shift):
    done, total = np.zeros(1), 0
    for amount in expected:
        number, done = whole(np.array([amount]), done, np.array([shift]))
        assert number[0] >= 0
        total += int(number[0])
        assert abs(total - float(done[0])) <= 1.0
    assert float(done[0]) == pytest.approx(sum(expected))


def test_whole_known_answer():
    done, found = np.zeros(2), []
    for _ in range(5):
        number, done = whole(np.array([0.4, 1.5]), done, np.array([0.0, 0.5]))
        found.append(number.tolist())
    assert found == [[0, 2], [0, 1], [1, 2], [0, 1], [1, 2]]


def test_unit_costs_make_the_grant_pay_the_activities():
    mix = np.array([[0.5, 0.2, 0.1, 0.2], [1.0, 0.0, 0.0, 0.0], [0.25] * 4])
    weight, number, grant = np.array([1.0, 1.5, 2.0, 3.0]), np.array([10.0, 4.0, 0.0]), np.array([16.0, 2.0, 5.0])
    cost = unit_costs(mix, weight, grant, number)
    assert close(cost, [1.0, 0.5, 5.0])  # 10 activities of mean weight 1.6; 4 of weight 1; none: the grant itself


def mix(**share):
    names = ("internationalisation", "application", "project")
    return activity_mix(values(1, **{f"activity_mix__{name}": share.get(name, 0.0) for name in names}))


def test_dissemination_takes_what_the_others_leave():
    assert close(mix(internationalisation=0.1, application=0.2, project=0.3), [[0.4, 0.1, 0.2, 0.3]])
    assert close(mix(), [[1.0, 0.0, 0.0, 0.0]])


def test_shares_above_one_are_squeezed():
    assert close(mix(internationalisation=1.0, application=0.5, project=0.5), [[0.0, 0.5, 0.25, 0.25]])


@settings(deadline=None)
@given(st.tuples(*(st.floats(0.0, 1.0) for _ in range(3))))
def test_any_mix_adds_up(shares):
    found = mix(internationalisation=shares[0], application=shares[1], project=shares[2])
    assert close(found.sum(axis=1), [1.0])
    assert (found >= 0.0).all()
