"""Step 7: matchmaking: firms with an idea meet institutions, and some pairs become ties.

The chance of a tie rises with readiness, trust and a broker's help and falls with distance in research (TRL);
the broker's effect is a ratio (E140: x1.75), the base rate is unknown (M002, M004, M027-M030, M038, M116).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.leaving import leave
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools
from klyngesim.ecosystem.ties import work_together
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.results.vocabulary import REASON, STAGE
from klyngesim.streams import Decision, Floats, Ints, keep_smallest_of


def match_rule(
    readiness: Floats, trust: Floats, ease: Floats, gap: Floats, broker: Floats, base: float, trust_weight: float
) -> Floats:
    """Chance that a firm with an idea and the institution it meets form a tie.

    Args:
        readiness: of the firm, 0-1.
        trust: of its relation, 0-1.
        ease: administrative ease of the institution, 0-1.
        gap: its distance in research stage, 0-1.
        broker: ratio from brokerage, 1 without.
        base: chance of a fully ready firm at ease 1, gap 0, trust 0, without a broker.
        trust_weight: how much full trust adds, as a share.
    """
    chance = base * readiness * ease * (1.0 - gap) * broker * (1.0 + trust_weight * trust)
    return np.asarray(np.minimum(1.0, chance))


def contact_hours(posts: Floats, hours_year: float) -> Floats:
    """Hours a quarter of contact staff, all of which go into brokerage."""
    return posts * hours_year / 4.0


def covered_rule(hours: Floats, ideas: Floats, hours_each: float) -> Floats:
    """Share of the ideas that the quarter's hours for brokerage cover, at most all."""
    return np.asarray(np.minimum(1.0, hours / (hours_each * np.maximum(1.0, ideas))))


def broker_rule(covered: Floats, ratio: float, skill: Floats, segmentation: Floats, effect: float) -> Floats:
    """Mean ratio from brokerage: ideas that are covered gain ``ratio`` (E140), all of them skill and segmentation."""
    return np.asarray((1.0 + covered * (ratio - 1.0)) * (skill * (1.0 + segmentation * effect)))


def gap_rule(gap: Floats, bridge: float, effect: float) -> Floats:
    """Distance in research stage that is left where joint PhD projects bridge a part of it."""
    return np.asarray(gap * (1.0 - bridge * effect))


def reason_rule(low: Floats, readiness: Floats, trust: Floats, lost_trust_below: float) -> Ints:
    """Why an unmatched idea is given up, codes of `vocabulary.REASON`: what is lowest, a drawn ``low`` among it."""
    why = np.where(low * 2.0 > readiness + trust, REASON["no_partner"], REASON["other_fora"])
    why = np.where((low > readiness) & (readiness <= trust), REASON["not_ready"], why)
    distrusts = (low > trust) & (trust < readiness) & (trust < lost_trust_below)
    return np.where(distrusts, REASON["lost_trust"], why)


def broker_ratio(world: World) -> Floats:
    """Mean ratio from brokerage, shape (O,); without scarcity of hours every idea is covered."""
    policy = world.policy
    hours = world.plan.hours[:, 2] + contact_hours(policy.vec("contact_staff.fte"), policy.num("staff.hours_year"))
    covered = covered_rule(hours, world.organisations.open_ideas, policy.num("broker.hours_per_match"))
    if policy.word("scarcity.hours") == "off":
        covered = np.ones_like(covered)
    return broker_rule(
        covered,
        policy.num("broker.ratio"),
        world.organisations.quality,
        policy.vec("segmentation.level"),
        policy.num("segmentation.effect"),
    )


def choose_type(presence: Floats, organisation: Ints, uniform: Floats) -> Ints:
    """Institution type that each firm meets, with chances in proportion to presence; -1 where nobody came."""
    running = np.cumsum(presence, axis=1)
    total = running[:, -1][organisation]
    target = uniform * total
    chosen = (target[:, None] >= running[organisation]).sum(axis=1)
    return np.asarray(np.where(total > 0.0, np.minimum(chosen, presence.shape[1] - 1), -1))


