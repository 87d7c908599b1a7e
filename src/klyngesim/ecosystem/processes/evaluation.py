"""Step 12: renewal, evaluation, failure and new organisations.

Grant periods end and are renewed; under a ten-year horizon every organisation is scored against its own starting
point and may lose the grant (L09); what is withdrawn goes to an open call (L10) or back to the state. An
organisation that runs out of money fails; after a vacancy its area gets a new one (E110).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import give_back
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan, Reference
from klyngesim.ecosystem.ledger import FUNDERS, UFS, Accounts, oere
from klyngesim.ecosystem.processes.leaving import leave
from klyngesim.ecosystem.processes.membership import end_memberships
from klyngesim.ecosystem.processes.money_in import horizon_quarters
from klyngesim.ecosystem.relations import lower_trust
from klyngesim.ecosystem.rows import Post
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.exact import total
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints

_LEFT = STAGE["left"]
NEVER = int(np.iinfo(np.int64).max)
"""Quarter until which an area is vacant when nobody follows."""

QUARTERS, MEASURES = 4, 3
"""What an evaluation looks at: participants, applications and private money of the last four quarters."""


class Terms(NamedTuple):
    """Parameters of evaluation, renewal and failure in a quarter.

    Attributes:
        every: quarters between evaluations, 0 = none; stagger: quarters by which they come earlier from one
            organisation to the next.
        threshold: score below which the grant is withdrawn.
        horizon: length of a grant period of each funder, quarters, shape (2,).
        patience: quarters without liquidity after which an organisation fails.
        entrant_quality: brokerage skill of a new organisation.
    """

    every: int
    stagger: int
    threshold: float
    horizon: Ints
    patience: int
    entrant_quality: float


def terms(policy: Values) -> Terms:
    """Reads the parameters of evaluation, renewal and failure."""
    return Terms(
        round(4 * policy.num("evaluation.every_years")),
        round(policy.num("evaluation.stagger_quarters")),
        policy.num("evaluation.threshold"),
        np.array(horizon_quarters(policy)),
        round(policy.num("finance.patience_quarters")),
        policy.num("open_call.entrant_quality"),
    )


@rule
def score_rule(now: Floats, start: Floats) -> float:
    """Evaluation score: mean of this year's reach, applications and private money over the own starting point (L09).

    Args:
        now: pairs, applications and private money of the last four quarters.
        start: the same three at the start; 1 where there was nothing to hold them against.
    """
    score = 0.0
    for measure in range(MEASURES):
        score += now[measure] / start[measure] if start[measure] > 0.0 else 1.0
    return score / 3.0


@rule
def judged_rule(following: int, since: int, every: int, stagger: int) -> bool:
    """Whether an evaluation falls on the quarter that follows.

    Args:
        following: the quarter after this one.
        since: quarter from which evaluations are counted.
        every: quarters between evaluations, 0 = none.
        stagger: quarters by which the organisation's evaluations come earlier.
    """
    into = following - since + stagger
    return every > 0 and into > 0 and into % max(1, every) == 0


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


@loop
def score(
    organisations: Rows[Organisation], plans: Rows[Plan], flows: Rows[Flow], price: float, period: int
) -> None:
    """Keeps the last four quarters of what an evaluation looks at."""
    for index in range(len(organisations)):
        organisation, flow = organisations[index], flows[index]
        history, sums = organisation.score_history, np.zeros(MEASURES)
        history[:-1] = history[1:].copy()
        history[-1, 0] = flow.fresh_pairs
        history[-1, 1] = flow.applications_registered
        history[-1, 2] = plans[index].private / price
        for quarter in range(QUARTERS):
            sums += history[quarter]
        # The own starting point is the second year of the organisation in office; the first is spent on starting up.
        if organisation.mandate_start + 7 == period:
            organisation.score_start[:] = sums
        organisation.score_recent = score_rule(sums, organisation.score_start)


def evaluated_since(world: World) -> Ints:
    """Quarter from which each organisation's evaluations are counted, shape (O,).

    The start of its mandate, or that of the rule if it came later: nobody is judged the year after a reform because
    five years of office happen to be over.
    """
    return np.maximum(world.organisations.mandate_start, world.settings.evaluated_from(world.period))


@loop
def below_threshold(organisations: Rows[Organisation], since: Ints, period: int, terms: Terms) -> Bools:
    """Organisations that are evaluated at the end of this quarter and score too low, shape (O,)."""
    lost = np.zeros(len(organisations), dtype=np.bool_)
    for index in range(len(organisations)):
        organisation = organisations[index]
        due = judged_rule(period + 1, since[index], terms.every, terms.stagger * (index % 4))
        funded = organisation.open and organisation.funded.any()
        if due and funded and period + 1 != organisation.period_end[UFS]:
            lost[index] = organisation.score_recent < terms.threshold
    return lost


@loop
def end_periods(accounts: Accounts, organisations: Rows[Organisation]) -> None:
    """Returns what is left of grants whose period ends with this quarter."""
    for index in range(len(organisations)):
        for funder in range(len(FUNDERS)):
            if organisations[index].period_end[funder] == accounts.period + 1:
                give_back(accounts, index, funder)


@loop
def out_of_money(organisations: Rows[Organisation], flows: Rows[Flow], terms: Terms) -> Bools:
    """Organisations that had no liquidity for too long, shape (O,)."""
    failing = np.zeros(len(organisations), dtype=np.bool_)
    for index in range(len(organisations)):
        organisation = organisations[index]
        if organisation.open and organisation.short_quarters >= terms.patience:
            failing[index] = True
            flows[index].failed += 1.0
    return failing


@loop
def begin_anew(
    accounts: Accounts,
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    posts: Rows[Post],
    price: float,
    terms: Terms,
) -> Bools:
    """New organisations take over the areas whose vacancy is over; returns which, shape (O,).

    Equity comes from their partners; they have a skill of their own and the staff of the start.
    """
    new = np.zeros(len(organisations), dtype=np.bool_)
    after = accounts.period + 1
    for index in range(len(organisations)):
        organisation = organisations[index]
        if organisation.open or organisation.vacant_until > accounts.period:
            continue
        new[index] = organisation.open = True
        organisation.liquidity = 1.0
        organisation.quality = terms.entrant_quality
        organisation.mandate_start = after
        # It is scored against its own second year, never against its predecessor's.
        organisation.score_history[:] = 0.0
        organisation.score_start[:] = 0.0
        for funder in range(len(FUNDERS)):
            organisation.funded[funder] = 1
            organisation.period_start[funder] = after
            if organisation.period_end[funder] <= after:
                organisation.period_end[funder] = after + terms.horizon[funder]
        accounts.book[index].own_handover += oere(reference[index].equity_target * price) - accounts.purses[index].own
    for post in posts:
        if new[post.organisation] and post.number < round(reference[post.organisation].staff_posts):
            post.filled = True
            post.since = accounts.period
            post.holder += 1
    return new


@loop
def renew_periods(organisations: Rows[Organisation], period: int, terms: Terms) -> Bools:
    """Grant periods that have ended begin anew; returns open organisations whose UFS period has, shape (O,)."""
    candidates = np.zeros(len(organisations), dtype=np.bool_)
    for index in range(len(organisations)):
        organisation = organisations[index]
        candidates[index] = organisation.open and organisation.period_end[UFS] == period
        for funder in range(len(FUNDERS)):
            if organisation.period_end[funder] == period:
                organisation.period_start[funder] = period
                organisation.period_end[funder] = period + terms.horizon[funder]
    return candidates


def begin_periods(world: World) -> None:
    """Renews the grant periods that have ended, at the horizon now in force; some organisations may not be renewed.

    Runs as the new period begins, so that a lever that starts with it changes nothing before.
    """
    organisations, policy, period = world.organisations, world.policy, world.period
    ended = (organisations.period_end == period).any()
    candidates = renew_periods(organisations.rows, period, policy.once(terms))
    still = int(np.count_nonzero(organisations.open))
    losses = min(round(policy.num("renewal.organisations_lost")), still - 1)
    if ended and losses > 0:
        rank = world.streams.uniform(Decision.RENEWAL_LOSS, period, np.arange(world.count))
        order = np.argsort(np.where(candidates, rank, 2.0), kind="stable")
        lost = np.zeros(world.count, dtype=np.bool_)
        lost[order[:losses]] = True
        lost &= candidates
        gone = organisations.vacant_until == NEVER
        close(world, lost, NEVER)
        reference = world.reference
        reference.grant_share = shared_out(reference.grant_share, lost, gone)


def evaluate_and_renew(world: World) -> None:
    """Runs the calendars of this quarter; everything that ends, ends at the close of the quarter."""
    organisations, flows, accounts = world.organisations.rows, world.flows.rows, world.ledger.now
    period, policy, now = world.period, world.policy, world.policy.once(terms)
    score(organisations, world.plan.rows, flows, world.environment.price, period)
    lost = below_threshold(organisations, evaluated_since(world), period, now)
    if lost.any():
        # The balance is returned, the organisation closes, and an open call may follow (L10).
        follows = policy.word("evaluation.money") == "open_call"
        close(world, lost, period + round(policy.num("open_call.wait_quarters")) if follows else NEVER)
    end_periods(accounts, organisations)
    failing = out_of_money(organisations, flows, now)
    if failing.any():
        close(world, failing, period + round(policy.num("authority.vacancy_quarters")))
    reopen(world)


def close(world: World, which: Bools, until: int) -> None:
    """Closes organisations: members and ideas leave, money is returned; their areas are vacant ``until`` a quarter."""
    organisations, relations, episodes = world.organisations, world.relations, world.episodes
    organisations.open[which] = False
    organisations.funded[which] = False
    organisations.vacant_until[which] = until
    for index in np.flatnonzero(which).tolist():
        for funder in range(len(FUNDERS)):
            give_back(world.ledger.now, index, funder)
    held = world.members
    end_memberships(world, held[which[relations.organisation[held]]])
    leave(world, np.flatnonzero(which[episodes.organisation] & (episodes.stage != _LEFT)), "support_ended")
    world.projects.running[which[world.projects.organisation]] = False
    world.projects.end[which[world.projects.organisation] & (world.projects.end == 0)] = -1
    world.organisations.short_quarters[which] = 0


def reopen(world: World) -> None:
    """A new organisation takes over an area, and with it part of the old trust."""
    tables = world.organisations.rows, world.reference.rows, world.posts.rows
    new = begin_anew(world.ledger.now, *tables, world.environment.price, world.policy.once(terms))
    if new.any():
        known = world.live
        mine = known[new[world.relations.organisation[known]]]
        lower_trust(world, mine, world.relations.trust[mine] * world.policy.num("authority.handover_trust"))
