"""Steps 3, 5, 6, 10, 13 and 14: contacts, seats, learning, renewals, fading and what is recorded."""

import pytest

from klyngesim.ecosystem.processes.decay_and_demography import kept_rule
from klyngesim.ecosystem.processes.dissemination import counted_rule, drift_rule, quota_rule, registered_share
from klyngesim.ecosystem.processes.membership import due_rule, renewal_rule
from klyngesim.ecosystem.processes.participation import idea_rule, learning_rate
from klyngesim.ecosystem.processes.record import bound_rule
from klyngesim.ecosystem.processes.record_year import present_rule, registered_rule
from klyngesim.ecosystem.processes.recruitment import contacts_rule, unready_rule, warm_rule
from tests.rules.policies import close


def test_contacts_are_whole_before_and_after_reach():
    """100 hours at 12: 8.33 with a shift, then times reach: 8 x 1.3 and 9 x 1.3, at 30 hours each 3 x 0.5."""
    wanted = ((100.0, 12.0, 0.5, 1.3), (100.0, 12.0, 0.7, 1.3), (100.0, 30.0, 0.1, 0.5))
    assert [contacts_rule(*each) for each in wanted] == [10.0, 12.0, 2.0]


def test_a_refusal_is_unreadiness_when_full_readiness_would_have_made_it_a_yes():
    """At readiness 0.5 a chance of 0.3 would have been 0.6."""
    assert [unready_rule(luck, 0.5, 0.3) for luck in (0.59, 0.61)] == [True, False]


def test_seats_are_for_fewer_firms_when_some_take_two():
    assert [quota_rule(seats, 0.25) for seats in (100, 26, 25, 0)] == [80, 20, 20, 0]


def test_those_who_pay_go_first_when_private_money_has_grown():
    found = [drift_rule(large, ratio, 0.4) for large, ratio in ((True, 1.5), (False, 1.5), (True, 0.5))]
    assert close(found, [1.0 / 1.2, 1.0, 1.0])


def test_taking_part_teaches_more_with_courses():
    assert learning_rate(0.1, 0.0) == 0.1
    assert learning_rate(0.1, 0.5) == pytest.approx(0.15)
    assert learning_rate(0.6, 1.0) == 1.0


def test_ready_firms_bring_ideas_and_rarely_a_second_one():
    found = [idea_rule(ready, without, 0.2, 0.3) for ready, without in ((0.5, True), (0.5, False), (0.8, True))]
    assert close(found, [0.1, 0.03, 0.16])


def test_renewal_comes_once_a_year_after_joining():
    """In quarter 9: joined now, a quarter, a year, five quarters and two years ago, and before 2021."""
    since = [9, 8, 5, 4, 1, -3]
    assert [due_rule(9, each) for each in since] == [False, False, True, False, True, True]
    assert [renewal_rule(9, each, 0.6, 0.9) for each in since] == [0.6, 0.6, 0.6, 0.9, 0.9, 0.9]


def test_care_keeps_trust():
    """4 % a quarter at the usual care, 2 % at twice of it, 8 % without any, and never more than all."""
    assert close([kept_rule(0.04, care) for care in (1.0, 2.0, 0.5, 0.0)], [0.96, 0.98, 0.92, 0.92])
    assert kept_rule(0.7, 0.0) == 0.0


def test_administration_binds_what_is_not_productive_in_a_quarter():
    """Ten posts of 1,600 hours a year are 4,000 a quarter, 3,100 of them productive; never less than none."""
    assert bound_rule(10.0, 1600.0, 3100.0) == (900.0, 4000.0)
    assert bound_rule(1.0, 1600.0, 500.0) == (0.0, 400.0)


def test_the_register_finds_micro_firms_less_often():
    assert registered_rule(40.0, 100.0, 0.3, 0.5) == pytest.approx(35.0)


def test_institutions_with_more_visits_are_likelier_among_the_participants():
    assert [present_rule(visits) for visits in (0.0, 1.0, 3.0)] == [0.0, 0.5, 0.75]


def test_whoever_is_referred_answers_more_and_never_more_than_surely():
    assert warm_rule(0.4, 0.0) == 0.4
    assert close(warm_rule(0.4, 0.25), 0.5)
    assert warm_rule(0.9, 0.5) == 1.0


def test_seats_are_registered_in_proportion_to_the_activities_that_are():
    assert close([registered_share(8, 10), registered_share(10, 10), registered_share(0, 3)], [0.8, 1.0, 0.0])
    assert registered_share(0, 0) == 0.0
    # One seat with chance 0.8; of two seats one or both; all of them where everything is registered.
    assert [counted_rule(1.0, 0.8, luck) for luck in (0.1, 0.3)] == [0.0, 1.0]
    assert [counted_rule(2.0, 0.8, luck) for luck in (0.1, 0.5)] == [1.0, 2.0]
    assert [counted_rule(seats, 1.0, luck) for seats in (1.0, 2.0) for luck in (0.0, 0.999)] == [1.0, 1.0, 2.0, 2.0]
