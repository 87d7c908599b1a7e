"""Ties between firms and units of knowledge institutions: found by their keys, made, strengthened and faded.

The table stays in the order of keys, so that the ties of a firm stand together, by unit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.rows import NEVER, Tie, Ties
from klyngesim.ecosystem.settings import number
from klyngesim.ecosystem.state import State
from klyngesim.ecosystem.tables import Array, Rows
from klyngesim.streams import Ints


class Growth(NamedTuple):
    """Parameters of working together.

    Attributes:
        gain: share of the missing strength that a tie gains.
        initial: strength of a new tie.
    """

    gain: float = number("tie.gain")
    initial: float = number("tie.initial")


@loop
def first_from(ties: Rows[Tie], key: int) -> int:
    """First row whose key is not below ``key``; the number of ties where all are."""
    low, high = 0, len(ties)
    while low < high:
        middle = (low + high) // 2
        if ties[middle].key < key:
            low = middle + 1
        else:
            high = middle
    return low


@loop
def find(ties: Rows[Tie], key: int) -> int:
    """Row of the tie with a key, `NEVER` where there is none."""
    row = first_from(ties, key)
    return row if row < len(ties) and ties[row].key == key else NEVER


@loop
def strength_of(ties: Rows[Tie], key: int) -> float:
    """Strength of the tie with a key, 0 where there is none."""
    row = find(ties, key)
    return 0.0 if row == NEVER else ties[row].strength


@loop
def insert(store: Array, count: int, new: Rows[Tie]) -> int:
    """Adds ties, each at its place in the order of keys; those that are there already stay as they are.

    Args:
        store: all rows that there is room for, among them rows for all new ties.
        count: rows in use.
        new: complete ties in any order; of several with one key the first is added.

    Returns:
        Rows in use afterwards.
    """
    ties = store[:count]
    order = np.argsort(np.array([new[row].key for row in range(len(new))], dtype=np.int64), kind="mergesort")
    added, places, number, last = order.copy(), order.copy(), 0, NEVER
    for row in order:
        key = new[row].key
        place = first_from(ties, key)
        if key != last and (place == count or ties[place].key != key):
            added[number], places[number] = row, place
            number += 1
        last = key
    # From the last one down, so that every tie moves once.
    end = count
    for before in range(number - 1, -1, -1):
        for row in range(end - 1, places[before] - 1, -1):
            store[row + before + 1] = store[row]
        end = places[before]
        store[end + before] = new[added[before]]
    return count + number


def add(ties: Ties, count: int, **columns: Any) -> None:
    """Adds ties where there are none yet; of several with one key the first is added.

    Args:
        ties: table that grows.
        count: number of new ties, n.
        columns: every column, an array of shape (n,) or one value for all.
    """
    new = Ties(count)
    new.append(count, **columns)
    ties.use(insert(ties.reserve(count), ties.count, new.rows))


@loop
def work_together(state: State, store: Array, count: int, rows: Ints, units: int, growth: Growth) -> int:
    """Firms of ideas and the units that they work with: a tie gains strength, or a new one is made.

    A pair of firm and unit counts once, for the organisation of its first idea.

    Args:
        state: of the quarter.
        store: all ties that there is room for, among them one for every idea.
        count: ties in use.
        rows: ideas that are worked on.
        units: number of units.
        growth: parameters.

    Returns:
        Ties in use afterwards.
    """
    ties = store[:count]
    known, strength = np.empty(len(rows), dtype=np.int64), np.empty(len(rows))
    new, number = np.empty(len(rows), store.dtype), 0
    for index in range(len(rows)):
        episode = state.episodes[rows[index]]
        key = episode.ident * units + episode.unit
        known[index] = find(ties, key)
        if known[index] != NEVER:
            strength[index] = gain_rule(ties[known[index]].strength, growth.gain)
        else:
            tie = new[number]
            tie.key, tie.ident, tie.unit = key, episode.ident, episode.unit
            tie.death = state.contacts[episode.contact].death
            tie.strength, tie.origin, tie.last = growth.initial, episode.organisation, state.period
            number += 1
    for index in range(len(rows)):
        if known[index] != NEVER:
            tie = ties[known[index]]
            tie.strength, tie.last = strength[index], state.period
    return insert(store, count, new[:number])


@loop
def fade(ties: Rows[Tie], kept: float, floor: float, period: int) -> int:
    """All ties keep a share of their strength; those below a floor and those of firms that close now are dropped.

    Returns:
        Rows in use afterwards.
    """
    count = 0
    for row in range(len(ties)):
        tie = ties[row]
        tie.strength *= kept
        if tie.strength >= floor and tie.death > period + 1:
            if count != row:
                ties[count] = tie
            count += 1
    return count
