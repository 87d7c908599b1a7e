"""Step 2: the grant is awarded and paid, what is withheld is released, prices rise.

Two funders with their own calendars: UFS awards yearly amounts inside the programme period and pays quarterly; DEB
awards multi-year grants and pays half-yearly. Both pay in arrears, so that the organisations finance about two
and ten months of spending themselves (F306-F311, M103, M104, L14, L15). Calendars are dated per organisation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import elementwise, loop, rule
from klyngesim.ecosystem.bookings import award, pay, release
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.ledger import ACTIVITY, ADMIN, FUNDERS, GRANT_ACCOUNTS, PARTNERS, UFS, oere
from klyngesim.ecosystem.settings import Values, chosen, each, number, numbers, rounded, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.streams import Floats, Ints

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


def horizon_quarters(policy: Values) -> Ints:
    """Length of a grant period of UFS and DEB in quarters, shape (2,)."""
    return np.array([round(4 * policy.num(key)) for key in ("grant.horizon_years", "grant.deb_horizon_years")])


def funder_shares(policy: Values) -> Floats:
    """Shares of the budget that UFS and DEB pay, shape (2,)."""
    ufs = policy.num("grant.ufs_share")
    return np.array([ufs, 1.0 - ufs])


class Terms(NamedTuple):
    """Parameters of grants and payments in a quarter; the funders are UFS and DEB.

    Attributes:
        budget: of a year at the prices of 2021-2023, mkr.
        withheld_share: share of its payments that each funder withholds, shape (2,).
    """

    budget: float = worked_out(lambda policy: policy.num("grant.budget_mkr_year") * policy.num("grant.budget_factor"))
    indexation: float = number("grant.indexation")
    factor: Floats = each("grant.organisation_factor")
    funder_share: Floats = worked_out(funder_shares)
    account_share: Floats = worked_out(split_accounts)
    suspended: bool = worked_out(lambda policy: policy.num("grant.suspended") > 0.0)
    instalments: Floats = numbers("*.instalments_per_year", FUNDERS)
    lag_months: Floats = worked_out(
        lambda policy: elementwise(lag_rule)(
            policy.nums("*.credit_months", FUNDERS), policy.nums("*.instalments_per_year", FUNDERS)
        )
    )
    withheld_share: Floats = worked_out(lambda policy: np.array([policy.num("holdback.share"), 0.0]))
    approval: int = rounded("holdback.approval_quarters")
    release_by_year: bool = chosen("holdback.release", "year")


@rule
def supported(organisation: Organisation, funder: int) -> bool:
    """Whether a funder supports an organisation."""
    return organisation.open and organisation.funded[funder] > 0


@rule
def budget_rule(budget: float, indexation: float, price: float) -> float:
    """Budget of a year, mkr: it follows the price level as far as it is indexed."""
    return budget * (1.0 + indexation * (price - 1.0))


@rule
def grant_rule(budget: float, share: float, funder_share: float, kept: float) -> float:
    """Grant a year of an organisation from a funder, mkr; the rule on co-financing leaves the share ``kept``."""
    return budget * share * funder_share * kept


@rule
def due_rule(funder: int, grant_year: float, into: int, left: int) -> float:
    """What falls due as award in a quarter, ``into`` the period, with ``left`` quarters of it (this one included), mkr.

    UFS: a year's amount every fourth quarter of the period, less where less than a year is left. DEB: the amount of
    the whole period at its beginning.
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
    """Quarter in which what is withheld now is paid out, never this one: when the report is approved.

    Reports are due after the calendar year (``by_year``) or the programme; approval takes as many quarters.
    """
    end = period - period % 4 + 4 if by_year else programme_end
    return max(end + approval, period + 1)


@loop
def award_grants(state: State, index: int, terms: Terms) -> None:
    """Works out an organisation's grants of the year and awards what falls due."""
    organisation, grant_year = state.organisations[index], state.plans[index].grant_year
    budget = budget_rule(terms.budget, terms.indexation, state.price)
    share = state.reference[index].grant_share * terms.factor[index]
    for funder in range(len(FUNDERS)):
        grant_year[funder] = grant_rule(budget, share, terms.funder_share[funder], organisation.grant_cut[funder])
        into = state.period - organisation.period_start[funder]
        left = organisation.period_end[funder] - state.period
        active = supported(organisation, funder)
        due = due_rule(funder, grant_year[funder], into, left) if active else 0.0
        if terms.suspended:
            # No decision yet: nothing can be awarded (E221, E231), what would have been waits.
            organisation.late_award[funder] += due
            continue
        due += organisation.late_award[funder] if active else 0.0
        organisation.late_award[funder] = 0.0
        for account in range(len(GRANT_ACCOUNTS)):
            award(state.accounts, index, funder, account, oere(due * terms.account_share[index, funder, account]))


@loop
def pay_grants(state: State, index: int, terms: Terms) -> None:
    """Lets the funders pay in arrears, and pay out what they have withheld; each organisation has its own calendar."""
    end = state.organisations[index].period_end[UFS]
    until = release_rule(state.period, end, terms.approval + index % 4, terms.release_by_year)
    for funder in range(len(FUNDERS)):
        if paying_rule(state.period + index, terms.instalments[funder]):
            pay(state.accounts, index, funder, terms.lag_months[funder], terms.withheld_share[funder], until)
        release(state.accounts, index, funder)


@loop
def receive_grants(state: State, terms: Terms) -> None:
    """Awards and pays the grants of all organisations."""
    for index in range(len(state.organisations)):
        award_grants(state, index, terms)
        pay_grants(state, index, terms)


def receive(world: World) -> None:
    """Updates prices, awards new money and lets the funders pay."""
    world.environment.price = price_level(world.policy.num("prices.wage_growth"), world.period)
    receive_grants(world.state, world.policy.terms(Terms))
