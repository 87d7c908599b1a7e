"""Proposals of firms from tables frozen at the start of a run: how strangers are found without scanning everybody."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klyngesim.compiled import loop, rule
from klyngesim.packed import pack
from klyngesim.population.register import Register
from klyngesim.population.strongholds import ID_BITS
from klyngesim.population.traits import Firms, Living
from klyngesim.streams import Floats, Ints

NUMBERS = 1 << 20
"""Room for numbered proposals on one list in one quarter."""

_BINS = 1024  # a power of two, so that a number and its part of the unit are rounded alike


class ProposalTable(NamedTuple):
    """Cells from which strangers are proposed, frozen at the start of a run.

    Attributes:
        bounds: running sum of cell weights, one unit of length per list of weights, and infinity at
            the end, shape (L * cells + 1,).
        cells: number of cells.
        guide: first place in ``bounds`` that a number in each `_BINS`-th part of a unit can fall on, int32,
            shape (L * _BINS + 1,): where a search begins, and mostly ends.
    """

    bounds: Floats
    cells: int
    guide: NDArray[np.int32]

    @staticmethod
    def build(weight: Floats) -> ProposalTable:
        """A table from lists of the weights of cells, shape (L, cells): one for each role and organisation."""
        count, cells = weight.shape
        running = np.cumsum(weight, axis=1)
        # A list without anybody to propose (a tiny population) keeps its place and proposes nobody.
        some = running[:, -1:] > 0.0
        running = np.where(some, running / np.where(some, running[:, -1:], 1.0), 1.0)
        bounds = np.append((running + np.arange(count)[:, None]).ravel(), np.inf)
        edges = np.arange(count * _BINS + 1) / _BINS
        return pack(ProposalTable(bounds, cells, np.searchsorted(bounds, edges, side="right").astype(np.int32)))


class Proposals(NamedTuple):
    """What firms are proposed from in a quarter.

    Attributes:
        table: cells by weight.
        firms: the register.
        living: its firms of the quarter.
    """

    table: ProposalTable
    firms: Firms
    living: Living


def proposals(table: ProposalTable, register: Register, period: int) -> Proposals:
    """What firms are proposed from in a quarter."""
    return pack(Proposals(table, register.firms, register.living(period)))


@rule
def cell_rule(table: ProposalTable, which: int, luck: float) -> int:
    """Cell of list ``which`` that a uniform falls on: the first one whose running sum lies above it."""
    target = which + luck
    place = int(table.guide[int(target * _BINS)])
    while table.bounds[place] <= target:
        place += 1
    # The sum may round up to the next list's unit; it means the last cell.
    return min(place - which * table.cells, table.cells - 1)


@loop
def propose(proposals: Proposals, which: int, cell_luck: Floats, firm_luck: Floats) -> tuple[Ints, Ints, Ints]:
    """Proposes firms of list ``which``, each as often as the weight of its cell says.

    Returns:
        The proposals that fall on a living firm and are kept, its permanent id, and its row; each of shape (n,).
    """
    firms, living = proposals.firms, proposals.living
    most = len(cell_luck)
    cells, rows = np.empty(most, np.int64), np.empty(most, np.int64)
    kept, idents, there = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.bool_)
    for index in range(most):
        cell = cells[index] = cell_rule(proposals.table, which, cell_luck[index])
        place = firm_luck[index] * living.entered[cell]
        inside = int(place)
        # What is left of the uniform behind the firm's number is a uniform of its own.
        there[index] = (living.entered[cell] > 0) & (place - inside < living.thinning[cell])
        rows[index] = firms.first_row[cell] + inside if there[index] else 0
    # Firms are looked up without a branch between them, so that one read from far away waits for no other.
    count = 0
    for index in range(most):
        row = rows[index]
        kept[count], rows[count] = index, row
        idents[count] = (cells[index] << ID_BITS) | (row - firms.first_row[cells[index]])
        count += there[index] & (living.period < firms.death[row])
    return kept[:count], idents[:count], rows[:count]
