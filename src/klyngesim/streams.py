"""The only source of randomness: uniforms addressed by (run seed, decision, period, id).

Every draw of the model has an address, and the number found there does not depend on who else is asked or in
which order. Two runs that differ in one lever therefore share the luck of everybody whom the lever does not reach.

The generator is Philox2x32 with ten rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
1, 2, 3", SC11), a counter-based generator with published known-answer vectors. The address is packed into its
counter and key without hashing, so that two addresses never share a number:

    counter word 0 = id bits 0-31
    counter word 1 = decision (8 bits) | period (10 bits) | id bits 32-45 (14 bits)
    key            = run seed (32 bits)

The uniform is the top 53 of the 64 output bits times 2**-53, so it lies in [0, 1) and is bit-equal on every
processor and numpy version.
"""

from __future__ import annotations

import sys
from enum import IntEnum, unique
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

# Arrays without dimension: numpy takes them as they are, where a scalar is turned into an array in every call.
_MULTIPLIER = np.array(0xD256D193, dtype=np.uint64)
_WEYL = 0x9E3779B9
_ROUNDS = 10
_MASK = np.array(0xFFFFFFFF, dtype=np.uint64)
_LOW = 0 if sys.byteorder == "little" else 1  # where the low half of a 64-bit word stands
_SHIFT = np.array(32, dtype=np.uint64)
_BLOCK = 16384  # larger blocks fall out of the cache, and their arrays are fetched from the system each time
_UNIT = np.array(2.0**-53)
_SPARE = np.array(11, dtype=np.uint64)  # 64 bits less the 53 of a double
_PERIOD_BITS = 10
_HIGH_ID_BITS = 14
MAX_PERIOD = (1 << _PERIOD_BITS) - 1
MAX_ID = (1 << (32 + _HIGH_ID_BITS)) - 1


@unique
class Decision(IntEnum):
    """What a draw decides. A number once given is never used for another decision."""

    LIFE = 1
    AGE = 2
    EMPLOYEES = 3
    EXPORTER = 4
    REGIONAL = 5
    READINESS = 6
    STARTUP = 7
    INITIAL_RELATION_TRUST = 10
    INITIAL_RELATION_AGE = 11
    INITIAL_MEMBER = 12
    INITIAL_MEMBER_SINCE = 13
    INITIAL_TIE = 14
    INITIAL_TIE_STRENGTH = 15
    INITIAL_EPISODE = 16
    INITIAL_PICK_CELL = 17
    INITIAL_PICK_ID = 18
    INITIAL_ACCEPT = 19
    INITIAL_TIE_CELL = 20
    INITIAL_TIE_FIRM = 21
    INITIAL_SOURCE = 22
    INITIATIVE_GAP = 30
    INITIATIVE_SIZE = 31
    STAFF_EXIT = 40
    STAFF_PORTFOLIO = 42
    STAFF_JOINS = 43
    ACTIVITY_ROUNDING = 50
    HOURS_ROUNDING = 52
    PRESENCE_ROUNDING = 53
    YEAR_EFFECT = 54
    OPERATING_SHOCK = 51
    CONTACT_CELL = 60
    CONTACT_FIRM = 61
    CONTACT_ROLE = 62
    CONTACT_ANSWER = 63
    REFERRAL = 64
    RETURN = 70
    SEAT_RANK = 71
    SECOND_SEAT = 72
    SEAT_TYPE = 73
    OFFER_ORDER = 83
    IDEA = 74
    INSTITUTION_PRESENT = 75
    MEET_INSTITUTION = 76
    MATCH = 77
    DROP_OUT = 78
    TIE_GROUP = 79
    OLD_PARTNER = 84
    NEXT_STEP = 90
    TRY_AGAIN = 91
    APPLICATION_SLOT = 92
    APPLICATION_RANK = 93
    APPLICATION_WON = 94
    AWARD_SIZE = 95
    APPLICATION_SOURCE = 97
    APPLICATION_ROOM = 98
    PILOT_SLOT = 100
    PILOT_RANK = 101
    PILOT_ROOM = 106
    PILOT_GROUNDS = 107
    WITHDRAW = 102
    INNOVATE = 103
    PROJECT_LENGTH = 104
    PARTICIPATION_INNOVATES = 105
    JOIN = 110
    RENEW = 111
    BACKGROUND_CELL = 120
    BACKGROUND_FIRM = 121
    BACKGROUND_NODE = 122
    RENEWAL_LOSS = 130
    ORGANISATION_EFFECT = 131
    MATCH_REGISTER = 132


