"""Step 14, the money: grant, own and external money of the quarter in mkr, and what it says of the organisations."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import grant_used
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan
from klyngesim.ecosystem.ledger import (
    AWARDED,
    CLOSING,
    DEB,
    OERE_PER_MKR,
    PASSED_ON,
    RETURNED,
    SPENT,
    UFS,
    Accounts,
)
from klyngesim.ecosystem.processes.matchmaking import contact_hours
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.totals import ratio_rule, with_total
from klyngesim.streams import Floats


class Terms(NamedTuple):
    """Parameters of what money says of the organisations.

    Attributes:
        hours_year: hours of a post a year; contact_hours: hours of contact staff a quarter, shape (O,).
        ufs_share: share of the grant that comes from UFS.
    """

    hours_year: float
    contact_hours: Floats
    ufs_share: float


def terms(policy: Values) -> Terms:
    """Reads these parameters."""
    hours_year = policy.num("staff.hours_year")
    hours = contact_hours(policy.vec("contact_staff.fte"), hours_year)
    return Terms(hours_year, hours, policy.num("grant.ufs_share"))


@rule
def bound_rule(posts: float, hours_year: float, productive: float) -> tuple[float, float]:
    """Hours a quarter that administration and coordination bind, and all hours of the posts."""
    hours = posts * hours_year / 4.0
    return max(0.0, hours - productive), hours


def record_money(world: World, results: Rows[Any]) -> None:
    """Writes the quarter's money into the rows of the organisations, and what it says of them and the programme."""
    accounts, plans, organisations = world.ledger.now, world.plan.rows, world.organisations.rows
    grant(results, accounts)
    money(results, accounts, plans, organisations, world.flows.rows)
    shares(results, accounts, plans, organisations, world.policy.once(terms), world.environment.actors)


@rule
def mkr(oere: int) -> float:
    """Øre in million kroner."""
    return oere / OERE_PER_MKR


@loop
def grant(results: Rows[Any], accounts: Accounts) -> None:
    """The grant of the quarter in mkr."""
    for row in range(len(accounts.book)):
        result, lines = results[row], accounts.book[row].grant
        result.grant_spent_mkr = mkr(lines[:, :, SPENT].sum()) + mkr(lines[:, :, PASSED_ON].sum())
        result.grant_balance_mkr = mkr(lines[:, :, CLOSING].sum())
        result.grant_awarded_mkr = mkr(lines[:, :, AWARDED].sum())
        result.grant_passed_on_mkr = mkr(lines[:, :, PASSED_ON].sum())
        result.grant_returned_mkr = mkr(lines[:, :, RETURNED].sum())
        result.withheld_mkr = mkr(accounts.purses[row].pot.sum())


@loop
def money(
    results: Rows[Any], accounts: Accounts, plans: Rows[Plan], organisations: Rows[Organisation], flows: Rows[Flow]
) -> None:
    """Own and external money of the quarter in mkr, and the state of the organisations."""
    for row in range(len(organisations)):
        result, plan, book = results[row], plans[row], accounts.book[row]
        result.fees_mkr = mkr(book.own_fees)
        result.sponsorship_mkr = mkr(book.own_sponsorship)
        result.external_public_mkr = mkr(book.external_public)
        result.external_eu_mkr = mkr(book.external_eu)
        result.external_private_mkr = plan.private
        result.external_other_mkr = mkr(book.external_other)
        result.external_legacy_mkr = plan.legacy
        result.external_transfer_mkr = plan.transfer
        result.external_additional_mkr = plan.additional
        result.inkind_mkr = plan.inkind
        result.cash_mkr = mkr(book.own_closing)
        result.staff_fte = organisations[row].staff
        result.staff_left_fte = flows[row].staff_left
        result.organisations_active = 1.0 if organisations[row].open else 0.0
        result.organisations_failed = flows[row].failed


@loop
def shares(
    results: Rows[Any],
    accounts: Accounts,
    plans: Rows[Plan],
    organisations: Rows[Organisation],
    terms: Terms,
    actors: float,
) -> None:
    """Private money over the grant, hours bound by administration, and the support that is expected."""
    count = len(organisations)
    spent = with_total(np.array([results[row].grant_spent_mkr for row in range(count)]))
    ufs = with_total(np.array([mkr(grant_used(accounts, row, UFS)) for row in range(count)]))
    private = with_total(np.array([plans[row].private for row in range(count)]))
    and_hours = with_total(np.array([plans[row].private + plans[row].inkind for row in range(count)]))
    bound, hours, support, still = np.zeros(count), np.zeros(count), np.zeros(count), 0.0
    for row in range(count):
        organisation, productive = organisations[row], 0.0
        for task in plans[row].hours:
            productive += task
        productive += terms.contact_hours[row]
        bound[row], hours[row] = bound_rule(organisation.staff, terms.hours_year, productive)
        support[row] = organisation.support[UFS] * terms.ufs_share + organisation.support[DEB] * (1.0 - terms.ufs_share)
        still += 1.0 if organisation.open else 0.0
    bound, hours, support = with_total(bound), with_total(hours), with_total(support)
    for row in range(count + 1):
        result = results[row]
        result.private_cofinancing_ratio_cash = ratio_rule(private[row], spent[row])
        result.private_cofinancing_ratio_ufs = ratio_rule(and_hours[row], ufs[row])
        result.admin_share = ratio_rule(bound[row], hours[row])
        result.expected_support_years = support[row]
    programme = results[count]
    programme.expected_support_years = support[count] / max(1.0, still)
    programme.competing_actors = actors
