"""Step 7: matchmaking: firms with an idea meet institutions, and some pairs become ties.

The chance of a tie rises with readiness, trust, the relation of organisation and institution and skill in matching,
and falls with distance in research (TRL); the base rate is unknown (M002, M004, M027-M030, M038, M116).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.processes.leaving import depart, luck_of, move, numbers_of
from klyngesim.ecosystem.processes.meeting import MEET, Luck, Units, agreed, old_partner
from klyngesim.ecosystem.processes.passed_on import capacity
from klyngesim.ecosystem.ranking import keep_smallest_of
from klyngesim.ecosystem.rows import NEVER, Tie
from klyngesim.ecosystem.settings import Values, chosen, each, number, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Array, Bools, Rows
from klyngesim.ecosystem.ties import Growth, work_together
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Decision, Floats, Ints, several

UNLIMITED = 1 << 40
"""Room of a unit where rooms are not scarce."""


@rule
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
        old_partner: chance that a firm with ties turns to one of them first.
        loss, lost_trust_below: chance that an unmatched idea is given up, and the limit of `reason_rule`.
    """

    ease: Floats = worked_out(eases)
    gap: Floats = worked_out(
        lambda policy: gap_rule(
            policy.nums("institutions.gap_*", INSTITUTION_TYPES), policy.num("phd.bridge"), policy.num("phd.effect")
        )
    )
    segmentation: Floats = each("segmentation.level")
    segmentation_effect: float = number("segmentation.effect")
    base: float = number("match.base")
    trust_weight: float = number("match.trust_weight")
    relation_weight: float = number("match.relation_weight")
    old_partner: float = number("match.old_partner")
    loss: float = number("idea.loss_quarter")
    lost_trust_below: float = number("idea.lost_trust_below")
    unlimited: bool = chosen("scarcity.seats", "off")
    growth: Growth = worked_out(lambda policy: policy.terms(Growth))


@rule
def firm_rule(base: float, readiness: float, trust: float, trust_weight: float) -> float:
    """What a firm brings to the chance of a tie.

    Args:
        base: chance of a fully ready firm and a fitting institution (`institution_rule` 1) without any trust.
        readiness: of the firm, 0-1.
        trust: of its relation with the organisation, 0-1.
        trust_weight: how much full trust adds, as a share.
    """
    return base * readiness * (1.0 + trust_weight * trust)


@rule
def institution_rule(ease: float, gap: float, partnership: float, relation_weight: float, skill: float) -> float:
    """What a type of institution and the organisation bring to the chance of a tie.

    Args:
        ease: administrative ease, 0-1.
        gap: distance in research stage, 0-1.
        partnership: strength of the relation of organisation and type, 0-1.
        relation_weight: how much a full relation adds, as a share.
        skill: of the organisation in matching.
    """
    return ease * (1.0 - gap) * (1.0 + relation_weight * partnership) * skill


@rule
def skill_rule(quality: float, segmentation: float, effect: float) -> float:
    """Skill of an organisation in matching: its own, and what it knows of its members where they are segmented."""
    return quality * (1.0 + segmentation * effect)


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
    """Ideas that have no partner yet."""
    rows, count = np.empty(len(state.episodes), dtype=np.int64), 0
    for row in range(len(state.episodes)):
        idea = state.episodes[row]
        if idea.stage == stages.DISSEMINATION or idea.stage == stages.INTERNATIONALISATION:
            rows[count] = row
            count += 1
    return rows[:count]


@loop
def fitting(state: State, terms: Terms) -> Floats:
    """What each organisation and type of institution bring to the chance of a tie, see `institution_rule`, (O, 6)."""
    fit = np.empty((len(state.organisations), len(terms.ease)))
    for index in range(len(fit)):
        organisation = state.organisations[index]
        skill = skill_rule(organisation.quality, terms.segmentation[index], terms.segmentation_effect)
        for kind in range(len(terms.ease)):
            partnership = organisation.partnership[kind]
            fit[index, kind] = institution_rule(
                terms.ease[kind], terms.gap[kind], partnership, terms.relation_weight, skill
            )
    return fit


@loop
def find_partners(state: State, ties: Rows[Tie], rows: Ints, units: Units, luck: Luck, terms: Terms) -> Ints:
    """Unit that each idea finds and agrees with, `NEVER` if none.

    Firms with ties turn to one of them first, with a chance; who has not agreed then looks among those that come.
    """
    found, fit = np.full(len(rows), NEVER), fitting(state, terms)
    chances = np.empty(len(terms.ease))
    for index in range(len(rows)):
        idea = state.episodes[rows[index]]
        contact, trust = state.contacts[idea.contact], state.relations[idea.relation].trust
        firm = firm_rule(terms.base, min(1.0, contact.mean + contact.excess), trust, terms.trust_weight)
        for kind in range(len(chances)):
            chances[kind] = min(1.0, firm * fit[idea.organisation, kind])
        old = old_partner(ties, idea.ident, len(units.kind), luck.old[index], terms.old_partner)
        if old != NEVER and luck.old_agrees[index] < chances[units.kind[old]]:
            found[index] = old
        else:
            presence = state.organisations[idea.organisation].presence
            found[index] = agreed(presence, chances, units, luck, index)
    return found


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


@loop
def rooms(capacity: Floats, used: Floats, unlimited: bool) -> Ints:
    """Engagements that each unit can still take this year, shape (units,)."""
    if unlimited:
        return np.full(len(used), UNLIMITED)
    return np.floor(np.maximum(0.0, capacity - used)).astype(np.int64)


@loop
def look_for_partners(state: State, store: Array, count: int, units: Units, used: Floats, terms: Terms) -> int:
    """Ideas without a partner meet institutions; those that find one go on with it, and the others wait or leave.

    ``used``: engagements of each unit in this year. See `ties.work_together` for the others, and what is returned.
    """
    rows = without_partner(state)
    luck = Luck(
        several(state.draws, MEET, state.period, numbers_of(state, rows)),
        luck_of(state, Decision.TIE_GROUP, rows),
        luck_of(state, Decision.OLD_PARTNER, rows),
        luck_of(state, Decision.MATCH, rows),
    )
    rank, drop = luck_of(state, Decision.UNIT_RANK, rows), luck_of(state, Decision.DROP_OUT, rows)
    unit = find_partners(state, store[:count], rows, units, luck, terms)
    wants = unit != NEVER
    tied = keep_smallest_of(wants, unit, rank, units.room)
    go_on(state, rows[tied], unit[tied], used)
    give_up(state, rows[~tied], wants[~tied], drop[~tied], terms)
    return work_together(state, store, count, rows[tied], len(used), terms.growth)


def match(world: World) -> None:
    """Lets open ideas that are not yet matched meet institutions; the unmatched wait or leave."""
    state, terms, here, ties = world.state, world.policy.terms(Terms), world.institutions, world.ties
    here.capacity = capacity(world)
    units = Units(here.plan.unit_kind, here.plan.first_unit, rooms(here.capacity, here.used, terms.unlimited))
    store = ties.reserve(world.episodes.count)
    ties.use(look_for_partners(state, store, ties.count, units, here.used, terms))
