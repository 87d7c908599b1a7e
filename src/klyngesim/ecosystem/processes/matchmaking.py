"""Step 7: matchmaking: firms with an idea meet institutions, and some pairs become ties.

The chance of a tie rises with readiness, trust and a broker's help and falls with distance in research (TRL);
the broker's effect is a ratio (E140: x1.75), the base rate is unknown (M002, M004, M027-M030, M038, M116).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.processes.leaving import depart, move
from klyngesim.ecosystem.processes.meeting import turn_to_partners, units_met
from klyngesim.ecosystem.processes.planning import BROKER_EFFORT
from klyngesim.ecosystem.ranking import keep_smallest_of
from klyngesim.ecosystem.rows import NEVER
from klyngesim.ecosystem.settings import Values, chosen, each, number, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.ecosystem.ties import work_together
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Decision, Floats, Ints

DRAWS = (
    Decision.MEET_INSTITUTION,
    Decision.TIE_GROUP,
    Decision.OLD_PARTNER,
    Decision.MATCH,
    Decision.UNIT_RANK,
    Decision.DROP_OUT,
)


def contact_hours(posts: Floats, hours_year: float) -> Floats:
    """Hours a quarter of contact staff, all of which go into brokerage."""
    return posts * hours_year / 4.0


def ease_rule(ease: float, conditional: float, effect: float) -> float:
    """Ease of universities where a share of their money lapses when the firm leaves (M037, L34), at most 1."""
    return min(1.0, ease * (1.0 + conditional * effect))


def eases(policy: Values) -> Floats:
    """Administrative ease of each type of institution, shape (6,)."""
    ease = policy.nums("institutions.ease_*", INSTITUTION_TYPES).copy()
    ease[0] = ease_rule(ease[0], policy.num("researcher.conditional"), policy.num("researcher.conditional_ease"))
    return ease


def gap_rule(gap: Floats, bridge: float, effect: float) -> Floats:
    """Distance in research stage that is left where joint PhD projects bridge a part of it."""
    return gap * (1.0 - bridge * effect)


class Terms(NamedTuple):
    """Parameters of matchmaking in a quarter.

    Attributes:
        ease, gap: administrative ease, and distance in research stage, of each type of institution, 0-1, shape (6,).
        contact_hours: see `contact_hours`, shape (O,).
        broker, hours_each: ratio for an idea that brokerage covers, and the hours that it takes.
        old_partner: chance that a firm with ties turns to one of them.
        loss, lost_trust_below: chance that an unmatched idea is given up, and the limit of `reason_rule`.
    """

    ease: Floats = worked_out(eases)
    gap: Floats = worked_out(
        lambda policy: gap_rule(
            policy.nums("institutions.gap_*", INSTITUTION_TYPES), policy.num("phd.bridge"), policy.num("phd.effect")
        )
    )
    contact_hours: Floats = worked_out(
        lambda policy: contact_hours(policy.vec("contact_staff.fte"), policy.num("staff.hours_year"))
    )
    segmentation: Floats = each("segmentation.level")
    segmentation_effect: float = number("segmentation.effect")
    broker: float = number("broker.ratio")
    hours_each: float = number("broker.hours_per_match")
    unlimited: bool = chosen("scarcity.hours", "off")
    base: float = number("match.base")
    trust_weight: float = number("match.trust_weight")
    old_partner: float = number("match.old_partner")
    loss: float = number("idea.loss_quarter")
    lost_trust_below: float = number("idea.lost_trust_below")


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


@rule
def covered_rule(hours: float, ideas: float, hours_each: float) -> float:
    """Share of the ideas that the quarter's hours for brokerage cover, at most all."""
    return min(1.0, hours / (hours_each * max(1.0, ideas)))


@rule
def broker_rule(covered: float, ratio: float, skill: float, segmentation: float, effect: float) -> float:
    """Mean ratio from brokerage: ideas that are covered gain ``ratio`` (E140), all of them skill and segmentation."""
    return (1.0 + covered * (ratio - 1.0)) * (skill * (1.0 + segmentation * effect))


