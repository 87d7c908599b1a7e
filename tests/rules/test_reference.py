"""What each organisation did at the start: identities that tie it to Tables 2, 6 and 7."""

import numpy as np
import pytest

from klyngesim.ecosystem.processes.activity_mix import TYPES, activity_mix
from klyngesim.ecosystem.reference import (
    QUARTERS,
    application_hours_rule,
    inherited_rule,
    over,
    reference_values,
    relative,
)
from tests.rules.policies import baseline, close


@pytest.fixture(scope="module")
def reference():
    return reference_values(baseline(), np.ones(13))


def table(name):
    return baseline().vec(name)


def test_over():
    assert over(np.array([1.0, 2.0, 0.0]), np.array([4.0, 0.0, 0.0])).tolist() == [0.25, 0.0, 0.0]


@pytest.mark.parametrize(
    ("spread", "found"), [(1.0, [0.5, 1.0, 1.5]), (0.0, [1.0, 1.0, 1.0]), (0.5, [0.75, 1.0, 1.25])]
)
def test_organisation_effects_are_relative_to_the_mean(spread, found):
    assert close(relative(np.array([2.0, 4.0, 6.0]), spread), found)


def test_organisation_effects_have_bounds():
    assert relative(np.array([0.0] * 20 + [5.0]), 1.0).tolist() == [0.1] * 20 + [10.0]
    assert relative(np.zeros(3), 1.0).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("hours", "number", "found"),
    [
        ([300.0, 100.0], [2.0, 2.0], [150.0, 50.0]),
        ([300.0, 0.0], [2.0, 1.0], [150.0, 100.0]),  # none of its own: the mean
        ([300.0, 3.0], [1.0, 2.0], [300.0, 10.1]),  # a tenth of the mean
        ([0.0, 0.0], [2.0, 1.0], [0.0, 0.0]),
    ],
)
def test_hours_behind_an_application(hours, number, found):
    assert close(application_hours_rule(np.array(hours), np.array(number)), found)


def test_grants_are_those_of_table_7(reference):
    assert close(reference.grant_share.sum(), 1.0)
    assert close(reference.grant_quarter * QUARTERS, table("grant.spent_2021_23_mkr"))
    budget = 3.0 * baseline().num("grant.budget_mkr_year")
    assert close(reference.spent_share * budget, np.full(13, table("grant.spent_2021_23_mkr").sum()))


def test_the_grant_pays_the_activities_of_table_2(reference):
    weight = np.array([baseline().num(f"activity_cost.{name}") for name in TYPES])
    paid = reference.unit_cost * (reference.activities_quarter @ weight)
    assert close(paid, reference.grant_quarter)
    assert close(reference.activities_quarter.sum(axis=1) * QUARTERS, table("activities.total_2021_23"))
    pilots = reference.unit_cost * reference.activities_quarter[:, 3] * weight[3]
    assert close(pilots, reference.pilot_cost_share * reference.grant_quarter)


def test_private_money_is_that_of_table_7(reference):
    parts = ("fees", "sponsorship", "foundations", "project_cash")
    whole = sum(getattr(reference, f"{name}_quarter") for name in parts)
    assert close(whole * QUARTERS, table("external.private_2021_23_mkr"))
    assert all((getattr(reference, f"{name}_quarter") >= 0.0).all() for name in parts)


def test_applications_bring_home_the_competed_income(reference):
    """Number x success x award gives back the part of Table 7 that is competed for, source by source."""
    policy = baseline()
    competed = policy.num("external.competed_share") * reference.external_quarter[:, :2]
    success = np.array([policy.num(f"calls.fixed_success_{name}") for name in ("national", "eu")])
    eu = reference.eu_share
    mean_success = success[0] * (1.0 - eu) + success[1] * eu
    won = reference.applications_quarter * mean_success * reference.award_mkr
    assert close(won, competed.sum(axis=1))
    assert (reference.applications_quarter >= reference.activities_quarter[:, 2]).all()


def test_hours_are_those_of_the_posts(reference):
    policy = baseline()
    hours = reference.hours.sum(axis=1) * 4.0
    assert (hours > 0.0).all()
    assert (hours < reference.staff_posts * policy.num("staff.hours_year")).all()
    joint = policy.num("application.planned_joint")
    assert close(reference.written_quarter, reference.applications_quarter / joint)
    planned = reference.written_quarter / policy.num("application.planned_filled")
    assert close(reference.hours[:, 3], reference.hours_per_application * planned)
    assert (reference.staff_posts == np.rint(reference.staff_posts)).all()


def test_hours_are_what_administration_and_initiatives_leave(reference):
    """Posts less those vacant; as many initiatives run as start in the life of one."""
    num = baseline().num
    filled = reference.staff_posts / (1.0 + num("staff.exit_year") * num("staff.hiring_quarters") / 4.0)
    strings = num("admin.funding_strings") - 1.0
    bound = num("admin.share_one_string") * (1.0 - strings) + num("admin.share_two_strings") * strings
    others = num("coordination.hours_per_initiative") * num("initiative.life_years") / num("initiative.years_between")
    left = filled * num("staff.hours_year") * (1.0 - bound) - others
    assert (left > 0.0).all()
    assert reference.hours.sum(axis=1) * 4.0 == pytest.approx(left)


def test_seats_are_activities_times_table_6(reference):
    mix = activity_mix(baseline()) * table("activities.total_2021_23")[:, None]
    seats = mix[:, 0] * table("seats.dissemination_firms") + mix[:, 1] * table("seats.internationalisation_firms")
    assert close(reference.seats_quarter * QUARTERS, seats)


def test_members_at_the_start_follow_the_reading_of_table_2(reference):
    policy = baseline()
    firms = table("members.total_2021_23") * policy.num("members.firm_share")
    assert policy.word("membership.reading") == "ever_2021_23"
    assert close(reference.member_stock, firms * policy.num("membership.inherited_share"))


def test_joining_and_leaving_balance_where_members_leave_more_readily():
    """Of 100 who are members in three years 64 are there at first and 36 leave; twice as readily: 47 and 53."""
    found = inherited_rule(0.64, np.array([1.0, 2.0, 0.0]))
    assert close(found, [0.64, 0.64 / 1.36, 1.0])
    left = (1.0 - found) / found
    assert close(left, 0.36 / 0.64 * np.array([1.0, 2.0, 0.0]))


def test_more_have_to_join_where_members_leave_more_readily():
    """Twice as readily as the rest: as many members of three years, a smaller stock, and more who join."""
    leaving = np.ones(13)
    leaving[4] = 2.0
    usual, found = (reference_values(baseline(), each) for each in (np.ones(13), leaving))
    share = baseline().num("membership.inherited_share")
    assert close(found.member_stock[4] / usual.member_stock[4], 1.0 / (2.0 - share))
    others = np.arange(13) != 4
    assert close(found.member_stock[others], usual.member_stock[others])
    ratio = found.joining / usual.joining
    assert ratio[4] > 1.2 * ratio[others].max()


def test_no_organisation_starts_with_a_negative_reference(reference):
    for name in reference.COLUMNS:
        column = getattr(reference, name)
        assert np.isfinite(column).all(), name
        assert (column >= 0.0).all(), name