def philox2x32(counter0: Words, counter1: Words, key: int) -> Words:
    """Philox2x32-10 on arrays of counter words (each below 2**32).

    Returns the two output words joined into one 64-bit integer: first word in the high half, second in the low.
    Known answers: counter 0, 0, key 0 gives ff1dae59, 6cd10df2 (Random123, ``kat_vectors``).
    """
    words = np.stack((counter0, counter1, counter1))
    _rounds(words, round_keys(key))
    return np.asarray(words[0])


def round_keys(key: int) -> tuple[Words, ...]:
    """Keys of the ten rounds: the key plus multiples of the golden-ratio Weyl constant, modulo 2**32."""
    return tuple(np.array((key + number * _WEYL) & 0xFFFFFFFF, dtype=np.uint64) for number in range(_ROUNDS))


def _rounds(words: Words, keys: tuple[Words, ...]) -> None:
    """The ten rounds, in place (making arrays would take half of the time).

    Args:
        words: left and right words and room for products, shape (3, ...); the result is in the first.
        keys: of the rounds.

    A product's high half and the old right word make the new left word; its low half is the new right word, and is
    read where it stands, so that the two arrays of products take turns instead of being copied.
    """
    multiply, xor = np.multiply, np.bitwise_xor
    left, (low, high) = words[0], _halves(words)
    word = low[0]
    turns = (words[2], high[2], low[1]), (words[1], high[1], low[2])
    for key, (product, upper, right) in zip(keys, cycle(turns), strict=False):
        multiply(left, _MULTIPLIER, product)
        xor(upper, right, word)
        xor(left, key, left)
    np.left_shift(left, _SHIFT, left)
    word[...] = low[1 + len(keys) % 2]