@rule
def reason_rule(low: float, readiness: float, trust: float, lost_trust_below: float) -> int:
    """Why an unmatched idea is given up, codes of `reasons`: what is lowest, a drawn ``low`` among it."""
    if low > trust and trust < readiness and trust < lost_trust_below:
        return reasons.LOST_TRUST
    if low > readiness and readiness <= trust:
        return reasons.NOT_READY
    return reasons.NO_PARTNER if low * 2.0 > readiness + trust else reasons.OTHER_FORA


@loop
def without_partner(state: State) -> Ints:
    """Ideas that have no partner yet; each organisation counts its own."""
    for organisation in state.organisations:
        organisation.open_ideas = 0.0
    rows, count = np.empty(len(state.episodes), dtype=np.int64), 0
    for row in range(len(state.episodes)):
        idea = state.episodes[row]
        if idea.stage == stages.DISSEMINATION or idea.stage == stages.INTERNATIONALISATION:
            rows[count] = row
            count += 1
            state.organisations[idea.organisation].open_ideas += 1.0
    return rows[:count]


@loop
def broker_ratios(state: State, terms: Terms) -> Floats:
    """Mean ratio from brokerage, shape (O,); without scarcity of hours every idea is covered."""
    ratios = np.empty(len(state.organisations))
    for index in range(len(ratios)):
        organisation = state.organisations[index]
        hours = state.plans[index].hours[BROKER_EFFORT] + terms.contact_hours[index]
        covered = 1.0 if terms.unlimited else covered_rule(hours, organisation.open_ideas, terms.hours_each)
        level, effect = terms.segmentation[index], terms.segmentation_effect
        ratios[index] = broker_rule(covered, terms.broker, organisation.quality, level, effect)
    return ratios


@loop
def agree(state: State, rows: Ints, met: Ints, unit_kind: Ints, uniform: Floats, terms: Terms) -> Bools:
    """Whether each firm and the unit that it meets (``met``) want to form a tie."""
    wants, broker = np.zeros(len(rows), dtype=np.bool_), broker_ratios(state, terms)
    for index in range(len(rows)):
        if met[index] != NEVER:
            idea, kind = state.episodes[rows[index]], unit_kind[met[index]]
            contact = state.contacts[idea.contact]
            chance = match_rule(
                min(1.0, contact.mean + contact.excess),
                state.relations[idea.relation].trust,
                terms.ease[kind],
                terms.gap[kind],
                broker[idea.organisation],
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
def give_up(state: State, rows: Ints, refused: Bools, uniform: Floats, terms: Terms) -> None:
    """Some of the ideas that have found nobody leave; the others wait, those ``refused`` for want of room too."""
    for index in range(len(rows)):
        episode = state.episodes[rows[index]]
        if uniform[index] < terms.loss:
            contact, trust = state.contacts[episode.contact], state.relations[episode.relation].trust
            low = uniform[index] / max(1e-9, terms.loss)
            why = reason_rule(low, contact.mean + contact.excess, trust, terms.lost_trust_below)
            depart(state, episode, reasons.NO_CAPACITY if refused[index] else why)


def match(world: World) -> None:
    """Lets open ideas that are not yet matched meet institutions; the unmatched wait or leave."""
    state, terms, plan = world.state, world.policy.terms(Terms), world.institutions.plan
    rows = without_partner(state)
    which, inside, old, luck, rank, drop = world.streams.several(DRAWS, world.period, world.episodes.number[rows])
    met = units_met(state.organisations, plan.first_unit, world.episodes.organisation[rows], which, inside)
    turn_to_partners(world.ties.rows, world.episodes.ident[rows], met, plan.units, old, terms.old_partner)
    wants = agree(state, rows, met, plan.unit_kind, luck, terms)
    tied = has_room(world, met, wants, rank)
    go_on(state, rows[tied], met[tied], world.institutions.used)
    strengthen(world, rows[tied])
    give_up(state, rows[~tied], wants[~tied], drop[~tied], terms)


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
    store, units = ties.reserve(len(rows)), world.institutions.plan.units
    gain, initial = policy.num("tie.gain"), policy.num("tie.initial")
    ties.use(work_together(world.state, store, ties.count, rows, units, gain, initial))
