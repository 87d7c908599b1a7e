"""Paired differences, ranks, ratios and break-even strengths against answers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.comparisons.breakeven import crossing
from klyngesim.comparisons.differences import Paired, intervals, paired, standings, to_nothing, undominated, verdict
from klyngesim.comparisons.value import fieller

UNTIMED = settings(deadline=None)


def test_the_interval_is_students():
    """Differences 1, 2, 3: mean 2, deviation 1, and the 95 % point of t with two degrees of freedom is 2.91999."""
    found = paired(np.array([10.0, 20.0, 30.0]), np.array([11.0, 22.0, 33.0]))
    assert (found.n, found.baseline, found.mean, found.same_sign, found.sd) == (3, 20.0, 2.0, 1.0, 1.0)
    half = 2.91999 / math.sqrt(3.0)
    assert [found.low, found.high, found.half_width] == pytest.approx([2.0 - half, 2.0 + half, half], rel=1e-5)
    assert found.relative == 0.1
    assert found.correlation == pytest.approx(1.0)
    assert found.sd_independent == pytest.approx(math.hypot(10.0, 11.0))
    assert found.independent_runs() == pytest.approx(3 * (100.0 + 121.0))


def test_the_pairs_that_are_needed_follow_the_square_of_the_width():
    found = paired(np.zeros(6), np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0]))
    assert found.pairs_for(found.half_width) == 6.0
    assert found.pairs_for(found.half_width / 2.0) == 24.0
    assert found.pairs_for(0.0) == math.inf
    assert found.pairs_for(found.half_width * 10.0) == 6.0  # no fewer than there are
    few = paired(np.zeros(2), np.array([1.0, 1.001]))
    assert few.pairs_for(1.0) == 5.0  # however narrow, an interval from fewer says nothing
    for runs, needed in ((2, 5.0), (7, 7.0)):
        equal = paired(np.zeros(runs), np.zeros(runs))
        assert equal.pairs_for(0.0) == equal.pairs_for(0.1) == needed
        assert not equal.speaks


def test_a_pair_is_worth_as_many_more_as_its_variance_is_smaller():
    """A deviation of 2, where runs of their own had the root of 26: six pairs are worth 6 times 26 over 4."""
    found = Paired(6, 10.0, 1.0, -1.0, 3.0, 1.0, 0.5, 2.0, math.sqrt(26.0), 2.0)
    assert found.independent_runs() == pytest.approx(39.0)


def test_the_share_of_pairs_with_the_sign_of_the_mean():
    for row in ([3.0, 1.0, -1.0, 0.0], [-3.0, 1.0, -1.0, 0.0]):
        assert paired(np.zeros(4), np.array(row)).same_sign == 0.5


@pytest.mark.parametrize(
    ("low", "high", "sign", "said"),
    [
        (0.0, 2.0, 0, "uncertain"),
        (-2.0, 0.0, 0, "uncertain"),
        (0.1, 2.0, 1, "uncertain"),
        (-0.9, -0.1, -1, "uncertain"),
        (0.5, 2.0, 1, "uncertain"),  # the smallest effect itself is not beyond it
        (-2.0, -0.5, -1, "uncertain"),
        (-0.5, 0.5, 0, "no difference"),
    ],
)
def test_a_bound_at_the_limit_is_not_beyond_it(low, high, sign, said):
    found = Paired(9, 0.0, 1.0, low, high, 1.0, 0.0, 1.0, 1.0, (high - low) / 2.0)
    assert (found.sign, found.equal, verdict(found, 1, 0.5), verdict(found, -1, 0.5)) == (sign, False, said, said)
    assert math.isnan(found.relative)


def test_runs_that_equal_the_baselines_change_nothing_from_the_first_pair_on():
    for values in (np.array([1.0, 5.0, 2.0, 4.0, 3.0, 9.0]), np.array([7.0])):
        found = paired(values, values)
        assert (found.mean, found.low, found.high, found.same_sign) == (0.0, 0.0, 0.0, 1.0)
        assert verdict(found, 1, 0.0) == verdict(found, -1, 0.1) == "nothing changes"
        assert found.sign == 0
        assert math.isnan(found.independent_runs())


FIVE = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
HALF = 2.131846786 * math.sqrt(2.5) / math.sqrt(5.0)
"""Half of the interval of FIVE: the 95 % point of t with four degrees of freedom, times deviation over root of n."""


@pytest.mark.parametrize(
    ("low", "high", "direction", "effect", "said"),
    [
        (1.0, 2.0, 1, 0.5, "better"),
        (1.0, 2.0, -1, 0.5, "worse"),
        (-2.0, -1.0, 1, 0.5, "worse"),
        (-2.0, -1.0, -1, 0.5, "better"),
        (0.4, 2.0, 1, 0.5, "uncertain"),
        (-2.0, -0.4, 1, 0.5, "uncertain"),
        (-0.1, 0.1, 1, 0.5, "no difference"),
        (0.1, 0.4, -1, 0.5, "no difference"),
        (-0.6, 0.1, 1, 0.5, "uncertain"),
        (-0.1, 0.6, -1, 0.5, "uncertain"),
        (-3.0, 3.0, 1, 0.5, "uncertain"),
        (0.1, 0.2, 1, 0.0, "better"),
    ],
)
def test_the_whole_interval_against_the_smallest_effect_gives_the_verdict(low, high, direction, effect, said):
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    found = paired(np.zeros(5), middle + half / HALF * FIVE)
    assert [found.low, found.high] == pytest.approx([low, high])
    assert verdict(found, direction, effect) == said


@pytest.mark.parametrize(
    ("variant", "sign", "said"),
    [
        (10.0 + FIVE[:4], 0, ""),  # four pairs say nothing, however far from zero
        (10.0 + FIVE, 1, "better"),
        (-10.0 + FIVE, -1, "worse"),
        (np.full(5, 3.0), 0, ""),  # no width
        (np.full(50, 0.1) * 3.0, 0, ""),
        (np.full(5, 3.0) + 1e-15 * FIVE, 0, ""),  # no width but for the last bits
        (FIVE, 0, "uncertain"),
        (np.full(5, np.nan), 0, ""),
    ],
)
def test_few_pairs_and_intervals_without_width_say_nothing(variant, sign, said):
    found = paired(np.zeros(len(variant)), variant)
    assert (found.sign, verdict(found, 1, 0.5)) == (sign, said)


def test_missing_values_leave_their_pair_out_and_one_pair_has_no_interval():
    found = paired(np.array([1.0, np.nan, 2.0]), np.array([2.0, 3.0, np.nan]))
    assert (found.n, found.mean, found.low, found.high) == (1, 1.0, -math.inf, math.inf)
    assert verdict(found, 1, 0.0) == ""
    assert paired(np.array([np.nan]), np.array([1.0])).n == 0
    fewer = paired(np.array([3.0]), np.array([1.0]))
    assert (fewer.baseline, fewer.mean, fewer.low, fewer.high) == (3.0, -2.0, -math.inf, math.inf)
    two = paired(np.zeros(2), np.array([1.0, 3.0]))
    assert two.high == pytest.approx(2.0 + 6.313752)  # t with one degree of freedom


def test_standings_by_hand():
    """Three scenarios in four pairs: the second is best in two, shares one; lower regret, better rank."""
    values = np.array([[1.0, 4.0, 2.0, 0.0], [3.0, 4.0, 1.0, 5.0], [0.0, 0.0, 0.0, 0.0]])
    first, second, third = standings(values, 1)
    assert (first.best, second.best, third.best) == (0.375, 0.625, 0.0)
    assert (first.regret, second.regret, third.regret) == (7.0 / 4.0, 1.0 / 4.0, 14.0 / 4.0)
    assert (first.rank, second.rank, third.rank) == (2.0, 1.0, 3.0)
    assert (first.rank_held, second.rank_held, third.rank_held) == (0.25, 0.5, 0.75)
    assert [one.best for one in standings(values, -1)] == [0.125, 0.0, 0.875]
    missing = np.column_stack((values, [np.nan, 9.0, 9.0]))
    assert standings(missing, 1) == (first, second, third)


def test_equal_scenarios_share_first_place():
    both = standings(np.ones((2, 5)), 1)
    assert [(one.best, one.regret, one.rank) for one in both] == [(0.5, 0.0, 1.5)] * 2
    assert [one.rank for one in standings(np.array([[2.0], [5.0], [2.0], [1.0]]), 1)] == [2.5, 1.0, 2.5, 4.0]


def test_without_a_pair_that_all_have_there_is_no_standing():
    found = standings(np.array([[1.0, np.nan], [np.nan, 1.0], [1.0, 1.0]]), 1)
    assert len(found) == 3 and np.isnan([(one.best, one.regret, one.rank, one.rank_held) for one in found]).all()


@UNTIMED
@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=6))
def test_whoever_is_dominated_is_dominated_by_somebody_who_is_not(rows):
    means = np.array(rows, dtype=float)
    free = undominated(means)
    assert any(free)
    for place, alone in enumerate(free):
        better = [(other >= means[place]).all() and (other > means[place]).any() for other in means]
        assert alone != any(better)
        if not alone:
            assert any(free[k] for k, beats in enumerate(better) if beats)


def test_fieller_without_error_in_the_units_is_the_plain_interval_over_them():
    top = np.array([1.0, 2.0, 3.0])
    ratio, low, high = fieller(top, np.full(3, 4.0))
    alone = paired(np.zeros(3), top)
    assert [ratio, low, high] == pytest.approx([0.5, alone.low / 4.0, alone.high / 4.0])


def test_fieller_of_proportional_values_is_exact_and_without_surely_any_units_unbounded():
    units = np.array([1.0, 2.0, 3.0])
    assert fieller(3.0 * units, units) == pytest.approx((3.0, 3.0, 3.0), abs=1e-6)
    # Two pairs are enough; what is below zero by rounding has no root.
    assert fieller(np.array([30.0, 33.0]), np.array([10.0, 11.0])) == (3.0, 3.0, 3.0)
    for no_units in ([-1.0, 0.1, 1.0], [0.0, 0.0, 0.0]):
        assert np.isnan(fieller(units, np.array(no_units))).tolist() == [True] * 3


@pytest.mark.parametrize(
    ("strengths", "differences", "where"),
    [
        ([0.0, 1.0, 2.0], [2.0, 1.0, -1.0], 1.5),
        ([0.0, 1.0, 2.0], [-2.0, 6.0, -1.0], 0.25),  # the first of two
        ([0.0, 1.0], [0.0, 1.0], 0.0),
        ([0.0, 1.0], [-1.0, 0.0], 1.0),
        ([0.2, 0.9], [-1.0, 0.0], 0.9),  # to the last bit, which 0.2 + (0.9 - 0.2) is not
        ([0.0, 2.0, 6.0], [4.0, 3.0, 0.0], 6.0),
        ([0.0, 1.0], [2.0, 1.0], 2.0),
        ([0.0, 1.0], [1.0, 2.0], -1.0),
        ([3.0, 4.0, 5.0], [0.2, 0.1, 0.4], 1.0),  # the line through both ends, from 0.2 on by 0.1
        ([3.0, 4.0, 5.0], [-3.0, -0.5, -2.0], 9.0),  # by 0.5
        ([0.0, 1.0], [1.0, 1.0], math.nan),
        ([0.0, 1.0, 2.0], [1.0, 0.5, 1.0], math.nan),
        ([0.0, 1.0, 2.0], [0.0, 0.0, 0.0], math.nan),
    ],
)
def test_break_even_is_interpolated_or_followed_outside(strengths, differences, where):
    found = crossing(strengths, differences)
    assert found == where or (math.isnan(found) and math.isnan(where))


@pytest.mark.filterwarnings("error")
def test_correlation_needs_runs_that_vary_however_little():
    """Deviations -0.1, 0, 0.1 and -2, 1, 1 thirtieths: 0.01 over the root of 0.02 times 0.02 / 3."""
    small, other = np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.4, 0.4])
    assert paired(small, other).correlation == pytest.approx(math.sqrt(0.75))
    assert math.isnan(paired(small, np.full(3, 0.5)).correlation)
    assert math.isnan(paired(np.full(3, 0.5), small).correlation)


def test_what_is_counted_loses_no_more_than_all_of_it():
    base = np.array([10.0, 12.0, 14.0, 9.0, 15.0])
    gone, debt = np.array([0.0, 0.0, 0.5, 0.0, 0.0]), np.array([0.0, 0.0, -0.5, 0.0, 0.0])
    found, below = paired(base, gone), paired(base, debt)
    assert (found.low, found.mean) == (-12.0, pytest.approx(-11.9))
    assert found.high == pytest.approx(found.mean + found.half_width)
    assert found.mean - found.half_width < -12.0  # as it would be without the cut
    assert below.low == pytest.approx(below.mean - below.half_width) and below.low < -12.0
    apart = paired(np.zeros(5), gone, levels=False)
    assert apart.low < 0.0 == paired(np.zeros(5), gone).low
    many = intervals(np.stack([base, base], axis=1), np.stack([gone, debt], axis=1))
    assert many.low.tolist() == pytest.approx([found.low, below.low])


def test_nothing_is_cut_where_there_is_no_run():
    assert to_nothing(3.0, np.zeros(0)) == -3.0
    assert to_nothing(0.0, np.array([math.nan, 1.0])) == 0.0
    assert to_nothing(2.0, np.array([math.nan, -1.0])) == -math.inf
