"""Step 11: fees, sponsors, hours in kind, what replaces grant, running costs and cash. Prices are never one here."""

import numpy as np
import pytest

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.bookings import award, use
from klyngesim.ecosystem.by_organisation import Organisations, Plans, References
from klyngesim.ecosystem.ledger import ACTIVITY, DEB, UFS, Ledger
from klyngesim.ecosystem.processes.cofinancing import (
    CONSEQUENCES,
    Terms,
    covered_rule,
    fees_rule,
    inkind_rule,
    judge,
    private_ratio_rule,
    replaced_rule,
    seats_money_rule,
    sponsors_rule,
)
from klyngesim.ecosystem.processes.solvency import (
    aim_rule,
    base_rule,
    follow_rule,
    liquidity_rule,
    room_rule,
    running_rule,
    saving_rule,
)
from tests.rules.policies import close
from tests.rules.states import state


def test_list_fees_are_paid_by_quarters_at_todays_prices():
    assert close(elementwise(fees_rule)(np.array([4_000.0, 40_000.0]), 1.25), [0.00125, 0.0125])


def test_sponsorship_follows_prices_large_members_and_its_level():
    found = elementwise(sponsors_rule)(np.array([0.4, 0.4]), 1.25, np.array([1.0, 1.5]), np.array([2.0, 1.0]))
    assert close(found, [1.0, 0.75])


def test_hours_in_kind_of_participants_and_in_pilots():
    # 500 x 4 hours at 600 kr. = 1.2 million; a tenth of 3 million in pilots.
    assert close(elementwise(inkind_rule)(np.array([500.0, 0.0]), 4.0, 600.0, np.array([3.0, 3.0]), 0.1), [1.5, 0.3])


def test_what_follows_goes_one_part_of_the_way():
    assert close(elementwise(follow_rule)(np.array([1.0, 4.0]), np.array([2.0, 0.0]), 8.0), [1.125, 3.5])


def test_private_money_is_held_against_the_start_at_constant_prices():
    found = elementwise(private_ratio_rule)(np.array([3.0, 3.0, 3.0]), np.array([2.0, 1.2, 0.0]), 1.25)
    assert close(found, [1.2, 2.0, 2.4])


def test_more_private_money_replaces_a_years_grant_krone_for_krone():
    # A quarter above 2 million at prices of 1.25 is 0.625 a quarter, 2.5 a year: an eighth of a grant of 20.
    ratio, usual, grant = np.array([1.25, 0.8, 1.25]), np.full(3, 2.0), np.array([20.0, 20.0, 40.0])
    assert close(elementwise(replaced_rule)(ratio, usual, 1.25, grant), [0.125, 0.0, 0.0625])


def test_running_costs_bind_a_share_of_income_up_to_that_of_the_start():
    # 8 million at the start are 10 million today: of more than that nothing is bound.
    assert close([base_rule(income, 8.0, 1.25, 0.9, 0.4) for income in (15.0, 10.0, 5.0, 0.0)], [11.0, 9.0, 4.5, 0.0])


def test_half_the_cash_saves_half_of_what_can_be_saved():
    assert close([running_rule(9.0, 0.4, liquidity) for liquidity in (1.0, 0.5, 0.0)], [9.0, 7.2, 5.4])


@pytest.mark.parametrize(
    ("sponsorship", "share", "seats"),
    [(4.0, 0.5, 0.75), (4.0, 0.0, 0.0), (4.0, 1.0, 1.5), (2.5, 1.0, 0.0), (1.0, 1.0, 0.0)],
)
def test_sponsors_pay_seats_from_what_they_give_beyond_the_start(sponsorship, share, seats):
    # 2 million at the start are 2.5 million today.
    assert close(seats_money_rule(sponsorship, 2.0, 1.25, share), seats)


def test_room_is_counted_in_credit_lines():
    free = np.array([3.0, 0.0, -1.5, -6.0])
    assert close(elementwise(room_rule)(free, 3.0), [2.0, 1.0, 0.5, -1.0])


