"""Philox2x32-10 once more, in plain Python integers after the paper, to compare the arrays with.

Words and ids may be arrays of 64-bit integers too: the same text then makes many numbers at once.
"""

from functools import lru_cache

MASK = 0xFFFFFFFF


def philox(counter0, counter1, key):
    """The two output words of one block."""
    for round_key in schedule(key):
        product = 0xD256D193 * counter0
        counter0, counter1 = (product >> 32) ^ round_key ^ counter1, product & MASK
    return counter0, counter1


@lru_cache(maxsize=64)
def schedule(key):
    """Keys of the ten rounds."""
    return [(key + round_ * 0x9E3779B9) & MASK for round_ in range(10)]


def pack(decision, period, ident):
    """The two counter words of an address, as the text of `klyngesim.streams` states them."""
    return ident & MASK, decision << 24 | period << 14 | ident >> 32


def unpack(counter0, counter1):
    """The address that two counter words stand for."""
    return counter1 >> 24, counter1 >> 14 & 0x3FF, (counter1 & 0x3FFF) << 32 | counter0


def uniform(seed, decision, period, ident):
    """The uniform at an address."""
    left, right = philox(*pack(decision, period, ident), seed)
    return ((left << 32 | right) >> 11) * 2.0**-53
