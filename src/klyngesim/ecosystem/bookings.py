"""Booking on the grant of an organisation: awards, use, what is returned, and payments in arrears."""

from __future__ import annotations

import math

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.ledger import (
    AWARDED,
    FUNDERS,
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
    """Uses award as far as there is any (partners' account is passed on), and returns what was used, øre."""
    balance = accounts.purses[index].balance
    used: int = min(amount, balance[funder, account])
    balance[funder, account] -= used
    accounts.book[index].grant[funder, account, PASSED_ON if account == PARTNERS else SPENT] += used
    return used


@loop
def passed_on(accounts: Accounts, index: int) -> int:
    """Grant that an organisation has passed on to partners in the quarter, øre."""
    amount = 0
    for funder in range(len(FUNDERS)):
        amount += accounts.book[index].grant[funder, PARTNERS, PASSED_ON]
    return amount


@loop
def grant_used(accounts: Accounts, index: int, funder: int) -> int:
    """Grant of a funder that an organisation has spent and passed on this quarter, øre."""
    grant = accounts.book[index].grant[funder]
    used: int = grant[:, SPENT].sum() + grant[:, PASSED_ON].sum()
    return used


@loop
def give_back(accounts: Accounts, index: int, funder: int) -> None:
    """What is left of the award is returned to the funder."""
    balance, grant = accounts.purses[index].balance, accounts.book[index].grant
    grant[funder, :, RETURNED] += balance[funder]
    balance[funder] = 0


@loop
def settle(accounts: Accounts, index: int) -> None:
    """The funders pay all that they still owe an organisation which uses nothing this quarter, hold-back included."""
    purse, used = accounts.purses[index], accounts.used[accounts.period, index]
    accounts.book[index].grant[:, :, RECEIVED] += used - purse.claimed + purse.pot
    purse.claimed[:] = used
    purse.pot[:] = 0
    accounts.due[accounts.period + 1 :, index] = 0


@loop
def pay(accounts: Accounts, index: int, funder: int, lag_months: float, withheld_share: float, release: int) -> None:
    """A funder pays an organisation what it used until ``lag_months`` ago; it withholds a share until ``release``."""
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
    pot, grant = accounts.purses[index].pot[funder], accounts.book[index].grant[funder]
    amount = np.minimum(accounts.due[accounts.period, index, funder], pot)
    grant[:, RECEIVED] += amount
    pot -= amount
