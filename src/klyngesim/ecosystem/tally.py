"""Ideas that moved between the stages of the funnel: counted while it happens, proved and written down at the end."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem import stages
from klyngesim.ecosystem.ledger import BookkeepingError
from klyngesim.ecosystem.rows import Episode
from klyngesim.ecosystem.tables import Rows
from klyngesim.results.records import FunnelRows
from klyngesim.results.vocabulary import FIRM_CLASSES, REASON, REASONS, STAGES
from klyngesim.streams import Ints


class Tally:
    """Counts of one run.

    Args:
        organisations: number of organisations, O.

    Attributes:
        moves: ideas that moved this quarter, by stage before, stage after, reason (codes of `stages` and `reasons`),
            organisation and firm class, int64.
        stock: open ideas by stage, organisation and firm class, int64.
    """

    def __init__(self, organisations: int) -> None:
        self.moves = np.zeros((len(STAGES), len(STAGES), len(REASONS), organisations, len(FIRM_CLASSES)), np.int64)
        self.stock = np.zeros((len(STAGES), organisations, len(FIRM_CLASSES)), np.int64)
        self._funnel: list[tuple[int, Ints, Ints]] = []

    def move(
        self, organisation: Ints, size: Ints, from_stage: Ints | int, to_stage: Ints | int, reason: Ints | str
    ) -> None:
        """Ideas that moved between stages, one entry each.

        Args:
            organisation: organisation of each idea, shape (n,).
            size: its firm class, shape (n,).
            from_stage: stage code before, one for all or shape (n,).
            to_stage: stage code after, likewise.
            reason: id of `vocabulary.REASONS`, or codes of shape (n,).
        """
        code = REASON[reason] if isinstance(reason, str) else reason
        np.add.at(self.moves, (from_stage, to_stage, code, organisation, size), 1)  # type: ignore[arg-type]

    def close(self, period: int, episodes: Rows[Episode]) -> None:
        """Ends a quarter and proves that every stage count is the previous one plus in minus out.

        Args:
            period: the quarter.
            episodes: open ideas.

        Raises:
            BookkeepingError: when the open ideas are not those that the counted moves leave.
        """
        cells, counts = _moved(self.moves.reshape(-1), self.moves.shape, self.stock)
        self._funnel.append((period, cells, counts))
        actual = _counted(episodes, np.zeros_like(self.stock))
        wrong = np.argwhere(self.stock != actual)
        if len(wrong):
            stage, organisation, size = (int(index) for index in wrong[0])
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
        from_stage, to_stage, reason, organisation, size = np.unravel_index(flat, self.moves.shape)
        return FunnelRows(period, organisation, size, from_stage, to_stage, reason, count)


@loop
def _moved(moves: Ints, shape: tuple[int, ...], stock: Ints) -> tuple[Ints, Ints]:
    """Cells in which something moved and how much, with the stock brought up to date; the moves begin anew."""
    some = np.flatnonzero(moves)
    counts = moves[some]
    _, kinds, why, organisations, sizes = shape
    for index in range(len(some)):
        rest, size = divmod(some[index], sizes)
        rest, organisation = divmod(rest, organisations)
        before, after = divmod(rest // why, kinds)
        if before not in (stages.OUTSIDE, stages.LEFT):
            stock[before, organisation, size] -= counts[index]
        if after not in (stages.OUTSIDE, stages.LEFT):
            stock[after, organisation, size] += counts[index]
        moves[some[index]] = 0
    return some, counts


@loop
def _counted(episodes: Rows[Episode], stock: Ints) -> Ints:
    """Open ideas by stage, organisation and firm class."""
    for row in range(len(episodes)):
        episode = episodes[row]
        stock[episode.stage, episode.organisation, episode.size] += 1
    return stock
