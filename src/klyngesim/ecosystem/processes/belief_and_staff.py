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
from klyngesim.ecosystem.ledger import FUNDERS, PARTNERS, UFS
from klyngesim.ecosystem.processes.evaluation import counted_from
from klyngesim.ecosystem.processes.expected_support import Outlook, expected_support
from klyngesim.ecosystem.processes.money_in import funder_shares, split_accounts, supported
from klyngesim.ecosystem.relations import lower_trust
from klyngesim.ecosystem.rows import Post
from klyngesim.ecosystem.settings import Values, chosen, number, rounded, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.streams import Decision, Floats, Ints, uniforms

_POSTS = 1024
"""Posts that an organisation can have: the draws of a post are at its organisation x 1024 + its number."""


def filled_share(policy: Values) -> float:
    """Share of posts that are filled on average: turnover leaves the others vacant until somebody is hired."""
    return 1.0 / (1.0 + policy.num("staff.exit_year") / 4.0 * policy.num("staff.hiring_quarters"))


def contact_people(policy: Values) -> Floats:
    """People who work with institutions only: their posts are filled as others are on average, shape (O,)."""
    return policy.vec("contact_staff.fte") * filled_share(policy)


class Terms(NamedTuple):
    """Parameters of belief and staff in a quarter.

    Attributes:
        partners: share of the grant of each funder that is passed on, shape (O, 2).
        contact_staff: people who work with institutions only and are paid by policy, shape (O,).
    """

    funder_share: Floats = worked_out(funder_shares)
    partners: Floats = worked_out(lambda policy: split_accounts(policy)[:, :, PARTNERS].copy())
    front_loading: float = number("rival.front_loading")
    scarce: bool = chosen("scarcity.money", "on")
    per_grant: float = number("staff.fte_per_grant_mkr")
    per_external: float = number("staff.fte_per_external_mkr")
    least: float = number("staff.least_posts")
    contact_staff: Floats = worked_out(contact_people)
    exit_year: float = number("staff.exit_year")
    exit_response: float = number("staff.exit_response")
    joining_response: float = number("staff.joining_response")
    hiring: int = rounded("staff.hiring_quarters")


@rule
def wearing_off(ratio: float, quarters: int, rate: float) -> float:
    """Rival rule: what expected support does wears off as a grant period goes on (E066).

    ``quarters``: since the period began; ``rate``: a year, 0 = off.
    """
    return 1.0 + (ratio - 1.0) / (1.0 + rate * max(0.0, quarters / 4.0))


@rule
def exit_rule(base_year: float, support_ratio: float, response: float) -> float:
    """Chance that a member of staff leaves within a quarter; lower expected support raises it (M012).

    ``base_year`` is the rate a year at the usual support; ``response`` 0 means that people do not mind.
    """
    return min(0.9, max(0.0, base_year / 4.0 * (1.0 + response * (1.0 - support_ratio))))


@rule
def hire_rule(support_ratio: float, response: float) -> float:
    """Chance that an open post finds somebody within a quarter; lower expected support lowers it (M012)."""
    return min(1.0, max(0.0, 1.0 + response * (support_ratio - 1.0)))


@rule
def posts_rule(grant: float, external: float, price: float, least: float) -> float:
    """Posts that an organisation can afford, whole: what its money pays, less as prices rise."""
    return max(least, float(round((grant + external) / price)))


@loop
def believe(state: State, index: int, ends: float, evaluated_from: int, outlook: Outlook, terms: Terms) -> None:
    """Updates H of each funder, and what it is over its usual level; the money ends in quarter ``ends``."""
    organisation, period, mean = state.organisations[index], state.period, 0.0
    since = period - counted_from(organisation, evaluated_from)
    for funder in range(len(FUNDERS)):
        left, support = max(0, organisation.period_end[funder] - period), 0.0
        if supported(organisation, funder):
            support = expected_support(outlook, funder, left, since, ends - period)
        organisation.support[funder] = support
        mean += support * terms.funder_share[funder]
    ratio, into = mean / state.reference[index].support, period - organisation.period_start[UFS]
    organisation.support_ratio = wearing_off(ratio, into, terms.front_loading)


