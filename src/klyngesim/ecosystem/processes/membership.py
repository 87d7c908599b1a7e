"""Step 10: firms join, renew and leave (medlemskab).

Members come from relations and, without attending, from contacts (a road of their own); renewal comes once a year on
the day of joining, against fee, trust, expected support and what is offered, whoever pays for it (M012, M111;
E097-E105, E124-E128, E150, E151, E156).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.relations import merged, pairs
from klyngesim.ecosystem.settings import Values, number, numbers, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.population.strongholds import SIZE_NAMES
from klyngesim.streams import Decision, Floats, Ints, uniforms

_LEFT = -1000  # far below the quarters in which inherited members joined


def rebate(policy: Values) -> Floats:
    """Share of the fee that firms of each class pay after the guard's rebate, shape (5,)."""
    share = np.ones(len(SIZE_NAMES))
    share[:2] -= policy.num("guard.fee_rebate")
    return share


class Terms(NamedTuple):
    """Parameters of membership in a quarter.

    Attributes:
        fee_level: fee that a firm of each class pays each organisation, 1 = the schedule, shape (O, 5).
        list_fees: the schedule, kr. a year by class, shape (5,).
        weight: what a firm of each class multiplies its chance of joining by, shape (5,).
    """

    fee_level: Floats = worked_out(lambda policy: policy.vec("fees.level")[:, None] * rebate(policy))
    list_fees: Floats = numbers("fees.*", SIZE_NAMES)
    weight: Floats = numbers("membership.weight_*", SIZE_NAMES)
    renewal_first_year: float = number("membership.renewal_first_year")
    renewal: float = number("membership.renewal")
    renewal_elasticity: float = number("membership.renewal_elasticity")
    renewal_trust: float = number("membership.renewal_trust")
    usual_trust: float = number("membership.usual_trust")
    support_response: float = number("membership.support_response")
    noticed: float = number("membership.activity_noticed")
    join_base: float = number("membership.join_base")
    join_trust: float = number("membership.join_trust")
    joining_elasticity: float = number("membership.joining_elasticity")
    again_ratio: float = number("membership.again_ratio")
    without_attending: float = number("membership.without_attending")


@rule
def schedule_rule(now: float, start: float) -> float:
    """List fee over that of the start; 1 where there was none, as there is nothing that firms compare it with."""
    return now / start if start > 0.0 else 1.0


@rule
def fee_rule(level: float, elasticity: float) -> float:
    """Factor on joining or renewing from the fee level (1 = today); `elasticity` is the slope at today's level.

    The curve ``1 / (1 - e (level - 1))`` falls towards zero at high fees and rises moderately towards free ones.
    """
    return min(2.0, 1.0 / max(0.05, 1.0 - elasticity * (level - 1.0)))


@rule
def offer_rule(offered: float, noticed: float) -> float:
    """Factor on renewing from the activities of a year over those of the start, whoever pays them.

    The curve ``o (1 + n) / (o + n)``: 1 at the usual number, 0 at none, for nobody pays for nothing; between them the
    less steep, the smaller ``noticed`` (n) is: members of 0 mind only when nothing at all is left.
    """
    return offered * (1.0 + noticed) / (offered + noticed) if offered > 0.0 else 0.0


@rule
def join_rule(trust: float, size_weight: float, joining: float, fee: float, base: float, slope: float) -> float:
    """Chance that a firm with a relation joins within a quarter."""
    return min(1.0, (base + slope * trust) * size_weight * joining * fee)


@rule
def stay_rule(base: float, leaving: float) -> float:
    """Renewal at an organisation that loses ``leaving`` times as many members as usual, from the usual renewal."""
    return max(0.0, 1.0 - leaving * (1.0 - base))


@rule
def renew_rule(
    base: float, trust: float, support: float, factor: float, slope: float, usual_trust: float, response: float
) -> float:
    """Chance of renewing for another year.

    Args:
        base: renewal at usual trust, support, fee and offer (first-year members renew less).
        trust: of the relation, 0-1.
        support: expected support over its usual level.
        factor: from `fee_rule` and `offer_rule`.
        slope: what trust above the usual adds.
        usual_trust: trust at which ``base`` holds.
        response: to expected support; 0 = members do not mind (M012).
    """
    base = base + slope * (trust - usual_trust)
    return min(0.99, max(0.0, base * (1.0 + response * (support - 1.0)) * factor))


@rule
def level_of(state: State, organisation: int, size: int, terms: Terms) -> float:
    """What a firm of a class pays an organisation over what it paid at the start, but for prices."""
    level: float = terms.fee_level[organisation, size]
    return level * schedule_rule(terms.list_fees[size], state.reference[organisation].list_fees[size])


@rule
def due_rule(period: int, since: int) -> bool:
    """Whose year of membership is over: every fourth quarter after joining, but not in the quarter of joining."""
    return (period - since) % 4 == 0 and since < period


