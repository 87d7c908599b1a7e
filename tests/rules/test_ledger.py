"""The ledger: what is owed at the start, arrears, withheld money and its release, and own cash, in known numbers."""

import copy

import numpy as np
import pytest

from klyngesim.ecosystem.bookings import award, give_back, grant_used, pay, release, use
from klyngesim.ecosystem.ledger import (
    ACTIVITY,
    ADMIN,
    DEB,
    FUNDERS,
    GRANT_ACCOUNTS,
    LINES,
    PARTNERS,
    PASSED_ON,
    RECEIVED,
    RETURNED,
    SPENT,
    UFS,
    BookkeepingError,
    Books,
    Ledger,
)
from klyngesim.results.vocabulary import ACCOUNT, ACCOUNTS

RATE = np.array([[[3.0, 1.5, 0.6], [1.2, 2.4, 0.9]]])
"""Million kroner a quarter under the predecessors, by funder and account."""


def opened(quarters=8):
    """A ledger of one organisation in its first quarter."""
    ledger = Ledger(1, quarters, RATE)
    ledger.start(0)
    return ledger


def line(ledger, which):
    """A line of the grant of this quarter, shape (2, 3)."""
    return ledger.now.book[0].grant[:, :, which]


def test_the_books_have_the_accounts_of_the_results_in_their_order():
    grant = [f"{funder}_{account}_{line}" for funder in FUNDERS for account in GRANT_ACCOUNTS for line in LINES]
    assert [*grant, *list(Books.COLUMNS)[1:]] == [word.id for word in ACCOUNTS]
    ledger = opened()
    award(ledger.now, 0, DEB, ADMIN, 70)
    ledger.now.book[0].external_spent = 90
    assert ledger.book[0, 0, ACCOUNT["deb_admin_awarded"]] == 70
    assert ledger.book[0, 0, ACCOUNT["external_spent"]] == 90
    assert ledger.book.sum() == 160


def test_two_and_ten_months_and_a_share_of_a_year_are_out_at_the_start():
    ledger = Ledger(1, 8, RATE)
    ledger.open_credit(np.array([2.0, 10.0]), 0.15, 3)
    ledger.start(0)
    # Two thirds of a quarter and 15 % of four quarters of UFS; ten thirds of a quarter of DEB, nothing withheld.
    expected = 1e8 * np.array([[[2.0 + 1.8, 1.0 + 0.9, 0.4 + 0.36], [4.0, 8.0, 3.0]]])
    assert ledger.opening_credit.tolist() == np.rint(expected).astype(int).tolist()
    assert ledger.pot[0, UFS].tolist() == [180_000_000, 90_000_000, 36_000_000]
    assert not ledger.pot[0, DEB].any()


def test_the_withheld_year_is_released_in_its_quarter():
    ledger = Ledger(1, 8, RATE)
    ledger.open_credit(np.array([0.0, 0.0]), 0.15, 2)
    received = []
    for period in range(4):
        ledger.start(period)
        release(ledger.now, 0, UFS)
        received.append(int(line(ledger, RECEIVED).sum()))
        ledger.close()
    assert received == [0, 0, 306_000_000, 0]


def test_what_was_used_is_paid_in_arrears_less_what_is_withheld():
    """90 a quarter, paid up to one and a half quarters back, a third withheld and released three quarters later."""
    ledger = Ledger(1, 8, np.zeros((1, 2, 3)))
    received, withheld = [], []
    for period in range(6):
        ledger.start(period)
        award(ledger.now, 0, UFS, ACTIVITY, 90)
        pay(ledger.now, 0, UFS, 4.5, 1.0 / 3.0, period + 3)
        release(ledger.now, 0, UFS)
        use(ledger.now, 0, UFS, ACTIVITY, 90)
        received.append(int(line(ledger, RECEIVED).sum()))
        ledger.close()
        withheld.append(int(ledger.pot.sum()))
    # Half of the first quarter in quarter 2, then 90 each; thirds of 45, 90 and 90 come back from quarter 5 on.
    assert received == [0, 0, 30, 60, 60, 75]
    assert withheld == [0, 0, 15, 45, 75, 90]


