"""Step 12: renewal, evaluation, failure and new organisations.

Grant periods end and are renewed; under a ten-year horizon every organisation is scored against its own starting
point and may lose the grant (L09); what is withdrawn goes to an open call (L10) or back to the state. An
organisation that runs out of money fails; after a vacancy its area gets a new one (E110).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.bookings import give_back
from klyngesim.ecosystem.by_organisation import Organisation, Plan
from klyngesim.ecosystem.ledger import FUNDERS, UFS
from klyngesim.ecosystem.processes.leaving import depart_all
from klyngesim.ecosystem.processes.membership import end
from klyngesim.ecosystem.processes.money_in import horizon_quarters, supported
from klyngesim.ecosystem.processes.successors import Terms as Successors
from klyngesim.ecosystem.processes.successors import begin_anew
from klyngesim.ecosystem.relations import lower_trust
from klyngesim.ecosystem.settings import chosen, number, quarters, rounded, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.exact import total
from klyngesim.streams import Decision, Floats, Ints

NEVER = int(np.iinfo(np.int64).max)
"""Quarter until which an area is vacant when nobody follows."""

REACH, APPLICATIONS, PRIVATE, GRANT = range(4)
"""What an evaluation looks at, by quarter: first appearances, registered applications, private money and grant."""


class Terms(NamedTuple):
    """Parameters of evaluation, renewal and failure in a quarter.

    Attributes:
        every: quarters between evaluations, 0 = none.
        stagger: quarters by which they come earlier from one organisation to the next.
        start_years: years in office, from the second on, that are the own start.
        score_years: last years that are held against it.
        horizon: length of a grant period of each funder, quarters, shape (2,).
    """

    every: int = quarters("evaluation.every_years")
    stagger: int = rounded("evaluation.stagger_quarters")
    start_years: int = rounded("evaluation.start_years")
    score_years: int = rounded("evaluation.score_years")
    suspended: bool = worked_out(lambda policy: policy.num("grant.suspended") > 0.0)
    threshold: float = number("evaluation.threshold")
    horizon: Ints = worked_out(horizon_quarters)
    patience: int = rounded("finance.patience_quarters")
    failures: bool = chosen("finance.failures", "on")


@rule
def years_judged(following: int, began: int, start_years: int, score_years: int) -> int:
    """Full years that can be held against the own start at the end of a quarter; 0 = there is nothing to judge yet.

    In office since ``began``; the first year is spent on starting up, those after it are the start.
    """
    return min(score_years, max(0, (following - began) // 4 - 1 - start_years))


@rule
def expected_rule(start: float, start_grant: float, grant: float) -> float:
    """What a grant brings at the own rate of the start: expectations follow resources; 0 = not known."""
    return start / start_grant * grant if start_grant > 0.0 else 0.0


@rule
def score_rule(now: Floats, start: Floats) -> float:
    """Evaluation score: reach and applications for the grant, and private money, over the own start (L09).

    Both are a year's, money at the prices of 2021-2023, shape (4,). A measure counts as 1 where there is nothing to
    hold it against.
    """
    score = 0.0
    for measure in (REACH, APPLICATIONS, PRIVATE):
        aim = start[measure] if measure == PRIVATE else expected_rule(start[measure], start[GRANT], now[GRANT])
        score += now[measure] / aim if aim > 0.0 else 1.0
    return score / 3.0


@rule
def judged_rule(following: int, since: int, every: int, stagger: int) -> bool:
    """Whether an evaluation falls on the quarter that follows; they are counted from ``since``, less the stagger."""
    into = following - since + stagger
    return every > 0 and into > 0 and into % max(1, every) == 0


@rule
def counted_from(organisation: Organisation, evaluated_from: int) -> int:
    """Quarter from which an organisation's evaluations are counted.

    The start of its mandate, or that of the rule if it came later: nobody is judged the year after a reform because
    five years of office happen to be over.
    """
    return max(organisation.mandate_start, evaluated_from)


def shared_out(share: Floats, lost: Bools, gone: Bools) -> Floats:
    """Shares of the budget when some are lost: theirs go to the others in proportion (E229, E264), shape (O,).

    The money of those that were ``gone`` for good before stays with the state.
    """
    others = np.where(lost | gone, 0.0, share)
    whole = total(others)
    kept = 1.0 - total(np.where(gone & ~lost, share, 0.0))
    raised = others / np.where(whole > 0.0, whole, 1.0) * kept
    return np.where(gone & ~lost, share, raised)


@rule
def award_rate(organisation: Organisation, plan: Plan, suspended: bool) -> float:
    """Grant that is awarded for a quarter, mkr: a quarter of a year's, whenever awards fall due."""
    rate = 0.0
    for funder in range(len(FUNDERS)):
        if supported(organisation, funder) and not suspended:
            rate += plan.grant_year[funder] / 4.0
    return rate


@loop
def year_of(history: Floats, years: int) -> Floats:
    """Yearly mean over the last years of what an evaluation looks at, shape (4,)."""
    sums = np.zeros(history.shape[1])
    for quarter in range(len(history) - 4 * years, len(history)):
        sums += history[quarter]
    return sums / years


