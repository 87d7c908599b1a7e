"""Different values of lists of whole numbers, by sorting the numbers themselves (faster than `numpy.unique`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from klyngesim.streams import Ints

_POSITION_BITS = 22  # room for four million entries beside keys below 2**41
_POSITION = (1 << _POSITION_BITS) - 1


def first_by_key(keys: Ints) -> Ints:
    """Positions of the first occurrence of every key, ascending by key (0 to 2**41 - 1)."""
    both, first = _ordered(keys)
    return np.asarray(both[first] & _POSITION)


def grouped(keys: Ints) -> tuple[Ints, Ints]:
    """The different keys (0 to 2**41 - 1), ascending, and the place among them of every entry."""
    both, first = _ordered(keys)
    place = np.empty(len(keys), dtype=np.int64)
    place[both & _POSITION] = np.cumsum(first) - 1
    return both[first] >> _POSITION_BITS, place


def _ordered(keys: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Keys with their positions, ascending, and which of them are the first of their key."""
    # Key and position in one integer: sorting numbers is several times faster than sorting their positions.
    both = np.sort((keys << _POSITION_BITS) | np.arange(len(keys)))
    return both, _starts(both >> _POSITION_BITS)


def distinct(keys: Ints) -> Ints:
    """The different values of a list of whole numbers, ascending."""
    ordered = np.sort(keys)
    return ordered[_starts(ordered)]


def _starts(ordered: Ints) -> NDArray[np.bool_]:
    """Where a new value begins in an ascending list."""
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], first[1:])
    return first
