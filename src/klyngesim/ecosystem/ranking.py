"""Draws without replacement, and orders, inside groups: who gets the seats of each organisation."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.tables import Bools
from klyngesim.streams import Floats, Ints


@loop
def positions_by_group(groups: Ints, count: int) -> tuple[Ints, Ints]:
    """Positions in the order of ``count`` groups numbered from 0, and where each group begins and the last one ends."""
    bounds = np.zeros(count + 1, dtype=np.int64)
    for group in groups:
        bounds[group + 1] += 1
    bounds = np.cumsum(bounds)
    free = bounds.copy()
    order = np.empty(len(groups), dtype=np.int64)
    for position in range(len(groups)):
        group = groups[position]
        order[free[group]] = position
        free[group] += 1
    return order, bounds


@loop
def by_group_and_key(groups: Ints, keys: Floats, count: int) -> Ints:
    """Order by group, then key, then position, of ``count`` groups numbered from 0."""
    order, bounds = positions_by_group(groups, count)
    for group in range(count):
        members = order[bounds[group] : bounds[group + 1]]
        members[:] = members[np.argsort(keys[members], kind="mergesort")]
    return order


@loop
def keep_smallest(groups: Ints, keys: Floats, quotas: Ints) -> Bools:
    """Marks the ``quotas[g]`` smallest keys within every group: a draw without replacement when keys are noise.

    Args:
        groups: int64 in 0..G-1, shape (n,).
        keys: float64, shape (n,), lower is chosen first; ties are broken by position.
        quotas: int64, shape (G,).

    Returns:
        bool, shape (n,). Raising a quota only adds members; removing one candidate only lets the next in.
    """
    order, bounds = positions_by_group(groups, len(quotas))
    chosen = np.zeros(len(groups), dtype=np.bool_)
    for group in range(len(quotas)):
        members, quota = order[bounds[group] : bounds[group + 1]], quotas[group]
        if len(members) <= quota:
            chosen[members] = True
        elif quota > 0:
            # Where more ask than there is room for the last key that is let in decides: no order is needed.
            asked = keys[members]
            last = np.partition(asked, quota - 1)[quota - 1]
            ties = quota - np.sum(asked < last)
            for member in members:
                ties -= keys[member] == last
                chosen[member] = keys[member] < last or (keys[member] == last and ties >= 0)
    return chosen


@loop
def keep_smallest_of(wanting: Bools, groups: Ints, keys: Floats, quotas: Ints) -> Bools:
    """`keep_smallest` among those who want; the others are never chosen. ``wanting``: bool, shape (n,)."""
    chosen = np.zeros(len(groups), dtype=np.bool_)
    asking = np.flatnonzero(wanting)
    chosen[asking] = keep_smallest(groups[asking], keys[asking], quotas)
    return chosen