@rule
def renewal_rule(period: int, since: int, first_year: float, later: float) -> float:
    """Renewal at usual trust, support and fee: the first one, and later ones."""
    return first_year if period - since <= 4 else later


@rule
def left_in(period: int) -> int:
    """Mark of a relation whose membership ended in a quarter; below any quarter of joining."""
    return _LEFT - period


@loop
def begin(state: State, rows: Ints, since: Ints) -> None:
    """Makes members of the firms of relations (``rows``) in the quarters ``since``."""
    for row, quarter in zip(rows, since):  # noqa: B905 (loops know no strict)
        relation = state.relations[row]
        relation.member = True
        relation.since = quarter
        state.contacts[relation.contact].joined += 1


@loop
def end(state: State, members: Ints, leaving: Ints) -> Ints:
    """Ends memberships and counts them; returns the ``members`` that are left (rows in `Relations`)."""
    for row in leaving:
        relation = state.relations[row]
        relation.member = False
        relation.since = left_in(state.period)
        state.contacts[relation.contact].joined -= 1
        state.flows[relation.organisation].members_left += 1.0
    return np.array([row for row in members if state.relations[row].member], dtype=np.int64)


@loop
def renew(state: State, members: Ints, terms: Terms) -> Ints:
    """Asks members whose year is over; those who do not renew leave. Returns those who are still members."""
    period, relations = state.period, state.relations
    due = np.array([row for row in members if due_rule(period, relations[row].since)], dtype=np.int64)
    luck = uniforms(state.draws, Decision.RENEW, period, pairs(relations, due))
    leaves = np.zeros(len(due), dtype=np.bool_)
    for index in range(len(due)):
        relation = relations[due[index]]
        organisation = state.organisations[relation.organisation]
        fee = level_of(state, relation.organisation, state.contacts[relation.contact].size, terms)
        usual = renewal_rule(period, relation.since, terms.renewal_first_year, terms.renewal)
        chance = renew_rule(
            stay_rule(usual, organisation.leaving),
            relation.trust,
            organisation.support_ratio,
            fee_rule(fee, terms.renewal_elasticity) * offer_rule(organisation.offered, terms.noticed),
            terms.renewal_trust,
            terms.usual_trust,
            terms.support_response,
        )
        leaves[index] = not organisation.open or luck[index] >= chance
    return end(state, members, due[leaves])


@loop
def open_to_join(state: State, asked: Ints) -> Ints:
    """Relations of firms that are asked to join: they are no members, and have not just left either."""
    rows, count = np.empty_like(asked), 0
    for row in asked:
        relation = state.relations[row]
        rows[count] = row
        is_open = state.organisations[relation.organisation].open
        count += is_open and not relation.member and relation.since != left_in(state.period)
    return rows[:count]


@loop
def join(state: State, asked: Ints, terms: Terms) -> Ints:
    """Asks firms that are no members; returns the relations of those who join."""
    relations, open_to = state.relations, open_to_join(state, asked)
    luck = uniforms(state.draws, Decision.JOIN, state.period, pairs(relations, open_to))
    joins = np.zeros(len(open_to), dtype=np.bool_)
    for index in range(len(open_to)):
        relation = relations[open_to[index]]
        contact = state.contacts[relation.contact]
        chance = join_rule(
            relation.trust,
            terms.weight[contact.size] * (terms.again_ratio if contact.joined > 0 else 1.0),
            state.organisations[relation.organisation].joining,
            fee_rule(level_of(state, relation.organisation, contact.size, terms), terms.joining_elasticity),
            terms.join_base,
            terms.join_trust,
        )
        if relation.last != state.period:
            # Who has not been there joins for what is offered.
            offered = state.organisations[relation.organisation].offered
            chance *= terms.without_attending * offer_rule(offered, terms.noticed)
        joins[index] = luck[index] < chance
    # All have decided: nobody's membership counts for another one of the same quarter.
    joining = open_to[joins]
    begin(state, joining, np.full(len(joining), state.period))
    for row in joining:
        state.flows[relations[row].organisation].members_joined += 1.0
    return joining


@loop
def renew_and_join(state: State, members: Ints, attended: Ints, enrolled: Ints, terms: Terms) -> Ints:
    """Renewals first, then joining by non-members only; returns who are members then.

    Those may join who took part this quarter (``attended``), or said yes to a contact (``enrolled``) without coming.
    """
    stay = renew(state, members, terms)
    absent = np.array([row for row in enrolled if state.relations[row].last != state.period], dtype=np.int64)
    return merged(stay, join(state, np.concatenate((attended, absent)), terms))


def memberships(world: World) -> None:
    """Members renew or leave, and others join."""
    terms = world.policy.terms(Terms)
    world.members = renew_and_join(world.state, world.members, world.attended, world.enrolled, terms)
