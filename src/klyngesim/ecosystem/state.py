"""The state of the world: everything that a quarter reads and writes, in arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from klyngesim.ecosystem.by_organisation import (
    Flow,
    Flows,
    Organisation,
    Organisations,
    Plan,
    Plans,
    Reference,
    References,
)
from klyngesim.ecosystem.ledger import Accounts, Ledger
from klyngesim.ecosystem.rows import (
    Acquaintance,
    Acquaintances,
    Contact,
    Contacts,
    Episode,
    Episodes,
    Newcomers,
    Posts,
    Project,
    Projects,
    Relation,
    Relations,
    Ties,
)
from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.packed import is_packed, pack, renewed
from klyngesim.population.institutions import InstitutionPlan
from klyngesim.population.register import Register
from klyngesim.streams import Decision, Draws, Floats, Ints, Streams

if TYPE_CHECKING:
    from klyngesim.ecosystem.proposals import ProposalTable
    from klyngesim.ecosystem.tally import Moves, Tally

DISSEMINATION, INTERNATIONALISATION, APPLICATION, PROJECT = range(4)
"""Activity types: videnspredning (with matchmaking), internationalisering, FoU-ansøgning, samarbejdsprojekt."""


@dataclass
class Institutions:
    """State of the knowledge institutions.

    Attributes:
        plan: institutions and their units.
        used: engagements of each unit in the current calendar year, shape (units,).
        capacity: engagements a year that each unit can take now, shape (units,).
        capacity_of_year: most engagements that each unit could take in this calendar year, shape (units,).
        seen: which institution has taken part with which organisation since 2021, shape (O, institutions).
    """

    plan: InstitutionPlan
    used: Floats
    capacity: Floats
    capacity_of_year: Floats
    seen: Bools


@dataclass
class Environment:
    """Initiatives around the organisations.

    Attributes:
        start: quarter of arrival of each initiative (negative: before 2021Q1), int64, shape (n,).
        size: its money over its life, mkr, shape (n,).
        reference_actors: number of competing actors at 2021Q1.
        actors: number now; initiatives: how many run; separate_money: what those that are not routed through the
            organisations have for the quarter, mkr.
        attention: factor on firms' answers from the number of actors (1 = as at the start).
        price: price level (1 = mean of 2021-2023).
        success: of the national and EU calls this quarter, shape (2,).
    """

    start: Ints
    size: Floats
    reference_actors: float
    actors: float = 0.0
    initiatives: float = 0.0
    separate_money: float = 0.0
    attention: float = 1.0
    price: float = 1.0
    success: Floats = field(default_factory=lambda: np.zeros(2))


@dataclass
class Programme:
    """Firms and institutions counted once, however many organisations they are with.

    Attributes:
        fresh_firms, first_firms, startup_firms: firms that take part this quarter for the first time this year, for
            the first time at all, and as start-ups for the first time this year, at registered activities.
        fresh_everybody: firms that take part for the first time this year, whoever pays the activity.
        year_firms, year_startups: firms and start-ups of the calendar year; year_everybody: firms whoever pays.
        seen, seen_once: firms that took part since 2021, and in one calendar year only.
        institutions_ever: institutions that took part since 2021.
        members, memberships: firms that are members of some organisation, and memberships that all firms hold.
    """

    fresh_firms: int = 0
    fresh_everybody: int = 0
    first_firms: int = 0
    startup_firms: int = 0
    year_firms: int = 0
    year_everybody: int = 0
    year_startups: int = 0
    seen: int = 0
    seen_once: int = 0
    institutions_ever: int = 0
    members: int = 0
    memberships: int = 0

    def start(self) -> None:
        """Begins a quarter."""
        self.fresh_firms = self.fresh_everybody = self.first_firms = self.startup_firms = 0


class State(NamedTuple):
    """What the loops of a quarter read and write.

    Attributes:
        acquaintances: one row for each firm of the register.
        contacts, relations, episodes, projects: rows in use.
        organisations, reference, plans, flows: one row for each organisation.
        draws: random numbers.
        moves: ideas that moved.
        accounts: money of the quarter.
        period: the quarter.
        price: price level (1 = mean of 2021-2023).
        attention: factor on firms' answers from the number of actors (1 = as at the start).
    """

    acquaintances: Rows[Acquaintance]
    contacts: Rows[Contact]
    relations: Rows[Relation]
    episodes: Rows[Episode]
    projects: Rows[Project]
    organisations: Rows[Organisation]
    reference: Rows[Reference]
    plans: Rows[Plan]
    flows: Rows[Flow]
    draws: Draws
    moves: Moves
    accounts: Accounts
    period: int
    price: float
    attention: float


@dataclass
class World:
    """Everything a process may read or write.

    Attributes:
        year_effect: better and worse calendar years of an organisation (1 = usual), shape (O, years from 2021).
        cell_role: role of each cell of the register for each organisation, shape (O, cells).
        live: live relations, with firms that are trusted enough to be invited as known: trust is above 0, as it
            falls to 0 below `trust.floor`; members: relations of members; both in row order.
        newcomers: strangers who said yes this quarter; enrolled: relations with them; attended: relations that took
            part; wants_pilot, wants_application: ideas that go for a pilot or an application.
    """

    settings: Settings
    streams: Streams
    register: Register
    acquaintances: Acquaintances
    contacts: Contacts
    relations: Relations
    ties: Ties
    episodes: Episodes
    projects: Projects
    posts: Posts
    organisations: Organisations
    reference: References
    institutions: Institutions
    environment: Environment
    ledger: Ledger
    tally: Tally
    plan: Plans
    flows: Flows
    policy: Values
    expected: Values
    proposals: ProposalTable
    background: ProposalTable
    cell_role: Ints
    year_effect: Floats
    scale: float
    periods: int
    period: int = 0
    programme: Programme = field(default_factory=Programme)
    newcomers: Newcomers = field(default_factory=lambda: Newcomers(0))
    enrolled: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    attended: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    wants_pilot: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    wants_application: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    banned: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    live: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    members: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    calendar: dict[Decision, Floats] = field(default_factory=dict)
    _state: Any = None
    _now: tuple[Any, ...] = ()

    @property
    def state(self) -> State:
        """What loops read and write, as it is now."""
        around = self.environment
        now = (self.ledger.now, self.period, around.price, around.attention)
        if not is_packed(self._state):
            growing: Any = (self.acquaintances, self.contacts, self.relations, self.episodes, self.projects)
            fixed: Any = (self.organisations, self.reference, self.plan, self.flows)
            self._state = pack(State._make((*growing, *fixed, self.streams.draws, self.tally.moves, *now)))
        elif now != self._now:
            renewed(self._state, accounts=now[0], period=now[1], price=now[2], attention=now[3])
        self._now = now
        return cast(State, self._state)

    @property
    def count(self) -> int:
        """Number of organisations."""
        return len(self.organisations.ids)

    def per_organisation(self, organisation: Ints, weights: Floats | None = None) -> Floats:
        """Sums by organisation in row order, shape (O,)."""
        return np.asarray(np.bincount(organisation, weights, self.count), dtype=np.float64)
