"""Steps 1 and 2: grants a year, what falls due when, payments in arrears, initiatives and actors."""

import numpy as np
import pytest

from klyngesim.ecosystem.by_organisation import Organisations, Plans, References
from klyngesim.ecosystem.ledger import DEB, UFS, Ledger
from klyngesim.ecosystem.processes.money_in import (
    Terms,
    award_grants,
    budget_rule,
    due_rule,
    grant_rule,
    lag_rule,
    paying_rule,
    release_rule,
)
from klyngesim.ecosystem.processes.policy import actors_rule, held_rule, life_rule, routed_rule
from tests.rules.policies import close, values
from tests.rules.states import state


def test_a_grant_is_budget_index_share_funder_and_what_is_kept():
    # 80 x (1 + 0.5 x 0.2) = 88 a year in all; three quarters of it, 40 % from one funder, who keeps a tenth.
    assert close([budget_rule(80.0, indexation, 1.2) for indexation in (0.0, 0.5, 1.0)], [80.0, 88.0, 96.0])
    assert close(grant_rule(88.0, 0.75, 0.4, 0.9), 66.0 * 0.4 * 0.9)


def due(into, left):
    """What UFS and DEB award of 40 and 80 million a year."""
    return [due_rule(funder, (40.0, 80.0)[funder], into[funder], left[funder]) for funder in (UFS, DEB)]


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
    assert [paying_rule(quarter, instalments) for quarter in range(8)] == [bool(each) for each in pays]


def test_the_newest_expense_paid_lies_so_far_back_that_credit_lasts_on_average():
    # Twelve months less one and a half intervals of a year, half a year and a quarter, 6, 3 and 1.5 months each.
    cases = ((12.0, 1.0), (12.0, 2.0), (12.0, 4.0), (1.0, 2.0))
    assert close([lag_rule(*case) for case in cases], [6.0, 9.0, 10.5, 0.0])


def test_withheld_money_is_released_after_approval_of_the_year_or_the_programme():
    cases = ((16, 2), (16, 5), (3, 0))
    # 2022Q2 is quarter 5: the year ends with quarter 8.
    assert [release_rule(5, *case, by_year=True) for case in cases] == [10, 13, 8]
    # Never before the next quarter.
    assert [release_rule(5, *case, by_year=False) for case in cases] == [18, 21, 6]


def test_a_quarter_begun_is_part_of_the_life_of_an_initiative():
    assert [life_rule(years) for years in (1.0, 2.3, 2.5, 4.0)] == [4, 10, 10, 16]


def test_routed_money_is_the_share_of_what_initiatives_have_over_their_quarters():
    assert close([routed_rule(share, 80.0, 16, 0.5) for share in (0.6, 0.4)], [1.5, 1.0])


def test_routed_initiatives_are_no_actors():
    assert actors_rule(13, 6.0, 0.0, 4, 0.0) == 23.0
    assert actors_rule(12, 6.0, 0.0, 4, 0.75) == 19.0
    assert actors_rule(13, 6.0, 0.5, 4, 1.0) == 16.0  # half of the others are merged, nobody comes beside them


def test_separate_initiatives_hold_what_their_money_pays():
    assert held_rule(6.0, 0.2, 1.0, 1.0) == pytest.approx(30.0)
    assert held_rule(6.0, 0.2, 1.25, 1.2) == pytest.approx(20.0)
    assert held_rule(6.0, 0.0, 1.0, 1.0) == 0.0  # nothing has a price, so nothing is bought


def test_grants_of_a_year_by_organisation_and_funder():
    """100 million, of which the factor leaves 80, three quarters and a quarter doubled; 60 % from UFS."""
    policy = values(
        2,
        split={"grant.organisation_factor": [1.0, 2.0]},
        grant__budget_mkr_year=100.0,
        grant__budget_factor=0.8,
        grant__indexation=0.5,
        grant__ufs_share=0.6,
        grant__passthrough_ufs=0.5,
        grant__passthrough_deb=0.0,
        grant__admin_cap=0.2,
        grant__suspended=0.0,
        ufs__credit_months=2.0,
        deb__credit_months=10.0,
        ufs__instalments_per_year=4.0,
        deb__instalments_per_year=2.0,
        holdback__share=0.15,
        holdback__approval_quarters=2.0,
        holdback__release="year",
    )
    organisations, reference, plans = Organisations(2, 2), References(2, 2), Plans(2, 2)
    reference.grant_share, organisations.grant_cut = np.array([0.75, 0.25]), np.array([[1.0, 0.9], [0.5, 1.0]])
    organisations.open, organisations.period_end = np.array([True, False]), np.array([16, 8])
    organisations.funded = 1
    ledger, terms = Ledger(2, 1, np.zeros((2, 2, 3))), policy.terms(Terms)
    now = state(organisations=organisations, ledger=ledger, price=1.2, reference=reference, plans=plans)

    def award(terms):
        for index in range(2):
            award_grants(now, index, terms)

    award(terms)
    assert close(plans.grant_year, [[66.0 * 0.6, 66.0 * 0.4 * 0.9], [44.0 * 0.6 * 0.5, 44.0 * 0.4]])
    # A year of UFS, half of it for partners, a fifth of the rest for administration; two years of DEB; none if closed.
    assert close(ledger.balance[0] / 1e8, [[19.8, 15.84, 3.96], [0.0, 38.016, 9.504]])
    assert not ledger.balance[1].any()
    # Without a decision what would have been awarded waits, and comes with the next decision.
    award(terms._replace(suspended=True))
    assert close(organisations.late_award, [[39.6, 47.52], [0.0, 0.0]])
    award(terms)
    assert close(ledger.balance[0].sum(axis=1) / 1e8, [3 * 39.6, 3 * 47.52])
    assert not organisations.late_award.any()
