"""How episodes leave the funnel: one reason each, booked once."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.state import World
from klyngesim.results.vocabulary import REASON, STAGE
from klyngesim.streams import Ints


def leave(world: World, rows: Ints, reason: Ints | str) -> None:
    """Episodes (rows) leave for a reason; they are taken out of the table at the end of the quarter.

    Args:
        world: state.
        rows: rows in `Episodes`, each once.
        reason: id of `vocabulary.REASONS` for all, or codes of shape (n,).
    """
    if len(rows) == 0:
        return
    episodes = world.episodes
    code = np.full(len(rows), REASON[reason]) if isinstance(reason, str) else reason
    world.tally.move(episodes.organisation[rows], episodes.size[rows], episodes.stage[rows], STAGE["left"], code)
    np.subtract.at(world.relations.open_ideas, episodes.relation[rows], 1)
    in_project = rows[episodes.project[rows] >= 0]
    projects, hit = world.projects, episodes.project[in_project]
    np.subtract.at(projects.firms, hit, 1)
    projects.running[hit[projects.firms[hit] <= 0]] = False
    episodes.stage[rows] = STAGE["left"]


def tidy(world: World) -> None:
    """Drops the episodes that left."""
    world.episodes.keep(world.episodes.stage != STAGE["left"])
