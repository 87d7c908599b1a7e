"""Uniforms by address: injective, independent of who else is asked, and paid for by the ids asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.streams import MAX_ID, MAX_PERIOD, Decision, Streams, pair_id
from tests.streams.reference import pack, uniform, unpack

SEEDS = st.integers(0, 2**32 - 1)
DECISIONS = st.sampled_from(list(Decision))
PERIODS = st.integers(0, MAX_PERIOD)
IDS = st.integers(0, MAX_ID)
UNTIMED = settings(deadline=None)


def array(ids):
    return np.array(ids, dtype=np.int64)


def one(source, decision, period, ident):
    return source.uniform(decision, period, array([ident])).item()


@UNTIMED
@given(SEEDS, DECISIONS, PERIODS, IDS)
def test_the_value_is_the_top_53_bits_of_the_block_at_the_address(seed, decision, period, ident):
    found = one(Streams(seed), decision, period, ident)
    assert found == uniform(seed, int(decision), period, ident)
    assert 0.0 <= found < 1.0


@UNTIMED
@given(DECISIONS, PERIODS, IDS)
def test_no_two_addresses_share_a_block(decision, period, ident):
    """The address can be read back from the counter, and it fits: nothing is hashed, nothing runs over."""
    counter = pack(int(decision), period, ident)
    assert unpack(*counter) == (decision, period, ident)
    assert max(counter) < 2**32


@pytest.mark.parametrize("address", [(255, MAX_PERIOD, MAX_ID), (255, 0, 0), (0, MAX_PERIOD, 0), (0, 0, MAX_ID)])
def test_the_fields_of_an_address_do_not_overlap(address):
    assert unpack(*pack(*address)) == address
    assert max(pack(*address)) < 2**32


@UNTIMED
@given(SEEDS, DECISIONS, PERIODS, st.lists(IDS, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_who_else_is_asked_and_in_which_order_does_not_matter(seed, decision, period, ids, shuffler):
    alone = {ident: one(Streams(seed), decision, period, ident) for ident in ids}
    mixed = ids * 2
    shuffler.shuffle(mixed)
    source = Streams(seed)
    source.uniform(Decision.JOIN, 3, array([1, 2, 3]))  # what was drawn before leaves no trace
    found = source.uniform(decision, period, array(mixed))
    assert found.tolist() == [alone[ident] for ident in mixed]


def test_a_long_call_equals_its_parts():
    """Calls longer than one block of the generator are cut without a seam."""
    ids = np.arange(40_000, dtype=np.int64) * 7
    whole = Streams(5).uniform(Decision.MATCH, 9, ids)
    for part in (slice(0, 10), slice(16_380, 16_390), slice(32_766, 32_770), slice(39_990, 40_000)):
        assert np.array_equal(whole[part], Streams(5).uniform(Decision.MATCH, 9, ids[part]))


@pytest.mark.parametrize("kind", [np.int32, np.uint32, np.int64])
def test_the_kind_of_integer_does_not_matter(kind):
    ids = np.array([0, 3, 2**31 - 1], dtype=kind)
    assert np.array_equal(
        Streams(1).uniform(Decision.LIFE, 0, ids), Streams(1).uniform(Decision.LIFE, 0, ids.astype(np.int64))
    )


def test_a_column_of_a_table_can_be_asked():
    ids = array([[1, 10], [2, 20], [3, 30]])[:, 1]  # not contiguous
    assert Streams(1).uniform(Decision.LIFE, 0, ids).tolist() == [
        one(Streams(1), Decision.LIFE, 0, ident) for ident in (10, 20, 30)
    ]


def test_the_counter_counts_the_ids_asked():
    """Repeated ids count, an empty call is free, and who is not asked costs nothing."""
    source = Streams(1)
    source.uniform(Decision.LIFE, 0, np.arange(20_000, dtype=np.int64))
    source.uniform(Decision.LIFE, 0, array([5, 5, 5]))
    source.uniform(Decision.LIFE, 0, array([]))
    one(source, Decision.LIFE, 0, 2**45)
    source.several((Decision.JOIN, Decision.RENEW), 0, array([1, 2, 3]))
    source.several((Decision.JOIN, Decision.RENEW), 0, np.arange(10_000, dtype=np.int64))
    assert source.drawn == 20_000 + 3 + 0 + 1 + 6 + 20_000


@UNTIMED
@given(SEEDS, st.lists(DECISIONS, min_size=1, max_size=5), PERIODS, st.lists(IDS, max_size=10))
def test_several_decisions_at_once_equal_one_after_the_other(seed, decisions, period, ids):
    source = Streams(seed)
    found = source.several(tuple(decisions), period, array(ids))
    assert np.array_equal(found, [source.uniform(decision, period, array(ids)) for decision in decisions])


def test_several_decisions_about_many_equal_one_after_the_other():
    ids, decisions = np.arange(9000, dtype=np.int64) * 3, (Decision.IDEA, Decision.MATCH, Decision.RETURN)
    source = Streams(2)
    found = source.several(decisions, 7, ids)
    assert np.array_equal(found, [source.uniform(decision, 7, ids) for decision in decisions])


@UNTIMED
@given(SEEDS, DECISIONS, st.integers(1, 60), st.lists(IDS, max_size=10))
def test_a_calendar_holds_what_every_quarter_would_ask(seed, decision, periods, ids):
    source = Streams(seed)
    found = source.calendar(decision, periods, array(ids))
    assert found.shape == (periods, len(ids))
    assert np.array_equal(found, [source.uniform(decision, period, array(ids)) for period in range(periods)])


def test_what_was_handed_out_stays_when_more_is_drawn():
    """The generator works in place; results must not."""
    source = Streams(2)
    first = source.uniform(Decision.IDEA, 7, array([1, 2, 3]))
    kept = first.copy()
    source.uniform(Decision.IDEA, 8, array([4, 5, 6]))
    source.several((Decision.IDEA, Decision.MATCH), 9, array([1, 2]))
    assert np.array_equal(first, kept)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_does_not_fit_is_refused(seed):
    with pytest.raises(ValueError, match="seed"):
        Streams(seed)


@pytest.mark.parametrize("period", [-1, MAX_PERIOD + 1])
def test_a_period_that_does_not_fit_is_refused(period):
    with pytest.raises(ValueError, match="period"):
        Streams(1).uniform(Decision.LIFE, period, array([1]))
    with pytest.raises(ValueError, match="period"):
        Streams(1).several((Decision.LIFE,), period, array([1]))


def test_decisions_are_unique_and_fit_eight_bits():
    codes = [int(decision) for decision in Decision]
    assert len(set(codes)) == len(Decision.__members__)
    assert min(codes) >= 0
    assert max(codes) < 2**8


@UNTIMED
@given(
    st.integers(1, 2**20).flatmap(
        lambda size: st.tuples(
            st.just(size),
            *(st.tuples(st.integers(0, 2**25), st.integers(0, size - 1)) for _ in range(2)),
        )
    )
)
def test_pairs_keep_their_two_ids(case):
    size, one, other = case
    assert divmod(int(pair_id(*one, size)), size) == one
    assert (pair_id(*one, size) == pair_id(*other, size)) == (one == other)


def test_pairs_of_arrays_and_of_one_with_an_array():
    assert pair_id(array([1, 2]), array([3, 4]), 10).tolist() == [13, 24]
    assert pair_id(array([1, 2]), 5, 10).tolist() == [15, 25]
    assert pair_id(array([2**30]), array([1]), 2**14).tolist() == [2**44 + 1]
