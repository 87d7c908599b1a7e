"""Steps 1, 2, 11 and 12 and the reference of 2021-2023: money, calendars and actors, each with neighbours apart."""

import numpy as np
import pytest

from klyngesim.ecosystem.processes.cofinancing import (
    fees_rule,
    follow_rule,
    inkind_rule,
    liquidity_rule,
    private_ratio_rule,
    replaced_rule,
    room_rule,
    running_rule,
    sponsors_rule,
)
from klyngesim.ecosystem.processes.evaluation import judged_rule, shared_out
from klyngesim.ecosystem.processes.money_in import due_rule, lag_rule, paying_rule, release_rule
from klyngesim.ecosystem.processes.policy import actors_rule, life_rule, routed_rule
from klyngesim.ecosystem.processes.presence import awareness_rule, presence_rule, visitors_rule
from klyngesim.ecosystem.processes.recruitment import exporter_ratios
from klyngesim.ecosystem.reference import funds, own_part
from tests.rules.policies import close, values


def test_fees_of_a_quarter_in_million_kroner():
    """Four million kroner a year at prices a quarter above the start."""
    assert close(fees_rule(np.array([4_000_000.0, 8_000.0]), 1.25), [1.25, 0.0025])


def test_sponsorship_follows_prices_large_members_and_its_level():
    assert close(sponsors_rule(np.array([2.0]), 1.25, np.array([1.2]), np.array([3.0])), [9.0])


def test_hours_in_kind_of_participants_and_in_pilots():
    """500 participations of 4 hours at 600 kr. are 1.2 million; a quarter of the 8 million in pilots on top."""
    assert close(inkind_rule(np.array([500.0]), 4.0, 600.0, np.array([8.0]), 0.25), [3.2])


def test_following_goes_a_part_of_the_way():
    assert close(follow_rule(np.array([8.0, 8.0]), np.array([12.0, 4.0]), 8.0), [8.5, 7.5])


def test_private_money_over_the_start_at_its_prices():
    assert close(private_ratio_rule(np.array([6.0, 6.0]), np.array([4.0, 0.0]), 1.2), [1.25, 5.0])


def test_more_private_money_replaces_grant_krone_for_krone():
    """Half as much again of 2 million a quarter at prices of 1.25 is 5 million a year, an eighth of 40."""
    found = replaced_rule(np.array([1.5, 0.5]), np.array([2.0, 2.0]), 1.25, np.array([40.0, 40.0]))
    assert close(found, [0.125, 0.0])


def test_running_costs_follow_own_income_and_the_short_save():
    assert close(running_rule(np.array([5.0, 5.0]), 0.8, 0.5, np.array([1.0, 0.4])), [4.0, 2.8])


def test_room_is_cash_and_credit_in_credit_lines():
    """A line of 10 % of 40 million at prices of 1.25 is five million."""
    room = room_rule(np.array([5.0, 0.0, -4.0, -6.0]), np.full(4, 40.0), 1.25, 0.1)
    assert close(room, [2.0, 1.0, 0.2, -0.2])
    assert close(liquidity_rule(room, 0.3), [1.0, 1.0, 0.3, 0.3])
    assert close(liquidity_rule(np.array([0.7]), 0.3), [0.7])


def test_awards_of_a_year_and_of_a_period():
    """UFS: 8 a year in every fourth quarter, three quarters of it where three are left; DEB: 6 a year at the start."""
    yearly = np.tile([8.0, 6.0], (5, 1))
    into = np.array([[0, 0], [1, 1], [4, 4], [12, 0], [4, 12]])
    left = np.array([[16, 12], [15, 11], [12, 8], [3, 10], [2, 0]])
    assert close(due_rule(yearly, into, left), [[8.0, 18.0], [0.0, 0.0], [8.0, 0.0], [6.0, 15.0], [4.0, 0.0]])


@pytest.mark.parametrize(
    ("instalments", "paid"), [(4.0, [0, 1, 2, 3]), (2.0, [0, 2]), (1.0, [0]), (3.0, [0, 2, 3]), (0.5, [0])]
)
def test_funders_pay_as_often_as_they_have_instalments(instalments, paid):
    found = paying_rule(np.arange(8), np.array([instalments]))
    year = [quarter for quarter in range(4) if found[quarter]]
    assert year == paid
    assert found[4:].sum() == (len(paid) if instalments >= 1.0 else 0)


def test_money_is_out_for_the_credit_time_on_average():
    """Eleven months at two payments a year leave eight; two months at four are used up by the intervals."""
    assert close(lag_rule(np.array([11.0, 2.0, 1.0]), np.array([2.0, 4.0, 4.0])), [8.0, 0.5, 0.0])


