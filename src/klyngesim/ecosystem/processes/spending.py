"""Step 4, first half: money is used, and what measures leave of it pays for activities.

Grant, own money above the aim and routed money of initiatives are one sum. Measures of policy are paid from it first;
the rest buys activities at the organisation's own unit cost (Tables 2 and 7). Nothing of it is set aside: the share
of a type that cannot be held goes to the others (`ecosystem.identities` proves it every quarter).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import OERE_PER_MKR, UFS, oere
from klyngesim.ecosystem.processes.money_in import split_accounts
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import APPLICATION, DISSEMINATION, INTERNATIONALISATION, PROJECT, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.exact import total
from klyngesim.streams import Floats

TYPES = ("dissemination", "internationalisation", "application", "project")
MEASURES = (
    ("researcher.incentive", "researcher.incentive_cost_mkr_year"),
    ("local.partners", "local.cost_mkr_year"),
    ("phd.bridge", "phd.cost_mkr_year"),
    ("institutions.outreach", "institutions.outreach_cost_mkr_year"),
    ("competence.level", "competence.cost_mkr_year"),
    ("referral.share", "referral.cost_mkr_year"),
)
"""Measures that all organisations share by their part of the grant: level, and cost a year of the full level."""
SHORTEST_PERIOD = 0.5
"""Years of a grant period in which a pilot can start and end."""


def pace_rule(absorption: float, start: float, people: Floats, posts: Floats, liquidity: Floats) -> Floats:
    """Share of the award's rate that is used: friction, start-up year, vacancies and liquidity hold it back."""
    return np.asarray(absorption * start * np.minimum(1.0, people / np.maximum(1.0, posts)) * liquidity)


def use_rule(grant_year: Floats, active: Bools, pace: Floats, shares: Floats) -> Floats:
    """Grant that is to be used in a quarter, mkr, shape (O, 2, 3).

    Args:
        grant_year: grant a year by funder, mkr, shape (O, 2).
        active: whether the funder supports the organisation, shape (O, 2).
        pace: share of the rate that is used, shape (O,).
        shares: shares of the accounts, shape (O, 2, 3).
    """
    return np.asarray((grant_year / 4.0 * active)[:, :, None] * pace[:, None, None] * shares)


def lock_in_rule(horizon_years: float, strength: float) -> float:
    """Rival rule: money tied to old areas loses use for each year of horizon beyond four (strength 0 = off)."""
    return 1.0 / (1.0 + strength * max(0.0, horizon_years - 4.0))


def spend_down_rule(own: Floats, aim: Floats, price: float, share: float) -> Floats:
    """Own money used in a quarter, mkr: a share of what lies above the aim at today's prices."""
    return np.asarray(np.maximum(0.0, own - aim * price) * share)


def measures_rule(policy: Values, grant_share: Floats, price: float) -> Floats:
    """Cost of the measures of policy in a quarter, mkr, shape (O,); an organisation bears its share of the grant."""
    cost = policy.vec("contact_staff.fte") * policy.num("contact_staff.cost_mkr_year")
    for level, full in MEASURES:
        cost = cost + grant_share * policy.num(level) * policy.num(full)
    return np.asarray(cost * price / 4.0)


def unit_costs(mix: Floats, cost_weight: Floats, grant_quarter: Floats, activities_quarter: Floats) -> Floats:
    """Money per activity of weight 1, mkr, shape (O,): what makes Table 7's grant pay Table 2's activities."""
    weighted = total(mix * cost_weight) * activities_quarter
    return np.asarray(grant_quarter / np.where(weighted > 0.0, weighted, 1.0))


def cost_rule(number: Floats, cost_weight: Floats, unit_cost: Floats, price: float) -> Floats:
    """What activities cost, mkr, shape (O,): number by type x weight of the type x unit cost x price level."""
    return np.asarray(total(number * cost_weight) * (unit_cost * price))


def number_rule(money: Floats, mix: Floats, cost_weight: Floats, unit_cost: Floats, price: float) -> Floats:
    """Activities that money pays by type, shape (O, 4): none where an activity has no price."""
    each = cost_rule(mix, cost_weight, unit_cost, price)
    return np.asarray(np.where(each > 0.0, money / np.where(each > 0.0, each, 1.0), 0.0)[:, None] * mix)


def activity_mix(policy: Values) -> Floats:
    """Shares of activities by type, shape (O, 4): dissemination takes what the others leave."""
    other = [policy.vec(f"activity_mix.{name}") for name in TYPES[1:]]
    together = other[0] + other[1] + other[2]
    squeeze = np.where(together > 1.0, together, 1.0)
    parts = [part / squeeze for part in other]
    return np.stack([np.maximum(0.0, 1.0 - together / squeeze), *parts], axis=1)


