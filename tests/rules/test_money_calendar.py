"""Steps 1 and 2: grants a year, what falls due when, payments in arrears, initiatives and actors."""

import numpy as np
import pytest

from klyngesim.ecosystem.processes.money_in import due_rule, grant_rule, lag_rule, paying_rule, release_rule
from klyngesim.ecosystem.processes.policy import actors_rule, life_rule, routed_rule
from tests.rules.policies import close, values

GRANT = {
    "grant__indexation": 0.5,
    "grant__budget_mkr_year": 100.0,
    "grant__budget_factor": 0.8,
    "grant__ufs_share": 0.6,
}


def test_a_grant_is_budget_factor_index_share_funder_and_what_is_kept():
    # 100 x 0.8 x (1 + 0.5 x 0.2) = 88 a year in all; three quarters of it, and a quarter of it doubled.
    policy = values(2, split={"grant.organisation_factor": [1.0, 2.0]}, **GRANT)
    kept = np.array([[1.0, 0.9], [0.5, 1.0]])
    found = grant_rule(policy, np.array([0.75, 0.25]), kept, 1.2)
    assert close(found, [[66.0 * 0.6, 66.0 * 0.4 * 0.9], [44.0 * 0.6 * 0.5, 44.0 * 0.4]])


def due(into, left):
    """What UFS and DEB award of 40 and 80 million a year."""
    return due_rule(np.array([[40.0, 80.0]]), np.array([into]), np.array([left]))[0].tolist()


@pytest.mark.parametrize(
    ("into", "left", "amounts"),
    [
        ((0, 0), (16, 8), [40.0, 160.0]),  # a year of UFS, two years of DEB
        ((1, 1), (15, 7), [0.0, 0.0]),
        ((4, 4), (12, 4), [40.0, 0.0]),  # UFS awards every year, DEB once a period
        ((8, 0), (3, 16), [30.0, 320.0]),  # three quarters are left of the UFS period
        ((12, 0), (4, 1), [40.0, 20.0]),
        ((3, 3), (1, 1), [0.0, 0.0]),
    ],
)
def test_what_falls_due(into, left, amounts):
    assert due(into, left) == amounts


@pytest.mark.parametrize(
    ("instalments", "pays"),
    [
        (1.0, [1, 0, 0, 0, 1, 0, 0, 0]),
        (2.0, [1, 0, 1, 0, 1, 0, 1, 0]),
        (3.0, [1, 0, 1, 1, 1, 0, 1, 1]),
        (4.0, [1, 1, 1, 1, 1, 1, 1, 1]),
    ],
)
def test_a_year_has_as_many_payments_as_instalments(instalments, pays):
    assert paying_rule(np.arange(8), np.array(instalments)).tolist() == [bool(each) for each in pays]


def test_the_newest_expense_paid_lies_so_far_back_that_credit_lasts_on_average():
    # Twelve months less one and a half intervals of a year, half a year and a quarter, 6, 3 and 1.5 months each.
    months = np.array([12.0, 12.0, 12.0, 1.0])
    assert close(lag_rule(months, np.array([1.0, 2.0, 4.0, 2.0])), [6.0, 9.0, 10.5, 0.0])


def test_withheld_money_is_released_after_approval_of_the_year_or_the_programme():
    end, approval = np.array([16, 16, 3]), np.array([2, 5, 0])
    # 2022Q2 is quarter 5: the year ends with quarter 8.
    assert release_rule(5, end, approval, "year").tolist() == [10, 13, 8]
    assert release_rule(5, end, approval, "programme_end").tolist() == [18, 21, 6]  # never before the next quarter


def test_a_quarter_begun_is_part_of_the_life_of_an_initiative():
    assert [life_rule(years) for years in (1.0, 2.3, 2.5, 4.0)] == [4, 10, 10, 16]


def test_routed_money_is_the_share_of_what_initiatives_have_over_their_quarters():
    assert close(routed_rule(np.array([0.6, 0.4]), 80.0, 16, 0.5), [1.5, 1.0])


def test_routed_initiatives_are_no_actors():
    assert actors_rule(13, 6.0, 4, 0.0) == 23.0
    assert actors_rule(12, 6.0, 4, 0.75) == 19.0
