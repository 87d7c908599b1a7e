"""Ideas that moved between the stages of the funnel, and what became of each cohort: counted while it happens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klyngesim.compiled import loop
from klyngesim.ecosystem import stages
from klyngesim.ecosystem.ledger import BookkeepingError
from klyngesim.ecosystem.rows import Episode
from klyngesim.ecosystem.tables import Rows
from klyngesim.packed import pack
from klyngesim.results.records import INHERITED, CohortRows, FunnelRows
from klyngesim.results.vocabulary import FIRM_CLASSES, OUTCOME, OUTCOMES, REASONS, STAGES
from klyngesim.streams import Ints

OPEN = OUTCOME["open"]
"""Outcome of ideas that are still in their stage; those that left have it and their reason added up."""


class Moves(NamedTuple):
    """Ideas that moved, int32 (there are many cells and few moves); stages and reasons are codes of `vocabulary`.

    Attributes:
        now: this quarter, by stage before, stage after, reason, organisation and firm class.
        cohorts: since the start, by year in which the idea entered the stage that it leaves (0: before 2021), this
            stage, outcome (`vocabulary.OUTCOMES`), organisation and firm class.
    """

    now: NDArray[np.int32]
    cohorts: NDArray[np.int32]


@loop
def count(moves: Moves, entered: int, before: int, after: int, reason: int, organisation: int, size: int) -> None:
    """Counts an idea of a firm class that leaves a stage (``before``), which it ``entered`` in a quarter."""
    moves.now[before, after, reason, organisation, size] += 1
    outcome = OPEN + reason if after == stages.LEFT else after
    moves.cohorts[1 + entered // 4, before, outcome, organisation, size] += 1


class Tally:
    """Counts of one run.

    Args:
        organisations: number of organisations, O.
        periods: quarters of the run.

    Attributes:
        moves: what moved.
        stock: open ideas by stage, organisation and firm class, int64.
    """

    def __init__(self, organisations: int, periods: int) -> None:
        who = (organisations, len(FIRM_CLASSES))
        years = 2 + (periods - 1) // 4
        now = np.zeros((len(STAGES), len(STAGES), len(REASONS), *who), np.int32)
        self.moves = pack(Moves(now, np.zeros((years, len(STAGES), len(OUTCOMES), *who), np.int32)))
        self.stock = np.zeros((len(STAGES), organisations, len(FIRM_CLASSES)), np.int64)
        self._funnel: list[tuple[int, Ints, Ints]] = []

    def close(self, period: int, episodes: Rows[Episode]) -> None:
        """Ends a quarter and proves that every stage count is the previous one plus in minus out.

        Args:
            period: the quarter.
            episodes: open ideas.

        Raises:
            BookkeepingError: when the open ideas are not those that the counted moves leave.
        """
        self._funnel.append((period, *_moved(self.moves.now, self.stock)))
        actual = _counted(episodes, np.zeros_like(self.stock))
        if not np.array_equal(self.stock, actual):
            stage, organisation, size = (int(index) for index in np.argwhere(self.stock != actual)[0])
            raise BookkeepingError(
                f"quarter {period}: stage {STAGES[stage].id} holds {actual[stage, organisation, size]} episodes of "
                f"{FIRM_CLASSES[size].id} firms in organisation {organisation}, counted moves leave "
                f"{self.stock[stage, organisation, size]}"
            )

    def funnel(self) -> FunnelRows:
        """All moves of the run, one row per quarter, organisation, class, stages and reason with a count."""
        flat = np.concatenate([cells for _, cells, _ in self._funnel])
        count = np.concatenate([counts for _, _, counts in self._funnel])
        period = np.concatenate([np.full(len(cells), at) for at, cells, _ in self._funnel])
        from_stage, to_stage, reason, organisation, size = np.unravel_index(flat, self.moves.now.shape)
        return FunnelRows(period, organisation, size, from_stage, to_stage, reason, count)

    def cohorts(self, episodes: Rows[Episode]) -> CohortRows:
        """What became of every cohort, ideas that are still on their way (``episodes``) among them."""
        found = _still_there(episodes, self.moves.cohorts.astype(np.int64))
        found[:, stages.OUTSIDE] = 0  # who was outside is in no stage
        cells = np.flatnonzero(found)
        entered, stage, outcome, organisation, size = np.unravel_index(cells, found.shape)
        return CohortRows(INHERITED + entered, organisation, size, stage, outcome, found.ravel()[cells])


@loop
def _moved(moves: NDArray[np.int32], stock: Ints) -> tuple[Ints, Ints]:
    """Cells in which something moved and how much, with the stock brought up to date; the moves begin anew."""
    kinds, _, why, organisations, sizes = moves.shape
    pairs, flat = moves.reshape((kinds * kinds, -1)), moves.reshape(-1)
    each = pairs.shape[1]
    cells = np.array(
        [
            pair * each + cell
            for pair in range(len(pairs))
            if pairs[pair].max() > 0  # between most stages nothing moves
            for cell in range(each)
            if pairs[pair, cell] > 0
        ],
        dtype=np.int64,
    )
    counts = np.zeros(len(cells), dtype=np.int64)
    whose = stock.reshape((kinds, -1))
    for index in range(len(cells)):
        rest, who = divmod(cells[index], organisations * sizes)
        before, after = divmod(rest // why, kinds)
        counts[index] = flat[cells[index]]
        flat[cells[index]] = 0
        if before not in (stages.OUTSIDE, stages.LEFT):
            whose[before, who] -= counts[index]
        if after not in (stages.OUTSIDE, stages.LEFT):
            whose[after, who] += counts[index]
    return cells, counts


@loop
def _counted(episodes: Rows[Episode], stock: Ints) -> Ints:
    """Open ideas by stage, organisation and firm class."""
    for row in range(len(episodes)):
        episode = episodes[row]
        stock[episode.stage, episode.organisation, episode.size] += 1
    return stock


@loop
def _still_there(episodes: Rows[Episode], cohorts: Ints) -> Ints:
    """Adds open ideas to the cohorts in which they entered their stage."""
    for row in range(len(episodes)):
        episode = episodes[row]
        cohorts[1 + episode.since // 4, episode.stage, OPEN, episode.organisation, episode.size] += 1
    return cohorts
