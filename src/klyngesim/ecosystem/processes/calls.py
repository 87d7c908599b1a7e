"""Step 8, second half: calls decide applications, and granted ones become external projects.

Calls are capped: success = min(cap, pot / applied), so that more applications lower everybody's success, and
universities and others compete for the same pots (M035; E047, E068-E078). The rival rule is a fixed success rate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.processes.awards import award_rule, length_rule, size_table
from klyngesim.ecosystem.processes.external_income import price_factor
from klyngesim.ecosystem.processes.leaving import depart, leave_project, luck_of, move
from klyngesim.ecosystem.rows import EXTERNAL, Project, Tie
from klyngesim.ecosystem.settings import number, numbers, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Array, Rows
from klyngesim.ecosystem.ties import Growth, strength_of, work_together
from klyngesim.streams import Decision, Floats, Ints, lookup, uniforms

CALLS = ("national", "eu")
"""Calls by the source of their money."""

REJECTED = -1
"""End of an application that was not granted."""


class Terms(NamedTuple):
    """Parameters of calls in a quarter; lists have one number for each of `CALLS`.

    Attributes:
        wait: quarters from an application to its decision.
        award: usual award that is applied for, mkr.
        pot: money of the calls, mkr a quarter; others: what others apply for.
        is_fixed: whether success does not depend on applications, but is ``fixed``.
        sizes: quantiles of award sizes, see `awards.size_table`.
    """

    wait: int = worked_out(lambda policy: round(policy.num("application.decision_quarters")))
    award: Floats = numbers("external.award_*_mkr", CALLS)
    pot: Floats = worked_out(lambda policy: policy.nums("calls.pot_*_mkr_year", CALLS) / 4.0)
    others: Floats = worked_out(lambda policy: policy.nums("calls.others_*_mkr_year", CALLS) / 4.0)
    fixed: Floats = numbers("calls.fixed_success_*", CALLS)
    is_fixed: bool = worked_out(
        lambda policy: policy.word("calls.success_rule") == "fixed" or policy.word("scarcity.pots") == "off"
    )
    cap: float = number("calls.success_cap")
    grounding: float = number("application.grounding")
    tie_weight: float = number("application.tie_weight")
    usual_quality: float = number("application.usual_quality")
    start_response: float = number("project.start_response")
    shortest: float = number("external.length_low_quarters")
    longest: float = number("external.length_high_quarters")
    sizes: Floats = worked_out(
        lambda policy: size_table(policy.num("external.award_spread"), policy.num("external.award_skew"))
    )
    indexation: float = number("external.indexation")
    try_again: float = number("application.try_again")
    growth: Growth = worked_out(lambda policy: policy.terms(Growth))


@rule
def success_rule(pot: float, applied: float, cap: float) -> float:
    """Share of the money applied for that a capped call can grant: min(cap, pot / applied)."""
    return min(cap, pot / applied) if applied > 0.0 else cap


@rule
def quality_rule(grounded: float, strength: float, grounding: float, tie_weight: float, usual: float) -> float:
    """Relative chance of an application: raised by a pilot behind it and by stronger ties (M033, M065, M066).

    Args:
        grounded: share of the consortium with a pilot behind it, 0-1.
        strength: mean strength of its ties, 0-1.
        grounding: what a full pilot base adds, as a share.
        tie_weight: what full strength adds, as a share.
        usual: value of the bracket at the start, so that the usual application has 1.
    """
    return (1.0 + grounding * grounded + tie_weight * strength) / usual


@rule
def win_rule(success: float, quality: float, support_ratio: float, response: float) -> float:
    """Chance that an application is granted.

    A longer expected support makes a start more or less likely (M013, M036); the prior of ``response`` contains zero.
    """
    start = 1.0 + response * (support_ratio - 1.0)
    return min(1.0, success * quality * max(0.0, start))


@rule
def is_due(project: Project, latest: int) -> bool:
    """Whether calls decide an application: one handed in by the ``latest`` quarter, and not decided yet."""
    return project.kind == EXTERNAL and project.end == 0 and project.start <= latest


@loop
def applications_due(state: State, settled: int, terms: Terms) -> Ints:
    """Applications that calls decide now; those before row ``settled`` are decided."""
    projects, latest = state.projects, state.period - terms.wait
    return np.array([row for row in range(settled, len(projects)) if is_due(projects[row], latest)], dtype=np.int64)


@loop
def chances(applied: Floats, terms: Terms) -> Floats:
    """Success of each call, given what the organisations apply for (mkr)."""
    success = terms.fixed.copy()
    if not terms.is_fixed:
        for call in range(len(success)):
            success[call] = success_rule(terms.pot[call], terms.others[call] + applied[call], terms.cap)
    return success


@loop
def success_of(state: State, due: Ints, terms: Terms) -> Floats:
    """Success of each call, given the applications that are due."""
    applied = np.zeros(len(terms.award))
    for row in due:
        project = state.projects[row]
        if project.firms > 0:
            applied[project.source] += terms.award[project.source]
    return chances(applied, terms)


@loop
def qualities(state: State, ties: Rows[Tie], units: int, due: Ints, terms: Terms) -> Floats:
    """Quality of each application that is due, from the ideas in it and their ties with one of ``units``."""
    projects, latest = state.projects, state.period - terms.wait
    grounded, strength, firms = np.zeros(len(projects)), np.zeros(len(projects)), np.zeros(len(projects))
    for row in range(len(state.episodes)):
        episode = state.episodes[row]
        if episode.stage == stages.APPLICATION and is_due(projects[episode.project], latest):
            grounded[episode.project] += episode.grounded
            strength[episode.project] += strength_of(ties, episode.ident * units + episode.unit)
            firms[episode.project] += 1.0
    quality = np.empty(len(due))
    for index in range(len(due)):
        row = due[index]
        count = max(1.0, firms[row])
        mean = grounded[row] / count, strength[row] / count
        quality[index] = quality_rule(mean[0], mean[1], terms.grounding, terms.tie_weight, terms.usual_quality)
    return quality


@loop
def award(state: State, due: Ints, success: Floats, quality: Floats, terms: Terms) -> None:
    """Applications that win become projects with a length and money, unless no firm is left in them."""
    ids = np.array([state.projects[row].number for row in due], dtype=np.int64)
    luck = uniforms(state.draws, Decision.APPLICATION_WON, 0, ids)
    lengths = uniforms(state.draws, Decision.PROJECT_LENGTH, 0, ids)
    sizes = lookup(terms.sizes, uniforms(state.draws, Decision.AWARD_SIZE, 0, ids))
    level = price_factor(state.price, terms.indexation)
    for index in range(len(due)):
        project = state.projects[due[index]]
        support = state.organisations[project.organisation].support_ratio
        chance = win_rule(success[project.source], quality[index], support, terms.start_response)
        if luck[index] < chance and project.firms > 0:
            length = length_rule(lengths[index], terms.shortest, terms.longest)
            project.start, project.end, project.running = state.period, state.period + int(length), True
            project.rate = award_rule(state.reference[project.organisation].award_mkr, level, sizes[index], length)
            state.flows[project.organisation].won += 1.0
            state.flows[project.organisation].projects_external += 1.0
        else:
            project.end = REJECTED


@loop
def answer(state: State, try_again: float) -> Ints:
    """Firms hear of their applications.

    Granted ideas go on into the project and are returned; rejected firms try again with the same idea or give up
    (E240).
    """
    episodes = state.episodes
    rows = np.array([row for row in range(len(episodes)) if episodes[row].stage == stages.APPLICATION], dtype=np.int64)
    ends = np.array([state.projects[episodes[row].project].end for row in rows], dtype=np.int64)
    granted, rejected = rows[ends > 0], rows[ends == REJECTED]
    for row in granted:
        move(state, episodes[row], stages.EXTERNAL_PROJECT, reasons.PROGRESS)
    luck = luck_of(state, Decision.TRY_AGAIN, rejected)
    for index in range(len(rejected)):
        episode = episodes[rejected[index]]
        if luck[index] < try_again:
            move(state, episode, stages.MATCHMAKING, reasons.REJECTED)
            leave_project(state, episode)
        else:
            depart(state, episode, reasons.REJECTED)
    return granted


@loop
def decide_due(state: State, store: Array, count: int, settled: int, units: int, terms: Terms) -> tuple[Floats, int]:
    """Calls decide what is due, and firms in what is granted work together with their partners.

    Returns the success of each call and what `ties.work_together` does; ``settled``: see `applications_due`.
    """
    due = applications_due(state, settled, terms)
    success = success_of(state, due, terms)
    award(state, due, success, qualities(state, store[:count], units, due, terms), terms)
    granted = answer(state, terms.try_again)
    return success, work_together(state, store, count, granted, units, terms.growth)


def decide(world: World) -> None:
    """Calls decide applications handed in `application.decision_quarters` ago: won ones become external projects."""
    ties, settled, units = world.ties, world.projects.settled, world.institutions.plan.units
    store, terms = ties.reserve(world.episodes.count), world.policy.terms(Terms)
    world.environment.success, count = decide_due(world.state, store, ties.count, settled, units, terms)
    ties.use(count)
