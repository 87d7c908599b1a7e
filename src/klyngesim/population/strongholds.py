"""Industry groups and the strongholds (styrkepositioner) they belong to.

Table 1 gives three kinds of industries: main industries (hovederhverv) that belong to one stronghold, supporting
industries (støtteerhverv) shared by several, and the rest. Table 3 counts the firms of ten strongholds in 2021 and
exceeds Table 1's main industries (A5); the excess is read as supporting firms that Table 3 counts along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from klyngesim.exact import total
from klyngesim.streams import Floats, Ints

ID_BITS = 20
"""Bits of a firm's id that count firms inside a cell; the cell number stands above them."""

MICRO, SMALL, MEDIUM, LARGE, FOREIGN = range(5)
"""Size classes: below 10, 10-49, 50-249, 250 and more employees; foreign firms form a class of their own."""

SIZE_NAMES = ("micro", "small", "medium", "large", "foreign")
"""The size classes as parameters name them."""

MAIN, SUPPORTING, OUTSIDE, ABROAD = range(4)
"""Role of a firm for one organisation: main or supporting industry of its stronghold, outside it, or foreign."""

SIZES = 4


@dataclass(frozen=True)
class CellPlan:
    """Cells of the register: one industry group and one size class each.

    Attributes:
        group: int64, shape (cells,). Groups 0..S-1 are main industries of the S strongholds, S..2S-1 supporting
            industries (one per stronghold that they mainly serve), 2S the unattached, 2S+1 foreign firms.
        size_class: int64, shape (cells,).
        firms: int64, shape (cells,), alive at 2021Q1.
        strongholds: names of the S strongholds, by the id of their organisation.
        role: int64, shape (S, groups): role of each group for the organisation of each stronghold.
        counted_support: float64, shape (S,): share of a stronghold's supporting firms that Table 3 counts as its own.
    """

    group: Ints
    size_class: Ints
    firms: Ints
    strongholds: tuple[str, ...]
    role: Ints
    counted_support: Floats

    def cell_role(self) -> Ints:
        """Role of each cell for each organisation, shape (S, cells)."""
        return np.asarray(self.role[:, self.group], dtype=np.int64)


def supports(strongholds: int, links: int) -> NDArray[np.bool_]:
    """Which supporting group serves which stronghold: its own and ``links - 1`` others, evenly spaced.

    The report only says that supporting industries belong to several strongholds (F080); which ones is not printed.

    Returns:
        bool, shape (strongholds, groups).
    """
    step = max(1, strongholds // links)
    table = np.zeros((strongholds, strongholds), dtype=np.bool_)
    for group in range(strongholds):
        for link in range(links):
            table[(group + link * step) % strongholds, group] = True
    return table


def apportion(number: int, weights: Floats) -> Ints:
    """Whole numbers in proportion to weights that add up to ``number`` (largest remainders)."""
    whole_weight = float(total(weights))
    shares = weights / whole_weight if whole_weight > 0.0 else np.full(len(weights), 1.0 / len(weights))
    exact = number * shares
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: number - int(whole.sum())]] += 1
    return whole


def size_shares(size_totals: Floats, firms: Floats, employees: Floats, mean_employees: Floats) -> Floats:
    """Size distribution of each kind of industry, so that mean employees follow Table 1.

    Args:
        size_totals: firms with 10-49, 50-249, 250+ employees in all industries, shape (3,).
        firms: Table 1 by kind of industry, shape (3,).
        employees: Table 1 by kind of industry, shape (3,).
        mean_employees: mean employees by size class, shape (4,).

    Returns:
        float64, shape (3, 4): shares by kind and size class, rows add up to 1. Larger classes are scaled by one
        factor a kind, chosen so that employees per firm come out in the proportions of Table 1.
    """
    base = size_totals / total(firms)
    above = float(total(base * (mean_employees[1:] - mean_employees[0])))
    # Table 1's total fixes the level of employees per firm; the three kinds only share it out.
    level = (above + mean_employees[0]) / (total(employees) / total(firms))
    factor = (employees / firms * level - mean_employees[0]) / above
    shares = np.empty((len(firms), SIZES))
    shares[:, 1:] = factor[:, None] * base[None, :]
    shares[:, 0] = 1.0 - total(shares[:, 1:])
    return shares


def plan_cells(
    strongholds: tuple[str, ...],
    stronghold_firms: Floats,
    kind_firms: Ints,
    shares: Floats,
    larger: Floats,
    links: int,
    foreign_pool: int,
    scale: float,
) -> CellPlan:
    """Spreads Table 1 over industry groups and size classes.

    Args:
        strongholds: ids of the organisations of the strongholds, S of them.
        stronghold_firms: firms of each stronghold as Table 3 counts them (an assumption where it hides them), (S,).
        kind_firms: Table 1: firms in main, supporting and unattached industries, shape (3,).
        shares: size shares by kind, shape (3, 4).
        larger: firms above micro in the main industries of a stronghold relative to all strongholds alike, shape (S,).
        links: strongholds that a supporting industry belongs to.
        foreign_pool: foreign firms that can be reached.
        scale: share of the population to build; 1 is Denmark.

    Returns:
        The plan; Table 1's totals are met exactly at scale 1.
    """
    count = len(strongholds)
    main = apportion(int(kind_firms[0]), stronghold_firms)
    support = apportion(int(kind_firms[1]), stronghold_firms)
    serves = supports(count, links)
    reachable = serves @ support
    counted = np.minimum(1.0, np.maximum(0.0, stronghold_firms - main) / np.maximum(1, reachable))
    by_group = np.concatenate((main, support, [int(kind_firms[2])]))
    kind = np.concatenate((np.zeros(count, int), np.ones(count, int), [2]))
    relative = np.concatenate((larger, np.ones(count + 1)))
    firms = np.empty((len(by_group), SIZES), dtype=np.int64)
    for which in range(3):
        # Class by class over all groups of a kind, so that the rare large firms are not lost to rounding.
        members = np.flatnonzero(kind == which)
        left = by_group[members].copy()
        totals = apportion(int(left.sum()), shares[which])
        for size in range(LARGE, MICRO, -1):
            part = apportion(int(totals[size]), by_group[members] * relative[members])
            firms[members, size] = part
            left -= part
        firms[members, MICRO] = left
    flat = np.rint(firms.ravel() * scale).astype(np.int64)
    foreign_group = len(by_group)
    role = np.full((count, foreign_group + 1), OUTSIDE, dtype=np.int64)
    role[np.arange(count), np.arange(count)] = MAIN
    role[:, count : 2 * count][serves] = SUPPORTING
    role[:, foreign_group] = ABROAD
    return CellPlan(
        group=np.concatenate((np.repeat(np.arange(foreign_group), SIZES), [foreign_group])),
        size_class=np.concatenate((np.tile(np.arange(SIZES), foreign_group), [FOREIGN])),
        firms=np.concatenate((flat, [max(1, round(foreign_pool * scale))])),
        strongholds=strongholds,
        role=role,
        counted_support=counted,
    )
