"""Step 13: what is not used fades, and firms close.

Trust, ties and readiness above a firm's own mean decay (E134, E143, M011, M074); ties
outside the programme come and go in the background (E160, E164, E206). Firms that close leave everything (E087-E089).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.processes.leaving import depart_all, tidy
from klyngesim.ecosystem.processes.membership import end
from klyngesim.ecosystem.proposals import Proposals, proposals, propose
from klyngesim.ecosystem.relations import Care, care
from klyngesim.ecosystem.rows import Tie
from klyngesim.ecosystem.settings import number
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Array, Rows
from klyngesim.ecosystem.ties import fade as fade_ties
from klyngesim.ecosystem.ties import insert
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms

BACKGROUND = -1
BACKGROUND_ROUNDING = 1 << 20
"""Id of the draw that rounds the number of background ties, above those of the ties themselves."""


class Terms(NamedTuple):
    """Parameters of what fades in a quarter: shares that are lost, and floors below which a relation or tie ends."""

    trust_decay: float = number("trust.decay_quarter")
    tie_decay: float = number("tie.decay_quarter")
    readiness_decay: float = number("readiness.decay_quarter")
    trust_floor: float = number("trust.floor")
    tie_floor: float = number("tie.floor")


@rule
def closes(death: int, period: int) -> bool:
    """Whether a quarter is the last one of a firm; ``death`` is the first in which it is closed."""
    return death == period + 1


@rule
def kept_rule(decay: float, care: float) -> float:
    """Share of trust that is left after a quarter: care slows the decay and the lack of it speeds it, twice at most."""
    return 1.0 - min(1.0, decay / max(0.5, care))


@loop
def closing_relations(state: State, rows: Ints) -> Ints:
    """Relations (of ``rows``) of the firms that close."""
    firm = np.array([state.relations[row].contact for row in rows], dtype=np.int64)
    close = np.array([closes(state.contacts[contact].death, state.period) for contact in firm], dtype=np.bool_)
    return rows[close]


@loop
def closing_ideas(state: State) -> Ints:
    """Ideas, still on their way, of the firms that close."""
    ideas, contacts, period = state.episodes, state.contacts, state.period
    close = np.array([closes(contacts[idea.contact].death, period) for idea in ideas], dtype=np.bool_)
    left = np.array([idea.stage == stages.LEFT for idea in ideas], dtype=np.bool_)
    return np.flatnonzero(close & ~left)


@loop
def fade_trust(state: State, live: Ints, care: Floats, terms: Terms) -> Ints:
    """Trust of the ``live`` relations fades unless kept up by ``care``, and ends with the firm.

    Returns those that stay live, and leaves their number, their trust and the readiness of their firms by organisation.
    """
    kept = np.array([kept_rule(terms.trust_decay, each) for each in care])
    firm, who = np.empty(len(live), dtype=np.int64), np.empty(len(live), dtype=np.int64)
    trust, readiness = np.empty(len(live)), np.empty(len(live))
    # Relations first, then their firms, then sums: one read from far away waits for no other.
    for index in range(len(live)):
        relation = state.relations[live[index]]
        firm[index], who[index] = relation.contact, relation.organisation
        trust[index] = relation.trust * kept[relation.organisation]
    for index in range(len(live)):
        contact = state.contacts[firm[index]]
        readiness[index] = contact.mean + contact.excess
        ends = (trust[index] < terms.trust_floor) | closes(contact.death, state.period)
        trust[index] = 0.0 if ends else trust[index]
    for organisation in state.organisations:
        organisation.known = organisation.social_capital = organisation.readiness = 0.0
    for index in range(len(live)):
        state.relations[live[index]].trust = trust[index]
        if trust[index] > 0.0:
            organisation = state.organisations[who[index]]
            organisation.known += 1.0
            organisation.social_capital += trust[index]
            organisation.readiness += readiness[index]
    for organisation in state.organisations:
        organisation.live = organisation.known if organisation.open else 0.0
    return live[trust > 0.0]


@loop
def fade_readiness(state: State, terms: Terms) -> tuple[int, int]:
    """Readiness reverts to the firm's own mean.

    Returns the memberships that firms hold and the firms that hold any: this is the one pass over everybody ever met.
    """
    memberships, firms = 0, 0
    for contact in state.contacts:
        contact.excess *= 1.0 - terms.readiness_decay
        memberships += contact.joined
        firms += contact.joined > 0
    return memberships, firms


@loop
def close_firms(state: State, members: Ints) -> Ints:
    """Firms whose last quarter this is end their memberships and ideas; returns the ``members`` that are left.

    What trust and ties they had ends in `fade_trust` and `ties.fade`.
    """
    depart_all(state, closing_ideas(state), reasons.FIRM_DIED)
    return end(state, members, closing_relations(state, members))


@loop
def fade(state: State, live: Ints, ties: Rows[Tie], terms: Terms, care_terms: Care) -> tuple[int, int, Ints, int]:
    """Trust fades unless kept up by care, ties fade, readiness reverts to the firm's own mean.

    Returns the memberships that firms hold, the firms that hold any, live relations, and ties in use.
    """
    memberships, firms = fade_readiness(state, terms)
    live = fade_trust(state, live, care(state, care_terms), terms)
    return memberships, firms, live, fade_ties(ties, 1.0 - terms.tie_decay, terms.tie_floor, state.period)


def background_ties(world: World) -> None:
    """Firms and institutions find each other without the programme, at the rate that keeps the starting stock."""
    policy = world.policy
    fading = turnover(policy.num("tie.decay_quarter"), policy.num("tie.initial"), policy.num("tie.floor"))
    register = world.register
    # Proposals may fall on closed firms; as many more are made as there are closed ones.
    tries = 1.0 / register.living(world.period).valid_share
    expected = policy.num("tie.background_stock") * world.scale * fading * tries * policy.num("tie.background_birth")
    count = int(expected + float(world.calendar[Decision.BACKGROUND_NODE][world.period, 0]))
    if count <= 0:
        return
    add_background(world, np.arange(count), world.period, world.period)


def turnover(decay: float, initial: float, floor: float) -> float:
    """Share of ties that are lost each quarter when a new tie fades from ``initial`` to the floor, at most 1."""
    if decay <= 0.0:
        return 0.0
    quarters, strength = 1, initial * (1.0 - decay)
    while strength >= floor and quarters < 4000:
        quarters += 1
        strength *= 1.0 - decay
    return 1.0 / quarters


def add_background(world: World, numbers: Ints, period: int, last: int) -> None:
    """Background ties of firms drawn by size weight with units drawn evenly; closed firms and repeats fall out."""
    units = world.institutions.plan.units
    if units == 0:
        return
    ties, initial = world.ties, world.policy.num("tie.initial")
    source = proposals(world.background, world.register, period)
    store, count = ties.reserve(len(numbers)), ties.count
    ties.use(meet_by_chance(world.streams.draws, store, count, source, numbers, units, initial, last))


@loop
def meet_by_chance(
    draws: Draws, store: Array, count: int, source: Proposals, numbers: Ints, units: int, initial: float, last: int
) -> int:
    """Adds background ties to the ``store`` of ties, of which ``count`` are in use; returns how many are then."""
    period = source.living.period
    cells = uniforms(draws, Decision.BACKGROUND_CELL, period, numbers)
    firms = uniforms(draws, Decision.BACKGROUND_FIRM, period, numbers)
    kept, idents, rows = propose(source, 0, cells, firms)
    nodes = uniforms(draws, Decision.BACKGROUND_NODE, period, numbers)[kept]
    new = np.empty(len(kept), store.dtype)
    for index in range(len(kept)):
        tie, unit = new[index], int(nodes[index] * units)
        tie.key, tie.ident, tie.unit = idents[index] * units + unit, idents[index], unit
        tie.strength, tie.origin, tie.last = initial, BACKGROUND, last
        tie.death = source.firms.death[rows[index]]
    return insert(store, count, new)


def decay_and_demography(world: World) -> None:
    """Closes firms, lets trust, ties and readiness fade, and renews the ties outside the programme."""
    state, policy, ties = world.state, world.policy, world.ties
    world.members = close_firms(state, world.members)
    memberships, members, live, count = fade(state, world.live, ties.rows, policy.terms(Terms), policy.terms(Care))
    world.programme.memberships, world.programme.members, world.live = memberships, members, live
    ties.use(count)
    background_ties(world)
    tidy(world)
    if world.period % 4 == 3:
        world.institutions.used[:] = 0.0
