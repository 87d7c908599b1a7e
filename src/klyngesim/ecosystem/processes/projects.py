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
from klyngesim.ecosystem.processes.external_income import earn
from klyngesim.ecosystem.processes.leaving import depart, leave_project, luck_of, move
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.processes.pilots import start_pilots
from klyngesim.ecosystem.rows import EXTERNAL
from klyngesim.ecosystem.settings import Values, number, rounded, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Array
from klyngesim.ecosystem.ties import Growth, work_together
from klyngesim.streams import Decision, Ints


def withdrawal_rule(chance: float, commitment: float) -> float:
    """Chance that a firm leaves a project within a quarter; commitment takes its share of it away (L41, L34)."""
    return chance * (1.0 - commitment)


def usual_withdrawal(policy: Values) -> float:
    """Chance that a firm leaves a project within a quarter."""
    return withdrawal_rule(policy.num("project.withdraw_quarter"), policy.num("project.commitment_rule"))


def bound_withdrawal(policy: Values) -> float:
    """The same where the money of the university that it works with lapses when it leaves (M037, L34)."""
    bound = policy.num("researcher.conditional") * policy.num("researcher.conditional_withdrawal")
    return withdrawal_rule(usual_withdrawal(policy), bound)


class Terms(NamedTuple):
    """Parameters of projects on their way and at their end.

    Attributes:
        withdrawal: chance that a firm leaves a project within a quarter; with_university: if its partner is one.
        gain: share of the missing readiness that a completed project gives.
        innovation_pilot, innovation_external: chances that a firm innovates at the end.
        usual: quarters of a pilot in a period of four years or less.
        grounds: chance that a pilot leads on to an application.
    """

    withdrawal: float = worked_out(usual_withdrawal)
    with_university: float = worked_out(bound_withdrawal)
    gain: float = number("readiness.gain_project")
    innovation_pilot: float = number("innovation.per_pilot")
    innovation_external: float = number("innovation.per_external")
    usual: int = rounded("pilot.length_quarters")
    grounds: float = number("pilot.grounds_application")
    growth: Growth = worked_out(lambda policy: policy.terms(Growth))


@rule
def shrunk_rule(rate: float, firms: float, before: float) -> float:
    """Money of a project in a quarter after firms have left: it shrinks in proportion (M077)."""
    return rate * (firms / max(1.0, before))


@rule
def pilot_innovates(chance: float, quarters: int, usual: int) -> float:
    """Chance that a firm innovates at the end of a pilot: in proportion to how much longer than usual it was."""
    return min(1.0, chance * max(1.0, quarters / usual))


@loop
def in_projects(state: State, running: bool) -> Ints:
    """Ideas in pilots and external projects that run, or that have ended."""
    rows = [
        row
        for row in range(len(state.episodes))
        if state.episodes[row].stage in (stages.PILOT, stages.EXTERNAL_PROJECT)
        and state.projects[state.episodes[row].project].running == running
    ]
    return np.array(rows, dtype=np.int64)


@loop
def withdraw(state: State, universities: int, terms: Terms) -> None:
    """Firms leave running projects with a small chance each quarter; a pilot without firms stops (M077, L41).

    Units below ``universities`` are those of universities.
    """
    episodes, projects = state.episodes, state.projects
    rows = np.array([row for row in in_projects(state, True) if episodes[row].since < state.period], dtype=np.int64)
    chance = np.full(len(rows), terms.withdrawal)
    for index in range(len(rows)):
        if 0 <= episodes[rows[index]].unit < universities:
            chance[index] = terms.with_university
    out = rows[luck_of(state, Decision.WITHDRAW, rows) < chance]
    hit = np.array([episodes[row].project for row in out], dtype=np.int64)
    before = np.zeros(len(projects), dtype=np.int64)
    for index in hit:
        before[index] = projects[index].firms
    for row in out:
        state.flows[episodes[row].organisation].withdrawn += 1.0
        depart(state, episodes[row], reasons.WITHDREW)
    for index in hit:
        if before[index] > 0:
            project = projects[index]
            project.rate = shrunk_rule(project.rate, float(project.firms), float(before[index]))
            before[index] = 0


@loop
def end(state: State, settled: int) -> int:
    """Ends projects whose time is up; returns the first row that is not ``settled``: it runs or awaits a decision."""
    projects = state.projects
    for row in range(settled, len(projects)):
        project = projects[row]
        if project.running and project.end <= state.period:
            project.running = False
            state.flows[project.organisation].completed += 1.0
    while settled < len(projects):
        project = projects[settled]
        if project.running or (project.kind == EXTERNAL and project.end == 0):
            break
        settled += 1
    return settled


@loop
def learn(state: State, rows: Ints, gain: float) -> None:
    """Completion makes firms readier, each once."""
    firms = np.array([state.episodes[row].contact for row in rows], dtype=np.int64)
    readier = np.empty(len(firms))
    for index in range(len(firms)):
        contact = state.contacts[firms[index]]
        readier[index] = gain_rule(contact.mean + contact.excess, gain) - contact.mean
    for index in range(len(firms)):
        state.contacts[firms[index]].excess = readier[index]


@loop
def finish(state: State, rows: Ints, terms: Terms) -> None:
    """Firms in projects that have ended innovate, go on to an application on the ground of their pilot, or are done."""
    luck, grounds = luck_of(state, Decision.INNOVATE, rows), luck_of(state, Decision.PILOT_GROUNDS, rows)
    for index in range(len(rows)):
        episode = state.episodes[rows[index]]
        pilot = episode.stage == stages.PILOT
        chance = terms.innovation_external
        if pilot:
            project = state.projects[episode.project]
            chance = pilot_innovates(terms.innovation_pilot, project.end - project.start, terms.usual)
        if luck[index] < chance:
            state.flows[episode.organisation].innovations_projects += 1.0
            move(state, episode, stages.INNOVATION, reasons.PROGRESS)
            depart(state, episode, reasons.COMPLETED)
        elif pilot and grounds[index] < terms.grounds:
            move(state, episode, stages.MATCHMAKING, reasons.COMPLETED)
            leave_project(state, episode)
            episode.grounded = True
        else:
            depart(state, episode, reasons.COMPLETED)


def run_projects(world: World) -> None:
    """Starts pilots, lets firms withdraw, completes what has ended, and moves money of external projects."""
    start_pilots(world)
    complete(world)
    earn(world)


@loop
def go_on(state: State, store: Array, count: int, settled: int, first_unit: Ints, terms: Terms) -> tuple[int, int]:
    """Firms withdraw from projects; those whose time is up end, and firms in them innovate or not.

    Returns what `end` and `ties.work_together` do; ``first_unit``: see `InstitutionPlan`.
    """
    withdraw(state, first_unit[1], terms)
    settled, over = end(state, settled), in_projects(state, False)
    count = work_together(state, store, count, over, first_unit[-1], terms.growth)
    learn(state, over, terms.gain)
    finish(state, over, terms)
    return settled, count


def complete(world: World) -> None:
    """Firms work on in projects, and projects end."""
    ties, projects, first_unit = world.ties, world.projects, world.institutions.plan.first_unit
    store, terms = ties.reserve(world.episodes.count), world.policy.terms(Terms)
    projects.settled, count = go_on(world.state, store, ties.count, projects.settled, first_unit, terms)
    ties.use(count)
