"""Step 3: what support actors expect, and how staff come and go.

The expected remaining support H is computed alike for today's rules and for a ten-year horizon, from the chance of
losing the grant at each renewal and at each evaluation (M012, M014, L08, L09). Relations are bound to people: who
leaves takes part of a portfolio's trust along (M081, M082, E225). Staff exit responds to H with a strength whose
prior contains zero.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan, Reference
from klyngesim.ecosystem.ledger import FUNDERS, PARTNERS, UFS
from klyngesim.ecosystem.processes.evaluation import evaluated_since
from klyngesim.ecosystem.processes.expected_support import Outlook, outlook, support_of
from klyngesim.ecosystem.processes.money_in import funder_shares, split_accounts
from klyngesim.ecosystem.relations import lower_trust
from klyngesim.ecosystem.rows import Post, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms

_POSTS = 1024
"""Posts that an organisation can have: the draws of a post are at its organisation x 1024 + its number."""


class Terms(NamedTuple):
    """Parameters of belief and staff in a quarter.

    Attributes:
        funder_share: of the budget, shape (2,); partners: share of a grant that is passed on, shape (O, 2).
        front_loading: of `wearing_off`.
        scarce: whether money is scarce.
        per_grant, per_external: posts for a million of own grant and of external income; least: posts at least.
        contact_staff: posts that are paid by policy, shape (O,).
        exit_year, exit_response, joining_response: of `exit_rule` and `hire_rule`.
        hiring: quarters until an empty post can be filled.
    """

    funder_share: Floats
    partners: Floats
    front_loading: float
    scarce: bool
    per_grant: float
    per_external: float
    least: float
    contact_staff: Floats
    exit_year: float
    exit_response: float
    joining_response: float
    hiring: int


def terms(policy: Values) -> Terms:
    """Reads the parameters of belief and staff."""
    return Terms(
        funder_shares(policy),
        policy.once(split_accounts)[:, :, PARTNERS].copy(),
        policy.num("rival.front_loading"),
        policy.word("scarcity.money") == "on",
        policy.num("staff.fte_per_grant_mkr"),
        policy.num("staff.fte_per_external_mkr"),
        policy.num("staff.least_posts"),
        policy.vec("contact_staff.fte"),
        policy.num("staff.exit_year"),
        policy.num("staff.exit_response"),
        policy.num("staff.joining_response"),
        round(policy.num("staff.hiring_quarters")),
    )


@rule
def wearing_off(ratio: float, quarters: int, rate: float) -> float:
    """Rival rule: what expected support does wears off as a grant period goes on (E066).

    ``quarters``: since the period began; ``rate``: a year, 0 = off.
    """
    return 1.0 + (ratio - 1.0) / (1.0 + rate * max(0.0, quarters / 4.0))


@rule
def exit_rule(base_year: float, support_ratio: float, response: float) -> float:
    """Chance that a member of staff leaves within a quarter; lower expected support raises it (M012).

    ``base_year`` is the rate a year at the usual support, ``support_ratio`` H over its usual level; ``response`` 0
    means that people do not mind.
    """
    return min(0.9, max(0.0, base_year / 4.0 * (1.0 + response * (1.0 - support_ratio))))


@rule
def hire_rule(support_ratio: float, response: float) -> float:
    """Chance that an open post finds somebody within a quarter; lower expected support lowers it (M012)."""
    return min(1.0, max(0.0, 1.0 + response * (support_ratio - 1.0)))


@rule
def posts_rule(grant: float, external: float, price: float, contact_staff: float, least: float) -> float:
    """Posts that an organisation can afford, whole: its money at the prices of 2021-2023, and what policy pays.

    Args:
        grant: posts that its part of the grant pays at these prices.
        external: posts that its external income pays at these prices.
        price: price level.
        contact_staff: posts paid by policy.
        least: posts at least.
    """
    return max(least, float(round((grant + external) / price + contact_staff)))


@loop
def believe(
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    ends: Floats,
    evaluated_since: Ints,
    period: int,
    outlook: Outlook,
    terms: Terms,
) -> None:
    """Updates H of each funder, and what it is over its usual level."""
    for index in range(len(organisations)):
        organisation, mean = organisations[index], 0.0
        for funder in range(len(FUNDERS)):
            left = max(0, organisation.period_end[funder] - period)
            since = period - evaluated_since[index]
            funded = organisation.open and organisation.funded[funder] > 0
            support = support_of(outlook, funder, left, since, ends[index] - period) if funded else 0.0
            organisation.support[funder] = support
            mean += support * terms.funder_share[funder]
        into = period - organisation.period_start[UFS]
        organisation.support_ratio = wearing_off(mean / reference[index].support, into, terms.front_loading)


@loop
def afford_posts(
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    price: float,
    terms: Terms,
) -> None:
    """Posts that organisations can afford: the reference staff scaled by real money."""
    for index in range(len(organisations)):
        organisation, usual, contact_staff = organisations[index], reference[index], terms.contact_staff[index]
        own = 0.0
        for funder in range(len(FUNDERS)):
            # Posts are paid from the organisation's own part of the grant, not from what is passed on to partners.
            own += plans[index].grant_year[funder] * (1.0 - terms.partners[index, funder])
        grant = terms.per_grant * (own if organisation.funded.any() else 0.0) * usual.spent_share
        external = terms.per_external * organisation.external_year
        if not terms.scarce:
            posts = float(round(usual.staff_posts + contact_staff))
        else:
            posts = posts_rule(grant, external, price, contact_staff, terms.least)
        plans[index].posts = posts if organisation.open else 0.0


@loop
def lose_staff(
    posts: Rows[Post],
    organisations: Rows[Organisation],
    flows: Rows[Flow],
    draws: Draws,
    period: int,
    terms: Terms,
) -> Bools:
    """Lets staff leave, and everybody whose organisation has closed; marks the posts that they leave."""
    filled = np.array([slot for slot in range(len(posts)) if posts[slot].filled], dtype=np.int64)
    luck = uniforms(draws, Decision.STAFF_EXIT, period, addresses(posts, filled))
    left = np.zeros(len(posts), dtype=np.bool_)
    for index in range(len(filled)):
        post = posts[filled[index]]
        organisation = organisations[post.organisation]
        chance = exit_rule(terms.exit_year, organisation.support_ratio, terms.exit_response)
        if luck[index] < chance or not organisation.open:
            left[filled[index]] = True
            post.filled = False
            post.vacant_until = period + terms.hiring
            flows[post.organisation].staff_left += 1.0
    return left


@loop
def addresses(posts: Rows[Post], slots: Ints) -> Ints:
    """Addresses of the draws of posts."""
    return np.array([posts[slot].organisation * _POSTS + posts[slot].number for slot in slots], dtype=np.int64)


@loop
def hire(
    posts: Rows[Post],
    organisations: Rows[Organisation],
    plans: Rows[Plan],
    draws: Draws,
    period: int,
    terms: Terms,
) -> None:
    """Fills empty posts, as many of the first ones as an organisation can afford more."""
    short = np.array([plan.posts for plan in plans])
    for post in posts:
        if post.filled:
            short[post.organisation] -= 1.0
    ready = np.array(
        [slot for slot in range(len(posts)) if not posts[slot].filled and posts[slot].vacant_until <= period],
        dtype=np.int64,
    )
    luck = uniforms(draws, Decision.STAFF_JOINS, period, addresses(posts, ready))
    for index in range(len(ready)):
        post = posts[ready[index]]
        chance = hire_rule(organisations[post.organisation].support_ratio, terms.joining_response)
        # A post is refilled under its own number, so that the portfolio passes to whoever comes next.
        wanted = post.number < plans[post.organisation].posts and short[post.organisation] > 0.0
        short[post.organisation] -= 1.0
        if wanted and luck[index] < chance:
            post.filled = True
            post.since = period
            post.holder += 1
    for index in range(len(organisations)):
        organisations[index].staff = 0.0
    for post in posts:
        if post.filled:
            organisations[post.organisation].staff += 1.0


@loop
def portfolios(relations: Rows[Relation], known: Ints, left: Bools) -> Ints:
    """Relations, among those ``known``, of people who have ``left``."""
    return np.array([row for row in known if left[relations[row].staff]], dtype=np.int64)


def believe_and_staff(world: World) -> None:
    """Updates H, lets staff leave, fills posts."""
    policy, period, draws, now = world.policy, world.period, world.streams.draws, world.policy.once(terms)
    organisations, reference, plans = world.organisations.rows, world.reference.rows, world.plan.rows
    ends, expected = world.settings.budget_ends(period), world.expected.once(outlook)
    believe(organisations, reference, ends, evaluated_since(world), period, expected, now)
    afford_posts(organisations, reference, plans, world.environment.price, now)
    left = lose_staff(world.posts.rows, organisations, world.flows.rows, draws, period, now)
    loss = policy.num("staff.trust_loss")
    if loss != 0.0 and left.any():
        # Relations in the portfolio of somebody who leaves lose a share of their trust (E225).
        rows = portfolios(world.relations.rows, world.live, left)
        lower_trust(world, rows, world.relations.trust[rows] * (1.0 - loss))
    hire(world.posts.rows, organisations, plans, draws, period, now)
