"""Identities that must hold every quarter beside those of the ledger and the tally; cheap enough for every run."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.bookings import grant_used
from klyngesim.ecosystem.by_organisation import Organisation, Plan, Reference
from klyngesim.ecosystem.ledger import DEB, OERE_PER_MKR, UFS, Accounts, BookkeepingError
from klyngesim.ecosystem.processes.activity_mix import TYPES
from klyngesim.ecosystem.processes.dissemination import Terms as Attendance
from klyngesim.ecosystem.processes.otherwise import LAYERS
from klyngesim.ecosystem.processes.spending import GRANT, OWN, PROJECTS, cost_rule, lock_in_rule
from klyngesim.ecosystem.rows import Contact, Episode, Relation
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.streams import Floats, Ints


def prove(world: World) -> None:
    """Checks members, activities, engagement and ideas at the end of a quarter; leaves the counted members in the plan.

    Args:
        world: state after decay and demography.

    Raises:
        BookkeepingError: naming the identity and the organisation, firm or unit.
    """
    relations, contacts, organisations = world.relations.rows, world.contacts.rows, world.organisations
    members = members_of(relations, world.members, world.count)
    expected = organisations.members + world.flows.members_joined - world.flows.members_left
    _equal(world, "members = previous + joined - left", members, expected)
    organisations.members = members
    held = np.array([world.programme.memberships], dtype=np.float64)
    _equal(world, "memberships held", held, np.array([len(world.members)], dtype=np.float64))
    own_activity(world)
    if world.period % 4 == 3 or world.period == world.periods - 1:
        each_firm(world)
    if world.policy.word("scarcity.seats") == "on":
        # Capacity may fall by a lever in the course of a year; what was taken on before stands.
        most = world.institutions.capacity
        if world.period % 4 > 0:
            most = np.maximum(most, world.institutions.capacity_of_year)
        world.institutions.capacity_of_year = most
        _at_most(world, "engagements of an institution's unit", world.institutions.used, most)
    # Hours are used by taking part; what a firm used before a lever shortened its year stands.
    used, most = hours_used(relations, contacts, world.attended, world.policy.terms(Attendance).hours)
    _at_most(world, "engagement hours", used, most)


@loop
def members_of(relations: Rows[Relation], members: Ints, count: int) -> Floats:
    """Members of each organisation, shape (O,); ``members`` are rows of relations."""
    number = np.zeros(count)
    for row in members:
        number[relations[row].organisation] += 1.0
    return number


@loop
def hours_used(
    relations: Rows[Relation], contacts: Rows[Contact], attended: Ints, most: Floats
) -> tuple[Floats, Floats]:
    """Engagement hours that firms have used, and most that they can: one entry for each of the relations."""
    used, limit = np.empty(len(attended)), np.empty(len(attended))
    for index in range(len(attended)):
        contact = contacts[relations[attended[index]].contact]
        used[index], limit[index] = contact.hours, most[contact.size]
    return used, limit


def own_activity(world: World) -> None:
    """What is used on activity is what the activities planned cost, layer by layer: no money is left aside.

    Used are the grant (less what lock-in takes of its use, and measures of policy) with what the state adds; own
    money; and that of external projects with routed money. Activities are whole numbers whose running totals stay
    within one of what the money pays.
    """
    policy, plans, reference = world.policy, world.plan.rows, world.reference.rows
    lock_in, organisations = policy.num("rival.lock_in"), world.organisations.rows
    weight, price = policy.nums("activity_cost.*", TYPES), world.environment.price
    apart, money, rounded = money_and_cost(world.ledger.now, organisations, plans, reference, lock_in, weight, price)
    for layer, payer in enumerate(("grant", "own money", "external projects")):
        what = f"mkr used on own activity beside the activities planned, paid by {payer}"
        _at_most(world, what, apart[:, layer], 1e-7 + 1e-9 * money[:, layer])
    _at_most(world, "activities rounded away or in", rounded, np.ones(len(rounded)))


@loop
def money_and_cost(
    accounts: Accounts,
    organisations: Rows[Organisation],
    plans: Rows[Plan],
    reference: Rows[Reference],
    lock_in: float,
    cost_weight: Floats,
    price: float,
) -> tuple[Floats, Floats, Floats]:
    """By how much money and cost of activity differ, the money, mkr, each (O, 3), and most activities rounded, (O,)."""
    apart, money, rounded = np.zeros((len(plans), 3)), np.zeros((len(plans), 3)), np.zeros(len(plans))
    for index in range(len(plans)):
        plan, book, usual = plans[index], accounts.book[index], reference[index]
        used = (grant_used(accounts, index, UFS) + grant_used(accounts, index, DEB)) / OERE_PER_MKR
        use_left = lock_in_rule(accounts.period - organisations[index].period_start[UFS], lock_in)
        money[index, GRANT] = max(0.0, used * use_left - plan.measures) + plan.topped
        money[index, OWN] = book.own_activity / OERE_PER_MKR - plan.topped - plan.routed
        money[index, PROJECTS] = book.external_activity / OERE_PER_MKR + plan.routed
        cost = np.zeros(3)
        cost[GRANT] = cost_rule(plan.activities_expected, cost_weight, usual.unit_cost, price)
        for layer in range(len(LAYERS)):
            cost[LAYERS[layer]] = cost_rule(plan.otherwise_expected[layer], cost_weight, usual.unit_cost, price)
        apart[index] = np.abs(money[index] - cost)
        for kind in range(len(TYPES)):
            rounded[index] = max(rounded[index], abs(plan.activities[kind] - plan.activities_expected[kind]))
        off = np.abs(plan.otherwise - plan.otherwise_expected).max()
        rounded[index] = max(rounded[index], off)
    return apart, money, rounded


def each_firm(world: World) -> None:
    """Memberships and ideas firm by firm and relation by relation, and trust.

    Once a year and at the end of a run, as it takes a pass over everybody ever met.
    """
    relations, contacts = world.relations, world.contacts
    joined, ideas, firm, idea, trust = held_by_each(relations.rows, contacts.rows, world.episodes.rows)
    if firm >= 0:
        raise _apart(world, "memberships held by a firm", contacts.joined[firm], joined[firm], firm)
    if idea >= 0:
        raise _apart(world, "open ideas of a relation", relations.open_ideas[idea], ideas[idea], idea)
    if trust >= 0:
        raise _above(world, "trust", relations.trust[trust], trust)


@loop
def held_by_each(
    relations: Rows[Relation], contacts: Rows[Contact], episodes: Rows[Episode]
) -> tuple[Ints, Ints, int, int, int]:
    """Memberships of each firm in contact and open ideas of each relation, counted.

    With them the first firm and the first relation whose own number is another one, and the first relation that trusts
    more than fully; -1 where there is none.
    """
    joined, ideas = np.zeros(len(contacts), dtype=np.int64), np.zeros(len(relations), dtype=np.int64)
    firm = idea = trust = -1
    for episode in episodes:
        ideas[episode.relation] += 1
    for row in range(len(relations) - 1, -1, -1):
        relation = relations[row]
        joined[relation.contact] += relation.member
        idea = row if relation.open_ideas != ideas[row] else idea
        trust = trust if relation.trust <= 1.0 + 1e-9 else row
    for row in range(len(contacts) - 1, -1, -1):
        firm = row if contacts[row].joined != joined[row] else firm
    return joined, ideas, firm, idea, trust


def _equal(world: World, what: str, found: Floats, expected: Floats) -> None:
    place = _first_apart(found, expected)
    if place >= 0:
        raise _apart(world, what, found[place], expected[place], place)


def _apart(world: World, what: str, found: float, expected: float, place: int) -> BookkeepingError:
    return BookkeepingError(f"quarter {world.period}: {what}: {found:g} counted, {expected:g} expected at {place}")


def _above(world: World, what: str, found: float, place: int) -> BookkeepingError:
    return BookkeepingError(f"quarter {world.period}: {what}: {found:g} is above the limit at {place}")


def _at_most(world: World, what: str, found: Floats, limit: Floats) -> None:
    place = _first_above(found, limit)
    if place >= 0:
        raise _above(world, what, found[place], place)


@loop
def _first_apart(found: Floats, expected: Floats) -> int:
    """Where two lists differ first, -1 if nowhere."""
    for place in range(len(found)):
        if found[place] != expected[place]:
            return place
    return -1


@loop
def _first_above(found: Floats, limit: Floats) -> int:
    """Where a list first lies above its limit (one of each or one for all), or is no number; -1 if nowhere."""
    for place in range(len(found)):
        if not found[place] <= limit[place if len(limit) > 1 else 0] + 1e-9:
            return place
    return -1
