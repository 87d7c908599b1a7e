"""Step 6: dissemination (videnspredning) and internationalisation: who comes, and what coming does.

Seats have Table 6 as their mean; those who come are the willing among the invited, strangers and known firms alike,
as long as there are seats, whoever pays the activity. How full the rooms are is a result. Institutions come by type
(Figure 6, M039), and those who come become more ready (M016).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Plan
from klyngesim.ecosystem.processes.participation import Seated, take_part
from klyngesim.ecosystem.processes.presence import institutions_attend
from klyngesim.ecosystem.ranking import keep_smallest_of
from klyngesim.ecosystem.relations import Care, care, pairs, relate
from klyngesim.ecosystem.settings import Values, chosen, number, numbers, worked_out
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, State, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.ecosystem.tally import count
from klyngesim.population.strongholds import LARGE, SIZE_NAMES, SMALL
from klyngesim.streams import Decision, Floats, Ints, uniforms


def everybody_seated(policy: Values) -> bool:
    """Whether everybody who wants a seat gets one."""
    return policy.word("scarcity.seats") == "off" or policy.word("attendance.rule") == "demand"


class Terms(NamedTuple):
    """Parameters of who comes to activities.

    Attributes:
        by_need: whether firms come back because they need something, not because they trust (rival rule).
        unlimited: see `everybody_seated`.
        hours: hours a year that a firm of each class can give, shape (5,).
        guard: share of the seats reserved for firms below 50 employees (L12).
        attention_drift: how much more private money lets large firms go first.
    """

    by_need: bool = chosen("attendance.return_rule", "need")
    unlimited: bool = worked_out(everybody_seated)
    hours: Floats = numbers("firms.hours_*", SIZE_NAMES)
    guard: float = number("guard.seat_share")
    attention_drift: float = number("cofinancing.attention_drift")
    return_base: float = number("attendance.return_base")
    return_trust: float = number("attendance.return_trust")
    care: Care = worked_out(lambda policy: policy.terms(Care))
    hours_per_seat: float = number("attendance.hours_per_seat")
    extra_seat: float = number("attendance.extra_seat")


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
def want_again(state: State, live: Ints, terms: Terms) -> Ints:
    """Which firms of ``live`` relations want to come again where they are invited with care."""
    loyalty = care(state, terms.care)
    for index in range(len(loyalty)):
        loyalty[index] = state.organisations[index].loyalty * loyalty[index]
    known, address, drive = np.empty_like(live), np.empty_like(live), np.empty(len(live))
    who, count = np.empty_like(live), 0
    # Rows are read here and chances worked out below: reading does not wait for arithmetic, and takes half the time.
    for row in live:
        relation = state.relations[row]
        known[count], address[count], who[count] = row, relation.pair, relation.organisation
        drive[count] = state.contacts[relation.contact].mean if terms.by_need else relation.trust
        count += state.organisations[relation.organisation].open
    luck, come = uniforms(state.draws, Decision.RETURN, state.period, address[:count]), 0
    for index in range(count):
        chance = return_rule(drive[index], loyalty[who[index]], state.attention, terms.return_base, terms.return_trust)
        known[come] = known[index]
        come += luck[index] < chance
    return known[:come]


@loop
def answer_invitations(state: State, invited: Ints, terms: Terms) -> tuple[Bools, Bools]:
    """Which invitations the firms have hours for this year, and whether there is time for a second seat at each.

    A firm that several organisations invite accepts as many as fit, in an order of its own.
    """
    contacts, period = state.contacts, state.period
    firm = np.array([state.relations[row].contact for row in invited], dtype=np.int64)
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
    luck = uniforms(state.draws, Decision.OFFER_ORDER, period, pairs(state.relations, invited[choosing]))
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
def rank_invited(state: State, invited: Ints, terms: Terms) -> Floats:
    """Order in which the invited get seats, smallest first, shape (n,)."""
    rank = uniforms(state.draws, Decision.SEAT_RANK, state.period, pairs(state.relations, invited))
    for index in range(len(invited)):
        relation = state.relations[invited[index]]
        ratio = state.organisations[relation.organisation].private_ratio
        rank[index] *= drift_rule(state.contacts[relation.contact].size == LARGE, ratio, terms.attention_drift)
    return rank


@loop
def meetings(plan: Plan) -> int:
    """Activities with seats in a quarter, whoever pays them."""
    number: int = plan.activities[DISSEMINATION] + plan.activities[INTERNATIONALISATION] + plan.otherwise.sum()
    return number


@rule
def registered_share(registered: int, everything: int) -> float:
    """Share of the activities with seats that the report registers: those that the grant pays; none without any."""
    return registered / everything if everything > 0 else 0.0


@rule
def counted_rule(seats: float, share: float, uniform: float) -> float:
    """Whole seats of a firm at registered activities, of those that it takes."""
    return float(math.floor(seats * share + uniform))


@loop
def at_registered(state: State, come: Ints, second: Bools) -> Floats:
    """Seats at registered activities that the firms take who come, each of them 0, 1 or 2, shape (n,).

    Nobody chooses an activity by who pays it: registered ones are met in proportion to their number.
    """
    luck = uniforms(state.draws, Decision.REGISTERED_SEAT, state.period, pairs(state.relations, come))
    seats = np.empty(len(come))
    for index in range(len(come)):
        plan = state.plans[state.relations[come[index]].organisation]
        held = plan.activities[DISSEMINATION] + plan.activities[INTERNATIONALISATION]
        share = registered_share(held, meetings(plan))
        seats[index] = counted_rule(2.0 if second[index] else 1.0, share, luck[index])
    return seats


@loop
def offer_seats(state: State, invited: Ints, terms: Terms) -> Ints:
    """How many firms the seats are for but those that sponsors pay, shape (O,); none where nothing is held."""
    for row in invited:
        state.flows[state.relations[row].organisation].willing += 1.0
    quota = np.zeros(len(state.plans), dtype=np.int64)
    for index in range(len(quota)):
        plan = state.plans[index]
        seats = plan.firm_seats[0] + plan.firm_seats[1]
        state.flows[index].seats_offered += seats
        if meetings(plan) > 0:
            usual = seats - plan.sponsored_seats
            quota[index] = len(invited) if terms.unlimited else quota_rule(usual, terms.extra_seat)
    return quota


@loop
def take_seats(state: State, invited: Ints, able: Bools, terms: Terms) -> Bools:
    """Who comes among those who are ``able`` to, shape (n,): the first by rank, as many as there are seats for.

    A share of the seats is for firms below 50 employees first (L12): others give up their seats to them. Seats that
    sponsors pay are for such firms only (L22), and go to those who found no other.
    """
    rank, quota = rank_invited(state, invited, terms), offer_seats(state, invited, terms)
    organisation = np.array([state.relations[row].organisation for row in invited], dtype=np.int64)
    paid = np.array([plan.sponsored_seats if meetings(plan) > 0 else 0 for plan in state.plans], dtype=np.int64)
    if terms.guard <= 0.0 and not paid.any():
        return keep_smallest_of(able, organisation, rank, quota)
    size = np.array([state.contacts[state.relations[row].contact].size for row in invited], dtype=np.int64)
    small = able & (size <= SMALL)
    reserved = np.array([math.floor(most * terms.guard) for most in quota], dtype=np.int64)
    first = keep_smallest_of(small, organisation, rank, reserved)
    for index in organisation[first]:
        quota[index] -= 1
    comes = first | keep_smallest_of(able & ~first, organisation, rank, quota)
    return comes | keep_smallest_of(small & ~comes, organisation, rank, paid)


@loop
def turn_away(state: State, newcomers: Ints, able: Bools, comes: Bools) -> None:
    """Newcomers without time or without a seat leave."""
    for index in range(len(newcomers)):
        if not comes[index]:
            relation = state.relations[newcomers[index]]
            why, size = reasons.NO_SEAT if able[index] else reasons.NO_CAPACITY, state.contacts[relation.contact].size
            count(state.moves, state.period, stages.CONTACTED, stages.LEFT, why, relation.organisation, size)


@loop
def take_second_seats(state: State, come: Ints, spare: Bools, terms: Terms) -> Bools:
    """Who takes a second seat this quarter: those who want one and have time, as long as there are seats."""
    luck = uniforms(state.draws, Decision.SECOND_SEAT, state.period, pairs(state.relations, come))
    wants = spare & (luck < terms.extra_seat)
    if terms.unlimited:
        return wants
    organisation = np.array([state.relations[row].organisation for row in come], dtype=np.int64)
    room = np.array([plan.firm_seats.sum() for plan in state.plans], dtype=np.int64)
    for index in organisation:
        room[index] -= 1
    return keep_smallest_of(wants, organisation, luck, room)


@loop
def seat(state: State, known: Ints, new: Ints, terms: Terms) -> Seated:
    """Gives seats to the firms of relations that want to come, ``known`` and ``new`` ones."""
    invited, old = np.concatenate((known, new)), len(known)
    able, spare = answer_invitations(state, invited, terms)
    comes = take_seats(state, invited, able, terms)
    turn_away(state, new, able[old:], comes[old:])
    come = np.flatnonzero(comes)
    rows = invited[come]
    second = take_second_seats(state, rows, spare[come], terms)
    return Seated(rows, come >= old, second, at_registered(state, rows, second))


def disseminate(world: World) -> None:
    """Those who want to come and have time take the seats; coming changes them."""
    terms = world.policy.terms(Terms)
    known = want_again(world.state, world.live, terms)
    world.enrolled = relate(world, world.newcomers)
    take_part(world, seat(world.state, known, world.enrolled, terms))
    institutions_attend(world)