@loop
def score(state: State, index: int, terms: Terms) -> None:
    """Keeps what an evaluation looks at, and scores the last years against the own start."""
    organisation, plan, flow = state.organisations[index], state.plans[index], state.flows[index]
    history, began, following = organisation.score_history, organisation.mandate_start, state.period + 1
    history[:-1] = history[1:].copy()
    history[-1, REACH] = flow.fresh_pairs
    history[-1, APPLICATIONS] = flow.applications_registered
    history[-1, PRIVATE] = plan.private / state.price
    history[-1, GRANT] = award_rate(organisation, plan, terms.suspended) / state.price
    if following == began + 4 * (1 + terms.start_years):
        organisation.score_start[:] = year_of(history, terms.start_years)
    years = years_judged(following, began, terms.start_years, terms.score_years)
    organisation.score_recent = score_rule(year_of(history, years), organisation.score_start) if years > 0 else 1.0


@loop
def below_threshold(state: State, index: int, evaluated_from: int, terms: Terms) -> bool:
    """Whether an organisation is evaluated at the end of this quarter and scores too low."""
    organisation, following = state.organisations[index], state.period + 1
    since = counted_from(organisation, evaluated_from)
    due = judged_rule(following, since, terms.every, terms.stagger * (index % 4))
    funded = organisation.open and organisation.funded.any()
    judged = years_judged(following, organisation.mandate_start, terms.start_years, terms.score_years) > 0
    if not due or not funded or not judged or following == organisation.period_end[UFS]:
        return False
    lost = organisation.score_recent < terms.threshold
    state.flows[index].evaluated += 1.0
    state.flows[index].grant_lost += 1.0 if lost else 0.0
    return lost


@loop
def close_quarter(state: State, evaluated_from: int, terms: Terms) -> tuple[Bools, Bools]:
    """Scores organisations, and returns what is left of grants whose period ends with this quarter.

    Returns:
        Organisations that score too low, and others that had no liquidity for too long, each shape (O,).
    """
    count = len(state.organisations)
    lost, failing = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
    for index in range(count):
        organisation = state.organisations[index]
        score(state, index, terms)
        lost[index] = below_threshold(state, index, evaluated_from, terms)
        for funder in range(len(FUNDERS)):
            if organisation.period_end[funder] == state.period + 1:
                give_back(state.accounts, index, funder)
        fails = terms.failures and organisation.short_quarters >= terms.patience
        if organisation.open and not lost[index] and fails:
            failing[index] = True
            state.flows[index].failed += 1.0
    return lost, failing


@loop
def renew_periods(state: State, terms: Terms) -> Bools:
    """Grant periods that have ended begin anew; returns open organisations whose UFS period has, shape (O,)."""
    candidates, period = np.zeros(len(state.organisations), dtype=np.bool_), state.period
    for index in range(len(candidates)):
        organisation = state.organisations[index]
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
    organisations, reference, policy, period = world.organisations, world.reference, world.policy, world.period
    if not (organisations.period_end == period).any():
        return
    candidates = renew_periods(world.state, policy.terms(Terms))
    losses = min(round(policy.num("renewal.organisations_lost")), int(np.count_nonzero(organisations.open)) - 1)
    if losses > 0:
        rank = world.streams.uniform(Decision.RENEWAL_LOSS, period, np.arange(world.count))
        order = np.argsort(np.where(candidates, rank, 2.0), kind="stable")
        lost, gone = np.zeros(world.count, dtype=np.bool_), organisations.vacant_until == NEVER
        lost[order[:losses]] = True
        lost &= candidates
        close(world, lost, NEVER)
        reference.grant_share = shared_out(reference.grant_share, lost, gone)


def evaluate_and_renew(world: World) -> None:
    """Runs the calendars of this quarter; everything that ends, ends at the close of the quarter."""
    policy, period = world.policy, world.period
    evaluated_from = world.settings.evaluated_from(period)
    lost, failing = close_quarter(world.state, evaluated_from, policy.terms(Terms))
    if lost.any():
        # The balance is returned, the organisation closes, and an open call may follow (L10).
        follows = policy.word("evaluation.money") == "open_call"
        close(world, lost, period + round(policy.num("open_call.wait_quarters")) if follows else NEVER)
    if failing.any():
        close(world, failing, period + round(policy.num("authority.vacancy_quarters")))
    if world.organisations.open.all():
        return
    new = begin_anew(world.state, world.posts.rows, policy.terms(Successors))
    if new.any():
        # With the area a new organisation takes over part of the old trust.
        lower_trust(world, new[world.posts.organisation], policy.num("authority.handover_trust"))


def close(world: World, which: Bools, until: int) -> None:
    """Closes organisations: members and ideas leave, money is returned; their areas are vacant ``until`` a quarter."""
    organisations, relations, episodes, projects = world.organisations, world.relations, world.episodes, world.projects
    organisations.open[which] = organisations.funded[which] = False
    organisations.vacant_until[which] = until
    organisations.short_quarters[which] = 0
    organisations.own_free[which] = organisations.sponsored[which] = 0.0
    for index in np.flatnonzero(which).tolist():
        for funder in range(len(FUNDERS)):
            give_back(world.ledger.now, index, funder)
    state, left = world.state, episodes.stage == stages.LEFT
    world.members = end(state, world.members, world.members[which[relations.organisation[world.members]]])
    depart_all(state, np.flatnonzero(which[episodes.organisation] & ~left), reasons.SUPPORT_ENDED)
    mine = which[projects.organisation]
    projects.running[mine] = False
    projects.end[mine & (projects.end == 0)] = -1
