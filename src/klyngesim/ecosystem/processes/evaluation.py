"""Step 12: renewal, evaluation, failure and new organisations.

Grant periods end and are renewed; under a ten-year horizon every organisation is scored against its own starting
point and may lose the grant (L09); what is withdrawn goes to an open call (L10) or back to the state. An
organisation that runs out of money fails; after a vacancy its area gets a new one (E110).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import UFS, oere
from klyngesim.ecosystem.processes.leaving import leave
from klyngesim.ecosystem.processes.membership import end_memberships
from klyngesim.ecosystem.processes.money_in import horizon_quarters
from klyngesim.ecosystem.relations import live, lower_trust
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools
from klyngesim.exact import total
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints

_LEFT = STAGE["left"]
NEVER = int(np.iinfo(np.int64).max)
"""Quarter until which an area is vacant when nobody follows."""


def score_rule(participants: Floats, applications: Floats, private: Floats, start: Floats) -> Floats:
    """Evaluation score: mean of this year's reach, applications and private money over the own starting point (L09).

    Args:
        participants: pairs of the last four quarters, shape (O,).
        applications: of the last four quarters, shape (O,).
        private: private money of the last four quarters, shape (O,).
        start: the same three at the start, shape (3, O).
    """
    now = np.stack((participants, applications, private))
    each = now / np.where(start > 0.0, start, 1.0)
    return np.asarray(total(np.where(start > 0.0, each, 1.0), axis=0) / 3.0)


def judged_rule(following: int, since: Ints, every: int, stagger: Ints) -> Bools:
    """Whether an evaluation falls on the quarter that follows, shape (O,).

    Args:
        following: the quarter after this one.
        since: quarter from which each organisation's evaluations are counted, shape (O,).
        every: quarters between evaluations, 0 = none.
        stagger: quarters by which each organisation's evaluations come earlier, shape (O,).
    """
    into = following - since + stagger
    return np.asarray((into % max(1, every) == 0) & (into > 0) & (every > 0))


def shared_out(share: Floats, lost: Bools, gone: Bools) -> Floats:
    """Shares of the budget when some are lost: theirs go to the others in proportion (E229, E264).

    Args:
        share: of each organisation, shape (O,).
        lost: organisations that are not renewed.
        gone: organisations closed for good before, whose money stays with the state.
    """
    others = np.where(lost | gone, 0.0, share)
    whole = total(others)
    kept = 1.0 - total(np.where(gone & ~lost, share, 0.0))
    raised = others / np.where(whole > 0.0, whole, 1.0) * kept
    return np.where(gone & ~lost, share, raised)


def evaluate_and_renew(world: World) -> None:
    """Runs the calendars of this quarter; everything that ends, ends at the close of the quarter."""
    score(world)
    evaluate(world)
    end_periods(world)
    fail(world)
    reopen(world)


def score(world: World) -> None:
    """Keeps the last four quarters of what an evaluation looks at."""
    organisations, flows = world.organisations, world.flows
    private = world.plan.private / world.environment.price
    now = np.stack((flows.fresh_pairs, flows.applications_registered, private), axis=1)
    organisations.score_history = np.concatenate((organisations.score_history[:, 1:], now[:, None]), axis=1)
    sums = total(organisations.score_history, axis=1)
    # The own starting point is the second year of the organisation in office; the first is spent on starting up.
    settled = organisations.mandate_start + 7 == world.period
    organisations.score_start = np.where(settled[:, None], sums, organisations.score_start)
    organisations.score_recent = score_rule(sums[:, 0], sums[:, 1], sums[:, 2], organisations.score_start.T)


def evaluated_since(world: World) -> Ints:
    """Quarter from which each organisation's evaluations are counted, shape (O,).

    The start of its mandate, or that of the rule if it came later: nobody is judged the year after a reform because
    five years of office happen to be over.
    """
    return np.maximum(world.organisations.mandate_start, world.settings.evaluated_from(world.period))


def evaluate(world: World) -> None:
    """Withdraws the grant from organisations below the threshold, at their own evaluation dates."""
    policy, organisations, period = world.policy, world.organisations, world.period
    every = round(4 * policy.num("evaluation.every_years"))
    stagger = round(policy.num("evaluation.stagger_quarters")) * (np.arange(world.count) % 4)
    due = judged_rule(period + 1, evaluated_since(world), every, stagger)
    due &= organisations.open & organisations.funded.any(axis=1)
    due &= period + 1 != organisations.period_end[:, UFS]
    lost = due & (organisations.score_recent < policy.num("evaluation.threshold"))
    withdraw_grant(world, lost)


def withdraw_grant(world: World, lost: Bools) -> None:
    """Takes the grant away: the balance is returned, the organisation closes, and an open call may follow (L10)."""
    if not lost.any():
        return
    organisations = world.organisations
    world.ledger.give_back(np.repeat(lost[:, None], 2, axis=1))
    organisations.funded[lost] = False
    if world.policy.word("evaluation.money") == "open_call":
        close(world, lost, world.period + round(world.policy.num("open_call.wait_quarters")))
    else:
        close(world, lost, NEVER)


def end_periods(world: World) -> None:
    """Returns what is left of grants whose period ends with this quarter."""
    world.ledger.give_back(world.organisations.period_end == world.period + 1)


def begin_periods(world: World) -> None:
    """Renews the grant periods that have ended, at the horizon now in force; some organisations may not be renewed.

    Runs as the new period begins, so that a lever that starts with it changes nothing before.
    """
    organisations, period = world.organisations, world.period
    ended = organisations.period_end == period
    if not ended.any():
        return
    horizons = np.array(horizon_quarters(world.policy))
    organisations.period_start = np.where(ended, period, organisations.period_start)
    organisations.period_end = np.where(ended, period + horizons[None, :], organisations.period_end)
    losses = round(world.policy.num("renewal.organisations_lost"))
    candidates = ended[:, UFS] & organisations.open
    losses = min(losses, int(np.count_nonzero(organisations.open)) - 1)
    if losses > 0:
        rank = world.streams.uniform(Decision.RENEWAL_LOSS, period, np.arange(world.count))
        order = np.argsort(np.where(candidates, rank, 2.0), kind="stable")
        lost = np.zeros(world.count, dtype=np.bool_)
        lost[order[:losses]] = True
        lost &= candidates
        gone = organisations.vacant_until == NEVER
        close(world, lost, NEVER)
        reference = world.reference
        reference.grant_share = shared_out(reference.grant_share, lost, gone)


def fail(world: World) -> None:
    """Organisations that had no liquidity for too long fail and close."""
    organisations = world.organisations
    failing = organisations.open & (
        organisations.short_quarters >= round(world.policy.num("finance.patience_quarters"))
    )
    if failing.any():
        world.flows.failed += failing
        close(world, failing, world.period + round(world.policy.num("authority.vacancy_quarters")))


def close(world: World, which: Bools, until: int) -> None:
    """Closes organisations: members and ideas leave, money is returned; their areas are vacant ``until`` a quarter."""
    organisations, relations, episodes = world.organisations, world.relations, world.episodes
    organisations.open[which] = False
    organisations.funded[which] = False
    organisations.vacant_until[which] = until
    world.ledger.give_back(np.repeat(which[:, None], 2, axis=1))
    held = world.members
    end_memberships(world, held[which[relations.organisation[held]]])
    leave(world, np.flatnonzero(which[episodes.organisation] & (episodes.stage != _LEFT)), "support_ended")
    world.projects.running[which[world.projects.organisation]] = False
    world.projects.end[which[world.projects.organisation] & (world.projects.end == 0)] = -1
    world.organisations.short_quarters[which] = 0


def reopen(world: World) -> None:
    """A new organisation takes over an area: equity from its partners, part of the old trust, its own skill."""
    organisations, policy = world.organisations, world.policy
    new = ~organisations.open & (organisations.vacant_until <= world.period)
    if not new.any():
        return
    organisations.open[new] = True
    organisations.funded[new] = True
    organisations.liquidity[new] = 1.0
    organisations.quality[new] = policy.num("open_call.entrant_quality")
    # It is scored against its own second year, never against its predecessor's.
    organisations.score_history[new] = 0.0
    organisations.score_start[new] = 0.0
    known = live(world)
    mine = known[new[world.relations.organisation[known]]]
    lower_trust(world, mine, world.relations.trust[mine] * policy.num("authority.handover_trust"))
    fresh = oere(world.reference.equity_target * world.environment.price)
    settle = np.where(new, fresh - world.ledger.own, 0)
    world.ledger.book_own("own_handover", settle)
    posts = world.reference.staff_posts
    slots = world.posts
    filled = new[slots.organisation] & (slots.number < np.rint(posts)[slots.organisation])
    slots.filled[filled] = True
    slots.since[filled] = world.period
    slots.holder[filled] += 1
    after = world.period + 1
    organisations.mandate_start[new] = after
    running = np.array(horizon_quarters(policy))
    organisations.period_start[new] = after
    ends = organisations.period_end[new]
    organisations.period_end[new] = np.where(ends > after, ends, after + running[None, :])
