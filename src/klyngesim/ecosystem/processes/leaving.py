"""How ideas move between the stages of the funnel and leave it: one reason each, booked once."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem import stages
from klyngesim.ecosystem.rows import NEVER, Episode, Project, Relation
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.results.vocabulary import REASON
from klyngesim.streams import Ints


@loop
def numbers(ideas: Rows[Episode], rows: Ints) -> Ints:
    """Addresses of the draws of ideas."""
    return np.array([ideas[row].number for row in rows], dtype=np.int64)


@loop
def move(idea: Episode, moves: Moves, stage: int, reason: int, period: int) -> None:
    """Moves an idea to another stage and counts the move."""
    moves[idea.stage, stage, reason, idea.organisation, idea.size] += 1
    idea.stage, idea.since = stage, period


@loop
def leave_project(idea: Episode, projects: Rows[Project]) -> None:
    """Takes an idea out of its project, if it has one; a project without firms stops."""
    if idea.project != NEVER:
        project = projects[idea.project]
        project.firms -= 1
        if project.firms <= 0:
            project.running = False
        idea.project = NEVER


@loop
def depart(
    idea: Episode, relations: Rows[Relation], projects: Rows[Project], moves: Moves, reason: int, period: int
) -> None:
    """An idea leaves the funnel; it is taken out of the table at the end of the quarter."""
    move(idea, moves, stages.LEFT, reason, period)
    relations[idea.relation].open_ideas -= 1
    leave_project(idea, projects)


@loop
def depart_all(
    ideas: Rows[Episode],
    relations: Rows[Relation],
    projects: Rows[Project],
    moves: Moves,
    rows: Ints,
    reason: int,
    period: int,
) -> None:
    """Ideas (``rows``) leave the funnel for one reason."""
    for row in rows:
        depart(ideas[row], relations, projects, moves, reason, period)


def leave(world: World, rows: Ints, reason: str) -> None:
    """Ideas leave the funnel for a reason.

    Args:
        world: state.
        rows: rows in `Episodes`, each once.
        reason: id of `vocabulary.REASONS`.
    """
    tables = world.episodes.rows, world.relations.rows, world.projects.rows
    depart_all(*tables, world.tally.moves, rows, REASON[reason], world.period)


def tidy(world: World) -> None:
    """Drops the ideas that left."""
    world.episodes.keep(world.episodes.stage != stages.LEFT)
