"""Proposals of firms from tables frozen at the start of a run: how strangers are found without scanning everybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from klyngesim.ecosystem.tables import Bools
from klyngesim.population.register import Register
from klyngesim.streams import Floats, Ints

_BINS = 1024  # a power of two, so that a number and its part of the unit are rounded alike


@dataclass(frozen=True)
class ProposalTable:
    """Cells from which strangers are proposed, frozen at the start of a run.

    Attributes:
        bounds: running sum of cell weights, one unit of length per list of weights, and infinity at
            the end, shape (L * cells + 1,).
        cells: number of cells.
        guide: first place in ``bounds`` that a number in each `_BINS`-th part of a unit can fall on, int64,
            shape (L * _BINS + 1,): where a search begins, and mostly ends.
    """

    bounds: Floats
    cells: int
    guide: Ints

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
        return ProposalTable(bounds, cells, np.searchsorted(bounds, edges, side="right"))

    def place(self, target: Floats) -> Ints:
        """First place whose bound lies above each number: `numpy.searchsorted` from the right, with a head start."""
        found = self.guide.take((target * _BINS).astype(np.int64))
        behind = np.flatnonzero(self.bounds.take(found) <= target)
        found[behind] = np.searchsorted(self.bounds, target.take(behind), side="right")
        return found

    def propose(
        self, which: Ints, cell_uniform: Floats, firm_uniform: Floats, register: Register, period: int
    ) -> tuple[Ints, Ints, Bools]:
        """Firms proposed from lists ``which``: (cell, row, valid); valid ones live and occur as their weight says."""
        # The sum may round up to the next list's unit; it means the last cell.
        cell = np.minimum(self.place(which + cell_uniform) - which * self.cells, self.cells - 1)
        place = firm_uniform * register.entered(period).take(cell)
        index = place.astype(np.int64)
        row = register.first_row.take(cell) + index
        # What is left of the uniform behind the index is a uniform of its own.
        return cell, row, (period < register.death.take(row)) & (place - index < register.thinning(period).take(cell))