def test_equity_is_aimed_at_for_the_grant_that_is_lent_and_the_business_at_stake():
    # Fourteen months of 3 million DEB a quarter, and four of 6 million business a quarter.
    assert close(aim_rule(3.0, 14.0, 6.0, 4.0), 14.0 + 8.0)


def test_who_has_too_little_equity_saves_a_share_of_own_income_but_no_more_than_is_missing():
    missing = np.array([10.0, 0.3, 0.0, -2.0])
    assert close(elementwise(saving_rule)(4.0, 0.25, 5.0 - missing, 5.0), [1.0, 0.3, 0.0, 0.0])


def test_plans_are_cut_as_the_credit_line_runs_out():
    assert close(elementwise(liquidity_rule)(np.array([2.0, 1.0, 0.5, 0.2, -1.0]), 0.3), [1.0, 1.0, 0.5, 0.3, 0.3])


def test_private_money_over_ufs_money():
    assert close(elementwise(covered_rule)(np.array([3.0, 3.0]), np.array([2.0, 0.0]), 1.25), [1.5, 1.25])


TERMS = Terms(
    fees=np.zeros(5),
    fee_level=np.ones(2),
    sponsorship_level=np.ones(2),
    seat_share=np.zeros(2),
    seat_hours=0.0,
    hour_value=0.0,
    pilot_share=0.0,
    memory=1.0,
    scarce=True,
    required=1.25,
    consequence=CONSEQUENCES.index("pro_rata"),
    replaces=False,
)


def year(first=0, **change):
    """What is kept of the grant after four quarters of 2.5 and 6 million private money and half a million in kind.

    The UFS money of two organisations is 2.8, 0.8 and 0.4 million a quarter on its accounts, DEB 50 million.
    """
    organisations, plan, reference = Organisations(2, 2), Plans(2, 2), References(2, 2)
    organisations.grant_cut, organisations.private_ratio = 1.0, np.array([1.0, 1.25])
    plan.grant_year, reference.private_quarter = np.array([12.0, 8.0]), 2.0
    plan.private, plan.inkind = np.array([2.5, 6.0]), 0.5
    ledger, kept = Ledger(2, first + 4, np.zeros((2, 2, 3))), []
    for period in range(first, first + 4):
        ledger.start(period)
        for index in range(2):
            for account, oere in enumerate((280_000_000, 80_000_000, 40_000_000)):
                award(ledger.now, index, UFS, account, oere)
                use(ledger.now, index, UFS, account, oere)
            award(ledger.now, index, DEB, ACTIVITY, 5_000_000_000)
            use(ledger.now, index, DEB, ACTIVITY, 5_000_000_000)
        tables = {"organisations": organisations, "reference": reference, "plans": plan}
        now = state(period, price=1.25, ledger=ledger, **tables)
        for index in range(2):
            judge(now, index, TERMS._replace(**change))
        ledger.close()
        kept.append(organisations.grant_cut.tolist())
    return kept


def test_the_rule_looks_at_four_quarters_in_the_fourth():
    # 4 x 3 over 4 x 4 is 0.75, three fifths of 1.25; 4 x 6.5 is enough. DEB has no such rule.
    kept = year()
    assert kept[:3] == [[[1.0, 1.0], [1.0, 1.0]]] * 3
    assert close(kept[3], [[0.6, 1.0], [1.0, 1.0]])


def test_a_year_that_is_not_over_is_not_judged():
    kept = year(first=2)
    assert close(kept[1], [[0.6, 1.0], [1.0, 1.0]])
    assert kept[1] == kept[2] == kept[3]


def test_money_above_the_start_replaces_grant_of_both_funders():
    # The second has 0.625 a quarter more than at the start: 2.5 of 20 million a year.
    assert close(year(consequence=CONSEQUENCES.index("none"), replaces=True)[3], [[1.0, 1.0], [0.875, 0.875]])


@pytest.mark.parametrize(("consequence", "kept"), [("none", 1.0), ("ineligible", 0.0)])
def test_consequences(consequence, kept):
    assert close(year(consequence=CONSEQUENCES.index(consequence))[3], [[kept, 1.0], [1.0, 1.0]])
