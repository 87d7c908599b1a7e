"""Step 9, first part: pilots, the collaboration projects that the grant pays; they end inside the mandate."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan
from klyngesim.ecosystem.consortia import EVERYBODY, SLOTS, Consortia, Lots, check_slots, form
from klyngesim.ecosystem.ledger import UFS
from klyngesim.ecosystem.processes.leaving import move
from klyngesim.ecosystem.processes.planning import PROJECT_EFFORT
from klyngesim.ecosystem.rows import PILOT, Episode
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Array, Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.streams import Decision, Floats, Ints

LOTS = Lots(int(Decision.PILOT_SLOT), int(Decision.PILOT_RANK), int(Decision.PILOT_ROOM))


class Pilots(NamedTuple):
    """Parameters of pilots in a quarter.

    Attributes:
        length: quarters that are planned.
        hours_each: staff hours to set one up.
        seats: firms in one on average, those of an open invitation included, shape (O,).
    """

    length: int
    hours_each: float
    seats: Floats


def pilots(policy: Values) -> Pilots:
    """Reads the parameters of pilots; seats are Table 6's mean group size."""
    seats = policy.vec("seats.project_firms") + policy.vec("project.open_invitation")
    if policy.word("scarcity.seats") == "off":
        seats = np.full_like(seats, EVERYBODY)
    return Pilots(round(policy.num("pilot.length_quarters")), policy.num("project.hours_each"), seats)


@rule
def pilot_length(planned: int, mandate_left: int) -> int:
    """Quarters that a pilot gets: it must end inside the mandate; 0 = too short to start."""
    return min(planned, mandate_left) if mandate_left >= 2 else 0


@rule
def pilots_rule(planned: int, hours: float, hours_each: float, shift: float, length: int) -> int:
    """Pilots that start: what money allows and the quarter's hours for projects do, none that would be too short."""
    return min(planned, math.floor(hours / hours_each + shift)) if length > 0 else 0


@loop
def lengths(organisations: Rows[Organisation], planned: int, period: int) -> Ints:
    """Quarters that a pilot of each organisation gets, shape (O,)."""
    ends = np.array([organisations[index].period_end[UFS] for index in range(len(organisations))], dtype=np.int64)
    return np.array([pilot_length(planned, end - period) for end in ends], dtype=np.int64)


@loop
def offered(plans: Rows[Plan], length: Ints, hours_each: float) -> Ints:
    """Pilots that each organisation can start, shape (O,)."""
    slots = np.empty(len(plans), dtype=np.int64)
    for index in range(len(plans)):
        plan = plans[index]
        slots[index] = pilots_rule(plan.pilots, plan.hours[PROJECT_EFFORT], hours_each, plan.hours_shift, length[index])
    return slots


@loop
def begin(
    store: Array,
    count: int,
    episodes: Rows[Episode],
    flows: Rows[Flow],
    moves: Moves,
    consortia: Consortia,
    length: Ints,
    period: int,
) -> int:
    """Starts a pilot for each consortium; returns the number of projects with them (``count`` without)."""
    for index in range(len(consortia.slots)):
        leader, project = consortia.slots[index] // SLOTS, store[count + index]
        project.number, project.organisation, project.kind = 0, leader, PILOT
        project.start, project.end, project.rate, project.source = period, period + length[leader], 0.0, 0
        project.firms, project.hidden, project.running = consortia.firms[index], False, True
        flows[leader].projects_pilot += 1.0
    for row, index in zip(consortia.ideas, consortia.which):  # noqa: B905 (loops know no strict)
        episode = episodes[row]
        move(episode, moves, stages.PILOT, reasons.PROGRESS, period)
        episode.project = count + index
    return count + len(consortia.slots)


def start_pilots(world: World) -> None:
    """Forms pilots among the ideas that want one."""
    period, episodes, projects = world.period, world.episodes.rows, world.projects
    terms = world.policy.once(pilots)
    length = lengths(world.organisations.rows, terms.length, period)
    slots = offered(world.plan.rows, length, terms.hours_each)
    check_slots(world, "pilots", slots)
    consortia = form(episodes, world.wants_pilot, slots, terms.seats, world.streams.draws, period, LOTS)
    store, flows = projects.reserve(len(consortia.slots)), world.flows.rows
    projects.use(begin(store, projects.count, episodes, flows, world.tally.moves, consortia, length, period))
