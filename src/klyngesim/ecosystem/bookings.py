"""Booking on the grant of an organisation: awards, use, what is returned, and payments in arrears."""

from __future__ import annotations

import math

from klyngesim.compiled import loop
from klyngesim.ecosystem.ledger import (
    AWARDED,
    GRANT_ACCOUNTS,
    OERE_PER_MKR,
    PARTNERS,
    PASSED_ON,
    RECEIVED,
    RETURNED,
    SPENT,
    Accounts,
)


@loop
def award(accounts: Accounts, index: int, funder: int, account: int, amount: int) -> None:
    """A new commitment to an organisation, øre."""
    accounts.purses[index].balance[funder, account] += amount
    accounts.book[index].grant[funder, account, AWARDED] += amount


@loop
def use(accounts: Accounts, index: int, funder: int, account: int, amount: int) -> int:
    """Spends award, øre: partners' account is passed on, the others are spent.

    Never more than the balance; returns what was used.
    """
    balance = accounts.purses[index].balance
    used: int = min(amount, balance[funder, account])
    balance[funder, account] -= used
    accounts.book[index].grant[funder, account, PASSED_ON if account == PARTNERS else SPENT] += used
    return used


@loop
def grant_used(accounts: Accounts, index: int, funder: int) -> int:
    """Grant of a funder that an organisation has spent and passed on this quarter, øre."""
    grant, used = accounts.book[index].grant[funder], 0
    for account in range(len(GRANT_ACCOUNTS)):
        used += grant[account, SPENT] + grant[account, PASSED_ON]
    return used


@loop
def give_back(accounts: Accounts, index: int, funder: int) -> None:
    """What is left of the award is returned to the funder."""
    balance, grant = accounts.purses[index].balance, accounts.book[index].grant
    for account in range(len(GRANT_ACCOUNTS)):
        grant[funder, account, RETURNED] += balance[funder, account]
        balance[funder, account] = 0


@loop
def pay(accounts: Accounts, index: int, funder: int, lag_months: float, withheld_share: float, release: int) -> None:
    """A funder pays an organisation what it used until ``lag_months`` ago.

    Args:
        accounts: of all organisations.
        index: organisation.
        funder: who pays.
        lag_months: age of the newest expense that is paid.
        withheld_share: share withheld.
        release: quarter in which the withheld part is paid out.
    """
    purse, grant = accounts.purses[index], accounts.book[index].grant
    back = lag_months / 3.0
    quarters = int(back)
    for account in range(len(GRANT_ACCOUNTS)):
        late = used_until(accounts, index, funder, account, accounts.period - quarters)
        early = used_until(accounts, index, funder, account, accounts.period - quarters - 1)
        until = math.floor(late - (back - quarters) * (late - early))
        gross = max(until - purse.claimed[funder, account], 0)
        held = math.floor(gross * withheld_share)
        purse.claimed[funder, account] += gross
        purse.pot[funder, account] += held
        grant[funder, account, RECEIVED] += gross - held
        accounts.due[min(release, len(accounts.due) - 1), index, funder, account] += held


@loop
def used_until(accounts: Accounts, index: int, funder: int, account: int, period: int) -> float:
    """Grant used until the beginning of a quarter, also before 2021Q1, øre."""
    if period >= 0:
        return float(accounts.used[period, index, funder, account])
    rate: float = accounts.purses[index].rate[funder, account]
    return rate * OERE_PER_MKR * period


@loop
def release(accounts: Accounts, index: int, funder: int) -> None:
    """A funder pays out what it has withheld and what falls due."""
    pot, grant = accounts.purses[index].pot, accounts.book[index].grant
    for account in range(len(GRANT_ACCOUNTS)):
        amount = min(accounts.due[accounts.period, index, funder, account], pot[funder, account])
        grant[funder, account, RECEIVED] += amount
        pot[funder, account] -= amount