@loop
def afford_posts(state: State, index: int, terms: Terms) -> None:
    """Posts that an organisation can afford: the reference staff scaled by real money."""
    organisation, usual, plan = state.organisations[index], state.reference[index], state.plans[index]
    own = part = 0.0
    for funder in range(len(FUNDERS)):
        # Posts are paid from the organisation's own part of the grant, not from what is passed on to partners.
        own += plan.grant_year[funder] * (1.0 - terms.partners[index, funder])
        part += terms.funder_share[funder] * (1.0 - terms.partners[index, funder])
    # Own money buys what the grant buys: activities at their unit cost, and the posts behind them.
    own = (own if organisation.funded.any() else 0.0) * usual.spent_share + part * 4.0 * organisation.own_use
    grant = terms.per_grant * own
    external = terms.per_external * organisation.external_year
    posts = float(round(usual.staff_posts))
    if terms.scarce:
        posts = posts_rule(grant, external, state.price, terms.least)
    plan.posts = posts if organisation.open else 0.0
    organisation.contact_staff = terms.contact_staff[index] if organisation.open else 0.0


@loop
def addresses(posts: Rows[Post], slots: Ints) -> Ints:
    """Addresses of the draws of posts."""
    return np.array([posts[slot].organisation * _POSTS + posts[slot].number for slot in slots], dtype=np.int64)


@loop
def lose_staff(state: State, posts: Rows[Post], terms: Terms) -> Bools:
    """Lets staff leave, and everybody whose organisation has closed; marks the posts that they leave."""
    filled = np.array([slot for slot in range(len(posts)) if posts[slot].filled], dtype=np.int64)
    luck = uniforms(state.draws, Decision.STAFF_EXIT, state.period, addresses(posts, filled))
    left = np.zeros(len(posts), dtype=np.bool_)
    for index in range(len(filled)):
        post = posts[filled[index]]
        organisation = state.organisations[post.organisation]
        chance = exit_rule(terms.exit_year, organisation.support_ratio, terms.exit_response)
        if luck[index] < chance or not organisation.open:
            left[filled[index]] = True
            post.filled = False
            post.vacant_until = state.period + terms.hiring
            state.flows[post.organisation].staff_left += 1.0
    return left


@loop
def look_ahead(
    state: State, posts: Rows[Post], ends: Floats, evaluated_from: int, outlook: Outlook, terms: Terms
) -> Bools:
    """Updates H and the posts of all organisations, and lets staff leave, see `lose_staff`.

    ``ends``, ``evaluated_from``: see `Settings.budget_ends` and `Settings.evaluated_from`.
    """
    for index in range(len(ends)):
        believe(state, index, ends[index], evaluated_from, outlook, terms)
        afford_posts(state, index, terms)
    return lose_staff(state, posts, terms)


@loop
def hire(state: State, posts: Rows[Post], terms: Terms) -> None:
    """Fills empty posts, as many of the first ones as an organisation can afford more."""
    organisations, plans = state.organisations, state.plans
    staff = np.zeros(len(organisations))
    for post in posts:
        staff[post.organisation] += 1.0 if post.filled else 0.0
    short = np.array([plan.posts for plan in plans]) - staff
    ready = np.array(
        [slot for slot in range(len(posts)) if not posts[slot].filled and posts[slot].vacant_until <= state.period],
        dtype=np.int64,
    )
    luck = uniforms(state.draws, Decision.STAFF_JOINS, state.period, addresses(posts, ready))
    for index in range(len(ready)):
        post = posts[ready[index]]
        chance = hire_rule(organisations[post.organisation].support_ratio, terms.joining_response)
        # A post is refilled under its own number, so that the portfolio passes to whoever comes next.
        wanted = post.number < plans[post.organisation].posts and short[post.organisation] > 0.0
        short[post.organisation] -= 1.0
        if wanted and luck[index] < chance:
            post.filled = True
            post.since = state.period
            post.holder += 1
            staff[post.organisation] += 1.0
    for index in range(len(organisations)):
        organisations[index].staff = staff[index]


def believe_and_staff(world: World) -> None:
    """Updates H, lets staff leave, fills posts."""
    state, policy, period = world.state, world.policy, world.period
    terms, posts = policy.terms(Terms), world.posts.rows
    ends, evaluated_from = world.settings.budget_ends(period), world.settings.evaluated_from(period)
    left = look_ahead(state, posts, ends, evaluated_from, world.expected.terms(Outlook), terms)
    loss = policy.num("staff.trust_loss")
    if loss != 0.0 and left.any():
        # Relations in the portfolio of somebody who leaves lose a share of their trust (E225).
        lower_trust(world, left, 1.0 - loss)
    hire(state, posts, terms)
