"""Steps 10 to 12: membership, private money, evaluation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.build import leaving_effects
from klyngesim.ecosystem.processes.cofinancing import CONSEQUENCES, shortfall_rule
from klyngesim.ecosystem.processes.evaluation import score_rule
from klyngesim.ecosystem.processes.membership import (
    fee_rule,
    join_rule,
    offer_rule,
    rebate,
    renew_rule,
    schedule_rule,
    stay_rule,
)
from klyngesim.ecosystem.processes.solvency import shock_rule
from klyngesim.streams import Decision, Streams
from tests.rules.policies import close, values


@pytest.mark.parametrize(
    ("level", "elasticity", "factor"),
    [
        (1.0, -0.3, 1.0),  # today's fee
        (2.0, -0.3, 1.0 / 1.3),
        (0.0, -0.3, 1.0 / 0.7),  # free
        (0.0, 0.0, 1.0),
        (50.0, 0.0, 1.0),  # nobody minds
        (0.0, -0.9, 2.0),  # at most twice as many
        (11.0, -1.0, 1.0 / 11.0),
    ],
)
def test_fees(level, elasticity, factor):
    assert close(fee_rule(level, elasticity), factor)


def test_a_list_fee_counts_over_that_of_the_start():
    assert close(schedule_rule(6000.0, 3000.0), 2.0)
    assert schedule_rule(3000.0, 3000.0) == 1.0
    assert schedule_rule(3000.0, 0.0) == 1.0  # who paid nothing has nothing to compare with


def test_the_elasticity_is_the_slope_at_todays_fee():
    step = 1e-6
    slope = (fee_rule(1.0 + step, -0.3) - fee_rule(1.0 - step, -0.3)) / (2.0 * step)
    assert slope == pytest.approx(-0.3, rel=1e-6)


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 1e6), min_size=2, max_size=10), st.floats(-1.0, 0.0))
def test_a_higher_fee_never_draws_more(levels, elasticity):
    factors = np.array([fee_rule(level, elasticity) for level in sorted(levels)])
    assert (np.diff(factors) <= 0.0).all()
    assert (factors > 0.0).all()


@pytest.mark.parametrize(
    ("trust", "weight", "joining", "fee", "chance"),
    [(0.0, 1.0, 1.0, 1.0, 0.01), (0.5, 1.0, 1.0, 1.0, 0.06), (0.5, 2.0, 0.5, 0.5, 0.03), (1.0, 10.0, 3.0, 1.0, 1.0)],
)
def test_joining(trust, weight, joining, fee, chance):
    assert close(join_rule(trust, weight, joining, fee, 0.01, 0.1), chance)


@pytest.mark.parametrize(
    ("base", "trust", "support", "fee", "chance"),
    [
        (0.8, 0.3, 1.0, 1.0, 0.8),  # all as usual
        (0.8, 0.8, 1.0, 1.0, 0.9),  # 0.2 for each unit of trust above 0.3
        (0.8, 0.3, 0.5, 1.0, 0.76),  # half of the usual support, response 0.1
        (0.8, 0.3, 1.0, 0.5, 0.4),
        (0.95, 1.0, 2.0, 2.0, 0.99),  # never certain
        (0.01, 0.0, 1.0, 1.0, 0.0),  # never negative
    ],
)
def test_renewing(base, trust, support, fee, chance):
    assert close(renew_rule(base, trust, support, fee, 0.2, 0.3, 0.1), chance)


@pytest.mark.parametrize(
    ("base", "leaving", "stay"), [(0.9, 1.0, 0.9), (0.9, 2.0, 0.8), (0.9, 0.5, 0.95), (0.9, 0.0, 1.0), (0.9, 20.0, 0.0)]
)
def test_members_leave_more_readily_where_the_effect_is_larger(base, leaving, stay):
    assert close(stay_rule(base, leaving), stay)


def test_effects_on_leaving_have_the_mean_one_and_the_spread_asked_for():
    assert close(leaving_effects(Streams(1), 13, 0.0), np.ones(13))
    found = leaving_effects(Streams(1), 4000, 0.45)
    assert close(found.mean(), 1.0)
    assert found.min() == pytest.approx(0.55, abs=0.02)
    assert found.max() == pytest.approx(1.45, abs=0.02)


@pytest.mark.parametrize(
    ("offered", "noticed", "factor"),
    [
        (1.0, 0.1, 1.0),  # as usual
        (1.0, 0.0, 1.0),
        (0.0, 0.1, 0.0),  # nobody pays for nothing
        (0.0, 0.0, 0.0),
        (0.01, 0.0, 1.0),  # who minds only when nothing is left
        (0.5, 0.1, 0.55 / 0.6),
        (0.1, 0.1, 0.55),
        (2.0, 0.1, 2.2 / 2.1),
        (0.5, 0.2, 0.6 / 0.7),
    ],
)
def test_members_stay_for_what_is_offered(offered, noticed, factor):
    assert close(offer_rule(offered, noticed), factor)


def test_the_guard_gives_its_rebate_to_firms_below_fifty_employees():
    assert close(rebate(values(guard__fee_rebate=0.0)), np.ones(5))
    assert close(rebate(values(guard__fee_rebate=0.4)), [0.6, 0.6, 1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("ratio", "required", "consequence", "kept"),
    [
        ([0.5, 1.0, 1.5], 1.0, "none", [1.0, 1.0, 1.0]),
        ([0.5, 1.0, 1.5], 1.0, "pro_rata", [0.5, 1.0, 1.0]),
        ([0.5, 1.0, 1.5], 1.0, "ineligible", [0.0, 1.0, 1.0]),
        ([0.5, 1.0, 1.5], 2.0, "pro_rata", [0.25, 0.5, 0.75]),
        ([0.0, 0.5, 1.5], 0.0, "ineligible", [1.0, 1.0, 1.0]),  # nothing is required
    ],
)
def test_shortfalls(ratio, required, consequence, kept):
    assert [shortfall_rule(each, required, CONSEQUENCES.index(consequence)) for each in ratio] == kept


def test_shocks_fall_relative_to_size():
    """Four times the business, twice the spread: as the sum of four independent projects."""
    one, four = shock_rule(1.0, 0.1, 20.0, 20.0), shock_rule(1.0, 0.1, 80.0, 20.0)
    assert close([one, four], [3.0**0.5 * 0.1 * 20.0, 3.0**0.5 * 0.1 * 40.0])


def test_shocks_are_centred_with_the_spread_asked_for():
    assert shock_rule(0.5, 0.1, 20.0, 20.0) == 0.0
    drawn = elementwise(shock_rule)(Streams(1).uniform(Decision.OPERATING_SHOCK, 0, np.arange(20_000)), 0.1, 20.0, 20.0)
    assert drawn.std() == pytest.approx(2.0, rel=0.02)
    assert abs(drawn.mean()) < 0.1


def test_scores_against_the_own_start_follow_the_grant():
    assert close(score_rule((10.0, 2.0, 3.0, 5.0), (10.0, 4.0, 2.0, 5.0)), 1.0)  # 1, 0.5, 1.5
    # Half the grant, and half of what it pays for: nothing is held against that; private money is asked for in full.
    assert close(score_rule((5.0, 2.0, 2.0, 2.5), (10.0, 4.0, 2.0, 5.0)), 1.0)
    assert close(score_rule((10.0, 4.0, 2.0, 10.0), (10.0, 4.0, 2.0, 5.0)), (0.5 + 0.5 + 1.0) / 3.0)
    # A half, nothing to compare with, a half; then nothing at all to compare with; then no grant to expect from.
    assert close(score_rule((5.0, 7.0, 1.0, 5.0), (10.0, 0.0, 2.0, 5.0)), (0.5 + 1.0 + 0.5) / 3.0)
    assert score_rule((9.0, 9.0, 9.0, 9.0), (0.0, 0.0, 0.0, 0.0)) == 1.0
    assert score_rule((9.0, 9.0, 2.0, 0.0), (3.0, 3.0, 2.0, 5.0)) == 1.0