def _halves(words: Words) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Low and high 32 bits of 64-bit words, as views."""
    parts = words.view(np.uint32)
    return parts[..., _LOW::2], parts[..., 1 - _LOW :: 2]


def _high(decision: Decision, period: int) -> int:
    """Decision and period at their places in counter word 1."""
    if not 0 <= period <= MAX_PERIOD:
        raise ValueError(f"period must lie in 0..{MAX_PERIOD}, not {period}")
    return (decision << (_PERIOD_BITS + _HIGH_ID_BITS)) | (period << _HIGH_ID_BITS)


class Streams:
    """Uniforms of one run.

    Args:
        seed: run seed, 0 to 2**32 - 1.

    Attributes:
        drawn: how many uniforms were asked for so far.
    """

    def __init__(self, seed: int) -> None:
        if not 0 <= seed < 2**32:
            raise ValueError(f"seed must lie in 0..{2**32 - 1}, not {seed}")
        self.seed = seed
        self.drawn = 0
        self._keys = round_keys(seed)
        self._scratch = np.empty((3, _BLOCK), dtype=np.uint64)

    def uniform(self, decision: Decision, period: int, ids: Ints) -> Floats:
        """Uniforms in [0, 1), one for each id, at the address (seed, decision, period, id).

        Args:
            decision: what is decided.
            period: quarter number, 0 to 1023 (0 also serves decisions made once).
            ids: int64, shape (n,), each 0 to 2**46 - 1; repeated ids get the same number.

        Returns:
            float64, shape (n,). The cost follows n, never the population.
        """
        self.drawn += len(ids)
        high = np.array(_high(decision, period), dtype=np.uint64)
        words = ids.view(np.uint64) if ids.dtype == np.int64 else ids.astype(np.uint64)
        out = np.empty(len(words))
        for start in range(0, len(words), _BLOCK):
            self._block(words[start : start + _BLOCK], high, out[start : start + _BLOCK])
        return out

    def several(self, decisions: tuple[Decision, ...], period: int, ids: Ints) -> Floats:
        """Uniforms of several decisions about the same ids in one go, shape (decisions, n).

        Equal to asking one decision after the other, but for a few hundred ids several cost little more than one.
        """
        return self._rows(np.array([_high(decision, period) for decision in decisions], dtype=np.uint64), ids)

    def calendar(self, decision: Decision, periods: int, ids: Ints) -> Floats:
        """Uniforms of a decision about the same few ids in every quarter from 0, shape (periods, n)."""
        return self._rows(np.array([_high(decision, period) for period in range(periods)], dtype=np.uint64), ids)

    def _rows(self, high: Words, ids: Ints) -> Floats:
        """Uniforms of the same ids at several upper parts of an address, shape (addresses, n)."""
        count, words = len(ids), ids.astype(np.uint64)
        self.drawn += count * len(high)
        column = high[:, None]
        out = np.empty((len(high), count))
        # As many rows at once as fit a block; of long lists one row and a part of the ids.
        together, length = max(1, _BLOCK // max(1, count)), min(count, _BLOCK)
        for first in range(0, len(high), together):
            for start in range(0, count, max(1, length)):
                part = slice(first, first + together), slice(start, start + length)
                self._block(words[part[1]], column[part[0]], out[part])
        return out

    def _block(self, words: Words, high: Words, out: Floats) -> None:
        """Uniforms of ids that fit a block, written into ``out``; a column of ``high`` gives a row for each."""
        scratch = self._scratch[:, : out.size]
        left, right = scratch[0].reshape(out.shape), scratch[1].reshape(out.shape)
        np.bitwise_and(words, _MASK, left)
        np.right_shift(words, _SHIFT, right)
        np.bitwise_or(right, high, right)
        _rounds(scratch, self._keys)  # of one dimension, which numpy walks through fastest
        np.right_shift(left, _SPARE, left)
        np.copyto(out, left.view(np.int64))  # numpy turns signed numbers into floats faster
        np.multiply(out, _UNIT, out)


def pair_id(first: Ints | int, second: Ints | int, size: int) -> Ints:
    """Joins two ids into one, injective as long as ``0 <= second < size`` and the result stays below 2**46."""
    return np.asarray(np.asarray(first, dtype=np.int64) * size + second, dtype=np.int64)


def lookup(table: Floats, uniforms: Floats) -> Floats:
    """Inverse distribution function given as a table of quantiles, with linear interpolation.

    Args:
        table: quantiles at 0, 1/n, ..., 1; shape (n + 1,).
        uniforms: in [0, 1), any shape.

    Returns:
        float64 of the shape of ``uniforms``; uses only multiplication, floor and addition.
    """
    position = uniforms * (len(table) - 1)
    index = position.astype(np.int64)
    low = table[index]
    return np.asarray(low + (position - index) * (table[index + 1] - low), dtype=np.float64)


def keep_smallest(groups: Ints, keys: Floats, quotas: Ints) -> NDArray[np.bool_]:
    """Marks the ``quotas[g]`` smallest keys within every group: a draw without replacement when keys are noise.

    Args:
        groups: int64 in 0..G-1, shape (n,).
        keys: float64, shape (n,), lower is chosen first; ties are broken by position.
        quotas: int64, shape (G,).

    Returns:
        bool, shape (n,). Raising a quota only adds members; removing one candidate only lets the next in.
    """
    count = np.bincount(groups, minlength=len(quotas))
    chosen = (count <= quotas)[groups]
    # Only where more ask than there is room for do the keys decide.
    asking = np.flatnonzero(~chosen)
    if len(asking):
        crowded = groups[asking]
        order = by_group_and_key(crowded, keys[asking], len(quotas))
        ordered = crowded[order]
        starts = np.searchsorted(ordered, np.arange(len(quotas)))
        rank = np.arange(len(asking)) - starts[ordered]
        chosen[asking[order]] = rank < quotas[ordered]
    return chosen


def keep_smallest_of(wanting: NDArray[np.bool_], groups: Ints, keys: Floats, quotas: Ints) -> NDArray[np.bool_]:
    """`keep_smallest` among those who want; the others are never chosen. ``wanting``: bool, shape (n,)."""
    chosen = np.zeros(len(groups), dtype=np.bool_)
    asking = np.flatnonzero(wanting)
    chosen[asking] = keep_smallest(groups[asking], keys[asking], quotas)
    return chosen


_KEY_BITS, _PLACE_BITS = 31, 22


def by_group_and_key(groups: Ints, keys: Floats, count: int) -> Ints:
    """Order by group, then key, then position, of ``count`` groups numbered from 0.

    Group, the leading bits of the key and the position are sorted as one whole number, which is several times
    faster than sorting two lists; where leading bits are equal the full keys are compared after all.
    """
    fits = count < 1 << (63 - _KEY_BITS - _PLACE_BITS) and len(groups) < 1 << _PLACE_BITS
    most = float(keys.max(initial=1.0))
    if fits and keys.min(initial=0.0) >= 0.0 and most < np.inf:
        leading = (keys * (float((1 << _KEY_BITS) - 1) / most)).astype(np.int64)
        place = np.arange(len(groups))
        joined = np.sort((groups << (_KEY_BITS + _PLACE_BITS)) | (leading << _PLACE_BITS) | place)
        heads = joined >> _PLACE_BITS
        if (heads[1:] != heads[:-1]).all():
            return np.asarray(joined & ((1 << _PLACE_BITS) - 1), dtype=np.int64)
    return np.lexsort((keys, groups))
