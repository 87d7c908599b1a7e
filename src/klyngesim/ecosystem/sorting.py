"""Different values of lists of whole numbers, by sorting the numbers themselves (faster than `numpy.unique`)."""

from __future__ import annotations

import numpy as np

from klyngesim.streams import Ints

_POSITION_BITS = 22  # room for four million entries beside keys below 2**41


def first_of_each(keys: Ints) -> Ints:
    """Positions of the first occurrence of every key, in the order of the list."""
    # Key and position in one integer: sorting numbers is several times faster than sorting their positions.
    both = np.sort((keys << _POSITION_BITS) | np.arange(len(keys)))
    ordered = both >> _POSITION_BITS
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    marked = np.zeros(len(keys), dtype=np.bool_)
    marked[both[first] & ((1 << _POSITION_BITS) - 1)] = True
    return np.flatnonzero(marked)


def distinct(keys: Ints) -> Ints:
    """The different values of a list of whole numbers, ascending."""
    ordered = np.sort(keys)
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def counted(keys: Ints, room: int) -> tuple[Ints, Ints]:
    """The different values of a list of whole numbers, ascending, and how often each occurs.

    Args:
        keys: int64, shape (n,).
        room: the keys are expected in 0..room-1; others are found too, but slower.
    """
    if len(keys) and keys.min() >= 0 and keys.max() < room:
        often = np.bincount(keys, minlength=room)
        values = np.flatnonzero(often)
        return values, often[values]
    ordered = np.sort(keys)
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(first)
    return ordered[starts], np.diff(np.append(starts, len(keys)))
