"""Step 9: collaboration projects (samarbejdsprojekter): grant-funded pilots and external projects.

Pilots end inside the mandate; external projects run three to four years whatever happens to the mandate. Pilots
ground applications and applications fund projects (M065). Firms may withdraw, and under the MADE rule the money of
a pilot shrinks with them (M077). Completion may give an innovation, a stronger tie and higher readiness.
"""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.ledger import UFS
from klyngesim.ecosystem.processes.external_income import earn
from klyngesim.ecosystem.processes.leaving import leave
from klyngesim.ecosystem.processes.matchmaking import strengthen
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.rows import PILOT
from klyngesim.ecosystem.slots import SLOTS, draw_slots
from klyngesim.ecosystem.sorting import distinct
from klyngesim.ecosystem.state import World
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, keep_smallest


def pilot_length(planned: int, mandate_left: Ints) -> Ints:
    """Quarters that a pilot gets: it must end inside the mandate; 0 = too short to start."""
    return np.asarray(np.where(mandate_left >= 2, np.minimum(planned, mandate_left), 0), dtype=np.int64)


def pilots_rule(planned: Ints, hours: Floats, hours_each: float, shift: Floats, length: Ints) -> Ints:
    """Pilots that start: what money allows and the quarter's hours for projects do, none that would be too short."""
    affordable = np.floor(hours / hours_each + shift)
    return np.where(length > 0, np.minimum(planned, affordable), 0).astype(np.int64)


def withdrawal_rule(chance: float, commitment: float) -> float:
    """Chance that a firm leaves a project within a quarter; commitment takes its share of it away (L41)."""
    return chance * (1.0 - commitment)


def shrunk_rule(rate: Floats, firms: Ints, before: Floats) -> Floats:
    """Money of a project in a quarter after firms have left: it shrinks in proportion (M077)."""
    return np.asarray(rate * (firms / np.maximum(1.0, before)))


def run_projects(world: World) -> None:
    """Starts pilots, moves money of external projects, completes what has ended."""
    start_pilots(world)
    withdraw(world)
    complete(world)
    earn(world)


def start_pilots(world: World) -> None:
    """Forms pilots among the ideas that want one; seats are Table 6's mean group size."""
    policy, period, episodes, projects = world.policy, world.period, world.episodes, world.projects
    left = world.organisations.period_end[:, UFS] - period
    length = pilot_length(round(policy.num("pilot.length_quarters")), left)
    slots = pilots_rule(
        world.plan.pilots,
        world.plan.hours[:, 4],
        policy.num("project.hours_each"),
        world.plan.hours_shift,
        length,
    )
    rows = world.wants_pilot
    organisation = episodes.organisation[rows]
    keep = np.flatnonzero(slots[organisation] > 0)
    rows, organisation = rows[keep], organisation[keep]
    draw = world.streams.uniform
    lot, rank = world.streams.several((Decision.PILOT_SLOT, Decision.PILOT_RANK), period, episodes.number[rows])
    groups, place = draw_slots(world, "pilots", organisation, lot, slots)
    leader = groups // SLOTS
    firms = policy.vec("seats.project_firms") + policy.vec("project.open_invitation")
    room = np.floor(firms[leader] + draw(Decision.PILOT_ROOM, period, groups)).astype(np.int64)
    if policy.word("scarcity.seats") == "off":
        room[:] = len(rows)
    room = np.maximum(1, room)
    taken = np.flatnonzero(keep_smallest(place, rank, room))
    rows, place = rows[taken], place[taken]
    added = projects.append(
        len(groups), organisation=leader, kind=PILOT, start=period, end=period + length[leader], running=True
    )
    projects.firms[added] = np.bincount(place, minlength=len(groups))
    world.flows.projects_pilot += world.per_organisation(leader)
    world.tally.move(episodes.organisation[rows], episodes.size[rows], STAGE["matchmaking"], STAGE["pilot"], "progress")
    episodes.stage[rows] = STAGE["pilot"]
    episodes.since[rows] = period
    episodes.project[rows] = added.start + place


def withdraw(world: World) -> None:
    """Firms leave running projects with a small chance each quarter; a pilot without firms stops (M077, L41)."""
    episodes, projects = world.episodes, world.projects
    rows = np.flatnonzero((episodes.stage == STAGE["pilot"]) | (episodes.stage == STAGE["external_project"]))
    rows = rows[episodes.since[rows] < world.period]
    uniform = world.streams.uniform(Decision.WITHDRAW, world.period, episodes.number[rows])
    policy = world.policy
    chance = withdrawal_rule(policy.num("project.withdraw_quarter"), policy.num("project.commitment_rule"))
    out = rows[uniform < chance]
    world.flows.withdrawn += world.per_organisation(episodes.organisation[out])
    hit = distinct(episodes.project[out])
    before = projects.firms[hit].astype(np.float64)
    leave(world, out, "withdrew")
    projects.rate[hit] = shrunk_rule(projects.rate[hit], projects.firms[hit], before)
    projects.running[hit[projects.firms[hit] == 0]] = False


def complete(world: World) -> None:
    """Ends projects whose time is up; firms in them innovate or not, and pilots may ground an application."""
    policy, period, episodes, projects = world.policy, world.period, world.episodes, world.projects
    ended = np.flatnonzero(projects.running & (projects.end <= period))
    projects.running[ended] = False
    world.flows.completed += world.per_organisation(projects.organisation[ended])
    mine = np.flatnonzero((episodes.stage == STAGE["pilot"]) | (episodes.stage == STAGE["external_project"]))
    over = mine[~projects.running[episodes.project[mine]]]
    if len(over) == 0:
        return
    strengthen(world, over)
    contact = distinct(episodes.contact[over])
    contacts = world.contacts
    mean, gain = contacts.mean[contact], policy.num("readiness.gain_project")
    contacts.excess[contact] = elementwise(gain_rule)(mean + contacts.excess[contact], gain) - mean
    external = episodes.stage[over] == STAGE["external_project"]
    chance = np.where(external, policy.num("innovation.per_external"), policy.num("innovation.per_pilot"))
    luck, grounds = world.streams.several((Decision.INNOVATE, Decision.PILOT_GROUNDS), period, episodes.number[over])
    innovates = luck < chance
    done = over[innovates]
    world.flows.innovations_projects += world.per_organisation(episodes.organisation[done])
    world.tally.move(
        episodes.organisation[done], episodes.size[done], episodes.stage[done], STAGE["innovation"], "progress"
    )
    np.subtract.at(projects.firms, episodes.project[done], 1)
    episodes.project[done] = -1
    episodes.stage[done] = STAGE["innovation"]
    leave(world, done, "completed")
    rest = over[~innovates]
    onward = (episodes.stage[rest] == STAGE["pilot"]) & (grounds[~innovates] < policy.num("pilot.grounds_application"))
    back = rest[onward]
    world.tally.move(
        episodes.organisation[back], episodes.size[back], STAGE["pilot"], STAGE["matchmaking"], "completed"
    )
    np.subtract.at(projects.firms, episodes.project[back], 1)
    episodes.project[back] = -1
    episodes.grounded[back] = True
    episodes.since[back] = period
    episodes.stage[back] = STAGE["matchmaking"]
    leave(world, rest[~onward], "completed")
