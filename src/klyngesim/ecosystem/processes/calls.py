"""Step 8, second half: calls decide applications, and granted ones become external projects.

Calls are capped: success = min(cap, pot / applied), so that more applications lower everybody's success, and
universities and others compete for the same pots (M035; E047, E068-E078). The rival rule is a fixed success rate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.processes.awards import REJECTED, grant
from klyngesim.ecosystem.processes.external_income import price_factor
from klyngesim.ecosystem.processes.leaving import depart, leave_project, move, numbers
from klyngesim.ecosystem.processes.matchmaking import strengthen
from klyngesim.ecosystem.rows import EXTERNAL, Episode, Project, Relation, Tie
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.ecosystem.ties import strength_of
from klyngesim.streams import Decision, Draws, Floats, Ints, lookup, uniforms

DRAWS = (Decision.APPLICATION_WON, Decision.PROJECT_LENGTH, Decision.AWARD_SIZE)
_CALLS = ("national", "eu")


class Calls(NamedTuple):
    """Parameters of the national and the EU calls in a quarter; lists have one number for each.

    Attributes:
        wait: quarters from an application to its decision.
        awards: usual award that is applied for, mkr.
        pots, others: money of the calls and what others apply for, mkr a quarter.
        cap: of success; fixed: success where it does not depend on applications, which ``is_fixed`` tells.
        grounding, tie_weight, usual_quality: see `quality_rule`.
        response: to expected support, see `win_rule`.
        span: quarters that the shortest and the longest external project run.
        indexation: share of prices that external money follows.
        try_again: chance that a rejected firm tries again with the same idea.
    """

    wait: int
    awards: Floats
    pots: Floats
    others: Floats
    fixed: Floats
    is_fixed: bool
    cap: float
    grounding: float
    tie_weight: float
    usual_quality: float
    response: float
    span: tuple[float, float]
    indexation: float
    try_again: float


def calls(policy: Values) -> Calls:
    """Reads the parameters of calls."""
    return Calls(
        round(policy.num("application.decision_quarters")),
        policy.nums("external.award_*_mkr", _CALLS),
        policy.nums("calls.pot_*_mkr_year", _CALLS) / 4.0,
        policy.nums("calls.others_*_mkr_year", _CALLS) / 4.0,
        policy.nums("calls.fixed_success_*", _CALLS),
        policy.word("calls.success_rule") == "fixed" or policy.word("scarcity.pots") == "off",
        policy.num("calls.success_cap"),
        policy.num("application.grounding"),
        policy.num("application.tie_weight"),
        policy.num("application.usual_quality"),
        policy.num("project.start_response"),
        (policy.num("external.length_low_quarters"), policy.num("external.length_high_quarters")),
        policy.num("external.indexation"),
        policy.num("application.try_again"),
    )


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


@loop
def is_due(project: Project, latest: int) -> bool:
    """Whether calls decide an application: one handed in by the ``latest`` quarter, and not decided yet."""
    return project.kind == EXTERNAL and project.end == 0 and project.start <= latest


@loop
def applications_due(projects: Rows[Project], settled: int, latest: int) -> Ints:
    """Applications that calls decide now; those before row ``settled`` are decided."""
    return np.array([row for row in range(settled, len(projects)) if is_due(projects[row], latest)], dtype=np.int64)


@loop
def success_of(projects: Rows[Project], due: Ints, terms: Calls) -> Floats:
    """Success of the national and EU calls, given what the organisations apply for, shape (2,)."""
    applied = np.zeros(len(terms.awards))
    for row in due:
        if projects[row].firms > 0:
            applied[projects[row].source] += terms.awards[projects[row].source]
    return chances(applied, terms)


@loop
def chances(applied: Floats, terms: Calls) -> Floats:
    """Success of the national and EU calls, given what the organisations apply for (mkr), shape (2,)."""
    success = terms.fixed.copy()
    if not terms.is_fixed:
        for call in range(len(success)):
            success[call] = success_rule(terms.pots[call], terms.others[call] + applied[call], terms.cap)
    return success


@loop
def qualities(
    episodes: Rows[Episode], ties: Rows[Tie], projects: Rows[Project], due: Ints, units: int, latest: int, terms: Calls
) -> Floats:
    """Quality of each application that is due, from the ideas in it and their ties."""
    grounded, strength, firms = np.zeros(len(projects)), np.zeros(len(projects)), np.zeros(len(projects))
    for row in range(len(episodes)):
        episode = episodes[row]
        if episode.stage == stages.APPLICATION and is_due(projects[episode.project], latest):
            grounded[episode.project] += episode.grounded
            strength[episode.project] += strength_of(ties, episode.ident * units + episode.unit)
            firms[episode.project] += 1.0
    quality = np.empty(len(due))
    for index in range(len(due)):
        row = due[index]
        number = max(1.0, firms[row])
        mean = grounded[row] / number, strength[row] / number
        quality[index] = quality_rule(mean[0], mean[1], terms.grounding, terms.tie_weight, terms.usual_quality)
    return quality


@loop
def win_chances(
    projects: Rows[Project],
    organisations: Rows[Organisation],
    due: Ints,
    success: Floats,
    quality: Floats,
    response: float,
) -> Floats:
    """Chance of each application that is due."""
    chance = np.empty(len(due))
    for index in range(len(due)):
        project = projects[due[index]]
        support = organisations[project.organisation].support_ratio
        chance[index] = win_rule(success[project.source], quality[index], support, response)
    return chance


@loop
def decided(episodes: Rows[Episode], projects: Rows[Project], granted: bool) -> Ints:
    """Ideas in applications that have just been granted, or rejected."""
    rows = [row for row in range(len(episodes)) if episodes[row].stage == stages.APPLICATION]
    ends = np.array([projects[episodes[row].project].end for row in rows], dtype=np.int64)
    return np.array(rows, dtype=np.int64)[ends > 0 if granted else ends == REJECTED]


@loop
def start(episodes: Rows[Episode], projects: Rows[Project], moves: Moves, period: int) -> Ints:
    """Ideas whose application was granted go on into the project; returns them."""
    rows = decided(episodes, projects, True)
    for row in rows:
        move(episodes[row], moves, stages.EXTERNAL_PROJECT, reasons.PROGRESS, period)
    return rows


@loop
def reject(
    episodes: Rows[Episode],
    relations: Rows[Relation],
    projects: Rows[Project],
    moves: Moves,
    draws: Draws,
    period: int,
    try_again: float,
) -> None:
    """Rejected firms try again with the same idea or give up (E240)."""
    rows = decided(episodes, projects, False)
    luck = uniforms(draws, Decision.TRY_AGAIN, period, numbers(episodes, rows))
    for index in range(len(rows)):
        episode = episodes[rows[index]]
        if luck[index] < try_again:
            move(episode, moves, stages.MATCHMAKING, reasons.REJECTED, period)
            leave_project(episode, projects)
        else:
            depart(episode, relations, projects, moves, reasons.REJECTED, period)


def decide(world: World) -> None:
    """Calls decide applications handed in `application.decision_quarters` ago: won ones become external projects."""
    period, episodes, projects, moves = world.period, world.episodes.rows, world.projects.rows, world.tally.moves
    terms = world.policy.once(calls)
    latest = period - terms.wait
    due = applications_due(projects, world.projects.settled, latest)
    success = success_of(projects, due, terms)
    world.environment.success = success
    quality = qualities(episodes, world.ties.rows, projects, due, world.institutions.plan.units, latest, terms)
    chance = win_chances(projects, world.organisations.rows, due, success, quality, terms.response)
    luck, begins, sizes = world.streams.several(DRAWS, 0, world.projects.number[due])
    sizes, level = lookup(world.award_sizes, sizes), price_factor(world.environment.price, terms.indexation)
    tables = projects, world.reference.rows, world.flows.rows
    grant(*tables, due, luck < chance, begins, sizes, level, period, terms.span)
    strengthen(world, start(episodes, projects, moves, period))
    reject(episodes, world.relations.rows, projects, moves, world.streams.draws, period, terms.try_again)
