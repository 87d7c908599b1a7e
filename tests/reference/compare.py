"""Runs both engines side by side and says where they part."""

import math
from collections import Counter

import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.indicators import IDS
from klyngesim.results.vocabulary import ACCOUNTS, OUTCOMES, REASONS, STAGES
from klyngesim.scenario.periods import FIRST_YEAR, label
from tests.reference.world import PlainEcosystem


def same(one, other):
    """Whether two numbers are equal to the last digit, two missing ones included."""
    return one == other or (math.isnan(one) and math.isnan(other))


def by_pair(first, second, *values):
    """Rows of a table by its first two columns."""
    rows = zip(*(column.tolist() for column in (first, second, *values)), strict=True)
    return {(one, other): rest for one, other, *rest in rows}


class Twins:
    """The two engines with the same scenario and seed.

    Attributes:
        fast: the engine under test; plain: the plain one.
        written: names of the indicators that the plain engine has written so far.
    """

    def __init__(self, scenario, seed=1):
        self.fast = Ecosystem(scenario, seed)
        self.plain = PlainEcosystem(scenario, seed, self.fast.world)
        self.written = set()
        self.names = (*self.fast.world.organisations.ids, "programme")

    def run(self):
        """Steps both to the end; returns words for the first differences, an empty list without any."""
        while self.plain.period < self.plain.periods:
            period = self.plain.period
            self.fast.step()
            self.plain.step()
            found = self.indicators(period) + self.books(period) + self.moves(period)
            if found:
                return found
        return self.state()

    def indicators(self, period):
        """Differences between the indicators of a quarter."""
        plain = self.plain.indicators
        self.written |= set(plain)
        fast = self.fast.indicators[period]
        nothing = [math.nan] * len(self.names)
        expected = np.array([(*plain.get(name, nothing), math.nan)[: len(self.names)] for name in IDS]).T
        if np.array_equal(fast, expected, equal_nan=True):
            return []
        return [
            f"{label(period)}, {self.names[row]}, {name}: {fast[row, column]!r} and {expected[row, column]!r}"
            for column, name in enumerate(IDS)
            for row in range(len(self.names))
            if not same(float(fast[row, column]), float(expected[row, column]))
        ]

    def books(self, period):
        """Differences between the accounts of a quarter, øre."""
        fast = self.fast.world.ledger.book[period].tolist()
        return [
            f"{label(period)}, {self.names[row]}, account {word.id}: {fast[row][column]} and {book[word.id]} øre"
            for row, book in enumerate(self.plain.books)
            for column, word in enumerate(ACCOUNTS)
            if fast[row][column] != book[word.id]
        ]

    def moves(self, period):
        """Differences between the funnel of a quarter."""
        funnel = self.fast.world.tally.funnel()
        columns = (funnel.organisation, funnel.firm_class, funnel.from_stage, funnel.to_stage, funnel.reason)
        now = np.flatnonzero(funnel.period == period)
        fast = Counter()
        for organisation, size, before, after, reason, count in zip(
            *(column[now].tolist() for column in (*columns, funnel.count)), strict=True
        ):
            fast[organisation, size, STAGES[before].id, STAGES[after].id, REASONS[reason].id] = count
        plain = Counter({key[1:]: count for key, count in self.plain.moves.items() if key[0] == period})
        return [
            f"{label(period)}, {self.names[key[0]]}, class {key[1]}, {key[2]} to {key[3]} ({key[4]}): "
            f"{fast[key]} and {plain[key]} moves"
            for key in sorted(fast.keys() | plain.keys())
            if fast[key] != plain[key]
        ]

    def state(self):
        """Differences between the relations, ties and readiness of firms, and between cohorts, at the end."""
        return [
            f"at the end, {what} {key}: {fast.get(key)!r} and {plain.get(key)!r}"
            for what, fast, plain in (
                ("relation of firm and organisation", self.fast_relations(), self.plain_relations()),
                ("tie of firm and unit", self.fast_ties(), self.plain_ties()),
                ("readiness gained by firm", self.fast_readiness(), self.plain_readiness()),
                ("cohort of year, organisation, class and stage", self.fast_cohorts(), self.plain_cohorts()),
            )
            for key in sorted(fast.keys() | plain.keys())
            if fast.get(key) != plain.get(key)
        ]

    def fast_relations(self):
        """Trust, membership and open ideas by firm and organisation."""
        contacts, relations = self.fast.world.contacts, self.fast.world.relations
        firm = contacts.ident[relations.contact]
        return by_pair(firm, relations.organisation, relations.trust, relations.member, relations.open_ideas)

    def plain_relations(self):
        """The same of the plain engine."""
        return {(r.firm.ident, r.organisation.index): [r.trust, r.member, r.ideas] for r in self.plain.relations}

    def fast_ties(self):
        """Strength and origin by firm and unit."""
        ties = self.fast.world.ties
        return by_pair(ties.ident, ties.unit, ties.strength, ties.origin)

    def plain_ties(self):
        """The same of the plain engine."""
        return {
            (firm.ident, unit): [tie.strength, -1 if tie.organisation is None else tie.organisation.index]
            for firm in self.plain.firms
            for unit, tie in firm.ties.items()
        }

    def fast_readiness(self):
        """Readiness above the own mean, of the firms that have any."""
        contacts = self.fast.world.contacts
        gained = zip(contacts.ident.tolist(), contacts.excess.tolist(), strict=True)
        return {ident: excess for ident, excess in gained if excess != 0.0}

    def plain_readiness(self):
        """The same of the plain engine."""
        return {firm.ident: firm.excess for firm in self.plain.firms if firm.excess != 0.0}

    def fast_cohorts(self):
        """Ideas by year of entry, organisation, class, stage and outcome."""
        rows = self.fast.world.tally.cohorts(self.fast.world.episodes.rows)
        columns = (rows.entered, rows.organisation, rows.firm_class, rows.stage, rows.outcome, rows.count)
        return {
            (year, who, size, STAGES[stage].id, OUTCOMES[outcome].id): count
            for year, who, size, stage, outcome, count in zip(*(each.tolist() for each in columns), strict=True)
        }

    def plain_cohorts(self):
        """The same of the plain engine."""
        found = self.plain.cohorts.copy()
        for idea in self.plain.ideas:
            found[FIRST_YEAR + idea.since // 4, idea.organisation.index, idea.firm.size, idea.stage, "open"] += 1
        return dict(found)
