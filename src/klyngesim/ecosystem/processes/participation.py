"""What taking part does (step 6): counts, hours, trust (M011), readiness (M016), and a new idea or its absence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Flow, Plan
from klyngesim.ecosystem.processes.appearances import Firms, appear, count_firms, count_fresh
from klyngesim.ecosystem.relations import pairs, wake
from klyngesim.ecosystem.rows import NEVER, Contact, Episode, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.population.strongholds import ABROAD, OUTSIDE
from klyngesim.streams import MAX_PERIOD, Decision, Draws, Ints, uniforms

QUARTERS = MAX_PERIOD + 1
"""Room for quarters in the address of an idea."""


class Learning(NamedTuple):
    """Parameters of what taking part does.

    Attributes:
        hours_per_seat: engagement hours of a seat.
        trust: share of the missing trust that taking part gives; readiness: likewise, courses included.
        innovation: chance that a fully ready firm innovates.
        idea, again: chance that a fully ready firm brings an idea, and what it is multiplied by where one is open.
    """

    hours_per_seat: float
    trust: float
    readiness: float
    innovation: float
    idea: float
    again: float


def learning(policy: Values) -> Learning:
    """Reads the parameters of what taking part does."""
    return Learning(
        policy.num("attendance.hours_per_seat"),
        policy.num("trust.gain"),
        learning_rate(policy.num("readiness.gain"), policy.num("competence.level")),
        policy.num("innovation.per_participation"),
        policy.num("idea.base"),
        policy.num("idea.again"),
    )


@rule
def gain_rule(level: float, rate: float) -> float:
    """A share of what is missing to 1 is gained (trust, readiness); never beyond 1."""
    return level + rate * (1.0 - level)


def learning_rate(gain: float, competence: float) -> float:
    """Share of the missing readiness that taking part gives, at most all of it; courses raise it by their level."""
    return min(1.0, gain * (1.0 + competence))


@rule
def idea_rule(readiness: float, without: bool, base: float, again: float) -> float:
    """Chance that a participant brings an idea; one that is not ``without`` has another one open already."""
    return base * readiness if without else base * readiness * again


@rule
def share_rule(dissemination: int, internationalisation: int) -> float:
    """Share of the seats that are at internationalisation activities, none without seats."""
    return internationalisation / max(1, dissemination + internationalisation)


@loop
def count_participations(
    relations: Rows[Relation], contacts: Rows[Contact], flows: Rows[Flow], rows: Ints, second: Bools
) -> None:
    """Counts seats taken, and participating firms by class, outside the stronghold and abroad."""
    for index in range(len(rows)):
        relation = relations[rows[index]]
        flow, seats = flows[relation.organisation], 2.0 if second[index] else 1.0
        flow.participations += seats
        flow.present[contacts[relation.contact].size] += 1.0
        if relation.role == ABROAD:
            flow.participations_foreign += seats
        elif relation.role == OUTSIDE:
            flow.present_outside += 1.0
        else:
            flow.present_inside += 1.0


@loop
def engage(
    relations: Rows[Relation], contacts: Rows[Contact], rows: Ints, second: Bools, period: int, terms: Learning
) -> Firms:
    """Firms give hours of their year, and learn once a quarter, in however many organisations they take part.

    Args:
        relations: all.
        contacts: all; every firm that comes has ``invitations`` to begin with and none afterwards.
        rows: relations that take part, each once.
        second: whether they take a second seat, shape of ``rows``.
        period: the quarter.
        terms: parameters.
    """
    year = period // 4
    fresh = startups = first_year = second_year = 0
    for index in range(len(rows)):
        contact = contacts[relations[rows[index]].contact]
        if contact.year != year:
            contact.year = year
            contact.hours = 0.0
        contact.hours += terms.hours_per_seat * (2.0 if second[index] else 1.0)
        if contact.last_year != year:
            contact.last_year = year
            contact.years += 1
            fresh += 1
            first_year += contact.years == 1
            second_year += contact.years == 2
            if period < contact.startup_until:
                contact.startup_year = year
                startups += 1
        if contact.invitations > 0:
            contact.invitations = 0
            contact.excess = gain_rule(contact.mean + contact.excess, terms.readiness) - contact.mean
    return Firms(fresh, startups, first_year, second_year)


@loop
def gain_trust(relations: Rows[Relation], live: Ints, rows: Ints, rate: float) -> Ints:
    """Relations (``rows``) gain trust; returns the live ones, those that wake up included."""
    dormant = np.array([row for row in rows if relations[row].trust == 0.0], dtype=np.int64)
    for row in rows:
        relation = relations[row]
        relation.trust = gain_rule(relation.trust, rate)
    return wake(live, np.array([row for row in dormant if relations[row].trust > 0.0], dtype=np.int64))


@loop
def innovate(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    flows: Rows[Flow],
    rows: Ints,
    draws: Draws,
    period: int,
    chance: float,
) -> None:
    """Taking part alone lets some firms innovate: a fully ready one with the ``chance``."""
    luck = uniforms(draws, Decision.PARTICIPATION_INNOVATES, period, pairs(relations, rows))
    for index in range(len(rows)):
        relation = relations[rows[index]]
        contact = contacts[relation.contact]
        if luck[index] < chance * (contact.mean + contact.excess):
            flows[relation.organisation].innovations_participation += 1.0


@loop
def bring_ideas(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    plans: Rows[Plan],
    ideas: Rows[Episode],
    rows: Ints,
    is_new: Bools,
    moves: Moves,
    draws: Draws,
    period: int,
    terms: Learning,
) -> int:
    """Participants bring an idea or none; a relation can carry several (M065). Returns how many ideas there are.

    Args:
        relations: all.
        contacts: all.
        plans: of the organisations.
        ideas: room for an idea of each participant; filled from the first on.
        rows: relations that take part, each once.
        is_new: whether the firm was contacted this quarter, shape of ``rows``.
        moves: of ideas (`Tally.moves`).
        draws: random numbers.
        period: the quarter.
        terms: parameters.
    """
    born = 0
    addresses = pairs(relations, rows)
    kind = uniforms(draws, Decision.SEAT_TYPE, period, addresses)
    luck = uniforms(draws, Decision.IDEA, period, addresses)
    for index in range(len(rows)):
        relation = relations[rows[index]]
        contact, who, seats = contacts[relation.contact], relation.organisation, plans[relation.organisation].firm_seats
        abroad = kind[index] < share_rule(seats[0], seats[1])
        stage = stages.INTERNATIONALISATION if abroad else stages.DISSEMINATION
        without = relation.open_ideas == 0
        if without:
            if not is_new[index]:
                moves[stages.OUTSIDE, stages.CONTACTED, reasons.PROGRESS, who, contact.size] += 1
            moves[stages.CONTACTED, stage, reasons.PROGRESS, who, contact.size] += 1
        if luck[index] < idea_rule(contact.mean + contact.excess, without, terms.idea, terms.again):
            if not without:
                moves[stages.OUTSIDE, stage, reasons.PROGRESS, who, contact.size] += 1
            relation.open_ideas += 1
            idea = ideas[born]
            born += 1
            idea.relation, idea.organisation, idea.contact = rows[index], who, relation.contact
            idea.ident, idea.size = contact.ident, contact.size
            idea.stage, idea.since = stage, period
            idea.unit = idea.project = NEVER
            idea.grounded = idea.hidden = False
            idea.number = relation.pair * QUARTERS + period
        elif without:
            moves[stage, stages.LEFT, reasons.NOT_READY, who, contact.size] += 1
    return born


def take_part(world: World, rows: Ints, is_new: Bools, second: Bools) -> None:
    """Books the participations of this quarter.

    Args:
        world: state.
        rows: relations that take part, each once.
        is_new: whether the firm was contacted this quarter, shape of ``rows``.
        second: whether it takes a second seat.
    """
    relations, contacts, flows = world.relations.rows, world.contacts.rows, world.flows.rows
    draws, period, terms = world.streams.draws, world.period, world.policy.once(learning)
    count_participations(relations, contacts, flows, rows, second)
    count_firms(world.programme, engage(relations, contacts, rows, second, period, terms))
    fresh, share = appear(relations, rows, period), world.register.plan.counted_support
    count_fresh(relations, contacts, world.organisations.rows, flows, fresh, share, draws, period // 4)
    world.live = gain_trust(relations, world.live, rows, terms.trust)
    innovate(relations, contacts, flows, rows, draws, period, terms.innovation)
    episodes, plans, moves = world.episodes, world.plan.rows, world.tally.moves
    room = episodes.reserve(len(rows))[episodes.count :]
    born = bring_ideas(relations, contacts, plans, room, rows, is_new, moves, draws, period, terms)
    episodes.use(episodes.count + born)
    world.attended = rows
