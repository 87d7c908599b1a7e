"""Step 7: matchmaking: firms with an idea meet institutions, and some pairs become ties.

The chance of a tie rises with readiness, trust and a broker's help and falls with distance in research (TRL);
the broker's effect is a ratio (E140: x1.75), the base rate is unknown (M002, M004, M027-M030, M038, M116).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Organisation, Plan
from klyngesim.ecosystem.processes.leaving import depart, move
from klyngesim.ecosystem.processes.meeting import turn_to_partners, units_met
from klyngesim.ecosystem.processes.planning import BROKER_EFFORT
from klyngesim.ecosystem.ranking import keep_smallest_of
from klyngesim.ecosystem.rows import NEVER, Contact, Episode, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.ecosystem.ties import work_together
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Decision, Floats, Ints

DRAWS = (
    Decision.MEET_INSTITUTION,
    Decision.TIE_GROUP,
    Decision.OLD_PARTNER,
    Decision.MATCH,
    Decision.DROP_OUT,
)


class Matching(NamedTuple):
    """Parameters of matchmaking in a quarter.

    Attributes:
        ease: administrative ease of each type of institution, 0-1, shape (6,).
        gap: its distance in research stage, 0-1, shape (6,).
        contact_hours: hours of contact staff by organisation, shape (O,).
        segmentation: level by organisation, shape (O,); segmentation_effect: what a full level adds, as a share.
        broker, hours_each: ratio for an idea that brokerage covers, and the hours that it takes.
        hours_scarce: whether hours limit how many ideas are covered.
        base, trust_weight: see `match_rule`.
        old_partner: chance that a firm with ties turns to one of them.
        loss, lost_trust_below: chance that an unmatched idea is given up, and the limit of `reason_rule`.
    """

    ease: Floats
    gap: Floats
    contact_hours: Floats
    segmentation: Floats
    segmentation_effect: float
    broker: float
    hours_each: float
    hours_scarce: bool
    base: float
    trust_weight: float
    old_partner: float
    loss: float
    lost_trust_below: float


def matching(policy: Values) -> Matching:
    """Reads the parameters of matchmaking."""
    gap = policy.nums("institutions.gap_*", INSTITUTION_TYPES)
    return Matching(
        policy.nums("institutions.ease_*", INSTITUTION_TYPES),
        gap_rule(gap, policy.num("phd.bridge"), policy.num("phd.effect")),
        contact_hours(policy.vec("contact_staff.fte"), policy.num("staff.hours_year")),
        policy.vec("segmentation.level"),
        policy.num("segmentation.effect"),
        policy.num("broker.ratio"),
        policy.num("broker.hours_per_match"),
        policy.word("scarcity.hours") != "off",
        policy.num("match.base"),
        policy.num("match.trust_weight"),
        policy.num("match.old_partner"),
        policy.num("idea.loss_quarter"),
        policy.num("idea.lost_trust_below"),
    )


@rule
def match_rule(
    readiness: float, trust: float, ease: float, gap: float, broker: float, base: float, trust_weight: float
) -> float:
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
    return min(1.0, base * readiness * ease * (1.0 - gap) * broker * (1.0 + trust_weight * trust))


def contact_hours(posts: Floats, hours_year: float) -> Floats:
    """Hours a quarter of contact staff, all of which go into brokerage."""
    return posts * hours_year / 4.0


@rule
def covered_rule(hours: float, ideas: float, hours_each: float) -> float:
    """Share of the ideas that the quarter's hours for brokerage cover, at most all."""
    return min(1.0, hours / (hours_each * max(1.0, ideas)))


@rule
def broker_rule(covered: float, ratio: float, skill: float, segmentation: float, effect: float) -> float:
    """Mean ratio from brokerage: ideas that are covered gain ``ratio`` (E140), all of them skill and segmentation."""
    return (1.0 + covered * (ratio - 1.0)) * (skill * (1.0 + segmentation * effect))


def gap_rule(gap: Floats, bridge: float, effect: float) -> Floats:
    """Distance in research stage that is left where joint PhD projects bridge a part of it."""
    return gap * (1.0 - bridge * effect)


@rule
def reason_rule(low: float, readiness: float, trust: float, lost_trust_below: float) -> int:
    """Why an unmatched idea is given up, codes of `reasons`: what is lowest, a drawn ``low`` among it."""
    if low > trust and trust < readiness and trust < lost_trust_below:
        return reasons.LOST_TRUST
    if low > readiness and readiness <= trust:
        return reasons.NOT_READY
    return reasons.NO_PARTNER if low * 2.0 > readiness + trust else reasons.OTHER_FORA


@loop
def without_partner(episodes: Rows[Episode], organisations: Rows[Organisation]) -> Ints:
    """Ideas that have no partner yet; each organisation counts its own."""
    rows = np.array(
        [
            row
            for row in range(len(episodes))
            if episodes[row].stage in (stages.DISSEMINATION, stages.INTERNATIONALISATION)
        ],
        dtype=np.int64,
    )
    for index in range(len(organisations)):
        organisations[index].open_ideas = 0.0
    for row in rows:
        organisations[episodes[row].organisation].open_ideas += 1.0
    return rows


