"""The money of one organisation, in whole øre: the grant by funder and account, and its own."""

import math

ACCOUNTS = ("partners", "activity", "admin")
FUNDERS = ("ufs", "deb")
OERE_PER_MKR = 100_000_000
INCOME = ("own_fees", "own_sponsorship", "own_foundations", "own_overhead", "own_initiatives")
COSTS = ("own_running", "own_activity", "own_projects", "own_policy")
EITHER = ("own_shock", "own_handover", "own_paid_in")  # of either sign


def oere(mkr):
    """Million kroner to whole øre."""
    return round(mkr * OERE_PER_MKR)


class Line:
    """A grant of one funder on one account: awarded, used, paid in arrears, partly withheld.

    Args:
        rate: what was used a quarter before 2021, mkr.
        periods: quarters of the run.
    """

    def __init__(self, rate, periods):
        self.rate = rate
        self.balance = self.pot = self.claimed = 0
        self.used = [0]  # up to the beginning of every quarter
        self.due = [0] * (periods + 1)
        self.now = {}
        self.pot_before = 0

    def owed(self, months, withheld_share, release):
        """What predecessors have used and not been paid, and the year that is withheld."""
        self.claimed = -oere(self.rate * (months / 3.0))
        self.pot = oere(self.rate * 4.0 * withheld_share)
        self.due[min(release, len(self.due) - 1)] += self.pot

    def open(self):
        """Begins a quarter."""
        self.now = dict.fromkeys(("awarded", "spent", "passed_on", "returned", "received"), 0)
        self.pot_before = self.pot

    def award(self, amount):
        """Adds to what may be used."""
        self.now["awarded"] += amount
        self.balance += amount

    def give_back(self):
        """Returns what has not been used."""
        self.now["returned"] += self.balance
        self.balance = 0

    def use(self, amount, to_partners):
        """Uses as much as there is."""
        used = min(amount, self.balance)
        self.balance -= used
        self.now["passed_on" if to_partners else "spent"] += used
        return used

    def pay(self, period, lag_months, withheld_share, release):
        """The funder pays what was used up to some months before this quarter, less what it withholds."""
        back = lag_months / 3.0
        whole = int(back)
        late, early = self.used_until(period - whole), self.used_until(period - whole - 1)
        gross = max(math.floor(late - (back - whole) * (late - early)) - self.claimed, 0)
        held = math.floor(gross * withheld_share)
        self.claimed += gross
        self.now["received"] += gross - held
        self.pot += held
        self.due[min(release, len(self.due) - 1)] += held

    def release(self, period):
        """The funder pays out what it has withheld and what falls due."""
        amount = min(self.due[period], self.pot)
        self.now["received"] += amount
        self.pot -= amount

    def settle(self):
        """The funder pays all that it still owes, what it withholds included."""
        owed = self.used[-1] - self.claimed + self.pot
        self.now["received"] += owed
        self.claimed, self.pot = self.used[-1], 0
        self.due = [0] * len(self.due)

    def used_until(self, period):
        """Used up to the beginning of a quarter, also before 2021."""
        return self.rate * OERE_PER_MKR * period if period < 0 else float(self.used[period])

    def close(self):
        """Ends the quarter; returns its lines."""
        self.used.append(self.used[-1] + self.now["spent"] + self.now["passed_on"])
        self.now["closing"] = self.balance
        self.now["credit"] = self.used[-1] - self.claimed + self.pot
        self.now["withheld"] = self.pot - self.pot_before
        return self.now


class Purse:
    """All money of an organisation."""

    def __init__(self, rates, own, periods):
        self.lines = [[Line(rate, periods) for rate in row] for row in rates]
        self.own = own
        self.external = 0  # set aside for activities
        self.booked = {}

    def every(self):
        """All lines of the grant."""
        return [line for row in self.lines for line in row]

    def open(self):
        """Begins a quarter."""
        names = ("public", "eu", "project_cash", "other", "spent", "activity")
        self.booked = dict.fromkeys((*INCOME, *COSTS, *EITHER, *(f"external_{name}" for name in names)), 0)
        self.booked["own_opening"], self.booked["external_opening"] = self.own, self.external
        for line in self.every():
            line.open()

    def book(self, account, mkr):
        """Books an amount in mkr on an account of its own; returns the øre."""
        amount = oere(mkr)
        self.booked[account] += amount
        return amount

    def give_back(self, funder=None):
        """Returns what is left of the award, of one funder or both."""
        for number, row in enumerate(self.lines):
            if funder is None or funder == number:
                for line in row:
                    line.give_back()

    def claims(self):
        """What the funders owe, øre: grant used before this quarter and not paid, and what they withhold."""
        return sum(line.used[-1] - line.claimed + line.pot for line in self.every())

    def grant(self, *names, funder=None):
        """Sum of lines of this quarter, øre."""
        rows = self.lines if funder is None else [self.lines[funder]]
        return sum(line.now[name] for row in rows for line in row for name in names)

    def close(self):
        """Ends the quarter; returns every account by its name in the tables."""
        book = {}
        outlay = self.grant("spent", "passed_on")
        received = self.grant("received")
        for funder, row in zip(FUNDERS, self.lines, strict=True):
            for account, line in zip(ACCOUNTS, row, strict=True):
                book.update({f"{funder}_{account}_{name}": amount for name, amount in line.close().items()})
        income = sum(self.booked[name] for name in INCOME)
        costs = sum(self.booked[name] for name in COSTS)
        either = sum(self.booked[name] for name in EITHER)
        self.own += income - costs + either + received - outlay
        self.booked["own_closing"], self.booked["external_closing"] = self.own, self.external
        return {**book, **self.booked}
