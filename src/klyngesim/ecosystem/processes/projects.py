"""Step 9: collaboration projects (samarbejdsprojekter): grant-funded pilots and external projects.

Pilots end inside the mandate; external projects run three to four years whatever happens to the mandate. Pilots
ground applications and applications fund projects (M065). Firms may withdraw, and under the MADE rule the money of
a pilot shrinks with them (M077). Completion may give an innovation, a stronger tie and higher readiness.
"""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.ledger import OERE_PER_MKR, UFS, oere
from klyngesim.ecosystem.processes.leaving import leave
from klyngesim.ecosystem.processes.matchmaking import strengthen
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.rows import EXTERNAL, PILOT
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.slots import SLOTS, draw_slots
from klyngesim.ecosystem.sorting import distinct
from klyngesim.ecosystem.state import PROJECT, World
from klyngesim.exact import total
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, keep_smallest

SOURCES = ("public", "eu")

MOST_EFFORT = 10.0
"""Times the hours at the start beyond which orders do not follow: a guard where hardly any hours were there."""


def pilot_length(planned: int, mandate_left: Ints) -> Ints:
    """Quarters that a pilot gets: it must end inside the mandate; 0 = too short to start."""
    return np.asarray(np.where(mandate_left >= 2, np.minimum(planned, mandate_left), 0), dtype=np.int64)


def legacy_rule(quarter: int, length: float) -> float:
    """Share of the starting income that still comes from before 2021.

    The run-off of projects with uniformly spread remaining life; what is won from 2021Q1 on takes their place.
    """
    return max(0.0, 1.0 - (quarter + 1) / length)


def effort_rule(hours: Floats, usual: Floats) -> Floats:
    """Productive hours over those at the start, at most `MOST_EFFORT`; 1 where there were none to hold them against."""
    return np.where(usual > 0.0, np.minimum(MOST_EFFORT, hours / np.where(usual > 0.0, usual, 1.0)), 1.0)


def mean_length(policy: Values) -> float:
    """Mean length of external projects, quarters."""
    return (policy.num("external.length_low_quarters") + policy.num("external.length_high_quarters")) / 2.0


def price_factor(price: float, indexation: float) -> float:
    """What external money follows of the price level, 1 at the start: all of it at ``indexation`` 1."""
    return 1.0 + indexation * (price - 1.0)


def pilots_rule(planned: Ints, hours: Floats, hours_each: float, shift: Floats, length: Ints) -> Ints:
    """Pilots that start: what money allows and the quarter's hours for projects do, none that would be too short."""
    affordable = np.floor(hours / hours_each + shift)
    return np.where(length > 0, np.minimum(planned, affordable), 0).astype(np.int64)


def orders_rule(usual: Floats, competed: float, effort: Floats, response: float) -> Floats:
    """Income from orders without competition, mkr a quarter: what is not competed for, following the effort.

    ``usual``: income of the start at today's price factor, mkr a quarter.
    """
    return np.asarray((1.0 - competed) * usual * np.maximum(0.0, 1.0 + response * (effort - 1.0)))


def cash_rule(usual: Floats, level: float, ratio: Floats, response: float) -> Floats:
    """Cash that firms put into projects, mkr a quarter; ``ratio``: external income over its level at the start."""
    return np.asarray(usual * level * (1.0 + response * (ratio - 1.0)))


def lasting_rule(before: Floats, quarter: Floats, quarters: float) -> Floats:
    """Lasting income a year, which follows that of a quarter with weight one in ``quarters``."""
    pace = 1.0 / quarters
    return np.asarray(before + (4.0 * quarter - before) * pace)


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


def earn(world: World) -> None:
    """Books external income by source: legacy, orders without competition, and projects won (Table 7, A2)."""
    policy, period, projects = world.policy, world.period, world.projects
    organisations = world.organisations
    level = price_factor(world.environment.price, policy.num("external.indexation"))
    base = world.reference.external_quarter * level  # shape (O, 3): public, EU, other
    competed = policy.num("external.competed_share")
    legacy = legacy_rule(period, mean_length(policy)) * competed * world.reference.external_quarter[:, :2]
    running = np.flatnonzero(projects.running & (projects.kind == EXTERNAL))
    won = np.stack(
        [
            np.bincount(
                projects.organisation[running],
                projects.rate[running] * (projects.source[running] == source),
                world.count,
            )
            for source in (0, 1)
        ],
        axis=1,
    )
    effort = effort_rule(total(world.plan.hours), total(world.reference.hours))
    orders = orders_rule(base[:, :2], competed, effort[:, None], policy.num("external.order_response"))
    is_open = organisations.open[:, None]
    income = np.where(is_open, legacy + orders + won, 0.0)
    other = np.where(organisations.open, base[:, 2], 0.0)
    world.plan.legacy = total(np.where(is_open, legacy, 0.0))
    world.plan.transfer = np.where(organisations.open, won[:, 0], 0.0)
    world.plan.additional = np.where(organisations.open, won[:, 1], 0.0)
    start = total(base)
    now = total(income) + other
    ratio = now / np.where(start > 0.0, start, 1.0)
    cash = cash_rule(
        world.reference.project_cash_quarter, level, ratio, policy.num("private.project_response")
    )
    cash = np.where(organisations.open, cash, 0.0)
    overhead = policy.num("external.overhead_share") * now
    ledger = world.ledger
    parts = {
        "external_public": oere(income[:, 0]),
        "external_eu": oere(income[:, 1]),
        "external_project_cash": oere(cash),
        "external_other": oere(other),
    }
    for account, amount in parts.items():
        ledger.book_own(account, amount)
    own = oere(overhead)
    ledger.book_own("own_overhead", own)
    ledger.book_own("external_spent", sum(parts.values(), np.zeros_like(own)) - own)
    # Staff follows lasting income, not single wins.
    world.organisations.external_year = lasting_rule(
        world.organisations.external_year, now + cash, policy.num("finance.budget_quarters")
    )


def spent_on_pilots(world: World) -> Floats:
    """Grant money in pilots this quarter, mkr, shape (O,): their share of the cost at the start, if any are held."""
    used = (world.ledger.grant_line("spent") + world.ledger.grant_line("passed_on")).sum(axis=(1, 2)) / OERE_PER_MKR
    share = np.where(world.plan.mix[:, PROJECT] > 0.0, world.reference.pilot_cost_share, 0.0)
    return np.asarray(used * share)