def possible_rule(policy: Values, apply_hours: Floats, project_hours: Floats) -> Bools:
    """Types of activity that an organisation can hold at all, shape (O, 4).

    Internationalisation needs a group size (Table 6 is blank for some), applications and projects need a share of the
    hours, and projects a grant that pays them over a period that is long enough.
    """
    size = policy.vec("seats.internationalisation_firms") + policy.vec("seats.internationalisation_institutions")
    possible = np.ones((len(size), len(TYPES)), dtype=np.bool_)
    possible[:, INTERNATIONALISATION] = size > 0.0
    possible[:, APPLICATION] = apply_hours > 0.0
    paid = policy.num("grant.broad_only") <= 0.0 and policy.num("grant.horizon_years") >= SHORTEST_PERIOD
    possible[:, PROJECT] = (project_hours > 0.0) & paid
    return possible


def held_mix(mix: Floats, possible: Bools) -> Floats:
    """Shares of activities by type without those that cannot be held, shape (O, 4).

    Their share goes to the others in proportion, and to dissemination where there are no others.
    """
    rest = np.where(possible, mix, 0.0)
    none = total(rest) <= 0.0
    rest[:, DISSEMINATION] = np.where(none, 1.0, rest[:, DISSEMINATION])
    fewer = np.logical_and(mix > 0.0, ~possible).any(axis=1, keepdims=True)
    return np.where(fewer, rest / total(rest)[:, None], mix)


def activity_money(world: World) -> Floats:
    """Uses grant, own and routed money, pays the measures, and returns what is left for activities, mkr, (O,)."""
    policy = world.policy
    spent = use_grant(world) * lock_in_rule(policy.num("grant.horizon_years"), policy.num("rival.lock_in"))
    money = spent + own_money(world) + routed_money(world)
    measures = world.plan.measures = measure_costs(world)
    # What the grant cannot carry of the measures is paid from own cash.
    world.ledger.book_own("own_policy", oere(np.maximum(0.0, measures - money)))
    return np.asarray(np.maximum(0.0, money - measures))


def use_grant(world: World) -> Floats:
    """Uses grant as far as there is any, mkr, shape (O,).

    Spending follows the award's rate, held back by vacancies, by liquidity and by a friction that the report shows
    (57 % of the four-year budget in three years) but does not explain.
    """
    policy, organisations = world.policy, world.organisations
    start = policy.num("spending.start_year") if world.period < 4 else 1.0
    absorption = policy.num("spending.absorption")
    pace = pace_rule(absorption, start, world.organisations.staff, world.plan.posts, organisations.liquidity)
    active = (organisations.funded > 0) & organisations.open[:, None]
    used = world.ledger.use(oere(use_rule(world.plan.grant_year, active, pace, split_accounts(policy))))
    world.plan.spent = used.sum(axis=(1, 2)) / OERE_PER_MKR
    return world.plan.spent


def own_money(world: World) -> Floats:
    """Equity above its target is spent on own activity (cash does not pile up), mkr, shape (O,)."""
    policy, reference = world.policy, world.reference
    if policy.word("scarcity.money") == "off":
        return np.zeros(world.count)
    own, share = world.ledger.own / OERE_PER_MKR, policy.num("finance.spend_down")
    above = spend_down_rule(own, reference.equity_target, world.environment.price, share)
    # Where an activity has no price there is nothing to buy.
    spend = np.where(world.organisations.open & (reference.unit_cost > 0.0), above, 0.0)
    world.ledger.book_own("own_activity", oere(spend))
    return spend


def routed_money(world: World) -> Floats:
    """Money of initiatives that use the organisations as platform, income and own activity alike, mkr, shape (O,)."""
    routed = np.where(world.organisations.open, world.plan.routed, 0.0)
    world.ledger.book_own("own_initiatives", oere(routed))
    world.ledger.book_own("own_activity", oere(routed))
    return routed


def measure_costs(world: World) -> Floats:
    """Costs of policy measures that displace activities this quarter, mkr, shape (O,).

    `measures.paid_by` says who pays: ``grant`` (they displace activities: budget-neutral) or ``extra`` (the state
    adds the money, which is booked as income and cost).
    """
    share, price = world.reference.grant_share, world.environment.price
    cost = np.where(world.organisations.open, measures_rule(world.policy, share, price), 0.0)
    if world.policy.word("measures.paid_by") == "extra":
        world.ledger.book_own("own_initiatives", oere(cost))
        world.ledger.book_own("own_policy", oere(cost))
        return np.zeros_like(cost)
    return cost


def ufs_part(world: World) -> Floats:
    """UFS money used this quarter, mkr, shape (O,)."""
    ledger = world.ledger
    used = ledger.grant_line("spent")[:, UFS] + ledger.grant_line("passed_on")[:, UFS]
    return np.asarray(used.sum(axis=1) / OERE_PER_MKR)
