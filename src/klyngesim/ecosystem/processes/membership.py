"""Step 10: firms join, renew and leave (medlemskab).

Members come from relations and, without attending, from contacts (a road of their own); renewal comes once a year on
the day of joining, against fee, trust and expected support (M012, M111; E097-E105, E124-E128, E150, E151, E156).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Flow, Organisation
from klyngesim.ecosystem.relations import pairs
from klyngesim.ecosystem.rows import Contact, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.population.strongholds import SIZE_NAMES
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms

_LEFT = -1000  # far below the quarters in which inherited members joined


class Terms(NamedTuple):
    """Parameters of membership in a quarter.

    Attributes:
        fee_level: fee that a firm of each class pays each organisation, 1 = the schedule, shape (O, 5).
        weight: what a firm of each class multiplies its chance of joining by, shape (5,).
        others: registered as ``membership.*`` under their own names.
    """

    fee_level: Floats
    weight: Floats
    renewal_first_year: float
    renewal: float
    renewal_elasticity: float
    renewal_trust: float
    usual_trust: float
    support_response: float
    join_base: float
    join_trust: float
    joining_elasticity: float
    again_ratio: float
    without_attending: float


def terms(policy: Values) -> Terms:
    """Reads the parameters of membership."""
    names = Terms._fields[2:]
    return Terms(
        policy.vec("fees.level")[:, None] * rebate(policy),
        policy.nums("membership.weight_*", SIZE_NAMES),
        *policy.nums("membership.*", names).tolist(),
    )


def rebate(policy: Values) -> Floats:
    """Share of the fee that firms of each class pay after the guard's rebate, shape (5,)."""
    share = np.ones(len(SIZE_NAMES))
    share[:2] -= policy.num("guard.fee_rebate")
    return share


@rule
def fee_rule(level: float, elasticity: float) -> float:
    """Factor on joining or renewing from the fee level (1 = today); `elasticity` is the slope at today's level.

    The curve ``1 / (1 - e (level - 1))`` falls towards zero at high fees and rises moderately towards free ones.
    """
    return min(2.0, 1.0 / max(0.05, 1.0 - elasticity * (level - 1.0)))


@rule
def join_rule(trust: float, size_weight: float, joining: float, fee: float, base: float, slope: float) -> float:
    """Chance that a firm with a relation joins within a quarter."""
    return min(1.0, (base + slope * trust) * size_weight * joining * fee)


@rule
def renew_rule(
    base: float, trust: float, support: float, fee: float, slope: float, usual_trust: float, response: float
) -> float:
    """Chance of renewing for another year.

    Args:
        base: renewal at usual trust, support and fee (first-year members renew less).
        trust: of the relation, 0-1.
        support: expected support over its usual level.
        fee: factor from `fee_rule`.
        slope: what trust above the usual adds.
        usual_trust: trust at which ``base`` holds.
        response: to expected support; 0 = members do not mind (M012).
    """
    base = base + slope * (trust - usual_trust)
    return min(0.99, max(0.0, base * (1.0 + response * (support - 1.0)) * fee))


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
def begin(relations: Rows[Relation], contacts: Rows[Contact], rows: Ints, since: Ints) -> None:
    """Makes members of the firms of relations (``rows``) in the quarters ``since``."""
    for row, quarter in zip(rows, since):  # noqa: B905 (loops know no strict)
        relation = relations[row]
        relation.member = True
        relation.since = quarter
        contacts[relation.contact].joined += 1


@loop
def end(
    relations: Rows[Relation], contacts: Rows[Contact], flows: Rows[Flow], members: Ints, leaving: Ints, period: int
) -> Ints:
    """Ends memberships and counts them; returns the ``members`` that are left (rows in `Relations`)."""
    for row in leaving:
        relation = relations[row]
        relation.member = False
        relation.since = left_in(period)
        contacts[relation.contact].joined -= 1
        flows[relation.organisation].members_left += 1.0
    return np.array([row for row in members if relations[row].member], dtype=np.int64)


@loop
def renew(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    organisations: Rows[Organisation],
    flows: Rows[Flow],
    members: Ints,
    draws: Draws,
    period: int,
    terms: Terms,
) -> Ints:
    """Asks members whose year is over; those who do not renew leave. Returns those who are still members."""
    due = np.array([row for row in members if due_rule(period, relations[row].since)], dtype=np.int64)
    luck = uniforms(draws, Decision.RENEW, period, pairs(relations, due))
    leaves = np.zeros(len(due), dtype=np.bool_)
    for index in range(len(due)):
        relation = relations[due[index]]
        organisation = organisations[relation.organisation]
        size = contacts[relation.contact].size
        chance = renew_rule(
            renewal_rule(period, relation.since, terms.renewal_first_year, terms.renewal),
            relation.trust,
            organisation.support_ratio,
            fee_rule(terms.fee_level[relation.organisation, size], terms.renewal_elasticity),
            terms.renewal_trust,
            terms.usual_trust,
            terms.support_response,
        )
        leaves[index] = not organisation.open or luck[index] >= chance
    return end(relations, contacts, flows, members, due[leaves], period)


@loop
def join(
    relations: Rows[Relation],
    contacts: Rows[Contact],
    organisations: Rows[Organisation],
    flows: Rows[Flow],
    asked: Ints,
    draws: Draws,
    period: int,
    terms: Terms,
) -> Ints:
    """Asks firms that are no members; returns the relations of those who join.

    Whoever has just left does not come back in the same quarter.
    """
    open_to = np.array(
        [
            row
            for row in asked
            if not relations[row].member
            and organisations[relations[row].organisation].open
            and relations[row].since != left_in(period)
        ],
        dtype=np.int64,
    )
    luck = uniforms(draws, Decision.JOIN, period, pairs(relations, open_to))
    joins = np.zeros(len(open_to), dtype=np.bool_)
    for index in range(len(open_to)):
        relation = relations[open_to[index]]
        contact = contacts[relation.contact]
        chance = join_rule(
            relation.trust,
            terms.weight[contact.size] * (terms.again_ratio if contact.joined > 0 else 1.0),
            organisations[relation.organisation].joining,
            fee_rule(terms.fee_level[relation.organisation, contact.size], terms.joining_elasticity),
            terms.join_base,
            terms.join_trust,
        )
        came = relation.last == period
        joins[index] = luck[index] < (chance if came else chance * terms.without_attending)
    # All have decided: nobody's membership counts for another one of the same quarter.
    joining = open_to[joins]
    begin(relations, contacts, joining, np.full(len(joining), period))
    for row in joining:
        flows[relations[row].organisation].members_joined += 1.0
    return joining


def memberships(world: World) -> None:
    """Renewals first, then joining by non-members only.

    Those may join who took part this quarter, or said yes to a contact without coming.
    """
    tables = world.relations.rows, world.contacts.rows, world.organisations.rows, world.flows.rows
    draws, period, now = world.streams.draws, world.period, world.policy.once(terms)
    stay = renew(*tables, world.members, draws, period, now)
    absent = world.enrolled[world.relations.last[world.enrolled] != period]
    joined = join(*tables, np.concatenate((world.attended, absent)), draws, period, now)
    world.members = np.sort(np.concatenate((stay, joined)))


def end_memberships(world: World, rows: Ints) -> None:
    """Ends memberships, given as rows in `Relations`."""
    tables = world.relations.rows, world.contacts.rows, world.flows.rows
    world.members = end(*tables, world.members, rows, world.period)
