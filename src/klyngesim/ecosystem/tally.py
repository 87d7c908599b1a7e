"""What happened in a quarter, counted while it happens: the latent flows and the registered activity."""

from __future__ import annotations

import math

import numpy as np

from klyngesim.ecosystem.ledger import BookkeepingError
from klyngesim.ecosystem.sorting import counted
from klyngesim.results.records import FunnelRows
from klyngesim.results.vocabulary import FIRM_CLASSES, REASON, REASONS, STAGE, STAGES
from klyngesim.streams import Ints

CONTACTED = STAGE["contacted"]
_CLASSES, _STAGES, _REASONS = len(FIRM_CLASSES), len(STAGES), len(REASONS)


class Tally:
    """Counts of one run.

    Args:
        organisations: number of organisations, O.

    Attributes:
        stock: open episodes by organisation, firm class and stage, int64, shape (O, classes, stages).
    """

    def __init__(self, organisations: int) -> None:
        self._groups = organisations * _CLASSES
        self._shape = (_STAGES, _STAGES, _REASONS, organisations, _CLASSES)
        self._cells = math.prod(self._shape)
        self._moves: list[Ints] = []
        self._funnel: list[tuple[int, Ints, Ints]] = []
        self.stock = np.zeros((organisations, _CLASSES, _STAGES), dtype=np.int64)

    def start(self) -> None:
        """Begins a quarter."""
        self._moves = []

    def move(
        self, organisation: Ints, size: Ints, from_stage: Ints | int, to_stage: Ints | int, reason: Ints | str
    ) -> None:
        """Episodes that moved between stages, one entry each.

        Args:
            organisation: organisation of each episode, shape (n,).
            size: its firm class, shape (n,).
            from_stage: stage code before, one for all or shape (n,).
            to_stage: stage code after, likewise.
            reason: id of `vocabulary.REASONS`, or codes of shape (n,).
        """
        code = REASON[reason] if isinstance(reason, str) else reason
        # Most moves of a call are between the same stages: one number for all of them.
        way = ((from_stage * _STAGES + to_stage) * _REASONS + code) * self._groups
        self._moves.append(np.asarray(organisation * _CLASSES + size + way, dtype=np.int64))

    def close(self, period: int, stages: Ints, organisation: Ints, size: Ints) -> None:
        """Ends a quarter and proves that every stage count is the previous one plus in minus out.

        Args:
            period: the quarter.
            stages: stage of every open episode, shape (n,).
            organisation: its organisation.
            size: its firm class.

        Raises:
            BookkeepingError: when the open episodes are not those that the counted moves leave.
        """
        moved = np.concatenate(self._moves) if self._moves else np.zeros(0, dtype=np.int64)
        flat, counts = counted(moved, self._cells)
        self._funnel.append((period, flat, counts))
        way, group = np.divmod(flat, self._groups)
        from_stage, to_stage = np.divmod(way // _REASONS, _STAGES)
        if len(flat) and (flat[0] < 0 or flat[-1] >= self._cells):
            raise BookkeepingError(f"quarter {period}: a move names a stage or reason that does not exist")
        stock = self.stock.reshape(-1, _STAGES).copy()
        np.add.at(stock, (group, to_stage), counts)
        np.add.at(stock, (group, from_stage), -counts)
        stock[:, STAGE["outside"]] = 0
        stock[:, STAGE["left"]] = 0
        index = (organisation * _CLASSES + size) * _STAGES + stages
        actual = np.bincount(index, minlength=stock.size).reshape(stock.shape)
        if not np.array_equal(stock, actual):
            where = tuple(int(axis[0]) for axis in np.nonzero(stock != actual))
            raise BookkeepingError(
                f"quarter {period}: stage {STAGES[where[1]].id} holds {actual[where]} episodes of group {where[0]}, "
                f"counted moves leave {stock[where]}"
            )
        self.stock = actual.reshape(self.stock.shape)

    def funnel(self) -> FunnelRows:
        """All moves of the run, one row per quarter, organisation, class, stages and reason with a count."""
        flat = np.concatenate([moves for _, moves, _ in self._funnel])
        count = np.concatenate([counts for _, _, counts in self._funnel])
        period = np.concatenate([np.full(len(moves), at) for at, moves, _ in self._funnel])
        from_stage, to_stage, reason, organisation, size = np.unravel_index(flat, self._shape)
        return FunnelRows(period, organisation, size, from_stage, to_stage, reason, count)
