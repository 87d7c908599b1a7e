"""`lookup` (inverse distribution functions) and `keep_smallest` (draws without replacement) against brute force."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.ranking import keep_smallest
from klyngesim.streams import lookup

UNTIMED = settings(deadline=None)
TABLES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20)
LARGEST = 1.0 - 2.0**-53


def interpolated(table, uniform):
    """Linear interpolation in exact arithmetic."""
    position = Fraction(uniform) * (len(table) - 1)
    index = int(position)
    low, high = Fraction(table[index]), Fraction(table[index + 1])
    return low + (position - index) * (high - low)


@UNTIMED
@given(TABLES, st.lists(st.floats(0.0, LARGEST), min_size=1, max_size=10))
def test_lookup_is_linear_interpolation(table, uniforms):
    found = lookup(np.array(table), np.array(uniforms))
    size = max(abs(value) for value in table)
    for uniform, value in zip(uniforms, found.tolist(), strict=True):
        assert abs(value - float(interpolated(table, uniform))) <= 1e-12 * (1.0 + size * len(table))


@UNTIMED
@given(st.integers(1, 5000))
def test_lookup_stays_inside_for_the_largest_uniform(count):
    """The product with the table's length is never rounded up to the end of the table."""
    assert lookup(np.arange(count + 1.0), np.array([LARGEST]))[0] <= count


def test_lookup_known_answers():
    table = np.array([0.0, 10.0, 30.0])
    assert lookup(table, np.array([0.0, 0.25, 0.5, 0.75])).tolist() == [0.0, 5.0, 10.0, 20.0]
    assert lookup(table, np.array([[0.25], [0.75]])).tolist() == [[5.0], [20.0]]


def brute(groups, keys, quotas):
    """Marks the smallest keys of each group one group at a time, earlier positions first among equals."""
    chosen = [False] * len(groups)
    for group, quota in enumerate(quotas):
        inside = sorted((keys[place], place) for place in range(len(groups)) if groups[place] == group)
        for _, place in inside[: max(quota, 0)]:
            chosen[place] = True
    return chosen


# Few different keys, so that equal ones occur.
CASES = st.integers(1, 6).flatmap(
    lambda count: st.tuples(
        st.lists(st.tuples(st.integers(0, count - 1), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9])), max_size=40),
        st.lists(st.integers(0, 9), min_size=count, max_size=count),
    )
)


def kept(candidates, quotas):
    groups = np.array([group for group, _ in candidates], dtype=np.int64)
    keys = np.array([key for _, key in candidates], dtype=np.float64)
    return keep_smallest(groups, keys, np.array(quotas, dtype=np.int64)).tolist()


@UNTIMED
@given(CASES)
def test_keep_smallest_equals_one_group_at_a_time(case):
    candidates, quotas = case
    assert kept(candidates, quotas) == brute([c[0] for c in candidates], [c[1] for c in candidates], quotas)


@UNTIMED
@given(CASES, st.integers(0, 5))
def test_a_higher_quota_only_adds(case, more):
    candidates, quotas = case
    before, after = kept(candidates, quotas), kept(candidates, [quota + more for quota in quotas])
    assert all(late or not early for early, late in zip(before, after, strict=True))


@UNTIMED
@given(CASES, st.data())
def test_who_is_taken_out_makes_room_for_one_of_the_same_group(case, data):
    candidates, quotas = case
    if not candidates:
        return
    out = data.draw(st.integers(0, len(candidates) - 1))
    before = kept(candidates, quotas)
    after = kept(candidates[:out] + candidates[out + 1 :], quotas)
    after.insert(out, False)
    entered = [place for place in range(len(candidates)) if after[place] and not before[place]]
    left = [place for place in range(len(candidates)) if before[place] and not after[place]]
    assert set(left) <= {out}
    assert len(entered) <= len(left)
    assert all(candidates[place][0] == candidates[out][0] for place in entered)


def test_keep_smallest_of_nobody():
    assert kept([], [3]) == []


def test_a_draw_without_replacement_takes_everybody_equally_often():
    """With noise as keys each of 20 candidates is among the 5 chosen a quarter of the time."""
    from klyngesim.streams import Decision, Streams

    groups = np.repeat(np.arange(4000), 20)
    keys = Streams(3).uniform(Decision.SEAT_RANK, 1, np.arange(len(groups)))
    chosen = keep_smallest(groups, keys, np.full(4000, 5)).reshape(4000, 20)
    share = chosen.mean(axis=0)
    assert (chosen.sum(axis=1) == 5).all()
    assert np.abs(share - 0.25).max() < 5 * np.sqrt(0.25 * 0.75 / 4000)
