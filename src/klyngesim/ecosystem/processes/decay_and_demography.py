"""Step 13: what is not used fades, and firms close.

Trust, ties and readiness above a firm's own mean decay (E134, E143, M011, M074); ties
outside the programme come and go in the background (E160, E164, E206). Firms that close leave everything (E087-E089).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import stages
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.processes.leaving import leave, tidy
from klyngesim.ecosystem.processes.membership import end_memberships
from klyngesim.ecosystem.proposals import proposals, propose
from klyngesim.ecosystem.relations import care_rule
from klyngesim.ecosystem.rows import Contact, Episode, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.ties import add as add_ties
from klyngesim.ecosystem.ties import fade as fade_ties
from klyngesim.streams import Decision, Floats, Ints, pair_id

BACKGROUND = -1
BACKGROUND_ROUNDING = 1 << 20
"""Id of the draw that rounds the number of background ties, above those of the ties themselves."""


class Fading(NamedTuple):
    """Parameters of what fades in a quarter, registered as ``trust.decay_quarter`` and so on.

    Attributes:
        trust_decay: share of trust lost at the usual care; tie_decay, readiness_decay: share of the strength of ties
            and of readiness above a firm's own mean.
        trust_floor, tie_floor: below it a relation is dormant, and a tie is gone.
    """

    trust_decay: float
    tie_decay: float
    readiness_decay: float
    trust_floor: float
    tie_floor: float


def fading(policy: Values) -> Fading:
    """Reads the parameters of what fades."""
    decay = policy.nums("*.decay_quarter", ("trust", "tie", "readiness"))
    return Fading(*decay.tolist(), *policy.nums("*.floor", ("trust", "tie")).tolist())


def decay_and_demography(world: World) -> None:
    """Closes firms, lets trust, ties and readiness fade, and renews the ties outside the programme."""
    close_firms(world)
    fade(world)
    background_ties(world)
    tidy(world)
    if world.period % 4 == 3:
        world.institutions.used[:] = 0.0


@rule
def closes(death: int, period: int) -> bool:
    """Whether a quarter is the last one of a firm; ``death`` is the first in which it is closed."""
    return death == period + 1


@loop
def closing_relations(relations: Rows[Relation], contacts: Rows[Contact], rows: Ints, period: int) -> Ints:
    """Relations (of ``rows``) of the firms that close."""
    return np.array([row for row in rows if closes(contacts[relations[row].contact].death, period)], dtype=np.int64)


@loop
def closing_ideas(episodes: Rows[Episode], contacts: Rows[Contact], period: int) -> Ints:
    """Ideas, still on their way, of the firms that close."""
    return np.array(
        [
            row
            for row in range(len(episodes))
            if closes(contacts[episodes[row].contact].death, period) and episodes[row].stage != stages.LEFT
        ],
        dtype=np.int64,
    )


def close_firms(world: World) -> None:
    """Firms whose last quarter this is end their memberships and ideas; what trust and ties they had ends in `fade`."""
    contacts, period = world.contacts.rows, world.period
    end_memberships(world, closing_relations(world.relations.rows, contacts, world.members, period))
    leave(world, closing_ideas(world.episodes.rows, contacts, period), "firm_died")


@rule
def kept_rule(decay: float, care: float) -> float:
    """Share of trust that is left after a quarter: care slows the decay and the lack of it speeds it, twice at most."""
    return 1.0 - min(1.0, decay / max(0.5, care))


@loop
def fade_trust(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    organisations: Rows[Organisation],
    live: Ints,
    care: Floats,
    fading: Fading,
    period: int,
) -> Ints:
    """Trust of the ``live`` relations fades unless kept up by ``care``, and ends with the firm.

    Returns those that stay live, and leaves their number, their trust and the readiness of their firms by organisation.
    """
    kept = np.array([kept_rule(fading.trust_decay, each) for each in care])
    for row in range(len(organisations)):
        organisation = organisations[row]
        organisation.known = organisation.social_capital = organisation.readiness = 0.0
    stay, count = np.empty(len(live), dtype=np.int64), 0
    for row in live:
        relation = relations[row]
        contact = contacts[relation.contact]
        trust = relation.trust * kept[relation.organisation]
        ends = trust < fading.trust_floor or closes(contact.death, period)
        relation.trust = 0.0 if ends else trust
        if relation.trust > 0.0:
            stay[count] = row
            count += 1
            organisation = organisations[relation.organisation]
            organisation.known += 1.0
            organisation.social_capital += trust
            organisation.readiness += contact.mean + contact.excess
    for row in range(len(organisations)):
        organisations[row].live = organisations[row].known if organisations[row].open else 0.0
    return stay[:count]


@loop
def fade_readiness(contacts: Rows[Contact], fading: Fading) -> tuple[int, int]:
    """Readiness reverts to the firm's own mean.

    Returns the memberships that firms hold and the firms that hold any: this is the one pass over everybody ever met.
    """
    memberships, firms = 0, 0
    for row in range(len(contacts)):
        contact = contacts[row]
        contact.excess *= 1.0 - fading.readiness_decay
        memberships += contact.joined
        firms += contact.joined > 0
    return memberships, firms


def fade(world: World) -> None:
    """Trust fades unless kept up by care, ties fade, readiness reverts to the firm's own mean."""
    now, tables = world.policy.once(fading), (world.relations.rows, world.contacts.rows, world.organisations.rows)
    world.programme.memberships, world.programme.members = fade_readiness(world.contacts.rows, now)
    world.live = fade_trust(*tables, world.live, care_rule(world), now, world.period)
    world.ties.use(fade_ties(world.ties.rows, 1.0 - now.tie_decay, now.tie_floor, world.period))


def background_ties(world: World) -> None:
    """Firms and institutions find each other without the programme, at the rate that keeps the starting stock."""
    policy = world.policy
    fading = turnover(policy.num("tie.decay_quarter"), policy.num("tie.initial"), policy.num("tie.floor"))
    register = world.register
    # Proposals may fall on closed firms; as many more are made as there are closed ones.
    tries = 1.0 / register.valid_share(world.period)
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
    decisions = (Decision.BACKGROUND_CELL, Decision.BACKGROUND_FIRM, Decision.BACKGROUND_NODE)
    cells, firms, nodes = world.streams.several(decisions, period, numbers)
    kept, ident, row = propose(proposals(world.background, world.register, period), 0, cells, firms)
    unit = np.floor(nodes[kept] * units).astype(np.int64)
    add_ties(
        world.ties,
        len(ident),
        key=pair_id(ident, unit, units),
        ident=ident,
        unit=unit,
        strength=world.policy.num("tie.initial"),
        origin=BACKGROUND,
        last=last,
        death=world.register.death[row],
    )
