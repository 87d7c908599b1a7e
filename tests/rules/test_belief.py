"""Step 3: expected support H against a quarter-by-quarter count, and what it does to staff."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.processes.belief_and_staff import exit_rule, wearing_off
from klyngesim.ecosystem.processes.expected_support import Outlook, expected_support, usual_support
from tests.rules.policies import close, values

UNTIMED = settings(deadline=None)
CHANCE = st.floats(0.0, 1.0)


def support(left, horizon, renewal_loss, every, evaluation_loss, ahead, since=None, ends=np.inf):
    """H of one organisation; without ``since`` its mandate began with the present grant period."""
    since = horizon - left if since is None else since
    view = Outlook(ahead, np.array([horizon]), np.array([renewal_loss]), every, evaluation_loss, np.ones(1))
    return expected_support(view, 0, left, since, ends)


def by_hand(left, horizon, renewal_loss, every, evaluation_loss, ahead, since=None, ends=np.inf):
    """H one quarter after the other: at the end of a period a renewal, at dates of the mandate an evaluation."""
    into, total, chance = horizon - left, 0.0, 1.0
    clock = into if since is None else since
    for quarter in range(ahead):
        if quarter >= ends:
            break
        if into == horizon:  # the period is over before this quarter; an evaluation then is the renewal
            chance, into = chance * (1.0 - renewal_loss), 0
        elif every > 0 and quarter > 0 and clock % every == 0:
            chance *= 1.0 - evaluation_loss
        total += chance
        into, clock = into + 1, clock + 1
    return total / 4.0


@pytest.mark.parametrize(
    ("left", "horizon", "renewal", "every", "evaluation", "ahead", "years"),
    [
        (4, 4, 0.0, 0, 0.0, 8, 2.0),  # nothing is ever lost
        (4, 4, 1.0, 0, 0.0, 8, 1.0),  # certain loss at the end of the period
        (4, 4, 0.5, 0, 0.0, 8, 1.5),  # 4 + 4 * 0.5 quarters
        (0, 4, 0.5, 0, 0.0, 4, 0.5),  # the renewal is due now
        (2, 4, 0.5, 0, 0.0, 8, (2 + 4 * 0.5 + 2 * 0.25) / 4),
        (8, 8, 0.0, 4, 0.5, 8, 1.5),  # one evaluation inside the period
        (8, 8, 0.5, 4, 1.0, 12, 1.0),  # certain loss at the evaluation
        (4, 8, 0.5, 4, 0.5, 8, 1.5),  # the evaluation that falls on the renewal is the renewal
        (6, 8, 0.0, 4, 0.5, 6, (2 + 4 * 0.5) / 4),
    ],
)
def test_expected_support_known_answers(left, horizon, renewal, every, evaluation, ahead, years):
    assert support(left, horizon, renewal, every, evaluation, ahead) == pytest.approx(years, rel=1e-12)


def test_an_announced_end_of_the_money_ends_support():
    """Four quarters at one, four at a half; the money ends after six, or now, or later than anybody looks."""
    assert support(4, 4, 0.5, 0, 0.0, 8, ends=6.0) == pytest.approx((4 + 2 * 0.5) / 4)
    assert support(4, 4, 0.5, 0, 0.0, 8, ends=0.0) == 0.0
    assert support(4, 4, 0.5, 0, 0.0, 8, ends=80.0) == support(4, 4, 0.5, 0, 0.0, 8) == 1.5


def test_evaluations_follow_the_mandate_not_the_grant_period():
    """Short grant periods renewed without risk: the evaluation comes five years after the mandate began."""
    assert support(8, 8, 0.0, 20, 1.0, 40, since=0) == 5.0
    assert support(8, 8, 0.0, 20, 1.0, 40, since=16) == 1.0
    assert support(2, 8, 0.0, 20, 0.5, 8, since=17) == pytest.approx((3 + 5 * 0.5) / 4)
    # A rule that is announced and begins in a year: the first evaluation comes five years after that, not before.
    assert support(6, 8, 0.0, 20, 1.0, 40, since=-4) == 6.0
    assert support(6, 8, 0.0, 4, 1.0, 40, since=-4) == 2.0
    # One that falls on a renewal is the renewal.
    assert support(3, 8, 0.0, 20, 0.5, 8, since=17) == 2.0


@UNTIMED
@given(
    st.integers(1, 40).flatmap(lambda horizon: st.tuples(st.just(horizon), st.integers(0, horizon))),
    CHANCE,
    st.integers(1, 80),
    st.one_of(st.just(np.inf), st.integers(0, 90)),
)
def test_renewals_equal_the_count(period, loss, ahead, ends):
    horizon, left = period
    found = support(left, horizon, loss, 0, 0.3, ahead, ends=ends)
    assert found == pytest.approx(by_hand(left, horizon, loss, 0, 0.3, ahead, ends=ends), rel=1e-9)


@UNTIMED
@given(st.integers(1, 20), st.integers(1, 4), st.data(), CHANCE, CHANCE, st.integers(1, 80))
def test_evaluations_inside_periods_equal_the_count(every, parts, data, renewal, evaluation, ahead):
    """Periods that are a whole number of evaluation intervals, as 10 years with one every fifth."""
    horizon = every * parts
    left = data.draw(st.integers(1, horizon))
    since = horizon - left + horizon * data.draw(st.integers(0, 2))
    found = support(left, horizon, renewal, every, evaluation, ahead, since)
    assert found == pytest.approx(by_hand(left, horizon, renewal, every, evaluation, ahead, since), rel=1e-9)


@UNTIMED
@given(
    st.integers(1, 24).flatmap(lambda horizon: st.tuples(st.just(horizon), st.integers(1, horizon))),
    st.integers(2, 30),
    st.integers(0, 60),
    CHANCE,
    CHANCE,
    st.integers(1, 60),
)
def test_evaluations_across_periods_equal_the_count(period, every, since, renewal, evaluation, ahead):
    """Any calendar whose evaluations and renewals fall on different dates."""
    horizon, left = period
    renewals = {quarter for quarter in range(ahead) if (quarter - left) % horizon == 0 and quarter >= left}
    assume(horizon % every != 0)
    assume(not any((since + quarter) % every == 0 for quarter in renewals))
    found = support(left, horizon, renewal, every, evaluation, ahead, since)
    assert found == pytest.approx(by_hand(left, horizon, renewal, every, evaluation, ahead, since), rel=1e-9)


@UNTIMED
@given(
    st.integers(0, 40),
    st.integers(0, 80),
    st.floats(0.0, 99.0),
    st.integers(1, 40),
    CHANCE,
    CHANCE,
    st.integers(1, 60),
)
def test_bounds(left, since, ends, horizon, renewal, evaluation, ahead):
    found = support(left, horizon, renewal, 5, evaluation, ahead, since, ends)
    assert 0.0 <= found <= min(ahead, np.floor(ends)) / 4.0 + 1e-9


@UNTIMED
@given(st.integers(1, 40), CHANCE, CHANCE, st.integers(4, 60))
def test_more_time_left_and_less_risk_never_lower_support(horizon, risk, other, ahead):
    high, low = max(risk, other), min(risk, other)
    risky = np.array([support(left, horizon, high, 0, 0.0, ahead) for left in range(1, horizon + 1)])
    safe = np.array([support(left, horizon, low, 0, 0.0, ahead) for left in range(1, horizon + 1)])
    assert (np.diff(risky) >= -1e-12).all()
    assert (safe >= risky - 1e-12).all()


def policy(**change):
    usual = {
        "belief__lookahead_years": 2.0,
        "evaluation__every_years": 0.0,
        "evaluation__loss": 0.0,
        "grant__horizon_years": 1.0,
        "grant__deb_horizon_years": 0.5,
        "renewal__loss_ufs": 0.5,
        "renewal__loss_deb": 0.0,
        "grant__ufs_share": 0.25,
    }
    return values(**{**usual, **change})


def test_support_of_each_funder_has_its_own_calendar_and_risk():
    view = policy().terms(Outlook)
    cases = ((4, 2), (1, 1))
    found = [[expected_support(view, funder, left, 0, np.inf) for funder, left in enumerate(row)] for row in cases]
    # UFS: four quarters to come, then half; or one, then four at a half and three at a quarter. DEB is safe.
    assert close(found, [[1.5, 2.0], [(1 + 4 * 0.5 + 3 * 0.25) / 4, 2.0]])


def test_usual_support_is_the_mean_over_the_phases():
    phases = [support(left, 4, 0.5, 0, 0.0, 8) for left in (1, 2, 3, 4)]
    expected = 0.25 * sum(phases) / 4 + 0.75 * 2.0
    assert usual_support(policy().terms(Outlook)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("base", "ratio", "response", "chance"),
    [
        (0.2, 1.0, 0.7, 0.05),  # the usual support: a quarter of a year
        (0.2, 0.5, 0.4, 0.06),  # half of it: 5 % * (1 + 0.4 * 0.5)
        (0.2, 0.0, 0.0, 0.05),  # people do not mind
        (0.2, 1.5, 0.4, 0.04),
        (0.2, 9.0, 1.0, 0.0),  # never negative
        (3.2, 0.0, 1.0, 0.9),  # never certain
    ],
)
def test_exits_in_a_quarter(base, ratio, response, chance):
    assert close(exit_rule(base, ratio, response), chance)


def test_wearing_off():
    """At 20 % a year: half of it is left after five years."""
    cases = ((2.0, 0), (2.0, 20), (0.5, 20), (2.0, -4))
    assert close([wearing_off(*case, 0.2) for case in cases], [2.0, 1.5, 0.75, 2.0])
    assert [wearing_off(*case, 0.0) for case in cases] == [ratio for ratio, _ in cases]
