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

from enum import IntEnum, unique
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klyngesim.compiled import loop, rule
from klyngesim.packed import pack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MULTIPLIER = np.uint64(0xD256D193)
_WEYL = np.uint64(0x9E3779B9)
_ROUNDS = 10
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_SPARE = np.uint64(11)  # 64 bits less the 53 of a double
_UNIT = 2.0**-53
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
    INITIAL_EQUITY = 23
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
    CONTACT_REFERRED = 65
    RETURN = 70
    SEAT_RANK = 71
    SECOND_SEAT = 72
    SEAT_TYPE = 73
    OFFER_ORDER = 83
    REGISTERED_SEAT = 86
    IDEA = 74
    INSTITUTION_PRESENT = 75
    MATCH = 77
    DROP_OUT = 78
    TIE_GROUP = 79
    MEET_UNIVERSITY = 140
    MEET_GTS = 141
    MEET_UNIVERSITY_COLLEGE = 142
    MEET_BUSINESS_ACADEMY = 143
    MEET_ART_SCHOOL = 144
    MEET_FOREIGN_INSTITUTION = 145
    OLD_PARTNER = 84
    UNIT_RANK = 85
    NEXT_STEP = 90
    TRY_AGAIN = 91
    APPLICATION_SLOT = 92
    APPLICATION_RANK = 93
    APPLICATION_WON = 94
    AWARD_SIZE = 95
    APPLICATION_SOURCE = 97
    APPLICATION_ROOM = 98
    JOINT = 146
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


@rule
def philox2x32(counter0: np.uint64, counter1: np.uint64, key: np.uint64) -> np.uint64:
    """Philox2x32-10 of two counter words and a key, each below 2**32.

    Returns the two output words joined into one 64-bit integer: first word in the high half, second in the low.
    Known answers: counter 0, 0, key 0 gives ff1dae59, 6cd10df2 (Random123, ``kat_vectors``).
    """
    left, right = counter0, counter1
    for _ in range(_ROUNDS):
        product = left * _MULTIPLIER
        left = (product >> _HALF) ^ key ^ right
        right = product & _MASK
        key = (key + _WEYL) & _MASK
    return (left << _HALF) | right


@rule
def _high(decision: int, period: int) -> int:
    """Decision and period at their places in counter word 1."""
    return (decision << (_PERIOD_BITS + _HIGH_ID_BITS)) | (period << _HIGH_ID_BITS)


class Draws(NamedTuple):
    """What a loop needs to draw numbers.

    Attributes:
        key: run seed, 32 bits.
        drawn: how many uniforms were asked for so far, shape (1,).
    """

    key: int
    drawn: Ints


@loop
def _fill(draws: Draws, high: int, ids: Ints, out: Floats) -> None:
    """Uniforms of ids under one upper part of an address, written into ``out``."""
    draws.drawn[0] += len(ids)
    # Only numbers are made in this loop: the compiler makes several at a time.
    upper, key = np.uint64(high), np.uint64(draws.key)
    for place in range(len(ids)):
        word = np.uint64(ids[place])
        bits = philox2x32(word & _MASK, (word >> _HALF) | upper, key)
        out[place] = np.int64(bits >> _SPARE) * _UNIT


@loop
def _fill_rows(draws: Draws, high: Ints, ids: Ints) -> Floats:
    """Uniforms of the same ids at several upper parts of an address, shape (addresses, n)."""
    out = np.empty((len(high), len(ids)))
    for row in range(len(high)):
        _fill(draws, high[row], ids, out[row])
    return out


@loop
def uniforms(draws: Draws, decision: int, period: int, ids: Ints) -> Floats:
    """`Streams.uniform` for loops."""
    out = np.empty(len(ids))
    _fill(draws, _high(decision, period), ids, out)
    return out


@loop
def several(draws: Draws, decisions: Ints, period: int, ids: Ints) -> Floats:
    """`Streams.several` for loops."""
    high = np.array([_high(decision, period) for decision in decisions], dtype=np.int64)
    return _fill_rows(draws, high, ids)


class Streams:
    """Uniforms of one run.

    Args:
        seed: run seed, 0 to 2**32 - 1.

    Attributes:
        draws: what loops draw with.
    """

    def __init__(self, seed: int) -> None:
        if not 0 <= seed < 2**32:
            raise ValueError(f"seed must lie in 0..{2**32 - 1}, not {seed}")
        self.seed = seed
        self.draws = pack(Draws(int(seed), np.zeros(1, dtype=np.int64)))

    @property
    def drawn(self) -> int:
        """How many uniforms were asked for so far."""
        return int(self.draws.drawn[0])

    def uniform(self, decision: Decision, period: int, ids: Ints) -> Floats:
        """Uniforms in [0, 1), one for each id, at the address (seed, decision, period, id).

        Args:
            decision: what is decided.
            period: quarter number, 0 to 1023 (0 also serves decisions made once).
            ids: int64, shape (n,), each 0 to 2**46 - 1; repeated ids get the same number.

        Returns:
            float64, shape (n,). The cost follows n, never the population.
        """
        return np.asarray(self.several((decision,), period, ids)[0])

    def several(self, decisions: tuple[Decision, ...], period: int, ids: Ints) -> Floats:
        """Uniforms of several decisions about the same ids, shape (decisions, n)."""
        return self._rows([_high(decision, period) for decision in decisions], period, ids)

    def calendar(self, decision: Decision, periods: int, ids: Ints) -> Floats:
        """Uniforms of a decision about the same few ids in every quarter from 0, shape (periods, n)."""
        return self._rows([_high(decision, period) for period in range(periods)], periods - 1, ids)

    def _rows(self, high: list[int], last: int, ids: Ints) -> Floats:
        """Uniforms of the same ids at several upper parts of an address, shape (addresses, n)."""
        if not 0 <= last <= MAX_PERIOD:
            raise ValueError(f"period must lie in 0..{MAX_PERIOD}, not {last}")
        return _fill_rows(self.draws, np.array(high, dtype=np.int64), np.ascontiguousarray(ids, dtype=np.int64))


def pair_id(first: Ints | int, second: Ints | int, size: int) -> Ints:
    """Joins two ids into one, injective as long as ``0 <= second < size`` and the result stays below 2**46."""
    return np.asarray(np.asarray(first, dtype=np.int64) * size + second, dtype=np.int64)


@rule
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
