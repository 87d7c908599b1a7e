"""Step 6: dissemination (videnspredning) and internationalisation: who comes, and what coming does.

Seats have Table 6 as their mean; those who come are the willing among the invited, strangers and known firms alike,
as long as there are seats. How full the rooms are is a result. Institutions come by type (Figure 6, M039), and
those who come become more ready (M016).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan
from klyngesim.ecosystem.processes.participation import take_part
from klyngesim.ecosystem.processes.presence import institutions_attend
from klyngesim.ecosystem.ranking import keep_smallest_of
from klyngesim.ecosystem.relations import care_rule, enrol, pairs
from klyngesim.ecosystem.rows import Contact, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.population.strongholds import LARGE, SIZE_NAMES, SMALL
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms


class Attendance(NamedTuple):
    """Parameters of who comes to activities.

    Attributes:
        by_need: whether firms come back because they need something, not because they trust (rival rule).
        unlimited: whether everybody who wants a seat gets one.
        hours: hours a year that a firm of each class can give, shape (5,).
        guard: share of the seats reserved for firms below 50 employees (L12).
        attention_drift: how much more private money lets large firms go first.
        others: registered as ``attendance.*`` under their own names.
    """

    by_need: bool
    unlimited: bool
    hours: Floats
    guard: float
    attention_drift: float
    return_base: float
    return_trust: float
    hours_per_seat: float
    extra_seat: float


def attendance(policy: Values) -> Attendance:
    """Reads the parameters of attendance."""
    return Attendance(
        policy.word("attendance.return_rule") == "need",
        policy.word("scarcity.seats") == "off" or policy.word("attendance.rule") == "demand",
        policy.nums("firms.hours_*", SIZE_NAMES),
        policy.num("guard.seat_share"),
        policy.num("cofinancing.attention_drift"),
        *policy.nums("attendance.*", Attendance._fields[5:]).tolist(),
    )


def engagement_hours(world: World) -> Floats:
    """Hours a year that a firm of each class can give, shape (5,)."""
    return np.asarray(world.policy.once(attendance).hours)


@rule
def return_rule(trust: float, loyalty: float, attention: float, base: float, slope: float) -> float:
    """Chance that a known firm wants to come again this quarter; rises with trust (M011, M082)."""
    return min(0.95, (base + slope * trust) * loyalty * attention)


@rule
def room_rule(hours: float, used: float, each: float) -> float:
    """Seats for which a firm has hours left this year, whole; negative when the hours of its class were cut."""
    return math.floor((hours - used) / each)


@rule
def quota_rule(seats: int, second: float) -> int:
    """Firms that the seats are for, when a share ``second`` of them takes two."""
    return math.floor(seats / (1.0 + second))


@rule
def drift_rule(large: bool, private_ratio: float, strength: float) -> float:
    """Factor on the rank of a firm: more private money draws attention to those who pay (M009, E174)."""
    return 1.0 / (1.0 + strength * max(0.0, private_ratio - 1.0)) if large else 1.0


@loop
def want_again(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    organisations: Rows[Organisation],
    care: Floats,
    attention: float,
    live: Ints,
    draws: Draws,
    period: int,
    terms: Attendance,
) -> Ints:
    """Which firms that are known want to come again.

    Args:
        relations: all.
        contacts: all.
        organisations: all; those that are open invite whom they know.
        care: for known firms, by organisation, shape (O,).
        attention: factor from the number of competing actors.
        live: relations with firms that are known.
        draws: random numbers.
        period: the quarter.
        terms: parameters.
    """
    known, addresses, chance, count = np.empty_like(live), np.empty_like(live), np.empty(len(live)), 0
    for row in live:
        relation = relations[row]
        organisation = organisations[relation.organisation]
        if organisation.open:
            known[count], addresses[count] = row, relation.pair
            drive = contacts[relation.contact].mean if terms.by_need else relation.trust
            loyalty = organisation.loyalty * care[relation.organisation]
            chance[count] = return_rule(drive, loyalty, attention, terms.return_base, terms.return_trust)
            count += 1
    return known[:count][uniforms(draws, Decision.RETURN, period, addresses[:count]) < chance[:count]]


@loop
def answer_invitations(
    relations: Rows[Relation], contacts: Rows[Contact], invited: Ints, draws: Draws, period: int, terms: Attendance
) -> tuple[Bools, Bools]:
    """Which invitations the firms have hours for this year, and whether there is time for a second seat at each.

    A firm that several organisations invite accepts as many as fit, in an order of its own.
    """
    firm = np.array([relations[row].contact for row in invited], dtype=np.int64)
    for row in firm:
        contacts[row].invitations = 0
    for row in firm:
        contacts[row].invitations += 1
    room = np.empty(len(invited))
    accepts, spare = np.zeros(len(invited), dtype=np.bool_), np.zeros(len(invited), dtype=np.bool_)
    chooses = np.zeros(len(invited), dtype=np.bool_)
    for index in range(len(invited)):
        contact = contacts[firm[index]]
        used = contact.hours if contact.year == period // 4 else 0.0
        room[index] = room_rule(terms.hours[contact.size], used, terms.hours_per_seat)
        accepts[index] = contact.invitations <= room[index]
        chooses[index] = contact.invitations > max(1.0, room[index])
    choosing = np.flatnonzero(chooses)
    luck = uniforms(draws, Decision.OFFER_ORDER, period, pairs(relations, invited[choosing]))
    # The last ones in a firm's order are turned down until the others fit.
    for index in choosing[np.argsort(luck, kind="mergesort")[::-1]]:
        contact = contacts[firm[index]]
        accepts[index] = contact.invitations <= room[index]
        if not accepts[index]:
            contact.invitations -= 1
    for index in range(len(invited)):
        spare[index] = 2 * contacts[firm[index]].invitations <= room[index]
    return accepts, spare


@loop
def rank_invited(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    organisations: Rows[Organisation],
    invited: Ints,
    draws: Draws,
    period: int,
    terms: Attendance,
) -> Floats:
    """Order in which the invited get seats, smallest first, shape (n,)."""
    rank = uniforms(draws, Decision.SEAT_RANK, period, pairs(relations, invited))
    for index in range(len(invited)):
        relation = relations[invited[index]]
        large = contacts[relation.contact].size == LARGE
        rank[index] *= drift_rule(large, organisations[relation.organisation].private_ratio, terms.attention_drift)
    return rank


@loop
def offer_seats(
    relations: Rows[Relation], plans: Rows[Plan], flows: Rows[Flow], invited: Ints, terms: Attendance
) -> Ints:
    """How many firms can come to each organisation, shape (O,); none where nothing is held."""
    for row in invited:
        flows[relations[row].organisation].willing += 1.0
    quota = np.zeros(len(plans), dtype=np.int64)
    for index in range(len(plans)):
        plan = plans[index]
        seats = plan.firm_seats[0] + plan.firm_seats[1]
        flows[index].seats_offered += seats
        if plan.activities[DISSEMINATION] + plan.activities[INTERNATIONALISATION] > 0:
            quota[index] = len(invited) if terms.unlimited else quota_rule(seats, terms.extra_seat)
    return quota


@loop
def take_seats(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    invited: Ints,
    able: Bools,
    rank: Floats,
    quota: Ints,
    guard: float,
) -> Bools:
    """Who comes among those who are ``able`` to, shape (n,): the first by ``rank``, as many as ``quota`` lets in.

    A share ``guard`` of the seats is for firms below 50 employees first (L12): others give up their seats to them.
    """
    organisation = np.array([relations[row].organisation for row in invited], dtype=np.int64)
    if guard <= 0.0:
        return keep_smallest_of(able, organisation, rank, quota)
    small = np.array([contacts[relations[row].contact].size <= SMALL for row in invited], dtype=np.bool_)
    reserved = np.array([math.floor(most * guard) for most in quota], dtype=np.int64)
    first = keep_smallest_of(able & small, organisation, rank, reserved)
    rest = quota.copy()
    for index in organisation[first]:
        rest[index] -= 1
    return first | keep_smallest_of(able & ~first, organisation, rank, rest)


@loop
def turn_away(
    relations: Rows[Relation], contacts: Rows[Contact], newcomers: Ints, able: Bools, comes: Bools, moves: Moves
) -> None:
    """Newcomers without time or without a seat leave."""
    for index in range(len(newcomers)):
        if not comes[index]:
            relation = relations[newcomers[index]]
            why = reasons.NO_SEAT if able[index] else reasons.NO_CAPACITY
            moves[stages.CONTACTED, stages.LEFT, why, relation.organisation, contacts[relation.contact].size] += 1


@loop
def take_second_seats(
    relations: Rows[Relation], plans: Rows[Plan], come: Ints, spare: Bools, draws: Draws, period: int, terms: Attendance
) -> Bools:
    """Who takes a second seat this quarter: those who want one and have time, as long as there are seats."""
    luck = uniforms(draws, Decision.SECOND_SEAT, period, pairs(relations, come))
    wants = spare & (luck < terms.extra_seat)
    if terms.unlimited:
        return wants
    organisation = np.array([relations[row].organisation for row in come], dtype=np.int64)
    room = np.array([plans[index].firm_seats.sum() for index in range(len(plans))], dtype=np.int64)
    for index in organisation:
        room[index] -= 1
    return keep_smallest_of(wants, organisation, luck, room)


def disseminate(world: World) -> None:
    """Those who want to come and have time take the seats; coming changes them."""
    contacts, organisations, plans = world.contacts, world.organisations, world.plan.rows
    draws, period, terms = world.streams.draws, world.period, world.policy.once(attendance)
    tables, care = (world.relations.rows, contacts.rows, organisations.rows), care_rule(world)
    known = want_again(*tables, care, world.environment.attention, world.live, draws, period, terms)
    world.enrolled = enrol(world)
    invited, old = np.concatenate((known, world.enrolled)), len(known)

    relations, firms = world.relations.rows, contacts.rows
    able, spare = answer_invitations(relations, firms, invited, draws, period, terms)
    rank = rank_invited(relations, firms, organisations.rows, invited, draws, period, terms)
    quota = offer_seats(relations, plans, world.flows.rows, invited, terms)
    comes = take_seats(relations, firms, invited, able, rank, quota, terms.guard)
    turn_away(relations, firms, invited[old:], able[old:], comes[old:], world.tally.moves)

    come = np.flatnonzero(comes)
    rows = invited[come]
    second = take_second_seats(relations, plans, rows, spare[come], draws, period, terms)
    take_part(world, rows, come >= old, second)
    institutions_attend(world)
