"""The generator: known answers of Random123 and an independent implementation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.streams import philox2x32
from tests.streams.reference import philox, uniform

WORDS = st.integers(0, 2**32 - 1)

# Random123, kat_vectors, "philox2x32 10": counter words, key, output words.
KNOWN = [
    ((0x00000000, 0x00000000), 0x00000000, (0xFF1DAE59, 0x6CD10DF2)),
    ((0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFF, (0x2C3F628B, 0xAB4FD7AD)),
    ((0x243F6A88, 0x85A308D3), 0x13198A2E, (0xDD7CE038, 0xF62A4C12)),
]


def words(counter0, counter1, key):
    """Output words of the module's generator for one block."""
    joined = int(philox2x32(np.uint64(counter0), np.uint64(counter1), np.uint64(key)))
    return joined >> 32, joined & 0xFFFFFFFF


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer):
    assert words(*counter, key) == answer


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_comparison_knows_the_answers_too(counter, key, answer):
    assert philox(*counter, key) == answer


@settings(deadline=None)
@given(WORDS, WORDS, WORDS)
def test_equals_the_plain_integers(counter0, counter1, key):
    assert words(counter0, counter1, key) == philox(counter0, counter1, key)


@settings(deadline=None)
@given(WORDS, st.lists(st.integers(0, 2**46 - 1), min_size=1))
def test_the_plain_integers_may_be_an_array(seed, ids):
    together = uniform(seed, 7, 55, np.array(ids, dtype=np.uint64))
    assert together.tolist() == [uniform(seed, 7, 55, ident) for ident in ids]
