"""Step 2: the grant is awarded and paid, what is withheld is released, prices rise.

Two funders with their own calendars: UFS awards yearly amounts inside the programme period and pays quarterly; DEB
awards multi-year grants and pays half-yearly. Both pay in arrears, so that the organisations finance about two
and ten months of spending themselves (F306-F311, M103, M104, L14, L15). Calendars are dated per organisation.
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import ACTIVITY, ADMIN, DEB, FUNDERS, PARTNERS, UFS, oere
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Bools
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


def grant_rule(policy: Values, grant_share: Floats, kept: Floats, price: float) -> Floats:
    """Grant a year by organisation and funder, mkr, shape (O, 2): budget x allocation x funder's share x what is kept.

    Args:
        policy: parameters in force.
        grant_share: allocation, shape (O,).
        kept: share of the grant left by the rule on co-financing, shape (O, 2).
        price: price level, which the budget follows as far as it is indexed.
    """
    level = 1.0 + policy.num("grant.indexation") * (price - 1.0)
    budget = policy.num("grant.budget_mkr_year") * policy.num("grant.budget_factor") * level
    share = grant_share * policy.vec("grant.organisation_factor")
    ufs = policy.num("grant.ufs_share")
    return np.asarray(budget * share[:, None] * np.array([ufs, 1.0 - ufs]) * kept)


def due_rule(grant_year: Floats, into: Ints, left: Ints) -> Floats:
    """What falls due as award in a quarter, mkr, shape (O, 2).

    UFS: a year's amount every fourth quarter of the period, less where less than a year is left. DEB: the amount of
    the whole period at its beginning.

    Args:
        grant_year: grant a year by funder, mkr, shape (O, 2).
        into: quarters since the period began, int64, shape (O, 2).
        left: quarters left of it, this one included, int64, shape (O, 2).
    """
    amount = np.zeros_like(grant_year)
    ufs, deb = grant_year[:, UFS] * np.minimum(4, left[:, UFS]) / 4.0, grant_year[:, DEB] * left[:, DEB] / 4.0
    amount[:, UFS] = np.where(into[:, UFS] % 4 == 0, ufs, 0.0)
    amount[:, DEB] = np.where(into[:, DEB] == 0, deb, 0.0)
    return amount


def paying_rule(quarter: Ints, instalments: Floats) -> Bools:
    """Whether a funder pays in a quarter: in as many of four as it has instalments a year, evenly spread."""
    return np.asarray(quarter * instalments % 4.0 < instalments)


def lag_rule(credit_months: Floats, instalments: Floats) -> Floats:
    """Months by which the newest expense that is paid lies back, so that money is out for the credit time on average.

    Of that time one and a half intervals of payment pass anyway; 4 over the instalments are the quarters between two.
    """
    return np.maximum(0.0, credit_months - 1.5 * (4.0 / instalments))


def release_rule(period: int, programme_end: Ints, approval: Ints, release: str) -> Ints:
    """Quarter in which what is withheld now is paid out, int64, shape (O,): never in the same quarter.

    Args:
        period: this quarter.
        programme_end: first quarter after the grant period, shape (O,).
        approval: quarters from the end of the year or the programme to the approval of the report, shape (O,).
        release: ``year`` or ``programme_end``.
    """
    end = period - period % 4 + 4 if release == "year" else programme_end
    return np.maximum(end + approval, period + 1)


def horizon_quarters(policy: Values) -> tuple[int, int]:
    """Length of a grant period of UFS and DEB in quarters."""
    return round(4 * policy.num("grant.horizon_years")), round(4 * policy.num("grant.deb_horizon_years"))


def receive(world: World) -> None:
    """Awards new money, lets the funders pay and updates prices."""
    policy, period, organisations = world.policy, world.period, world.organisations
    world.environment.price = price_level(policy.num("prices.wage_growth"), period)
    price, share = world.environment.price, world.reference.grant_share
    world.plan.grant_year = grant_rule(policy, share, organisations.grant_cut, price)
    due = due_rule(world.plan.grant_year, period - organisations.period_start, organisations.period_end - period)
    active = (organisations.funded > 0) & organisations.open[:, None]
    due = np.where(active, due, 0.0)
    if policy.num("grant.suspended") > 0.0:
        # No decision yet: nothing can be awarded (E221, E231), what would have been waits.
        organisations.late_award = organisations.late_award + due
    else:
        late = np.where(active, organisations.late_award, 0.0)
        organisations.late_award = 0.0
        world.ledger.award(oere((due + late)[:, :, None] * split_accounts(policy)))

    offset = np.arange(world.count)
    instalments = policy.nums("*.instalments_per_year", FUNDERS)
    approval = round(policy.num("holdback.approval_quarters")) + offset % 4
    release = release_rule(period, organisations.period_end[:, UFS], approval, policy.word("holdback.release"))
    world.ledger.pay(
        paying_rule(period + offset[:, None], instalments),
        lag_rule(policy.nums("*.credit_months", FUNDERS), instalments),
        np.array([policy.num("holdback.share"), 0.0]),
        release,
    )
