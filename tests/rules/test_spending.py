"""Step 4, money: what is used, what measures cost, and which activities the rest pays. Prices are never one here."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.bookings import passed_on
from klyngesim.ecosystem.by_organisation import Organisations, Plans
from klyngesim.ecosystem.ledger import PARTNERS, PASSED_ON, SPENT, UFS, Ledger
from klyngesim.ecosystem.processes.activity_mix import (
    activity_mix,
    held_mix,
    mix_cost_rule,
    pilots_paid,
    possible_rule,
)
from klyngesim.ecosystem.processes.solvency import Aim
from klyngesim.ecosystem.processes.spending import (
    MEASURES,
    Terms,
    cost_rule,
    lock_in_rule,
    measures_rule,
    number_rule,
    pace_rule,
    spend_down_rule,
    spend_grant,
    unit_costs,
    use_rule,
)
from tests.rules.policies import close, values
from tests.rules.states import state


def test_pace_is_held_back_by_friction_start_vacancies_and_cash():
    people, posts = np.array([8.0, 12.0, 0.3, 8.0]), np.array([10.0, 10.0, 0.5, 10.0])
    liquidity = np.array([1.0, 1.0, 1.0, 0.5])
    # 0.9 x 0.8 x four people in five; more people than posts; fewer than one post counts as one; half the cash.
    assert close(elementwise(pace_rule)(0.9, 0.8, people, posts, liquidity), [0.576, 0.72, 0.216, 0.288])


def test_a_quarter_of_the_years_grant_is_used_account_by_account():
    assert close([use_rule(40.0, 0.9, share) for share in (0.7, 0.2, 0.1)], [6.3, 1.8, 0.9])
    assert close([use_rule(80.0, 0.5, share) for share in (0.3, 0.6, 0.1)], [3.0, 6.0, 1.0])


def test_grant_is_used_by_funder_and_account_as_far_as_there_is_any():
    """Half of ten posts are filled; DEB supports nobody, the second is closed, the third has little left."""
    organisations, plans, ledger = Organisations(3, 3), Plans(3, 3), Ledger(3, 1, np.zeros((3, 2, 3)))
    organisations.open, organisations.funded = np.array([True, False, True]), np.array([1, 0])
    organisations.staff, organisations.liquidity = 5.0, 1.0
    plans.posts, plans.grant_year = 10.0, np.array([40.0, 80.0])
    ledger.balance = 1_000_000_000
    ledger.balance[2] = 150_000_000
    policy = Terms(
        account_share=np.tile(np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]]), (3, 1, 1)),
        absorption=0.9,
        start_year=0.8,
        lock_in=0.0,
        scarce=True,
        aim=Aim(np.zeros(3), 0.0),
        spend_down=0.0,
        quarters=8.0,
        contact_cost=1.0,
        level=np.zeros(6),
        full=np.zeros(6),
        paid_extra=False,
    )
    found = state(organisations=organisations, ledger=ledger, plans=plans)
    # 40 / 4 x 0.9 x 0.8 x 0.5 = 3.6 million, of which 2.52 go to partners.
    assert close([spend_grant(found, index, policy) for index in range(3)], [3.6, 0.0, 1.5 + 1.08])
    assert [passed_on(ledger.now, index) / 1e8 for index in range(3)] == [2.52, 0.0, 1.5]
    assert close(ledger.now.book[0].grant[:, :, SPENT] / 1e8, [[0.0, 0.72, 0.36], [0.0, 0.0, 0.0]])
    assert close([book.grant[UFS, PARTNERS, PASSED_ON] / 1e8 for book in ledger.now.book], [2.52, 0.0, 1.5])


def test_equity_above_the_aim_is_used_as_far_as_there_is_cash():
    # 8 above the aim in cash; only 3 of them in cash; no cash; below the aim.
    pairs = ((12.0, 9.0), (12.0, 3.0), (12.0, -1.0), (21.0, 9.0))
    found = [spend_down_rule(20.0, aim, cash, 0.1) for aim, cash in pairs]
    assert close(found, [0.8, 0.3, 0.0, 0.0])


PRICES = {full: 10.0 * (n + 1) for n, (_, full) in enumerate(MEASURES)}
LEVELS = [level for level, _ in MEASURES]


def measures(price=1.25, /, **levels):
    """Cost of a quarter in two organisations of 60 and 40 % of the grant; every measure has a price of its own."""
    level, full = [levels.get(name, 0.0) for name in LEVELS], [PRICES[name] for _, name in MEASURES]
    contact_staff = levels.get("contact_staff.fte", 0.0) * 0.8
    return [measures_rule(contact_staff, share, level, full, price) for share in (0.6, 0.4)]


@pytest.mark.parametrize(
    ("level", "price_of"),
    [
        ("researcher.incentive", "researcher.incentive_cost_mkr_year"),
        ("local.partners", "local.cost_mkr_year"),
        ("phd.bridge", "phd.cost_mkr_year"),
        ("institutions.outreach", "institutions.outreach_cost_mkr_year"),
        ("competence.level", "competence.cost_mkr_year"),
        ("referral.share", "referral.cost_mkr_year"),
    ],
)
def test_every_measure_is_paid_at_its_own_price(level, price_of):
    # Half the level, at prices a quarter higher, in a quarter of a year.
    assert close(measures(**{level: 0.5}), np.array([0.6, 0.4]) * 0.5 * PRICES[price_of] * 1.25 / 4.0)


def test_contact_staff_cost_the_same_in_every_organisation():
    assert close(measures(**{"contact_staff.fte": 2.0}), [0.5, 0.5])  # 2 x 0.8 x 1.25 / 4


def test_measures_add_up_and_all_are_known():
    everything = dict.fromkeys([*LEVELS, "contact_staff.fte"], 1.0)
    assert close(measures(**everything), [(0.8 + 0.6 * 210.0) * 1.25 / 4.0, (0.8 + 0.4 * 210.0) * 1.25 / 4.0])
    assert len(PRICES) == len(LEVELS) == 6


MIX = np.array([[0.5, 0.2, 0.1, 0.2], [1.0, 0.0, 0.0, 0.0]])
WEIGHT = np.array([1.0, 1.5, 2.0, 4.0])


def test_activities_cost_their_weight_at_the_unit_cost_and_todays_prices():
    # 4 + 3 + 2 x 2 + 4 x 1 = 15 of weight 1 at 0.5 x 1.2; 3 at 2 x 1.2.
    assert close(cost_rule((4.0, 2.0, 2.0, 1.0), WEIGHT, 0.5, 1.2), 9.0)
    assert close(cost_rule((3.0, 0.0, 0.0, 0.0), WEIGHT, 2.0, 1.2), 7.2)


def test_money_pays_activities_in_the_mix():
    # A mean weight of 1.8 at 0.5 x 1.25: 1.125 each; 2.5 each.
    assert close(number_rule(11.25, MIX[0], WEIGHT, 0.5, 1.25), 10.0)
    assert close(number_rule(10.0, MIX[1], WEIGHT, 2.0, 1.25), 4.0)
    assert close(cost_rule(10.0 * MIX[0], WEIGHT, 0.5, 1.25), 11.25)


def test_where_an_activity_has_no_price_none_is_bought():
    assert number_rule(10.0, MIX[0], WEIGHT, 0.0, 1.25) == 0.0


def possible(group=10.0, apply_hours=0.2, project_hours=0.2, paid=True):
    return [possible_rule(kind, group, apply_hours, project_hours, paid) for kind in range(4)]


def test_what_can_be_held():
    assert possible() == [True, True, True, True]
    assert possible(paid=False) == [True, True, True, False]
    assert possible(project_hours=0.0) == [True, True, True, False]
    assert possible(apply_hours=0.0) == [True, True, False, True]
    assert possible(group=0.0) == [True, False, True, True]


@pytest.mark.parametrize(("broad", "years", "paid"), [(0, 4, True), (1, 4, False), (0, 0.25, False), (0, 0.5, True)])
def test_pilots_are_paid_by_a_grant_that_is_long_enough(broad, years, paid):
    assert pilots_paid(values(1, grant__broad_only=broad, grant__horizon_years=years)) is paid


@pytest.mark.parametrize(
    ("shares", "can", "held"),
    [
        ([0.5, 0.2, 0.1, 0.2], [1, 1, 1, 0], [0.625, 0.25, 0.125, 0.0]),
        ([0.5, 0.2, 0.1, 0.2], [1, 0, 1, 0], [5 / 6, 0.0, 1 / 6, 0.0]),
        ([0.0, 0.0, 0.0, 1.0], [1, 1, 1, 0], [1.0, 0.0, 0.0, 0.0]),  # nothing else planned: dissemination
        ([0.0, 0.5, 0.0, 0.5], [1, 1, 1, 0], [0.0, 1.0, 0.0, 0.0]),
        ([0.1, 0.2, 0.7, 0.0], [1, 1, 1, 0], [0.1, 0.2, 0.7, 0.0]),  # to the last digit
    ],
)
def test_the_share_of_what_cannot_be_held_goes_to_the_others(shares, can, held):
    found = held_mix(np.array(shares), np.array(can, dtype=bool))
    assert close(found, held)
    if all(possible or not share for possible, share in zip(can, shares, strict=True)):
        assert found.tolist() == shares


def test_lock_in():
    assert lock_in_rule(0, 0.1) == lock_in_rule(16, 0.1) == lock_in_rule(120, 0.0) == 1.0
    assert lock_in_rule(17, 0.1) == pytest.approx(1.0 / 1.025)
    assert lock_in_rule(40, 0.1) == pytest.approx(1.0 / 1.6)


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


def test_a_dearer_mix_costs_what_keeps_every_type_where_it_was():
    weights = np.array([1.0, 1.5, 1.5, 3.0])
    usual, more = np.array([0.9, 0.1, 0.0, 0.0]), np.array([0.6, 0.4, 0.0, 0.0])
    # 90 of 100 activities are dissemination; they are 60 % of 150, of which 60 are internationalisation.
    assert mix_cost_rule(more, usual, weights) == pytest.approx((90 + 1.5 * 60) / (90 + 1.5 * 10))
    assert mix_cost_rule(usual, usual, weights) == 1.0
    alone = np.array([0.0, 1.0, 0.0, 0.0])
    assert mix_cost_rule(alone, usual, weights) == pytest.approx(1.5 / 1.05)  # what is given up needs no money
    assert mix_cost_rule(usual, usual, np.zeros(4)) == 1.0
