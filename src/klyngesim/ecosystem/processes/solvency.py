"""Step 11, second half: running costs, surpluses and losses, and whether the money lasts.

Running costs (drift) are paid from own money, never from the grant (F074), and take most of own income up to that of
the start; what it is beyond pays people and activities. Surpluses and losses on own business hit
equity, which is saved up to an aim that follows what is lent and what is at stake; whoever is short of cash cuts its
plans, and fails if that lasts too long (E110, E123, M103).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import grant_used
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.ledger import CREDIT, DEB, FUNDERS, OERE_PER_MKR, UFS, oere
from klyngesim.ecosystem.settings import chosen, each, number, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.streams import Floats

_ROOT12 = 3.4641016151377544  # width of a uniform with standard deviation one


class Aim(NamedTuple):
    """Parameters of the equity aimed at."""

    equity_months: Floats = each("finance.equity_months")
    reserve_months: float = number("finance.reserve_months")


class Terms(NamedTuple):
    """Parameters of running costs and cash in a quarter."""

    scarce: bool = chosen("scarcity.money", "on")
    budget_quarters: float = number("finance.budget_quarters")
    aim: Aim = worked_out(lambda policy: policy.terms(Aim))
    saving_share: float = number("finance.saving_share")
    running_base: float = number("finance.running_base")
    running_more: float = number("finance.running_more")
    thrift: float = number("finance.thrift")
    shock_spread: float = number("finance.shock_spread")
    overdraft: float = number("finance.overdraft_share")
    claims_credit: float = number("finance.claims_credit")
    least_activity: float = number("finance.least_activity")


@rule
def follow_rule(now: float, aim: float, quarters: float) -> float:
    """A value that follows its aim with a delay: it goes one part of the way in as many quarters."""
    return now + (aim - now) * (1.0 / quarters)


@rule
def shock_rule(uniform: float, spread: float, business: float, typical: float) -> float:
    """Surplus or loss on own business in a quarter, mkr: uniform around zero.

    Projects do well or badly each for itself, so that the variance is in proportion to their number: the standard
    deviation is ``spread`` times the root of own business and that of a typical organisation.
    """
    return (uniform - 0.5) * _ROOT12 * spread * math.sqrt(business * typical)


@rule
def aim_rule(deb_quarter: float, months: float, business_quarter: float, reserve_months: float) -> float:
    """Equity aimed at, mkr: months of the DEB grant in use, which is lent, and a reserve of months of own business."""
    return (deb_quarter * months + business_quarter * reserve_months) / 3.0


@rule
def equity_aim(organisation: Organisation, index: int, aim: Aim) -> float:
    """Equity that an organisation aims at, mkr."""
    months = aim.equity_months[index]
    return aim_rule(organisation.grant_use[DEB], months, organisation.business, aim.reserve_months)


@rule
def saving_rule(own_income: float, share: float, equity: float, aim: float) -> float:
    """Own income kept in a quarter, mkr: a share of it while equity is below the aim, at most what is missing."""
    return max(0.0, min(share * own_income, aim - equity))


@rule
def base_rule(own_income: float, usual: float, price: float, share: float, more: float) -> float:
    """Own income that running costs bind in a quarter, mkr: a share of it up to that of the start at today's prices.

    Of what comes beyond they take the share ``more``: rent, accounts and management grow less than income, and are
    given up with less.
    """
    return share * min(own_income, usual * price) + more * max(0.0, own_income - usual * price)


@rule
def running_rule(base: float, thrift: float, liquidity: float) -> float:
    """Running costs of a quarter, mkr: what is bound for them, less what is saved by who is short of cash."""
    return base * (1.0 - thrift * (1.0 - liquidity))


@rule
def room_rule(free: float, line: float) -> float:
    """How far cash and the credit line reach, in credit lines: 1 with no free cash, below 0 beyond the line.

    ``free`` cash is own cash and what a bank lends against claims, mkr.
    """
    return (free + line) / max(1e-9, line)


@rule
def liquidity_rule(room: float, least: float) -> float:
    """Share of plans that cash allows: all of them as long as there is cash, never below the least."""
    return 1.0 if room >= 1.0 else max(least, min(1.0, room))


@loop
def typical_business(state: State) -> float:
    """Own business of a typical organisation in a quarter, mkr: the mean of the start at today's prices."""
    whole = 0.0
    for usual in state.reference:
        whole += usual.business_quarter
    return whole / len(state.reference) * state.price


@loop
def run_costs(state: State, index: int, luck: float, typical: float, terms: Terms) -> None:
    """Books running costs and a surplus or loss on own business, which hits equity; the rest pays activities."""
    organisation, book, usual = state.organisations[index], state.accounts.book[index], state.reference[index]
    if not organisation.open:
        return
    # Associations budget to balance: what they use follows own income with some delay.
    earned = (book.own_fees + book.own_sponsorship + book.own_foundations + book.own_overhead) / OERE_PER_MKR
    earned -= organisation.sponsored
    organisation.own_income = follow_rule(organisation.own_income, earned, terms.budget_quarters)
    received = book.external_public + book.external_eu + book.external_other + book.external_project_cash
    received += book.own_fees + book.own_sponsorship + book.own_foundations
    organisation.business = follow_rule(organisation.business, received / OERE_PER_MKR, terms.budget_quarters)
    share = terms.saving_share if terms.scarce else 0.0
    aim = equity_aim(organisation, index, terms.aim)
    left = organisation.own_income - saving_rule(organisation.own_income, share, organisation.equity, aim)
    base = base_rule(left, usual.own_income_quarter, state.price, terms.running_base, terms.running_more)
    organisation.own_free = left - base
    book.own_running += oere(running_rule(base, terms.thrift, organisation.liquidity))
    book.own_shock += oere(shock_rule(luck, terms.shock_spread, organisation.business, typical))


@loop
def count_cash(state: State, terms: Terms) -> None:
    """Equity, what cash allows next quarter, and for how long organisations have been beyond their credit line."""
    for index in range(len(state.organisations)):
        organisation, book = state.organisations[index], state.accounts.book[index]
        for funder in range(len(FUNDERS)):
            used = grant_used(state.accounts, index, funder) / OERE_PER_MKR
            organisation.grant_use[funder] = follow_rule(organisation.grant_use[funder], used, terms.budget_quarters)
        claims = book.grant[:, :, CREDIT].sum()
        organisation.equity = (book.own_closing + claims) / OERE_PER_MKR
        if not terms.scarce:
            continue
        free = (book.own_closing + terms.claims_credit * claims) / OERE_PER_MKR
        turnover = 4.0 * (organisation.business + organisation.grant_use[UFS] + organisation.grant_use[DEB])
        room = room_rule(free, terms.overdraft * turnover)
        organisation.liquidity = liquidity_rule(room, terms.least_activity)
        organisation.short_quarters = organisation.short_quarters + 1 if organisation.open and room < 0.0 else 0


def solvency(world: World) -> None:
    """After closing the books: liquidity decides next quarter's plans; who is short too long fails."""
    count_cash(world.state, world.policy.terms(Terms))
