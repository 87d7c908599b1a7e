"""Kroner: the grant by funder and account, and the organisations' own cash, to the øre.

Two views of the grant are kept. *Award* (tilsagn): opening + awarded = spent + passed on + returned + closing.
*Own money out* (udlæg): the grant is paid in arrears, so opening + spent + passed on = received + closing, where the
closing holds what is not yet claimed and what the funder withholds. Both hold for every organisation, funder and
account in every quarter; `Ledger.close` proves it or raises.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self, cast

import numpy as np

from klyngesim.compiled import elementwise, loop, rule
from klyngesim.ecosystem.tables import Row, Rows, Table, reals, whole, wholes
from klyngesim.packed import pack, renewed
from klyngesim.streams import Floats, Ints

UFS, DEB = 0, 1
PARTNERS, ACTIVITY, ADMIN = 0, 1, 2
FUNDERS = ("ufs", "deb")
GRANT_ACCOUNTS = ("partners", "activity", "admin")
LINES = ("awarded", "spent", "passed_on", "returned", "closing", "received", "withheld", "credit")
"""Lines of a grant account, in the order of `vocabulary.ACCOUNTS`."""
AWARDED, SPENT, PASSED_ON, RETURNED, CLOSING, RECEIVED, WITHHELD, CREDIT = range(len(LINES))
OERE_PER_MKR = 100_000_000

_GRANT_IDENTITIES = (
    "award: opening + awarded = spent + passed on + returned + closing",
    "own money out: opening + spent + passed on = received + closing",
    "award is never overdrawn",
    "nothing withheld below zero",
)
_EXTERNAL_IDENTITY = "external money: opening + received = spent + activities + overhead + closing"


class BookkeepingError(RuntimeError):
    """An identity that must hold every quarter does not."""


@rule
def oere(mkr: float) -> int:
    """Million kroner to whole øre."""
    return round(mkr * OERE_PER_MKR)


class Purse(Row):
    """What an organisation has and is owed; in øre, the grant by funder and account."""

    rate = reals(2, 3)  # spending a quarter under the predecessor programmes, mkr
    balance = wholes(2, 3)  # award not yet used
    pot = wholes(2, 3)  # withheld by the funder
    claimed = wholes(2, 3)  # paid by the funder or withheld so far
    own = whole()  # own cash (egenkapital less udlæg)
    external = whole()  # of external projects, set aside for activities
    opening_balance = wholes(2, 3)  # award as the quarter begins
    opening_credit = wholes(2, 3)  # own money out then
    opening_pot = wholes(2, 3)  # what is withheld then


class Book(Row):
    """A quarter of an organisation: the accounts of `vocabulary.ACCOUNTS` in their order, øre."""

    grant = wholes(2, 3, len(LINES))  # by funder, account and line
    own_opening = whole()
    own_fees = whole()
    own_sponsorship = whole()
    own_foundations = whole()
    own_overhead = whole()
    own_initiatives = whole()
    own_running = whole()
    own_activity = whole()
    own_projects = whole()
    own_policy = whole()
    own_shock = whole()
    own_handover = whole()
    own_paid_in = whole()
    own_closing = whole()
    external_public = whole()
    external_eu = whole()
    external_project_cash = whole()
    external_other = whole()
    external_spent = whole()
    external_opening = whole()
    external_activity = whole()
    external_closing = whole()


class Books(Book, Table[Book]):
    """What is booked: a row for every quarter and, in it, organisation."""


class Accounts(NamedTuple):
    """What loops book into: purses of the organisations, and their books of this quarter.

    Attributes:
        used: grant used until the beginning of every quarter, øre, shape (T + 1, O, 2, 3).
        due: what is withheld, by the quarter in which it is paid out, øre, shape (T + 1, O, 2, 3).
    """

    purses: Rows[Purse]
    book: Rows[Book]
    used: Ints
    due: Ints
    period: int


@loop
def open_books(accounts: Accounts) -> None:
    """Notes what there is as a quarter begins."""
    for index in range(len(accounts.purses)):
        purse = accounts.purses[index]
        purse.opening_balance[:] = purse.balance
        purse.opening_pot[:] = purse.pot
        purse.opening_credit[:] = accounts.used[accounts.period, index] - purse.claimed + purse.pot
        accounts.book[index].own_opening = purse.own
        accounts.book[index].external_opening = purse.external


@loop
def close_books(accounts: Accounts) -> tuple[Ints, Ints]:
    """Writes down what there is as a quarter ends.

    Returns:
        By how much identities fail, øre: those of the grant, shape (4, O, 2, 3), and that of external money, (O,).
    """
    count, period = len(accounts.purses), accounts.period
    grant_fails = np.zeros((len(_GRANT_IDENTITIES), count, len(FUNDERS), len(GRANT_ACCOUNTS)), dtype=np.int64)
    external_fails = np.zeros(count, dtype=np.int64)
    for index in range(count):
        purse, book, fails = accounts.purses[index], accounts.book[index], grant_fails[:, index]
        outlay = book.grant[:, :, SPENT] + book.grant[:, :, PASSED_ON]
        accounts.used[period + 1, index] = accounts.used[period, index] + outlay
        credit = accounts.used[period + 1, index] - purse.claimed + purse.pot
        fails[0] = purse.opening_balance + book.grant[:, :, AWARDED] - outlay - book.grant[:, :, RETURNED]
        fails[0] -= purse.balance
        fails[1] = purse.opening_credit + outlay - book.grant[:, :, RECEIVED] - credit
        fails[2] = np.minimum(purse.balance, 0)
        fails[3] = np.minimum(purse.pot, 0)
        book.grant[:, :, CLOSING] = purse.balance
        book.grant[:, :, CREDIT] = credit
        book.grant[:, :, WITHHELD] = purse.pot - purse.opening_pot
        income = book.own_fees + book.own_sponsorship + book.own_foundations + book.own_overhead + book.own_initiatives
        costs = book.own_running + book.own_activity + book.own_projects + book.own_policy
        either = book.own_shock + book.own_handover + book.own_paid_in  # of either sign
        purse.own += income - costs + either + (book.grant[:, :, RECEIVED] - outlay).sum()
        book.own_closing = purse.own
        earned = book.external_public + book.external_eu + book.external_project_cash + book.external_other
        used = book.external_spent + book.external_activity + book.own_overhead
        book.external_closing = purse.external
        external_fails[index] = book.external_opening + earned - used - purse.external
    return grant_fails, external_fails


class Ledger(Purse, Table[Purse]):
    """All money of the organisations.

    ``rate``: spending per quarter under the predecessor programmes, mkr, shape (O, 2 funders, 3 accounts).

    Attributes:
        now: what loops book into this quarter.
    """

    def __init__(self, organisations: int, periods: int, rate: Floats) -> None:
        super().__init__(organisations, organisations)
        self.rate = rate
        self.books = Books(periods * organisations, periods * organisations)
        self.used = np.zeros((periods + 1, *rate.shape), dtype=np.int64)
        self.due = np.zeros((periods + 1, *rate.shape), dtype=np.int64)
        self.now = self._of(0)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        other = super().__deepcopy__(memo)
        other.now = other._of(self.now.period)
        return other

    def _of(self, period: int) -> Accounts:
        return pack(Accounts(self.rows, self._book_of(period), self.used, self.due, period))

    def _book_of(self, period: int) -> Rows[Book]:
        first = period * self.count
        return cast(Rows[Book], self.books.rows[first : first + self.count])

    @property
    def book(self) -> Ints:
        """Every account of every closed quarter, øre, shape (T, O, accounts)."""
        return self.books.store.view(np.int64).reshape(len(self.used) - 1, self.count, -1)

    def open_credit(self, months: Floats, withheld_share: float, release: int) -> None:
        """What the predecessor programmes still owe at the start: claims not yet paid and one year withheld.

        Of each funder months of spending are outstanding, shape (2,), and of a year's UFS money a share until the
        quarter of ``release``.
        """
        self.claimed = -elementwise(oere)(self.rate * (months / 3.0)[:, None]).astype(np.int64)
        self.pot[:, UFS] = elementwise(oere)(self.rate[:, UFS] * 4.0 * withheld_share)
        self.due[min(release, len(self.due) - 1), :, UFS] += self.pot[:, UFS]

    def start(self, period: int) -> None:
        """Opens a quarter."""
        self.now = renewed(self.now, book=self._book_of(period), period=period)
        open_books(self.now)

    def close(self) -> None:
        """Closes the quarter and proves the identities.

        Raises:
            BookkeepingError: naming the identity, organisation, funder and account that fails.
        """
        grant_fails, external_fails = close_books(self.now)
        if grant_fails.any() or external_fails.any():
            for identity, fails in zip(_GRANT_IDENTITIES, grant_fails, strict=True):
                self._prove(identity, fails)
            self._prove(_EXTERNAL_IDENTITY, external_fails)

    def _prove(self, identity: str, fails: Ints) -> None:
        if fails.any():
            where = tuple(int(index[0]) for index in np.nonzero(fails))
            raise BookkeepingError(f"quarter {self.now.period}: {identity} fails by {int(fails[where])} øre at {where}")
