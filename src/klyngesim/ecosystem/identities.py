"""Identities that must hold every quarter beside those of the ledger and the tally; cheap enough for every run."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import OERE_PER_MKR, BookkeepingError
from klyngesim.ecosystem.processes.dissemination import engagement_hours
from klyngesim.ecosystem.processes.matchmaking import capacity
from klyngesim.ecosystem.processes.spending import TYPES, cost_rule, lock_in_rule
from klyngesim.ecosystem.state import World
from klyngesim.streams import Floats


def prove(world: World) -> None:
    """Checks members, activities, engagement and ideas at the end of a quarter; leaves the counted members in the plan.

    Args:
        world: state after decay and demography.

    Raises:
        BookkeepingError: naming the identity and the organisation, firm or unit.
    """
    relations, contacts, episodes = world.relations, world.contacts, world.episodes
    members = world.per_organisation(relations.organisation[world.members])
    expected = world.organisations.members + world.flows.members_joined - world.flows.members_left
    _equal(world, "members = previous + joined - left", members, expected)
    world.organisations.members = members
    held = np.array([float(contacts.joined.sum()), float(relations.open_ideas.sum())])
    _equal(world, "memberships and ideas held", held, np.array([float(members.sum()), float(episodes.count)]))
    own_activity(world)
    if world.period % 4 == 3:
        each_firm(world)
    if world.policy.word("scarcity.seats") == "on":
        # Capacity may fall by a lever in the course of a year; what was taken on before stands.
        most = capacity(world)
        if world.period % 4 > 0:
            most = np.maximum(most, world.institutions.capacity_of_year)
        world.institutions.capacity_of_year = most
        _at_most(world, "engagements of an institution's unit", world.institutions.used, most)
    # Hours are used by taking part; what a firm used before a lever shortened its year stands.
    now = relations.contact[world.attended]
    _at_most(world, "engagement hours", contacts.hours[now], engagement_hours(world)[contacts.size[now]])


def own_activity(world: World) -> None:
    """What is used on own activity is what the activities planned cost: no money is set aside and then not used.

    Used are grant (less what lock-in takes of its use), own and routed money, after the measures of policy. Activities
    are whole numbers whose running totals stay within one of what the money pays.
    """
    ledger, policy, plan = world.ledger, world.policy, world.plan
    grant = (ledger.grant_line("spent") + ledger.grant_line("passed_on")).sum(axis=(1, 2)) / OERE_PER_MKR
    grant = grant * lock_in_rule(policy.num("grant.horizon_years"), policy.num("rival.lock_in"))
    money = np.maximum(0.0, grant + ledger.booked("own_activity") / OERE_PER_MKR - plan.measures)
    weight, unit_cost = policy.nums("activity_cost.*", TYPES), world.reference.unit_cost
    price, expected = world.environment.price, plan.activities_expected
    cost = np.array([cost_rule(each, weight, one, price) for each, one in zip(expected, unit_cost, strict=True)])
    apart = np.abs(money - cost)
    _at_most(world, "mkr used on own activity beside the activities planned", apart, 1e-7 + 1e-9 * money)
    rounded = np.abs(plan.activities - plan.activities_expected).max(axis=1)
    _at_most(world, "activities rounded away or in", rounded, np.ones(1))


def each_firm(world: World) -> None:
    """The same firm by firm and relation by relation, once a year (a pass over everybody ever met)."""
    relations, contacts, episodes = world.relations, world.contacts, world.episodes
    joined = np.bincount(relations.contact[relations.member], minlength=contacts.count)
    _equal(world, "memberships held by a firm", contacts.joined.astype(np.float64), joined.astype(np.float64))
    ideas = np.bincount(episodes.relation, minlength=relations.count)
    _equal(world, "open ideas of a relation", relations.open_ideas.astype(np.float64), ideas.astype(np.float64))
    _at_most(world, "trust", relations.trust, np.ones(1))


def _equal(world: World, what: str, found: Floats, expected: Floats) -> None:
    if not np.array_equal(found, expected):
        place = int(np.flatnonzero(found != expected)[0])
        raise BookkeepingError(
            f"quarter {world.period}: {what}: {found[place]:g} counted, {expected[place]:g} expected at {place}"
        )


def _at_most(world: World, what: str, found: Floats, limit: Floats) -> None:
    over = np.flatnonzero(~(found <= limit + 1e-9))
    if len(over):
        raise BookkeepingError(f"quarter {world.period}: {what}: {found[over[0]]:g} is above the limit at {over[0]}")
