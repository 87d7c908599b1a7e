"""What taking part does (step 6): counts, hours, trust (M011), readiness (M016), and a new idea or its absence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.processes.appearances import Firms, come, count_firms, count_fresh
from klyngesim.ecosystem.relations import merged, pairs
from klyngesim.ecosystem.rows import NEVER, Contact, Episode, Relation
from klyngesim.ecosystem.settings import number, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.ecosystem.tally import count
from klyngesim.population.strongholds import ABROAD, OUTSIDE
from klyngesim.streams import MAX_PERIOD, Decision, Floats, Ints, uniforms

QUARTERS = MAX_PERIOD + 1
"""Room for quarters in the address of an idea."""


@rule
def gain_rule(level: float, rate: float) -> float:
    """A share of what is missing to 1 is gained (trust, readiness); never beyond 1."""
    return level + rate * (1.0 - level)


def learning_rate(gain: float, competence: float) -> float:
    """Share of the missing readiness that taking part gives, at most all of it; courses raise it by their level."""
    return min(1.0, gain * (1.0 + competence))


class Seated(NamedTuple):
    """Relations that take part in a quarter, each once.

    Attributes:
        rows: in `Relations`, shape (n,).
        is_new: whether the firm was contacted this quarter, shape (n,).
        second: whether it takes a second seat, shape (n,).
        registered: seats that it takes at registered activities, shape (n,).
    """

    rows: Ints
    is_new: Bools
    second: Bools
    registered: Floats


class Terms(NamedTuple):
    """Parameters of what taking part does.

    Attributes:
        trust: share of the missing trust that taking part gives; readiness: likewise, courses included.
        innovation: chance that a fully ready firm innovates.
        idea, again: chance that a fully ready firm brings an idea, and what it is multiplied by where one is open.
    """

    hours_per_seat: float = number("attendance.hours_per_seat")
    trust: float = number("trust.gain")
    readiness: float = worked_out(
        lambda policy: learning_rate(policy.num("readiness.gain"), policy.num("competence.level"))
    )
    innovation: float = number("innovation.per_participation")
    idea: float = number("idea.base")
    again: float = number("idea.again")


@rule
def idea_rule(readiness: float, without: bool, base: float, again: float) -> float:
    """Chance that a participant brings an idea; one that is not ``without`` has another one open already."""
    return base * readiness if without else base * readiness * again


@rule
def share_rule(dissemination: int, internationalisation: int) -> float:
    """Share of the seats that are at internationalisation activities, none without seats."""
    return internationalisation / max(1, dissemination + internationalisation)


@loop
def count_participations(state: State, rows: Ints, second: Bools, registered: Floats) -> None:
    """Counts seats taken; and registered ones, participating firms by class, outside the stronghold and abroad."""
    for index in range(len(rows)):
        relation, seats = state.relations[rows[index]], registered[index]
        flow = state.flows[relation.organisation]
        flow.participations_all += 2.0 if second[index] else 1.0
        if seats == 0.0:
            continue
        flow.participations += seats
        flow.present[state.contacts[relation.contact].size] += 1.0
        if relation.role == ABROAD:
            flow.participations_foreign += seats
        elif relation.role == OUTSIDE:
            flow.present_outside += 1.0
        else:
            flow.present_inside += 1.0


@loop
def engage(state: State, rows: Ints, second: Bools, registered: Floats, terms: Terms) -> Firms:
    """Firms give hours of their year, and learn once a quarter, in however many organisations they take part.

    Every firm that comes has ``invitations`` to begin with and none afterwards.
    """
    year = state.period // 4
    everybody = fresh = startups = first_year = second_year = 0
    for index in range(len(rows)):
        contact = state.contacts[state.relations[rows[index]].contact]
        if contact.year != year:
            contact.year = year
            contact.hours = 0.0
            everybody += 1
        contact.hours += terms.hours_per_seat * (2.0 if second[index] else 1.0)
        if contact.last_year != year and registered[index] > 0.0:
            contact.last_year = year
            contact.years += 1
            fresh += 1
            first_year += contact.years == 1
            second_year += contact.years == 2
            if state.period < contact.startup_until:
                contact.startup_year = year
                startups += 1
        if contact.invitations > 0:
            contact.invitations = 0
            contact.excess = gain_rule(contact.mean + contact.excess, terms.readiness) - contact.mean
    return Firms(everybody, fresh, startups, first_year, second_year)


@loop
def gain_trust(relations: Rows[Relation], live: Ints, rows: Ints, rate: float) -> Ints:
    """Relations (``rows``) gain trust; returns the live ones, those that wake up included."""
    dormant = np.array([row for row in rows if relations[row].trust == 0.0], dtype=np.int64)
    for row in rows:
        relation = relations[row]
        relation.trust = gain_rule(relation.trust, rate)
    return merged(live, np.array([row for row in dormant if relations[row].trust > 0.0], dtype=np.int64))


@loop
def innovate(state: State, rows: Ints, chance: float) -> None:
    """Taking part alone lets some firms innovate: a fully ready one with the ``chance``."""
    luck = uniforms(state.draws, Decision.PARTICIPATION_INNOVATES, state.period, pairs(state.relations, rows))
    for index in range(len(rows)):
        relation = state.relations[rows[index]]
        contact = state.contacts[relation.contact]
        if luck[index] < chance * (contact.mean + contact.excess):
            state.flows[relation.organisation].innovations_participation += 1.0


@loop
def open_idea(idea: Episode, row: int, relation: Relation, contact: Contact, stage: int, period: int) -> None:
    """Fills the row of an idea that the firm of a relation (``row``) brings."""
    relation.open_ideas += 1
    idea.relation, idea.organisation, idea.contact = row, relation.organisation, relation.contact
    idea.ident, idea.size = contact.ident, contact.size
    idea.stage, idea.since = stage, period
    idea.unit = idea.project = NEVER
    idea.grounded = idea.hidden = False
    idea.number = relation.pair * QUARTERS + period


@loop
def bring_ideas(state: State, ideas: Rows[Episode], rows: Ints, is_new: Bools, terms: Terms) -> int:
    """Participants bring an idea or none; a relation can carry several (M065). Returns how many ideas there are.

    Args:
        state: read and written.
        ideas: room for an idea of each participant; filled from the first on.
        rows: relations that take part, each once.
        is_new: whether the firm was contacted this quarter, shape of ``rows``.
        terms: parameters.
    """
    born, period, addresses = 0, state.period, pairs(state.relations, rows)
    kind = uniforms(state.draws, Decision.SEAT_TYPE, period, addresses)
    luck = uniforms(state.draws, Decision.IDEA, period, addresses)
    for index in range(len(rows)):
        relation = state.relations[rows[index]]
        contact, who = state.contacts[relation.contact], relation.organisation
        seats = state.plans[who].firm_seats
        abroad = kind[index] < share_rule(seats[0], seats[1])
        stage = stages.INTERNATIONALISATION if abroad else stages.DISSEMINATION
        without = relation.open_ideas == 0
        if without:
            if not is_new[index]:
                count(state.moves, period, stages.OUTSIDE, stages.CONTACTED, reasons.PROGRESS, who, contact.size)
            count(state.moves, period, stages.CONTACTED, stage, reasons.PROGRESS, who, contact.size)
        if luck[index] < idea_rule(contact.mean + contact.excess, without, terms.idea, terms.again):
            if not without:
                count(state.moves, period, stages.OUTSIDE, stage, reasons.PROGRESS, who, contact.size)
            open_idea(ideas[born], rows[index], relation, contact, stage, period)
            born += 1
        elif without:
            count(state.moves, period, stage, stages.LEFT, reasons.NOT_READY, who, contact.size)
    return born


@loop
def change(
    state: State, ideas: Rows[Episode], live: Ints, seated: Seated, counted_support: Floats, terms: Terms
) -> tuple[Firms, Ints, int]:
    """Those who take part are counted, give hours, learn, gain trust, innovate and bring ``ideas``.

    Returns what `engage`, `gain_trust` and `bring_ideas` do; ``counted_support``: see `own_firms`.
    """
    rows, is_new, second, registered = seated
    count_participations(state, rows, second, registered)
    firms = engage(state, rows, second, registered, terms)
    come(state, rows)
    count_fresh(state, rows[registered > 0.0], counted_support)
    live = gain_trust(state.relations, live, rows, terms.trust)
    innovate(state, rows, terms.innovation)
    return firms, live, bring_ideas(state, ideas, rows, is_new, terms)


def take_part(world: World, seated: Seated) -> None:
    """Books the participations of this quarter."""
    episodes, support, terms = world.episodes, world.register.plan.counted_support, world.policy.terms(Terms)
    room = episodes.reserve(len(seated.rows))[episodes.count :]
    firms, world.live, born = change(world.state, room, world.live, seated, support, terms)
    count_firms(world.programme, firms)
    episodes.use(episodes.count + born)
    world.attended = seated.rows
