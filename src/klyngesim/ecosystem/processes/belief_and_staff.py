"""Step 3: what support actors expect, and how staff come and go.

The expected remaining support H is computed alike for today's rules and for a ten-year horizon, from the chance of
losing the grant at each renewal and at each evaluation (M012, M014, L08, L09). Relations are bound to people: who
leaves takes part of a portfolio's trust along (M081, M082, E225). Staff exit responds to H with a strength whose
prior contains zero.
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import DEB, PARTNERS, UFS
from klyngesim.ecosystem.processes.evaluation import evaluated_since
from klyngesim.ecosystem.processes.money_in import horizon_quarters, split_accounts
from klyngesim.ecosystem.relations import live, lower_trust
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.exact import total
from klyngesim.streams import Decision, Floats, Ints


def powers(base: float, most: int) -> Floats:
    """1, base, base^2, ... by multiplication, shape (most + 1,)."""
    return np.asarray(np.cumprod(np.concatenate(([1.0], np.full(most, base)))), dtype=np.float64)


def expected_support(
    left: Ints,
    since: Ints,
    ends: Floats,
    horizon: int,
    renewal_loss: float,
    evaluation_every: int,
    evaluation_loss: float,
    ahead: int,
) -> Floats:
    """Expected years of support within a look-ahead: sum over quarters of the chance of still being funded.

    Args:
        left: quarters left of the present grant period, shape (O,).
        since: quarters since evaluations are counted, negative where the rule is yet to come, shape (O,).
        ends: quarters until an announced end of the money, infinite if none is announced, shape (O,).
        horizon: length of a grant period, quarters.
        renewal_loss: chance of losing the grant at a renewal.
        evaluation_every: quarters between evaluations inside a period, 0 = none.
        evaluation_loss: chance of losing it at an evaluation.
        ahead: quarters looked ahead.

    Returns:
        float64, shape (O,), years; at most ``ahead / 4``.
    """
    quarter = np.arange(1, ahead + 1)
    renewals = np.maximum(0, (quarter[None, :] - left[:, None] - 1) // max(1, horizon) + 1)
    chance = powers(1.0 - renewal_loss, ahead + 1)[np.minimum(renewals, ahead + 1)]
    if evaluation_every > 0:
        into = since[:, None] + quarter[None, :] - 1
        evaluated = (into % evaluation_every == 0) & (into > np.maximum(0, since)[:, None])
        # An evaluation that coincides with a renewal is the renewal.
        beyond = quarter[None, :] - left[:, None] - 1
        renewed = (beyond >= 0) & (beyond % max(1, horizon) == 0)
        count = np.cumsum(evaluated & ~renewed, axis=1)
        chance = chance * powers(1.0 - evaluation_loss, ahead + 1)[count]
    chance = chance * (quarter[None, :] <= ends[:, None])
    return np.asarray(total(chance) / 4.0)


def support_by_funder(policy: Values, left: Ints, since: Ints, ends: Floats) -> Floats:
    """H of each funder, years, shape (O, 2).

    Args:
        policy: values that actors expect to hold.
        left: quarters left of each grant period, shape (O, 2).
        since: quarters since evaluations are counted, negative where the rule is yet to come, shape (O,).
        ends: quarters until an announced end of the money, shape (O,).
    """
    ahead = round(4 * policy.num("belief.lookahead_years"))
    every = round(4 * policy.num("evaluation.every_years"))
    ufs, deb = horizon_quarters(policy)
    return np.stack(
        [
            expected_support(
                left[:, funder],
                since,
                ends,
                horizon,
                policy.num(f"renewal.loss_{name}"),
                every,
                policy.num("evaluation.loss"),
                ahead,
            )
            for funder, horizon, name in ((UFS, ufs, "ufs"), (DEB, deb, "deb"))
        ],
        axis=1,
    )


def reference_support(policy: Values) -> float:
    """H averaged over the phases of the grant periods and the two funders: the level people are used to."""
    level = 0.0
    for funder, horizon in enumerate(horizon_quarters(policy)):
        left = np.tile(np.arange(horizon, 0, -1)[:, None], (1, 2))
        weight = policy.num("grant.ufs_share") if funder == UFS else 1.0 - policy.num("grant.ufs_share")
        never = np.full(horizon, np.inf)
        each = support_by_funder(policy, left, horizon - left[:, 0], never)[:, funder]
        level += weight * float(total(each)) / horizon
    return level


def wearing_off(ratio: Floats, quarters: Floats | Ints, rate: float) -> Floats:
    """Rival rule: what expected support does wears off as a grant period goes on (E066).

    ``quarters``: since the period began; ``rate``: a year, 0 = off.
    """
    return np.asarray(1.0 + (ratio - 1.0) / (1.0 + rate * np.maximum(0.0, quarters / 4.0)))


def exit_rule(base_year: float, support_ratio: Floats, response: float) -> Floats:
    """Chance that a member of staff leaves within a quarter; lower expected support raises it (M012).

    ``base_year`` is the rate a year at the usual support, ``support_ratio`` H over its usual level; ``response`` 0
    means that people do not mind.
    """
    chance = base_year / 4.0 * (1.0 + response * (1.0 - support_ratio))
    return np.asarray(np.minimum(0.9, np.maximum(0.0, chance)))


def hire_rule(support_ratio: Floats, response: float) -> Floats:
    """Chance that an open post finds somebody within a quarter; lower expected support lowers it (M012)."""
    return np.asarray(np.minimum(1.0, np.maximum(0.0, 1.0 + response * (support_ratio - 1.0))))


def believe_and_staff(world: World) -> None:
    """Updates H, lets staff leave, fills posts."""
    policy, expected, organisations = world.policy, world.expected, world.organisations
    period, staff = world.period, world.posts
    left = np.maximum(0, organisations.period_end - period)
    since = period - evaluated_since(world)
    ends = world.settings.budget_ends(period) - period
    support = support_by_funder(expected, left, since, ends) * (organisations.funded & organisations.open[:, None])
    organisations.support = support
    weight = np.array([policy.num("grant.ufs_share"), 1.0 - policy.num("grant.ufs_share")])
    ratio = total(support * weight) / world.reference.support
    into = period - organisations.period_start[:, UFS]
    world.organisations.support_ratio = ratio = wearing_off(ratio, into, policy.num("rival.front_loading"))

    chance = exit_rule(policy.num("staff.exit_year"), ratio, policy.num("staff.exit_response"))
    world.plan.posts = target = staff_target(world)
    slots = np.flatnonzero(staff.filled)
    where = staff.organisation[slots]
    uniform = world.streams.uniform(Decision.STAFF_EXIT, period, where * 1024 + staff.number[slots])
    leaving = slots[(uniform < chance[where]) | ~organisations.open[where]]
    staff.filled[leaving] = False
    staff.vacant_until[leaving] = period + round(policy.num("staff.hiring_quarters"))
    world.flows.staff_left += world.per_organisation(staff.organisation[leaving])
    take_trust_along(world, leaving, policy.num("staff.trust_loss"))

    filled = world.per_organisation(staff.organisation[staff.filled])
    ready = np.flatnonzero(~staff.filled & (staff.vacant_until <= period))
    if len(ready):
        where = staff.organisation[ready]
        first = np.searchsorted(where, np.arange(world.count))
        rank = np.arange(len(ready)) - first[where]
        found = world.streams.uniform(Decision.STAFF_JOINS, period, where * 1024 + staff.number[ready])
        takes = found < hire_rule(ratio, policy.num("staff.joining_response"))[where]
        # A post is refilled under its own number, so that the portfolio passes to whoever comes next.
        wanted = staff.number[ready] < target[where]
        hired = ready[takes & wanted & (rank < np.maximum(0.0, target - filled)[where])]
        staff.filled[hired] = True
        staff.since[hired] = period
        staff.holder[hired] += 1
    world.organisations.staff = world.per_organisation(staff.organisation[staff.filled])


def staff_target(world: World) -> Floats:
    """Posts that the organisation can afford, shape (O,): the reference staff scaled by real money, whole posts."""
    organisations = world.organisations
    reference = world.reference
    if world.policy.word("scarcity.money") == "off":
        posts = reference.staff_posts + world.policy.vec("contact_staff.fte")
        return np.where(organisations.open, np.rint(posts), 0.0)
    # Posts are paid from the organisation's own part of the grant, not from what is passed on to partners.
    own = total(world.plan.grant_year * (1.0 - split_accounts(world.policy)[:, :, PARTNERS]))
    grant = own * np.where(organisations.funded.any(axis=1), 1.0, 0.0)
    money = world.policy.num("staff.fte_per_grant_mkr") * grant * reference.spent_share
    money = money + world.policy.num("staff.fte_per_external_mkr") * world.organisations.external_year
    posts = money / world.environment.price + world.policy.vec("contact_staff.fte")
    return np.where(organisations.open, np.maximum(world.policy.num("staff.least_posts"), np.rint(posts)), 0.0)


def take_trust_along(world: World, leaving: Ints, loss: float) -> None:
    """Relations in the portfolio of somebody who leaves lose a share of their trust (E225)."""
    if len(leaving) == 0 or loss == 0.0:
        return
    gone = np.zeros(world.posts.count, dtype=np.bool_)
    gone[leaving] = True
    known = live(world)
    hit = known[gone.take(world.relations.staff.take(known))]
    lower_trust(world, hit, world.relations.trust[hit] * (1.0 - loss))
