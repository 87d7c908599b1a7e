"""Step 2: the grant is awarded and paid, what is withheld is released, prices rise.

Two funders with their own calendars: UFS awards yearly amounts inside the programme period and pays quarterly; DEB
awards multi-year grants and pays half-yearly. Both pay in arrears, so that the organisations finance about two
and ten months of spending themselves (F306-F311, M103, M104, L14, L15). Calendars are dated per organisation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import award, pay, release
from klyngesim.ecosystem.by_organisation import Organisation, Plan, Reference
from klyngesim.ecosystem.ledger import ACTIVITY, ADMIN, FUNDERS, GRANT_ACCOUNTS, PARTNERS, UFS, Accounts, oere
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.streams import Floats

FIRST_YEARS = 12
"""Quarters of 2021-2023, over which the price level and the year effects are 1 on average."""


def price_level(growth_year: float, period: int) -> float:
    """Price and wage level, 1 on average over 2021-2023; compound growth by quarter without powers."""
    level, total, first = 1.0, 0.0, 1.0
    for quarter in range(max(period + 1, FIRST_YEARS)):
        if quarter < FIRST_YEARS:
            total += level
        if quarter == period:
            first = level
        level *= 1.0 + growth_year / 4.0
    return first / (total / FIRST_YEARS)


def split_accounts(policy: Values) -> Floats:
    """Shares of the grant by funder and account (partners, activity, administration), shape (O, 2, 3)."""
    partners = np.stack((policy.vec("grant.passthrough_ufs"), policy.vec("grant.passthrough_deb")), axis=1)
    admin = np.minimum(policy.num("grant.admin_cap"), 1.0) * (1.0 - partners)
    shares = np.empty((*partners.shape, 3))
    shares[:, :, PARTNERS] = partners
    shares[:, :, ADMIN] = admin
    shares[:, :, ACTIVITY] = 1.0 - partners - admin
    return shares


def horizon_quarters(policy: Values) -> tuple[int, int]:
    """Length of a grant period of UFS and DEB in quarters."""
    return round(4 * policy.num("grant.horizon_years")), round(4 * policy.num("grant.deb_horizon_years"))


class Terms(NamedTuple):
    """Parameters of grants and payments in a quarter; the funders are UFS and DEB.

    Attributes:
        budget: of a year at the prices of 2021-2023, mkr; indexation: how far it follows prices.
        factor: on the allocation of each organisation, shape (O,).
        funder_share: of the budget, shape (2,).
        account_share: of the grant by account, shape (O, 2, 3).
        suspended: whether nothing can be awarded.
        instalments: payments a year of each funder, shape (2,).
        lag_months: age of the newest expense that each funder pays, shape (2,).
        withheld_share: share of its payments that each funder withholds, shape (2,).
        approval: quarters until reports are approved.
        release_by_year: whether what is withheld is paid out by year or after the grant period.
    """

    budget: float
    indexation: float
    factor: Floats
    funder_share: Floats
    account_share: Floats
    suspended: bool
    instalments: Floats
    lag_months: Floats
    withheld_share: Floats
    approval: int
    release_by_year: bool


def terms(policy: Values) -> Terms:
    """Reads the parameters of grants and payments."""
    credit_months = policy.nums("*.credit_months", FUNDERS)
    instalments = policy.nums("*.instalments_per_year", FUNDERS)
    lags = [lag_rule(*each) for each in zip(credit_months.tolist(), instalments.tolist(), strict=True)]
    return Terms(
        policy.num("grant.budget_mkr_year") * policy.num("grant.budget_factor"),
        policy.num("grant.indexation"),
        policy.vec("grant.organisation_factor"),
        funder_shares(policy),
        policy.once(split_accounts),
        policy.num("grant.suspended") > 0.0,
        instalments,
        np.array(lags),
        np.array([policy.num("holdback.share"), 0.0]),
        round(policy.num("holdback.approval_quarters")),
        policy.word("holdback.release") == "year",
    )


def funder_shares(policy: Values) -> Floats:
    """Shares of the budget that UFS and DEB pay, shape (2,)."""
    ufs = policy.num("grant.ufs_share")
    return np.array([ufs, 1.0 - ufs])


@rule
def budget_rule(budget: float, indexation: float, price: float) -> float:
    """Budget of a year, mkr: it follows the price level as far as it is indexed."""
    return budget * (1.0 + indexation * (price - 1.0))


@rule
def grant_rule(budget: float, share: float, funder_share: float, kept: float) -> float:
    """Grant a year of an organisation from a funder, mkr: budget x allocation x funder's share x what is kept.

    ``kept``: share of the grant left by the rule on co-financing.
    """
    return budget * share * funder_share * kept


@rule
def due_rule(funder: int, grant_year: float, into: int, left: int) -> float:
    """What falls due as award in a quarter, mkr.

    UFS: a year's amount every fourth quarter of the period, less where less than a year is left. DEB: the amount of
    the whole period at its beginning.

    Args:
        funder: who awards.
        grant_year: grant a year, mkr.
        into: quarters since the period began.
        left: quarters left of it, this one included.
    """
    if funder == UFS:
        return grant_year * min(4, left) / 4.0 if into % 4 == 0 else 0.0
    return grant_year * left / 4.0 if into == 0 else 0.0


@rule
def paying_rule(quarter: int, instalments: float) -> bool:
    """Whether a funder pays in a quarter: in as many of four as it has instalments a year, evenly spread."""
    return quarter * instalments % 4.0 < instalments


@rule
def lag_rule(credit_months: float, instalments: float) -> float:
    """Months by which the newest expense that is paid lies back, so that money is out for the credit time on average.

    Of that time one and a half intervals of payment pass anyway; 4 over the instalments are the quarters between two.
    """
    return max(0.0, credit_months - 1.5 * (4.0 / instalments))


@rule
def release_rule(period: int, programme_end: int, approval: int, by_year: bool) -> int:
    """Quarter in which what is withheld now is paid out: never in the same quarter.

    Args:
        period: this quarter.
        programme_end: first quarter after the grant period.
        approval: quarters from the end of the year or the programme to the approval of the report.
        by_year: whether reports are made by year.
    """
    end = period - period % 4 + 4 if by_year else programme_end
    return max(end + approval, period + 1)


@loop
def award_grants(
    accounts: Accounts,
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    price: float,
    terms: Terms,
) -> None:
    """Works out the grants of the year and awards what falls due."""
    budget = budget_rule(terms.budget, terms.indexation, price)
    for index in range(len(organisations)):
        organisation, grant_year = organisations[index], plans[index].grant_year
        share = reference[index].grant_share * terms.factor[index]
        for funder in range(len(FUNDERS)):
            grant_year[funder] = grant_rule(
                budget, share, terms.funder_share[funder], organisation.grant_cut[funder]
            )
            into = accounts.period - organisation.period_start[funder]
            left = organisation.period_end[funder] - accounts.period
            active = organisation.open and organisation.funded[funder] > 0
            due = due_rule(funder, grant_year[funder], into, left) if active else 0.0
            if terms.suspended:
                # No decision yet: nothing can be awarded (E221, E231), what would have been waits.
                organisation.late_award[funder] += due
                continue
            due += organisation.late_award[funder] if active else 0.0
            organisation.late_award[funder] = 0.0
            for account in range(len(GRANT_ACCOUNTS)):
                award(accounts, index, funder, account, oere(due * terms.account_share[index, funder, account]))


@loop
def pay_grants(accounts: Accounts, organisations: Rows[Organisation], terms: Terms) -> None:
    """Lets the funders pay in arrears, and pay out what they have withheld."""
    for index in range(len(organisations)):
        # Calendars differ from organisation to organisation.
        until = release_rule(
            accounts.period,
            organisations[index].period_end[UFS],
            terms.approval + index % 4,
            terms.release_by_year,
        )
        for funder in range(len(FUNDERS)):
            if paying_rule(accounts.period + index, terms.instalments[funder]):
                pay(accounts, index, funder, terms.lag_months[funder], terms.withheld_share[funder], until)
            release(accounts, index, funder)


def receive(world: World) -> None:
    """Awards new money, lets the funders pay and updates prices."""
    world.environment.price = price_level(world.policy.num("prices.wage_growth"), world.period)
    accounts, organisations, now = world.ledger.now, world.organisations.rows, world.policy.once(terms)
    award_grants(accounts, organisations, world.reference.rows, world.plan.rows, world.environment.price, now)
    pay_grants(accounts, organisations, now)