def test_what_is_withheld_is_released_after_the_year_or_the_programme():
    """In 2022Q2: two and five quarters after the year, which ends with quarter 7; or after the programme."""
    approval, ends = np.array([2, 5]), np.array([16, 3])
    assert release_rule(5, ends, approval, "year").tolist() == [10, 13]
    assert release_rule(5, ends, approval, "programme_end").tolist() == [18, 8]
    assert release_rule(9, ends, approval, "programme_end").tolist() == [18, 10]  # at the earliest in the next quarter


@pytest.mark.parametrize(("years", "quarters"), [(3.0, 12), (2.3, 10), (0.1, 1)])
def test_initiatives_run_a_quarter_begun_to_its_end(years, quarters):
    assert life_rule(years) == quarters


def test_initiatives_that_are_routed_are_no_actors_and_bring_their_money_over_their_life():
    assert actors_rule(13, 40.0, 5, 0.2) == pytest.approx(57.0)
    assert close(routed_rule(np.array([0.25, 0.1]), 60.0, 12, 0.4), [0.5, 0.2])


def test_evaluations_fall_due_by_each_ones_own_clock():
    """Every four quarters from quarter 0 or 2 on, one of them a quarter early; never on the first day."""
    since, early = np.array([0, 2, 0, 8]), np.array([0, 0, 1, 0])
    assert judged_rule(8, since, 4, early).tolist() == [True, False, False, False]
    assert judged_rule(7, since, 4, early).tolist() == [False, False, True, False]
    assert judged_rule(10, since, 4, early).tolist() == [False, True, False, False]
    assert not judged_rule(8, since, 0, early).any()


def test_shares_of_those_not_renewed_go_to_those_who_stay():
    share = np.array([0.4, 0.1, 0.3, 0.2])
    found = shared_out(share, np.array([True, False, False, False]), np.array([False, False, False, True]))
    assert close(found, [0.0, 0.2, 0.6, 0.2])


def test_presence_follows_awareness_and_measures():
    found = presence_rule(np.array([0.4, 0.4, 0.4]), np.array([0.3, 0.6, 0.6]), np.array([0.6, 0.6, 0.1]), 1.5)
    assert close(found, [0.3, 0.6, 1.0])


def test_awareness_moves_towards_what_is_met():
    """Half as many activities met, response 0.8: 60 % of the usual 0.5; a quarter of the way from 0.7."""
    found = awareness_rule(np.array([0.7, 0.7]), np.array([0.5, 0.5]), np.array([0.5, 9.0]), 0.8, 0.25)
    assert close(found, [0.6, 0.775])


def test_institutions_come_by_their_presence():
    assert visitors_rule(np.array([10, 10, 10]), np.array([1.5, 3.0, 1.0]), np.array([2.0, 2.0, 0.0])).tolist() == [
        8,
        15,
        0,
    ]


def test_exporters_of_an_organisation():
    assert close(exporter_ratios(1.8, np.array([1.0, 0.5, 0.0, 2.0])), [1.8, 1.4, 1.0, 2.6])


def money(**change):
    usual = {
        "private.fees_share": 0.4,
        "private.sponsorship_share": 0.1,
        "private.foundations_share": 0.2,
        "external.overhead_share": 0.25,
        "grant.ufs_share": 0.75,
        "holdback.share": 0.1,
        "holdback.approval_quarters": 2.0,
        "deb.credit_months": 10.0,
        "ufs.credit_months": 2.0,
        "finance.equity_months": 50.0,
    }
    return values(1, **{**usual, **change})


def test_private_money_and_equity_of_the_start():
    """A grant of 12 a quarter is 4 a month: 3 of UFS and 1 of DEB; 20 private and 8 + 4 + 4 external a quarter."""
    ref = {"grant_quarter": np.array([12.0]), "external_quarter": np.array([[8.0, 4.0, 4.0]])}
    funds(money(), ref, np.array([20.0]))
    assert {name: float(ref[f"{name}_quarter"][0]) for name in ("fees", "sponsorship", "foundations")} == pytest.approx(
        {"fees": 8.0, "sponsorship": 2.0, "foundations": 4.0}
    )
    assert close(ref["project_cash_quarter"], [6.0])
    assert close(ref["own_income_quarter"], [14.0 + 0.25 * 16.0])
    assert close(ref["turnover_year"], [4.0 * (12.0 + 16.0 + 20.0)])
    # 50 months of DEB, less ten of DEB, two of UFS, and a tenth of UFS withheld for a year and a half.
    assert close(ref["equity_target"], [50.0 - (10.0 + 6.0 + 12.0 * 3.0 * 0.1 * 1.5)])


def test_own_part_of_the_grant():
    policy = values(1, grant__ufs_share=0.75, grant__passthrough_ufs=0.4, grant__passthrough_deb=0.2)
    assert close(own_part(policy), [1.0 - 0.3 - 0.05])
