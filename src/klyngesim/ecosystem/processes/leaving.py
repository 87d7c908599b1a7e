"""How ideas move between the stages of the funnel and leave it: one reason each, booked once."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem import stages
from klyngesim.ecosystem.rows import NEVER, Episode
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tally import count
from klyngesim.streams import Floats, Ints, uniforms


@loop
def numbers_of(state: State, rows: Ints) -> Ints:
    """Addresses of the draws of ideas."""
    return np.array([state.episodes[row].number for row in rows], dtype=np.int64)


@loop
def luck_of(state: State, decision: int, rows: Ints) -> Floats:
    """Uniforms of a decision about ideas (``rows``) in this quarter."""
    return uniforms(state.draws, decision, state.period, numbers_of(state, rows))


@loop
def move(state: State, idea: Episode, stage: int, reason: int) -> None:
    """Moves an idea to another stage and counts the move."""
    count(state.moves, idea.since, idea.stage, stage, reason, idea.organisation, idea.size)
    idea.stage, idea.since = stage, state.period


@loop
def leave_project(state: State, idea: Episode) -> None:
    """Takes an idea out of its project, if it has one; a project without firms stops."""
    if idea.project != NEVER:
        project = state.projects[idea.project]
        project.firms -= 1
        if project.firms <= 0:
            project.running = False
        idea.project = NEVER


@loop
def depart(state: State, idea: Episode, reason: int) -> None:
    """An idea leaves the funnel; it is taken out of the table at the end of the quarter."""
    move(state, idea, stages.LEFT, reason)
    state.relations[idea.relation].open_ideas -= 1
    leave_project(state, idea)


@loop
def depart_all(state: State, rows: Ints, reason: int) -> None:
    """Ideas (``rows``) leave the funnel for one reason."""
    for row in rows:
        depart(state, state.episodes[row], reason)


def tidy(world: World) -> None:
    """Drops the ideas that left."""
    world.episodes.keep(world.episodes.stage != stages.LEFT)