@loop
def broker_ratios(plans: Rows[Plan], organisations: Rows[Organisation], terms: Matching) -> Floats:
    """Mean ratio from brokerage, shape (O,); without scarcity of hours every idea is covered."""
    ratios = np.empty(len(organisations))
    for index in range(len(organisations)):
        organisation = organisations[index]
        hours = plans[index].hours[BROKER_EFFORT] + terms.contact_hours[index]
        covered = covered_rule(hours, organisation.open_ideas, terms.hours_each) if terms.hours_scarce else 1.0
        level, effect = terms.segmentation[index], terms.segmentation_effect
        ratios[index] = broker_rule(covered, terms.broker, organisation.quality, level, effect)
    return ratios


@loop
def agree(
    episodes: Rows[Episode],
    relations: Rows[Relation],
    contacts: Rows[Contact],
    rows: Ints,
    met: Ints,
    unit_kind: Ints,
    broker: Floats,
    uniform: Floats,
    terms: Matching,
) -> Bools:
    """Whether each firm and the unit that it meets want to form a tie."""
    wants = np.zeros(len(rows), dtype=np.bool_)
    for index in range(len(rows)):
        if met[index] != NEVER:
            episode, kind = episodes[rows[index]], unit_kind[met[index]]
            contact = contacts[episode.contact]
            chance = match_rule(
                min(1.0, contact.mean + contact.excess),
                relations[episode.relation].trust,
                terms.ease[kind],
                terms.gap[kind],
                broker[episode.organisation],
                terms.base,
                terms.trust_weight,
            )
            wants[index] = uniform[index] < chance
    return wants


@loop
def go_on(state: State, rows: Ints, units: Ints, used: Floats) -> None:
    """Ideas have found the units that they are pursued with, each of which is engaged once more this year."""
    for row, unit in zip(rows, units):  # noqa: B905 (loops know no strict)
        episode = state.episodes[row]
        move(state, episode, stages.MATCHMAKING, reasons.PROGRESS)
        episode.unit = unit
        used[unit] += 1.0


@loop
def give_up(state: State, rows: Ints, refused: Bools, uniform: Floats, terms: Matching) -> None:
    """Of the ideas that have found nobody those leave that were refused for want of room, and some of the others."""
    for index in range(len(rows)):
        episode = state.episodes[rows[index]]
        if refused[index]:
            depart(state, episode, reasons.NO_CAPACITY)
        elif uniform[index] < terms.loss:
            contact, trust = state.contacts[episode.contact], state.relations[episode.relation].trust
            low = uniform[index] / max(1e-9, terms.loss)
            why = reason_rule(low, contact.mean + contact.excess, trust, terms.lost_trust_below)
            depart(state, episode, why)


def match(world: World) -> None:
    """Lets open ideas that are not yet matched meet institutions; the unmatched wait or leave."""
    episodes, organisations, plan = world.episodes, world.organisations, world.institutions.plan
    state, people, period = world.state, (world.relations.rows, world.contacts.rows), world.period
    terms = world.policy.once(matching)
    rows = without_partner(episodes.rows, organisations.rows)
    which, inside, old, luck, drop = world.streams.several(DRAWS, period, episodes.number[rows])
    met = units_met(organisations.rows, plan.first_unit, episodes.organisation[rows], which, inside)
    turn_to_partners(world.ties.rows, episodes.ident[rows], met, plan.units, old, terms.old_partner)
    broker = broker_ratios(world.plan.rows, organisations.rows, terms)
    wants = agree(episodes.rows, *people, rows, met, plan.unit_kind, broker, luck, terms)
    tied = has_room(world, met, wants, drop)
    go_on(state, rows[tied], met[tied], world.institutions.used)
    strengthen(world, rows[tied])
    rest = ~tied
    give_up(state, rows[rest], wants[rest], drop[rest], terms)


def capacity(world: World) -> Floats:
    """Engagements a year that each unit can take, shape (units,)."""
    each = world.policy.nums("institutions.capacity_*", INSTITUTION_TYPES)
    return each[world.institutions.plan.unit_kind]


def has_room(world: World, unit: Ints, wanting: Bools, key: Floats) -> Bools:
    """Which of the wanting firms the units can still take this year; by keyed rank when there is too little room."""
    if world.policy.word("scarcity.seats") == "off":
        return wanting
    room = np.floor(np.maximum(0.0, capacity(world) - world.institutions.used)).astype(np.int64)
    return keep_smallest_of(wanting, unit, key, room)


def strengthen(world: World, rows: Ints) -> None:
    """Makes or strengthens the ties between the firms of ideas (``rows``) and the units that they work with."""
    ties, policy = world.ties, world.policy
    most = ties.reserve(len(rows))
    tables = world.episodes.rows, world.contacts.rows
    units, gain, initial = world.institutions.plan.units, policy.num("tie.gain"), policy.num("tie.initial")
    ties.use(work_together(most, ties.count, *tables, rows, world.period, units, gain, initial))
