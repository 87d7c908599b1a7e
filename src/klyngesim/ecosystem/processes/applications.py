"""Step 8, first half: ideas with a partner choose their next step, and R&D applications (FoU-ansøgninger) are written.

Consortia form among firms with a tie; an organisation writes as many applications as its hours allow, and those
beyond its planned activities are hidden from registration (M067).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Flow, Plan, Reference
from klyngesim.ecosystem.consortia import EVERYBODY, SLOTS, Consortia, Lots, check_slots, form
from klyngesim.ecosystem.processes.calls import decide
from klyngesim.ecosystem.processes.leaving import depart, move, numbers
from klyngesim.ecosystem.rows import EXTERNAL, Episode, Project, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import APPLICATION, PROJECT, World
from klyngesim.ecosystem.tables import Array, Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.streams import MAX_PERIOD, Decision, Draws, Floats, Ints, uniforms

LOTS = Lots(int(Decision.APPLICATION_SLOT), int(Decision.APPLICATION_RANK), int(Decision.APPLICATION_ROOM))


class Choice(NamedTuple):
    """Parameters of what ideas with a partner do next.

    Attributes:
        to_pilot, to_application, grounded_ratio: see `next_step_rule`.
        loss: chance in a quarter that an idea is given up.
        price_share: share of them for which the price is the reason.
        lost_trust_below: trust below which lost trust is the reason of the others.
    """

    to_pilot: float
    to_application: float
    grounded_ratio: float
    loss: float
    price_share: float
    lost_trust_below: float


def choice(policy: Values) -> Choice:
    """Reads the parameters of the next step."""
    names = ("to_pilot", "to_application", "grounded_ratio", "loss_quarter", "loss_price_share", "lost_trust_below")
    return Choice(*policy.nums("matched.*", names).tolist())


def seats(policy: Values) -> Floats:
    """Firms in an application on average, shape (O,)."""
    if policy.word("scarcity.seats") == "off":
        return np.full_like(policy.vec("seats.application_firms"), EVERYBODY)
    # Groups of ten in Table 6 are workshops on applications, not consortia.
    return np.clip(policy.vec("seats.application_firms"), 1.0, policy.num("application.consortium_most"))


@rule
def next_step_rule(
    pilots: bool, grounded: bool, to_pilot: float, to_application: float, grounded_ratio: float
) -> tuple[float, float]:
    """Chances that a matched idea goes for a pilot, and that it goes for a pilot or an application.

    Args:
        pilots: whether its organisation holds pilots.
        grounded: whether it has a pilot behind it, and needs no other one.
        to_pilot: chance in a quarter.
        to_application: likewise.
        grounded_ratio: of applications with a pilot behind them to others.
    """
    pilot = to_pilot if pilots and not grounded else 0.0
    application = to_application * (grounded_ratio if grounded else 1.0)
    return pilot, min(1.0, pilot + application)


@loop
def next_steps(
    episodes: Rows[Episode],
    relations: Rows[Relation],
    projects: Rows[Project],
    plans: Rows[Plan],
    moves: Moves,
    draws: Draws,
    period: int,
    terms: Choice,
) -> tuple[Ints, Ints]:
    """Ideas with a partner go for a pilot, go for an application, wait, or are given up; one draw decides.

    Returns:
        Ideas that go for a pilot, and those that go for an application.
    """
    rows = np.array([row for row in range(len(episodes)) if episodes[row].stage == stages.MATCHMAKING], dtype=np.int64)
    luck = uniforms(draws, Decision.NEXT_STEP, period, numbers(episodes, rows))
    steps = np.full(len(rows), stages.MATCHMAKING)
    for index in range(len(rows)):
        episode, uniform = episodes[rows[index]], luck[index]
        pilots = plans[episode.organisation].mix[PROJECT] > 0.0
        to_pilot, edge = next_step_rule(
            pilots, episode.grounded, terms.to_pilot, terms.to_application, terms.grounded_ratio
        )
        if uniform < to_pilot:
            steps[index] = stages.PILOT
        elif uniform < edge:
            steps[index] = stages.APPLICATION
        elif uniform < edge + terms.loss:
            if (uniform - edge) / max(terms.loss, 1e-12) < terms.price_share:
                reason = reasons.PRICE
            elif relations[episode.relation].trust < terms.lost_trust_below:
                reason = reasons.LOST_TRUST
            else:
                reason = reasons.OTHER_FORA
            depart(episode, relations, projects, moves, reason, period)
    return rows[steps == stages.PILOT], rows[steps == stages.APPLICATION]


def choose(world: World) -> None:
    """Ideas with a partner choose their next step."""
    tables = world.episodes.rows, world.relations.rows, world.projects.rows, world.plan.rows
    draws, terms = world.streams.draws, world.policy.once(choice)
    world.wants_pilot, world.wants_application = next_steps(*tables, world.tally.moves, draws, world.period, terms)


@loop
def write(
    store: Array,
    count: int,
    episodes: Rows[Episode],
    plans: Rows[Plan],
    references: Rows[Reference],
    flows: Rows[Flow],
    moves: Moves,
    consortia: Consortia,
    origin: Floats,
    period: int,
) -> int:
    """Writes an application for each consortium; returns the number of projects with them (``count`` without)."""
    for index in range(len(consortia.slots)):
        leader, slot = divmod(consortia.slots[index], SLOTS)
        registered = slot < plans[leader].activities[APPLICATION]
        flow, project = flows[leader], store[count + index]
        flow.applications += 1.0
        if registered:
            flow.applications_registered += 1.0
        else:
            flow.applications_hidden += 1.0
        project.number = consortia.slots[index] * (MAX_PERIOD + 1) + period
        project.organisation, project.kind = leader, EXTERNAL
        project.start, project.end, project.rate = period, 0, 0.0
        project.source = 1 if origin[index] < references[leader].eu_share else 0
        project.firms, project.hidden, project.running = consortia.firms[index], not registered, False
    for row, index in zip(consortia.ideas, consortia.which):  # noqa: B905 (loops know no strict)
        episode = episodes[row]
        move(episode, moves, stages.APPLICATION, reasons.PROGRESS, period)
        episode.project = count + index
        episode.hidden = store[count + index].hidden
    return count + len(consortia.slots)


def apply(world: World) -> None:
    """Calls decide the applications of earlier quarters, and this quarter's are written."""
    decide(world)
    slots, period, projects = world.plan.applications, world.period, world.projects
    check_slots(world, "applications", slots)
    episodes, draws = world.episodes.rows, world.streams.draws
    consortia = form(episodes, world.wants_application, slots, world.policy.once(seats), draws, period, LOTS)
    origin = world.streams.uniform(Decision.APPLICATION_SOURCE, period, consortia.slots)
    store, tables = projects.reserve(len(consortia.slots)), (world.plan.rows, world.reference.rows, world.flows.rows)
    projects.use(write(store, projects.count, episodes, *tables, world.tally.moves, consortia, origin, period))
