"""The ledger: what is owed at the start, arrears, withheld money and its release, and own cash, in known numbers."""

import numpy as np
import pytest

from klyngesim.ecosystem.ledger import ACTIVITY, ADMIN, DEB, PARTNERS, UFS, BookkeepingError, Ledger

RATE = np.array([[[3.0, 1.5, 0.6], [1.2, 2.4, 0.9]]])
"""Million kroner a quarter under the predecessors, by funder and account."""


def opened(quarters=8):
    """A ledger of one organisation in its first quarter."""
    ledger = Ledger(1, quarters, RATE)
    ledger.start(0)
    return ledger


def money(ufs=0, deb=0, account=ACTIVITY):
    """Øre on one account of each funder, shape (1, 2, 3)."""
    amount = np.zeros((1, 2, 3), dtype=np.int64)
    amount[0, UFS, account], amount[0, DEB, account] = ufs, deb
    return amount


def test_two_and_ten_months_and_a_share_of_a_year_are_out_at_the_start():
    ledger = Ledger(1, 8, RATE)
    ledger.open_credit(np.array([[2.0, 10.0]]), 0.15, 3)
    ledger.start(0)
    # Two thirds of a quarter and 15 % of four quarters of UFS; ten thirds of a quarter of DEB, nothing withheld.
    expected = 1e8 * np.array([[[2.0 + 1.8, 1.0 + 0.9, 0.4 + 0.36], [4.0, 8.0, 3.0]]])
    assert ledger.credit().tolist() == np.rint(expected).astype(int).tolist()
    assert ledger.pot[0, UFS].tolist() == [180_000_000, 90_000_000, 36_000_000]
    assert not ledger.pot[0, DEB].any()


def test_the_withheld_year_is_released_in_its_quarter():
    ledger = Ledger(1, 8, RATE)
    ledger.open_credit(np.array([[0.0, 0.0]]), 0.15, 2)
    received = []
    for period in range(4):
        ledger.start(period)
        ledger.pay(np.zeros((1, 2), bool), np.zeros(2), np.zeros(2), np.array([period + 1]))
        received.append(int(ledger.grant_line("received").sum()))
        ledger.close()
    assert received == [0, 0, 306_000_000, 0]


def test_what_was_used_is_paid_in_arrears_less_what_is_withheld():
    """90 a quarter, paid up to one and a half quarters back, a third withheld and released three quarters later."""
    ledger = Ledger(1, 8, np.zeros((1, 2, 3)))
    received, withheld = [], []
    for period in range(6):
        ledger.start(period)
        ledger.award(money(ufs=90))
        lag, share = np.array([4.5, 0.0]), np.array([1.0 / 3.0, 0.0])
        ledger.pay(np.ones((1, 2), bool), lag, share, np.array([period + 3]))
        ledger.use(money(ufs=90))
        received.append(int(ledger.grant_line("received").sum()))
        ledger.close()
        withheld.append(int(ledger.pot.sum()))
    # Half of the first quarter in quarter 2, then 90 each; thirds of 45, 90 and 90 come back from quarter 5 on.
    assert received == [0, 0, 30, 60, 60, 75]
    assert withheld == [0, 0, 15, 45, 75, 90]


def test_use_stops_at_the_balance_of_each_account():
    ledger = opened()
    ledger.award(money(ufs=100, deb=50) + money(ufs=10, account=PARTNERS) + money(deb=7, account=ADMIN))
    wanted = money(ufs=80, deb=80) + money(ufs=20, account=PARTNERS) + money(deb=5, account=ADMIN)
    used = ledger.use(wanted)
    assert used[0].tolist() == [[10, 80, 0], [0, 50, 5]]
    assert ledger.balance[0].tolist() == [[0, 20, 0], [0, 0, 2]]
    assert ledger.grant_line("passed_on")[0].tolist() == [[10, 0, 0], [0, 0, 0]]
    assert ledger.grant_line("spent")[0].tolist() == [[0, 80, 0], [0, 50, 5]]


def test_one_funder_takes_back_what_is_left():
    ledger = opened()
    ledger.award(money(ufs=100, deb=50))
    ledger.give_back(np.array([[False, True]]))
    assert ledger.balance[0, :, ACTIVITY].tolist() == [100, 0]
    assert ledger.grant_line("returned")[0, :, ACTIVITY].tolist() == [0, 50]


def test_own_cash_is_income_less_costs_and_money_out():
    ledger = opened()
    ledger.own[:] = 1_000
    ledger.award(money(ufs=100))
    ledger.use(money(ufs=60))
    booked = {"fees": 400, "sponsorship": 200, "foundations": 100, "overhead": 50, "initiatives": 25}
    booked |= {"running": 300, "activity": 70, "policy": 8, "shock": -30, "handover": 5}
    for word, amount in booked.items():
        ledger.book_own(f"own_{word}", np.array([amount]))
    ledger.book_own("external_public", np.array([90]))
    ledger.book_own("external_spent", np.array([40]))
    ledger.close()
    # 1,000 + 775 - 378 - 25 - 60 that the funder has not paid yet.
    assert ledger.own.tolist() == [1_312]


def test_external_money_that_is_neither_spent_nor_overhead_is_an_error():
    ledger = opened()
    ledger.book_own("external_eu", np.array([90]))
    ledger.book_own("external_spent", np.array([80]))
    with pytest.raises(BookkeepingError, match="external money"):
        ledger.close()
