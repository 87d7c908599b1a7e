"""Kroner: the grant by funder and account, and the organisations' own cash, to the øre.

Two views of the grant are kept. *Award* (tilsagn): opening + awarded = spent + passed on + returned + closing.
*Own money out* (udlæg): the grant is paid in arrears, so opening + spent + passed on = received + closing, where the
closing holds what is not yet claimed and what the funder withholds. Both hold for every organisation, funder and
account in every quarter; `Ledger.close` proves it or raises.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from klyngesim.results.vocabulary import ACCOUNT, ACCOUNTS
from klyngesim.streams import Floats, Ints

UFS, DEB = 0, 1
PARTNERS, ACTIVITY, ADMIN = 0, 1, 2
FUNDERS = ("ufs", "deb")
GRANT_ACCOUNTS = ("partners", "activity", "admin")
OERE_PER_MKR = 100_000_000

_GRANT_LINES = ("awarded", "spent", "passed_on", "returned", "closing", "received", "withheld", "credit")
_OWN_INCOME = ("own_fees", "own_sponsorship", "own_foundations", "own_overhead", "own_initiatives")
_OWN_COSTS = ("own_running", "own_activity", "own_policy")
_OWN_LINES = tuple(word for word in ACCOUNT if word.startswith(("own", "external")))
_GRANT_PLACES = np.array(
    [
        [[ACCOUNT[f"{funder}_{account}_{line}"] for account in GRANT_ACCOUNTS] for funder in FUNDERS]
        for line in _GRANT_LINES
    ]
)
"""Where the grant stands in the book: column by line, funder and account."""


class BookkeepingError(RuntimeError):
    """An identity that must hold every quarter does not."""


def oere(mkr: Floats) -> Ints:
    """Million kroner to whole øre."""
    return np.asarray(np.rint(mkr * OERE_PER_MKR), dtype=np.int64)


class Ledger:
    """All money of the organisations.

    Args:
        organisations: number of organisations, O.
        periods: number of quarters, T.
        rate: spending per quarter under the predecessor programmes, mkr, shape (O, 2 funders, 3 accounts).

    Attributes:
        balance: award not yet used, øre, int64, shape (O, 2, 3).
        pot: withheld by the funder, øre, shape (O, 2, 3).
        own: own cash (egenkapital less udlæg), øre, shape (O,).
        book: every account of every closed quarter, øre, shape (T, O, accounts).
    """

    def __init__(self, organisations: int, periods: int, rate: Floats) -> None:
        shape = (organisations, len(FUNDERS), len(GRANT_ACCOUNTS))
        self._rate = rate
        self._used = np.zeros((periods + 1, *shape), dtype=np.int64)
        self._claimed = np.zeros(shape, dtype=np.int64)
        self._due = np.zeros((periods + 1, *shape), dtype=np.int64)
        self._now: dict[str, Ints] = {}
        self._own_now: dict[str, Ints] = {}
        self._accounts = len(ACCOUNTS)
        self.balance = np.zeros(shape, dtype=np.int64)
        self.pot = np.zeros(shape, dtype=np.int64)
        self.own = np.zeros(organisations, dtype=np.int64)
        self.book = np.zeros((periods, organisations, self._accounts), dtype=np.int64)

    def open_credit(self, months: Floats, withheld_share: float, release: int) -> None:
        """What the predecessor programmes still owe at the start: claims not yet paid and one year withheld.

        Args:
            months: months of spending outstanding, shape (O, 2).
            withheld_share: share withheld of a year's UFS money.
            release: quarter in which the withheld year is released.
        """
        self._claimed = -oere(self._rate * (months / 3.0)[:, :, None])
        self.pot[:, UFS] = oere(self._rate[:, UFS] * 4.0 * withheld_share)
        self._due[min(release, len(self._due) - 1), :, UFS] += self.pot[:, UFS]

    def credit(self) -> Ints:
        """Own money out for the grant (not yet paid plus withheld), øre, shape (O, 2, 3)."""
        return np.asarray(self._used[self._period] - self._claimed + self.pot)

    def start(self, period: int) -> None:
        """Opens a quarter."""
        self._period = period
        self._now = {line: np.zeros_like(self.balance) for line in _GRANT_LINES}
        self._own_now = {word: np.zeros_like(self.own) for word in _OWN_LINES}
        self._own_now["own_opening"] = self.own.copy()
        self._balance_before, self._credit_before = self.balance.copy(), self.credit()
        self._pot_before = self.pot.copy()

    def award(self, amount: Ints) -> None:
        """New commitments, øre, shape (O, 2, 3)."""
        self._now["awarded"] += amount
        self.balance += amount

    def give_back(self, which: NDArray[np.bool_]) -> None:
        """What is left of the award is returned to the funder; ``which`` has shape (O, 2)."""
        back = np.where(which[:, :, None], self.balance, 0)
        self._now["returned"] += back
        self.balance -= back

    def pay(self, paying: NDArray[np.bool_], lag_months: Floats, withheld_share: Floats, release: Ints) -> None:
        """The funders pay what was used until ``lag_months`` ago and release what falls due.

        Args:
            paying: whether this is a paying quarter, shape (O, 2).
            lag_months: age of the newest expense that is paid, shape (2,).
            withheld_share: share withheld, shape (2,).
            release: quarter in which the withheld part is paid out, int64, shape (O,).
        """
        for funder in (UFS, DEB):
            back = lag_months[funder] / 3.0
            whole = int(back)
            part = back - whole
            late, early = self._used_at(self._period - whole), self._used_at(self._period - whole - 1)
            until = np.floor(late[:, funder] - part * (late - early)[:, funder]).astype(np.int64)
            gross = np.where(paying[:, funder, None], np.maximum(until - self._claimed[:, funder], 0), 0)
            held = np.floor(gross * withheld_share[funder]).astype(np.int64)
            self._claimed[:, funder] += gross
            self._now["received"][:, funder] += gross - held
            self.pot[:, funder] += held
            quarter = np.minimum(release, len(self._due) - 1)
            self._due[quarter, np.arange(len(release)), funder] += held
        due = np.minimum(self._due[self._period], self.pot)
        self._now["received"] += due
        self.pot -= due

    def _used_at(self, period: int) -> Floats:
        if period < 0:
            return np.asarray(self._rate * OERE_PER_MKR * period)
        return np.asarray(self._used[period], dtype=np.float64)

    def use(self, amount: Ints) -> Ints:
        """Spends award, øre, shape (O, 2, 3): partners' account is passed on, the others are spent.

        Never more than the balance; returns what was used.
        """
        used = np.minimum(amount, self.balance)
        self.balance -= used
        self._now["passed_on"][:, :, PARTNERS] += used[:, :, PARTNERS]
        self._now["spent"][:, :, ACTIVITY:] += used[:, :, ACTIVITY:]
        return used

    def book_own(self, account: str, amount: Ints) -> None:
        """Books an amount (positive) on one of the own or external accounts, øre, shape (O,)."""
        self._own_now[account] += amount

    def booked(self, account: str) -> Ints:
        """What this quarter has on an own or external account so far, øre, shape (O,)."""
        return self._own_now[account]

    def grant_line(self, line: str) -> Ints:
        """One line of the grant of this quarter, øre, shape (O, 2, 3)."""
        return self._now[line]

    def close(self) -> None:
        """Closes the quarter, proves the identities and writes the book.

        Raises:
            BookkeepingError: naming the identity, organisation, funder and account that fails.
        """
        now = self._now
        outlay = now["spent"] + now["passed_on"]
        self._used[self._period + 1] = self._used[self._period] + outlay
        credit = self._used[self._period + 1] - self._claimed + self.pot
        self._prove(
            "award: opening + awarded = spent + passed on + returned + closing",
            self._balance_before + now["awarded"] - outlay - now["returned"] - self.balance,
        )
        self._prove(
            "own money out: opening + spent + passed on = received + closing",
            self._credit_before + outlay - now["received"] - credit,
        )
        self._prove("award is never overdrawn", np.minimum(self.balance, 0))
        self._prove("nothing withheld below zero", np.minimum(self.pot, 0))
        now["closing"], now["credit"], now["withheld"] = self.balance, credit, self.pot - self._pot_before
        own = self._own_now
        income = sum((own[word] for word in _OWN_INCOME), np.zeros_like(self.own))
        costs = sum((own[word] for word in _OWN_COSTS), np.zeros_like(self.own))
        either = own["own_shock"] + own["own_handover"]  # of either sign
        self.own = self.own + income - costs + either + (now["received"] - outlay).sum(axis=(1, 2))
        own["own_closing"] = self.own.copy()
        row = self.book[self._period]
        for line, places in zip(_GRANT_LINES, _GRANT_PLACES, strict=True):
            row[:, places] = now[line]
        for word, amount in own.items():
            row[:, ACCOUNT[word]] = amount
        earned = sum(row[:, ACCOUNT[f"external_{s}"]] for s in ("public", "eu", "project_cash", "other"))
        self._prove(
            "external money: received = spent + overhead",
            earned - row[:, ACCOUNT["external_spent"]] - row[:, ACCOUNT["own_overhead"]],
        )

    def _prove(self, identity: str, difference: Ints) -> None:
        if difference.any():
            where = tuple(int(index[0]) for index in np.nonzero(difference))
            amount = int(difference[where])
            raise BookkeepingError(f"quarter {self._period}: {identity} fails by {amount} øre at {where}")
