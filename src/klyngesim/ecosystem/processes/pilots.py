"""Step 9, first part: pilots, the collaboration projects that the grant pays; they end inside the mandate."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.consortia import EVERYBODY, SLOTS, Lots, check_slots, form
from klyngesim.ecosystem.ledger import UFS
from klyngesim.ecosystem.processes.leaving import move
from klyngesim.ecosystem.processes.planning import PROJECT_EFFORT
from klyngesim.ecosystem.rows import PILOT
from klyngesim.ecosystem.settings import Values, number, quarters, rounded, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Array
from klyngesim.streams import Decision, Floats, Ints

LOTS = Lots(int(Decision.PILOT_SLOT), int(Decision.PILOT_RANK), int(Decision.PILOT_ROOM))


def room(policy: Values) -> Floats:
    """Firms in a pilot on average: Table 6's mean group size and those of an open invitation, shape (O,)."""
    firms = policy.vec("seats.project_firms") + policy.vec("project.open_invitation")
    return np.full_like(firms, EVERYBODY) if policy.word("scarcity.seats") == "off" else firms


class Terms(NamedTuple):
    """Parameters of pilots in a quarter.

    Attributes:
        usual: quarters that are planned in a period of four years or less.
        longer: share by which a pilot is longer for each year beyond four that the period still runs (M034).
        ahead: quarters that people look ahead.
        seats: firms in one on average, shape (O,).
    """

    usual: int = rounded("pilot.length_quarters")
    longer: float = number("pilot.long_period_response")
    ahead: int = quarters("belief.lookahead_years")
    hours_each: float = number("project.hours_each")
    seats: Floats = worked_out(room)


@rule
def pilot_length(usual: int, longer: float, ahead: int, left: int) -> int:
    """Quarters that a pilot gets: it must end inside the period, which has some ``left``; 0 = too short to start.

    It is planned the longer, the more of a long period is left, as far as people look ahead.
    """
    planned = math.floor(usual * (1.0 + longer * max(0, min(left, ahead) - 16) / 4.0) + 0.5)
    return min(planned, left) if left >= 2 else 0


@rule
def pilots_rule(planned: int, hours: float, hours_each: float, shift: float, length: int) -> int:
    """Pilots that start: what money allows and the quarter's hours for projects do, none that would be too short."""
    return min(planned, math.floor(hours / hours_each + shift)) if length > 0 else 0


@loop
def offered(state: State, terms: Terms) -> tuple[Ints, Ints]:
    """Pilots that each organisation can start, and the quarters that one of them gets, each shape (O,)."""
    slots, length = np.empty(len(state.plans), dtype=np.int64), np.empty(len(state.plans), dtype=np.int64)
    for index in range(len(slots)):
        plan, left = state.plans[index], state.organisations[index].period_end[UFS] - state.period
        hours, length[index] = plan.hours[PROJECT_EFFORT], pilot_length(terms.usual, terms.longer, terms.ahead, left)
        slots[index] = pilots_rule(plan.pilots, hours, terms.hours_each, plan.hours_shift, length[index])
    return slots, length


@loop
def begin(state: State, wanting: Ints, slots: Ints, length: Ints, terms: Terms, store: Array) -> int:
    """Starts a pilot for each consortium among the ``wanting`` ideas; returns the projects in ``store`` then."""
    before, seats = len(state.projects), terms.seats * np.array([plan.pilot_time for plan in state.plans])
    consortia = form(state.episodes, wanting, slots, seats, state.draws, state.period, LOTS)
    for index in range(len(consortia.slots)):
        leader, project = consortia.slots[index] // SLOTS, store[before + index]
        project.organisation, project.kind, project.firms = leader, PILOT, consortia.firms[index]
        project.start, project.end, project.running = state.period, state.period + length[leader], True
        state.flows[leader].projects_pilot += 1.0
    for row, index in zip(consortia.ideas, consortia.which):  # noqa: B905 (loops know no strict)
        move(state, state.episodes[row], stages.PILOT, reasons.PROGRESS)
        state.episodes[row].project = before + index
    return before + len(consortia.slots)


def start_pilots(world: World) -> None:
    """Forms pilots among the ideas that want one."""
    terms, wanting = world.policy.terms(Terms), world.wants_pilot
    store = world.projects.reserve(len(wanting))
    state = world.state
    slots, length = offered(state, terms)
    check_slots(world, "pilots", slots)
    world.projects.use(begin(state, wanting, slots, length, terms, store))