def test_use_stops_at_the_balance_of_each_account():
    ledger = opened()
    lines = ((UFS, PARTNERS, 10, 20), (UFS, ACTIVITY, 100, 80), (DEB, ACTIVITY, 50, 80), (DEB, ADMIN, 7, 5))
    used = []
    for funder, account, awarded, wanted in lines:
        award(ledger.now, 0, funder, account, awarded)
        used.append(use(ledger.now, 0, funder, account, wanted))
    assert used == [10, 80, 50, 5]
    assert [grant_used(ledger.now, 0, funder) for funder in (UFS, DEB)] == [90, 55]
    assert ledger.balance[0].tolist() == [[0, 20, 0], [0, 0, 2]]
    assert line(ledger, PASSED_ON).tolist() == [[10, 0, 0], [0, 0, 0]]
    assert line(ledger, SPENT).tolist() == [[0, 80, 0], [0, 50, 5]]


def test_one_funder_takes_back_what_is_left():
    ledger = opened()
    award(ledger.now, 0, UFS, ACTIVITY, 100)
    award(ledger.now, 0, DEB, ACTIVITY, 50)
    give_back(ledger.now, 0, DEB)
    assert ledger.balance[0, :, ACTIVITY].tolist() == [100, 0]
    assert line(ledger, RETURNED)[:, ACTIVITY].tolist() == [0, 50]


def test_own_cash_is_income_less_costs_and_money_out():
    ledger = opened()
    ledger.own[:] = 1_000
    award(ledger.now, 0, UFS, ACTIVITY, 100)
    use(ledger.now, 0, UFS, ACTIVITY, 60)
    booked = {"fees": 400, "sponsorship": 200, "foundations": 100, "overhead": 50, "initiatives": 25}
    booked |= {"running": 300, "activity": 70, "policy": 8, "shock": -30, "handover": 5, "paid_in": 3}
    book = ledger.now.book[0]
    for word, amount in booked.items():
        setattr(book, f"own_{word}", amount)
    book.external_public, book.external_spent = 90, 40
    ledger.close()
    # 1,000 + 775 - 378 - 30 + 5 + 3 - 60 that the funder has not paid yet.
    assert ledger.own.tolist() == [1_315]
    assert ledger.book[0, 0, ACCOUNT["own_closing"]] == 1_315


def test_external_money_is_set_aside_for_activities_of_later_quarters():
    ledger = opened()
    ledger.external[:] = 15
    ledger.start(0)
    book, purse = ledger.now.book[0], ledger.now.purses[0]
    book.external_activity, purse.external = 15, 20
    book.external_eu, book.external_spent, book.own_overhead = 90, 60, 10
    ledger.close()
    found = [ledger.book[0, 0, ACCOUNT[f"external_{word}"]] for word in ("opening", "activity", "closing")]
    assert found == [15, 15, 20]


def test_external_money_that_is_neither_spent_nor_overhead_is_an_error():
    ledger = opened()
    book = ledger.now.book[0]
    book.external_eu, book.external_spent = 90, 80
    with pytest.raises(BookkeepingError, match=r"quarter 0: external money.* fails by 10 øre at \(0,\)"):
        ledger.close()


@pytest.mark.parametrize(
    ("column", "amount", "identity"),
    [
        ("balance", 5, r"award: opening.* fails by -5 øre at \(0, 1, 2\)"),
        ("claimed", 5, r"own money out: opening.* fails by 5 øre at \(0, 1, 2\)"),
        ("balance", -5, "award: opening"),
        ("pot", -5, "own money out: opening"),
    ],
)
def test_money_that_appears_or_vanishes_is_an_error(column, amount, identity):
    ledger = opened()
    getattr(ledger, column)[0, DEB, ADMIN] += amount
    with pytest.raises(BookkeepingError, match=identity):
        ledger.close()


@pytest.mark.parametrize(("column", "identity"), [("balance", "never overdrawn"), ("pot", "withheld below zero")])
def test_nothing_is_below_zero(column, identity):
    """Less than nothing from the start, so that everything else adds up."""
    ledger = Ledger(1, 8, np.zeros((1, 2, 3)))
    getattr(ledger, column)[0, DEB, ADMIN] = -5
    ledger.start(0)
    with pytest.raises(BookkeepingError, match=rf"{identity} fails by -5 øre at \(0, 1, 2\)"):
        ledger.close()


def test_a_copy_keeps_its_own_books():
    ledger = opened()
    other = copy.deepcopy(ledger)
    award(other.now, 0, UFS, ACTIVITY, 100)
    other.close()
    assert other.book.any() and other.balance.any()
    assert not ledger.book.any() and not ledger.balance.any()
