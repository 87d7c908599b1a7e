"""Step 2: the grant is awarded and paid, what is withheld is released, prices rise.

Two funders with their own calendars: UFS awards yearly amounts inside the programme period and pays quarterly; DEB
awards multi-year grants and pays half-yearly. Both pay in arrears, so that the organisations finance about two
and ten months of spending themselves (F306-F311, M103, M104, L14, L15). Calendars are dated per organisation.
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import ACTIVITY, ADMIN, DEB, PARTNERS, UFS, oere
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
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


def yearly_grant(world: World, policy: Values, price: float) -> Floats:
    """Grant a year by organisation and funder, mkr, shape (O, 2): budget x allocation x funder's share."""
    level = 1.0 + policy.num("grant.indexation") * (price - 1.0)
    total = policy.num("grant.budget_mkr_year") * policy.num("grant.budget_factor") * level
    share = world.organisations.reference["grant_share"] * policy.vec("grant.organisation_factor")
    ufs = policy.num("grant.ufs_share")
    return np.asarray(total * share[:, None] * np.array([ufs, 1.0 - ufs]) * world.plan["grant_cut"])


def horizon_quarters(policy: Values) -> tuple[int, int]:
    """Length of a grant period of UFS and DEB in quarters."""
    return round(4 * policy.num("grant.horizon_years")), round(4 * policy.num("grant.deb_horizon_years"))


def receive(world: World) -> None:
    """Awards new money, lets the funders pay and updates prices."""
    policy, period, organisations = world.policy, world.period, world.organisations
    world.environment.price = price_level(policy.num("prices.wage_growth"), period)
    world.plan["grant_year"] = yearly = yearly_grant(world, policy, world.environment.price)
    shares = split_accounts(policy)
    active = organisations.funded & organisations.open[:, None]
    gap = policy.num("grant.suspended") > 0.0  # no decision yet: nothing can be awarded (E221, E231)
    in_period = period - organisations.period_start
    amount = np.zeros_like(yearly)
    # UFS: one amount a year inside the period. DEB: the whole period at its beginning.
    year_left = np.minimum(4, organisations.period_end[:, UFS] - period)
    new_year = (in_period[:, UFS] % 4 == 0) & active[:, UFS] & (not gap)
    amount[:, UFS] = np.where(new_year, yearly[:, UFS] * year_left / 4.0, 0.0)
    length = organisations.period_end[:, DEB] - period
    starts = (in_period[:, DEB] == 0) & active[:, DEB] & (not gap)
    amount[:, DEB] = np.where(starts, yearly[:, DEB] * length / 4.0, 0.0)
    late = world.plan["late_award"]
    if not gap and late.any():
        amount += np.where(active, late, 0.0)
        world.plan["late_award"] = np.zeros_like(late)
    if gap:
        missed_ufs = (in_period[:, UFS] % 4 == 0) & active[:, UFS]
        late[:, UFS] += np.where(missed_ufs, yearly[:, UFS] * year_left / 4.0, 0.0)
        late[:, DEB] += np.where((in_period[:, DEB] == 0) & active[:, DEB], yearly[:, DEB] * length / 4.0, 0.0)
    world.ledger.award(oere(amount[:, :, None] * shares))

    offset = np.arange(world.count)
    every = np.array([policy.num("ufs.instalments_per_year"), policy.num("deb.instalments_per_year")])
    step = np.maximum(1, np.rint(4.0 / every)).astype(np.int64)
    paying = (period + offset[:, None]) % step[None, :] == 0
    months = np.array([policy.num("ufs.credit_months"), policy.num("deb.credit_months")])
    lag = np.maximum(0.0, months - 1.5 * step)
    year_end = period - period % 4 + 4
    approval = round(policy.num("holdback.approval_quarters")) + offset % 4
    if policy.word("holdback.release") == "year":
        release = year_end + approval
    else:
        release = organisations.period_end[:, UFS] + approval
    withheld = np.array([policy.num("holdback.share"), 0.0])
    world.ledger.pay(paying, lag, withheld, np.maximum(release, period + 1))
