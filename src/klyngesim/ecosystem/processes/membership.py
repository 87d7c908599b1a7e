"""Step 10: firms join, renew and leave (medlemskab).

Members come from relations and, without attending, from contacts (a road of their own); renewal comes once a year on
the day of joining, against fee, trust and expected support (M012, M111; E097-E105, E124-E128, E150, E151, E156).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.relations import members
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools
from klyngesim.population.strongholds import SIZE_NAMES
from klyngesim.streams import Decision, Floats, Ints

_LEFT = -1000  # far below the quarters in which inherited members joined


def fee_rule(level: Floats, elasticity: float) -> Floats:
    """Factor on joining or renewing from the fee level (1 = today); `elasticity` is the slope at today's level.

    The curve ``1 / (1 - e (level - 1))`` falls towards zero at high fees and rises moderately towards free ones.
    """
    return np.asarray(np.minimum(2.0, 1.0 / np.maximum(0.05, 1.0 - elasticity * (level - 1.0))))


def join_rule(trust: Floats, size_weight: Floats, joining: Floats, fee: Floats, base: float, slope: float) -> Floats:
    """Chance that a firm with a relation joins within a quarter."""
    return np.asarray(np.minimum(1.0, (base + slope * trust) * size_weight * joining * fee))


def renew_rule(
    base: Floats, trust: Floats, support: Floats, fee: Floats, slope: float, usual_trust: float, response: float
) -> Floats:
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
    return np.asarray(np.minimum(0.99, np.maximum(0.0, base * (1.0 + response * (support - 1.0)) * fee)))


def due_rule(period: int, since: Ints) -> Bools:
    """Whose year of membership is over: every fourth quarter after joining, but not in the quarter of joining."""
    return np.asarray(((period - since) % 4 == 0) & (since < period))


def renewal_rule(period: int, since: Ints, first_year: float, later: float) -> Floats:
    """Renewal at usual trust, support and fee: the first one, and later ones."""
    return np.where(period - since <= 4, first_year, later)


def memberships(world: World) -> None:
    """Renewals first, then joining by non-members only."""
    renew(world)
    join(world)


def fees_by_size(world: World) -> Floats:
    """Fee a year by firm class, kr., shape (5,): the schedule, with the guard's rebate for firms below 50 employees."""
    return world.policy.nums("fees.*", SIZE_NAMES) * rebate(world)


def renew(world: World) -> None:
    """Asks members whose year is over; those who do not renew leave."""
    policy, period, relations = world.policy, world.period, world.relations
    held = members(world)
    due = held[due_rule(period, relations.since[held])]
    organisation = relations.organisation[due]
    size = world.contacts.size[relations.contact[due]]
    level = policy.vec("fees.level")[organisation] * rebate(world)[size]
    chance = renew_rule(
        renewal_rule(
            period, relations.since[due], policy.num("membership.renewal_first_year"), policy.num("membership.renewal")
        ),
        relations.trust[due],
        world.organisations.support_ratio[organisation],
        fee_rule(level, policy.num("membership.renewal_elasticity")),
        policy.num("membership.renewal_trust"),
        policy.num("membership.usual_trust"),
        policy.num("membership.support_response"),
    )
    chance = np.where(world.organisations.open[organisation], chance, 0.0)
    stays = world.streams.uniform(Decision.RENEW, period, relations.pair[due]) < chance
    end(world, due[~stays])


def rebate(world: World) -> Floats:
    """Share of the fee that firms of each class pay after the guard's rebate, shape (5,)."""
    share = np.ones(5)
    share[:2] -= world.policy.num("guard.fee_rebate")
    return share


def end(world: World, rows: Ints) -> None:
    """Ends memberships and counts them."""
    relations, held = world.relations, members(world)
    relations.member[rows] = False
    world.member_rows = held[relations.member[held]]
    relations.since[rows] = _left_in(world.period)
    np.subtract.at(world.contacts.joined, relations.contact[rows], 1)
    world.flows.members_left += world.per_organisation(relations.organisation[rows])


def join(world: World) -> None:
    """Non-members who took part this quarter, or said yes to a contact without coming, may join."""
    policy, period, relations = world.policy, world.period, world.relations
    is_open = world.organisations.open
    met = world.attended
    known = met[~relations.member[met]]
    asked = world.enrolled
    fresh = asked[(relations.last[asked] != period) & ~relations.member[asked]]
    rows = np.concatenate((known, fresh))
    # Whoever has just left does not come back in the same quarter.
    there = is_open.take(relations.organisation.take(rows))
    rows = rows.compress(there & (relations.since.take(rows) != _left_in(period)))
    organisation = relations.organisation.take(rows)
    contact = relations.contact.take(rows)
    size = world.contacts.size.take(contact)
    weights = policy.nums("membership.weight_*", SIZE_NAMES)
    more = 1.0 + (policy.num("membership.again_ratio") - 1.0) * (world.contacts.joined[contact] > 0)
    level = policy.vec("fees.level")[organisation] * rebate(world)[size]
    chance = join_rule(
        relations.trust[rows],
        weights[size] * more,
        world.organisations.joining[organisation],
        fee_rule(level, policy.num("membership.joining_elasticity")),
        policy.num("membership.join_base"),
        policy.num("membership.join_trust"),
    )
    came = relations.last[rows] == period
    chance = np.where(came, chance, chance * policy.num("membership.without_attending"))
    joins = world.streams.uniform(Decision.JOIN, period, relations.pair[rows]) < chance
    begin(world, rows[joins], period)
    world.flows.members_joined += world.per_organisation(organisation[joins])


def _left_in(period: int) -> int:
    """Mark of a relation whose membership ended in a quarter; below any quarter of joining."""
    return _LEFT - period


def begin(world: World, rows: Ints, since: int | Ints) -> None:
    """Makes members of relations."""
    world.relations.member[rows] = True
    world.member_rows = None
    world.relations.since[rows] = since
    np.add.at(world.contacts.joined, world.relations.contact[rows], 1)