def match(world: World) -> None:
    """Lets open ideas that are not yet matched meet institutions; the unmatched wait or leave."""
    policy, period, episodes = world.policy, world.period, world.episodes
    early = (STAGE["dissemination"], STAGE["internationalisation"])
    rows = np.flatnonzero((episodes.stage == early[0]) | (episodes.stage == early[1]))
    world.organisations.open_ideas = world.per_organisation(episodes.organisation[rows])
    if len(rows) == 0:
        return
    decisions = (
        Decision.MEET_INSTITUTION,
        Decision.TIE_GROUP,
        Decision.OLD_PARTNER,
        Decision.MATCH,
        Decision.DROP_OUT,
    )
    meets, inside, old, matches, drop = world.streams.several(decisions, period, episodes.number[rows])
    organisation, contact = episodes.organisation[rows], episodes.contact[rows]
    kind = choose_type(world.organisations.presence, organisation, meets)
    met = kind >= 0
    units = world.institutions.plan.first_unit
    unit = units[kind] + np.floor(inside * (units[kind + 1] - units[kind])).astype(np.int64)
    unit = np.where(met, unit, -1)
    unit = old_partner(world, episodes.ident[rows], unit, old)
    if world.institutions.plan.units:
        kind = np.where(unit >= 0, world.institutions.plan.unit_kind[unit], kind)
    ease = policy.nums("institutions.ease_*", INSTITUTION_TYPES)
    gap = gap_rule(
        policy.nums("institutions.gap_*", INSTITUTION_TYPES), policy.num("phd.bridge"), policy.num("phd.effect")
    )
    contacts = world.contacts
    chance = match_rule(
        np.minimum(1.0, contacts.mean[contact] + contacts.excess[contact]),
        world.relations.trust[episodes.relation[rows]],
        ease[kind],
        gap[kind],
        broker_ratio(world)[organisation],
        policy.num("match.base"),
        policy.num("match.trust_weight"),
    )
    tied = met & (matches < chance)
    refused = tied & ~has_room(world, unit, tied, drop)
    tied &= ~refused
    made = np.flatnonzero(tied)
    world.institutions.used += np.bincount(unit[made], minlength=world.institutions.plan.units)
    forward, partner = rows[made], unit[made]
    world.tally.move(
        organisation[made], episodes.size[forward], episodes.stage[forward], STAGE["matchmaking"], "progress"
    )
    leaving = np.flatnonzero(~tied & (refused | (drop < policy.num("idea.loss_quarter"))))
    given_up = drop_reasons(world, rows[leaving], drop[leaving])
    why = np.where(refused[leaving], REASON["no_capacity"], given_up)
    episodes.stage[forward] = STAGE["matchmaking"]
    episodes.since[forward] = period
    episodes.unit[forward] = partner
    strengthen(world, forward)
    leave(world, rows[leaving], why)


def capacity(world: World) -> Floats:
    """Engagements a year that each unit can take, shape (units,)."""
    each = world.policy.nums("institutions.capacity_*", INSTITUTION_TYPES)
    return each[world.institutions.plan.unit_kind]


def has_room(world: World, unit: Ints, wanting: Bools, key: Floats) -> Bools:
    """Which of the wanting firms the units can still take this year; by keyed rank when there is too little room."""
    if world.policy.word("scarcity.seats") == "off":
        return np.ones(len(unit), dtype=np.bool_)
    room = np.floor(np.maximum(0.0, capacity(world) - world.institutions.used)).astype(np.int64)
    return keep_smallest_of(wanting, unit, key, room)


def old_partner(world: World, ident: Ints, unit: Ints, uniform: Floats) -> Ints:
    """Firms that have ties already turn to one of them first, with the chance `match.old_partner`."""
    units, ties = world.institutions.plan.units, world.ties
    if ties.count == 0:
        return unit
    chance = world.policy.num("match.old_partner")
    turn = np.flatnonzero(uniform < chance)
    first = np.searchsorted(ties.key, ident[turn] * units)
    number = np.searchsorted(ties.key, (ident[turn] + 1) * units) - first
    tied = np.flatnonzero(number > 0)
    turn, first, number = turn[tied], first[tied], number[tied]
    # What is left of the uniform below the chance picks one of the firm's ties.
    pick = np.floor(uniform[turn] / max(chance, 1e-12) * number).astype(np.int64)
    met = unit.copy()
    met[turn] = ties.unit[first + np.minimum(pick, number - 1)]
    return met


def drop_reasons(world: World, rows: Ints, uniform: Floats) -> Ints:
    """Why an unmatched idea is given up: not ready, lost trust or no partner, by what is lowest."""
    episodes, contacts = world.episodes, world.contacts
    contact = episodes.contact[rows]
    readiness = contacts.mean[contact] + contacts.excess[contact]
    trust = world.relations.trust[episodes.relation[rows]]
    low = uniform / np.maximum(1e-9, world.policy.num("idea.loss_quarter"))
    return reason_rule(low, readiness, trust, world.policy.num("idea.lost_trust_below"))


def strengthen(world: World, rows: Ints) -> None:
    """Makes or strengthens the ties between the firms of ideas (``rows``) and the units that they work with."""
    ties, policy = world.ties, world.policy
    most = ties.reserve(len(rows))
    tables = world.episodes.rows, world.contacts.rows
    units, gain, initial = world.institutions.plan.units, policy.num("tie.gain"), policy.num("tie.initial")
    ties.use(work_together(most, ties.count, *tables, rows, world.period, units, gain, initial))
