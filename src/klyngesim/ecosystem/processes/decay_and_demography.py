"""Step 13: what is not used fades, and firms close.

Trust, ties and readiness above a firm's own mean decay (E134, E143, M011, M074); ties
outside the programme come and go in the background (E160, E164, E206). Firms that close leave everything (E087-E089).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.leaving import leave, tidy
from klyngesim.ecosystem.processes.membership import end_memberships
from klyngesim.ecosystem.proposals import proposals, propose
from klyngesim.ecosystem.relations import care_rule, live, lower_trust
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.ties import add as add_ties
from klyngesim.ecosystem.ties import fade as fade_ties
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, pair_id

BACKGROUND = -1
BACKGROUND_ROUNDING = 1 << 20
"""Id of the draw that rounds the number of background ties, above those of the ties themselves."""


def decay_and_demography(world: World) -> None:
    """Closes firms, lets trust, ties and readiness fade, and renews the ties outside the programme."""
    close_firms(world)
    fade(world)
    background_ties(world)
    tidy(world)
    where = world.relations.organisation.take(live(world))
    world.organisations.live = world.per_organisation(where[world.organisations.open.take(where)])
    if world.period % 4 == 3:
        world.institutions.used[:] = 0.0


def close_firms(world: World) -> None:
    """Firms whose last quarter this is end their memberships, relations and ideas."""
    relations, contacts, episodes = world.relations, world.contacts, world.episodes
    gone = contacts.death == world.period + 1
    if not gone.any():
        return
    held = world.members
    end_memberships(world, held[gone[relations.contact[held]]])
    known = live(world)
    ended = known[gone.take(relations.contact.take(known))]
    lower_trust(world, ended, np.zeros(len(ended)))
    leave(world, np.flatnonzero(gone[episodes.contact] & (episodes.stage != STAGE["left"])), "firm_died")


def kept_rule(decay: float, care: Floats) -> Floats:
    """Share of trust that is left after a quarter: care slows the decay and the lack of it speeds it, twice at most."""
    return np.asarray(1.0 - np.minimum(1.0, decay / np.maximum(0.5, care)))


def fade(world: World) -> None:
    """Trust fades unless kept up by care, ties fade, readiness reverts to the firm's own mean."""
    policy, relations = world.policy, world.relations
    keep = kept_rule(policy.num("trust.decay_quarter"), care_rule(world))
    known = live(world)
    lower_trust(world, known, relations.trust.take(known) * keep.take(relations.organisation.take(known)))
    kept, floor = 1.0 - policy.num("tie.decay_quarter"), policy.num("tie.floor")
    world.ties.use(fade_ties(world.ties.rows, kept, floor, world.period))
    world.contacts.excess *= 1.0 - policy.num("readiness.decay_quarter")


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
