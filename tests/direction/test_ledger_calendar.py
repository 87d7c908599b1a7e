"""Longer credit to a funder that pays in arrears never leaves more cash, whatever is spent."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.bookings import award, pay, use
from klyngesim.ecosystem.ledger import ACTIVITY, DEB, Ledger

QUARTERS = 12


def cash(spending, lag_months, every):
    """Own cash at the end of each quarter, oere, when DEB pays what is older than the lag every few quarters."""
    ledger = Ledger(1, QUARTERS, np.zeros((1, 2, 3)))
    found = []
    for period, amount in enumerate(spending):
        ledger.start(period)
        award(ledger.now, 0, DEB, ACTIVITY, amount)
        if period % every == 0:
            pay(ledger.now, 0, DEB, lag_months, 0.0, period + 1)
        use(ledger.now, 0, DEB, ACTIVITY, amount)
        ledger.close()
        found.append(int(ledger.own[0]))
    return np.array(found)


SPENDING = st.lists(st.integers(0, 10**9), min_size=QUARTERS, max_size=QUARTERS)


@settings(deadline=None, max_examples=60)
@given(SPENDING, st.floats(0.0, 24.0), st.floats(0.0, 12.0), st.sampled_from([1, 2, 4]))
def test_longer_credit_never_leaves_more_cash(spending, lag, longer, every):
    assert (cash(spending, lag + longer, every) <= cash(spending, lag, every)).all()


@settings(deadline=None, max_examples=60)
@given(SPENDING, st.floats(0.0, 24.0))
def test_rarer_payments_never_leave_more_cash(spending, lag):
    """Half-yearly payments fall on quarters in which quarterly ones are made too."""
    assert (cash(spending, lag, 2) <= cash(spending, lag, 1)).all()


@settings(deadline=None, max_examples=60)
@given(SPENDING, st.floats(0.0, 24.0), st.sampled_from([1, 2, 4]))
def test_the_funder_never_pays_more_than_was_spent(spending, lag, every):
    assert (cash(spending, lag, every) <= 0).all()


def test_known_calendar():
    """100 a quarter, paid every second quarter up to three months back: quarter 2 pays the first, 4 the next two."""
    found = cash([100] * QUARTERS, 3.0, 2)
    outlay = 100 * np.arange(1, QUARTERS + 1)
    paid = found + outlay
    assert paid[:8].tolist() == [0, 0, 100, 100, 300, 300, 500, 500]
