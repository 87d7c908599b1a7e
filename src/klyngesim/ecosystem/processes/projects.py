"""Step 9: collaboration projects (samarbejdsprojekter): grant-funded pilots and external projects.

Pilots end inside the mandate; external projects run three to four years whatever happens to the mandate. Pilots
ground applications and applications fund projects (M065). Firms may withdraw, and under the MADE rule the money of
a pilot shrinks with them (M077). Completion may give an innovation, a stronger tie and higher readiness.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Flow
from klyngesim.ecosystem.processes.external_income import earn
from klyngesim.ecosystem.processes.leaving import depart, leave_project, move, numbers
from klyngesim.ecosystem.processes.matchmaking import strengthen
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.processes.pilots import start_pilots
from klyngesim.ecosystem.rows import EXTERNAL, Contact, Episode, Project, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.streams import Decision, Draws, Ints, uniforms


class Completion(NamedTuple):
    """Parameters of projects on their way and at their end.

    Attributes:
        withdrawal: chance that a firm leaves a project within a quarter.
        readiness: share of the missing readiness that a completed project gives.
        innovation_pilot, innovation_external: chances that a firm innovates at the end.
        grounds: chance that a pilot leads on to an application.
    """

    withdrawal: float
    readiness: float
    innovation_pilot: float
    innovation_external: float
    grounds: float


def completion(policy: Values) -> Completion:
    """Reads the parameters of projects."""
    return Completion(
        withdrawal_rule(policy.num("project.withdraw_quarter"), policy.num("project.commitment_rule")),
        policy.num("readiness.gain_project"),
        policy.num("innovation.per_pilot"),
        policy.num("innovation.per_external"),
        policy.num("pilot.grounds_application"),
    )


def withdrawal_rule(chance: float, commitment: float) -> float:
    """Chance that a firm leaves a project within a quarter; commitment takes its share of it away (L41)."""
    return chance * (1.0 - commitment)


@rule
def shrunk_rule(rate: float, firms: float, before: float) -> float:
    """Money of a project in a quarter after firms have left: it shrinks in proportion (M077)."""
    return rate * (firms / max(1.0, before))


@loop
def in_projects(episodes: Rows[Episode], projects: Rows[Project], running: bool) -> Ints:
    """Ideas in pilots and external projects that run, or that have ended."""
    return np.array(
        [
            row
            for row in range(len(episodes))
            if episodes[row].stage in (stages.PILOT, stages.EXTERNAL_PROJECT)
            and projects[episodes[row].project].running == running
        ],
        dtype=np.int64,
    )


@loop
def withdraw(
    episodes: Rows[Episode],
    relations: Rows[Relation],
    projects: Rows[Project],
    flows: Rows[Flow],
    moves: Moves,
    draws: Draws,
    period: int,
    chance: float,
) -> None:
    """Firms leave running projects with a small chance each quarter; a pilot without firms stops (M077, L41)."""
    rows = in_projects(episodes, projects, True)
    rows = np.array([row for row in rows if episodes[row].since < period], dtype=np.int64)
    out = rows[uniforms(draws, Decision.WITHDRAW, period, numbers(episodes, rows)) < chance]
    hit = np.array([episodes[row].project for row in out], dtype=np.int64)
    before = np.zeros(len(projects), dtype=np.int64)
    for index in hit:
        before[index] = projects[index].firms
    for row in out:
        flows[episodes[row].organisation].withdrawn += 1.0
        depart(episodes[row], relations, projects, moves, reasons.WITHDREW, period)
    for index in hit:
        if before[index] > 0:
            project = projects[index]
            project.rate = shrunk_rule(project.rate, float(project.firms), float(before[index]))
            before[index] = 0


@loop
def end(projects: Rows[Project], flows: Rows[Flow], settled: int, period: int) -> int:
    """Ends projects whose time is up; returns the first row that is not ``settled``: it runs or awaits a decision."""
    for row in range(settled, len(projects)):
        project = projects[row]
        if project.running and project.end <= period:
            project.running = False
            flows[project.organisation].completed += 1.0
    while settled < len(projects):
        project = projects[settled]
        if project.running or (project.kind == EXTERNAL and project.end == 0):
            break
        settled += 1
    return settled


@loop
def learn(episodes: Rows[Episode], contacts: Rows[Contact], rows: Ints, gain: float) -> None:
    """Completion makes firms readier, each once."""
    readier = np.empty(len(rows))
    for index in range(len(rows)):
        contact = contacts[episodes[rows[index]].contact]
        readier[index] = gain_rule(contact.mean + contact.excess, gain) - contact.mean
    for index in range(len(rows)):
        contacts[episodes[rows[index]].contact].excess = readier[index]


@loop
def finish(
    episodes: Rows[Episode],
    relations: Rows[Relation],
    projects: Rows[Project],
    flows: Rows[Flow],
    moves: Moves,
    rows: Ints,
    draws: Draws,
    period: int,
    terms: Completion,
) -> None:
    """Firms in projects that have ended innovate, go on to an application on the ground of their pilot, or are done."""
    luck = uniforms(draws, Decision.INNOVATE, period, numbers(episodes, rows))
    grounds = uniforms(draws, Decision.PILOT_GROUNDS, period, numbers(episodes, rows))
    for index in range(len(rows)):
        episode = episodes[rows[index]]
        pilot = episode.stage == stages.PILOT
        if luck[index] < (terms.innovation_pilot if pilot else terms.innovation_external):
            flows[episode.organisation].innovations_projects += 1.0
            move(episode, moves, stages.INNOVATION, reasons.PROGRESS, period)
            depart(episode, relations, projects, moves, reasons.COMPLETED, period)
        elif pilot and grounds[index] < terms.grounds:
            move(episode, moves, stages.MATCHMAKING, reasons.COMPLETED, period)
            leave_project(episode, projects)
            episode.grounded = True
        else:
            depart(episode, relations, projects, moves, reasons.COMPLETED, period)


def run_projects(world: World) -> None:
    """Starts pilots, lets firms withdraw, completes what has ended, and moves money of external projects."""
    start_pilots(world)
    complete(world)
    earn(world)


def complete(world: World) -> None:
    """Firms withdraw from projects; those whose time is up end, and firms in them innovate or not."""
    episodes, projects, flows = world.episodes.rows, world.projects.rows, world.flows.rows
    tables = episodes, world.relations.rows, projects, flows, world.tally.moves
    draws, period, terms = world.streams.draws, world.period, world.policy.once(completion)
    withdraw(*tables, draws, period, terms.withdrawal)
    world.projects.settled = end(projects, flows, world.projects.settled, period)
    over = in_projects(episodes, projects, False)
    strengthen(world, over)
    learn(episodes, world.contacts.rows, over, terms.readiness)
    finish(*tables, over, draws, period, terms)
