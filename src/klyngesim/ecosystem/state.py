"""The state of the world: everything that a quarter reads and writes, in arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from klyngesim.ecosystem.ledger import Ledger
from klyngesim.ecosystem.rows import Bools, Contacts, Episodes, Projects, Relations, Ties
from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.population.institutions import InstitutionPlan
from klyngesim.population.register import Register
from klyngesim.streams import Decision, Floats, Ints, Streams

if TYPE_CHECKING:
    from klyngesim.ecosystem.proposals import ProposalTable
    from klyngesim.ecosystem.tally import Tally

DISSEMINATION, INTERNATIONALISATION, APPLICATION, PROJECT = range(4)
"""Activity types: videnspredning (with matchmaking), internationalisering, FoU-ansøgning, samarbejdsprojekt."""


@dataclass
class Staff:
    """Named staff of the organisations: one slot per post, refilled when somebody leaves.

    Attributes:
        organisation: of each slot, int64, shape (slots,).
        number: running number of the slot inside its organisation.
        filled: whether somebody holds the post.
        since: quarter in which the holder came.
        vacant_until: first quarter in which the empty post can be filled.
        holder: how many people have held the post, counted from 1 (names the person).
        first_slot: first slot of each organisation, shape (O + 1,).
        portfolio_slots: slots that relations are shared among, shape (O,).
    """

    organisation: Ints
    number: Ints
    filled: Bools
    since: Ints
    vacant_until: Ints
    holder: Ints
    first_slot: Ints
    portfolio_slots: Ints


@dataclass
class Organisations:
    """State of the cluster organisations (klyngeorganisationer), arrays of shape (O,) unless said.

    Attributes:
        ids: names in the order of Table 2.
        stronghold: index of each organisation's stronghold.
        open: whether it exists; vacant_until: when its area gets a new organisation.
        funded: whether a funder supports it, shape (O, 2); period_start, period_end: its grant period, shape (O, 2);
            mandate_start: first quarter of the organisation now in office.
        short_quarters: consecutive quarters without liquidity.
        reach, loyalty, joining: organisation effects on recruiting, returning and joining (1 = common behaviour).
        year_effect: better and worse calendar years of an organisation (1 = usual), shape (O, years from 2021).
        reference: what each organisation did at the start, by name (spending, income, staff, applications, ...).
        support: expected remaining support H, years, shape (O, 2); liquidity: share of plans that cash allows.
        score_recent: evaluation score of the last four quarters against the own starting point.
        quality: brokerage skill of the organisation in office (1 = as calibrated).
    """

    ids: tuple[str, ...]
    stronghold: Ints
    open: Bools
    vacant_until: Ints
    funded: Bools
    period_start: Ints
    period_end: Ints
    mandate_start: Ints
    short_quarters: Ints
    reach: Floats
    loyalty: Floats
    joining: Floats
    year_effect: Floats
    reference: dict[str, Floats]
    support: Floats
    liquidity: Floats
    score_recent: Floats
    quality: Floats


@dataclass
class Institutions:
    """State of the knowledge institutions.

    Attributes:
        plan: institutions and their units.
        used: engagements of each unit in the current calendar year, shape (units,).
        awareness: of cluster activities, by type, 0-1, shape (6,).
        seen: which institution has taken part with which organisation since 2021, shape (O, institutions).
    """

    plan: InstitutionPlan
    used: Floats
    awareness: Floats
    seen: Bools


@dataclass
class Environment:
    """Initiatives around the organisations.

    Attributes:
        start: quarter of arrival of each initiative (negative: before 2021Q1), int64, shape (n,).
        size: its money over its life, mkr, shape (n,).
        reference_actors: number of competing actors at 2021Q1.
        actors: number now.
        attention: factor on firms' answers from the number of actors (1 = as at the start).
        price: price level (1 = mean of 2021-2023).
    """

    start: Ints
    size: Floats
    reference_actors: float
    actors: float = 0.0
    attention: float = 1.0
    price: float = 1.0


@dataclass(frozen=True)
class Newcomers:
    """Strangers who said yes to an organisation this quarter, arrays of shape (n,), each pair once.

    Attributes:
        organisation: that asked.
        row: register row of the firm.
        ident: its permanent id.
        size: its size class.
        profile: exporter, regional and mean readiness (`Register.profile`).
    """

    organisation: Ints
    row: Ints
    ident: Ints
    size: Ints
    profile: tuple[Bools, Bools, Floats]


@dataclass
class World:
    """Everything a process may read or write."""

    settings: Settings
    streams: Streams
    register: Register
    contacts: Contacts
    relations: Relations
    ties: Ties
    episodes: Episodes
    projects: Projects
    staff: Staff
    organisations: Organisations
    institutions: Institutions
    environment: Environment
    ledger: Ledger
    tally: Tally
    policy: Values
    expected: Values
    proposals: ProposalTable
    background: ProposalTable
    cell_role: Ints
    scale: float
    periods: int
    period: int = 0
    plan: dict[str, Floats] = field(default_factory=dict)
    seats: dict[str, Ints] = field(default_factory=dict)
    newcomers: Newcomers = field(init=False)
    contact_of_row: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    relation_of: NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int32))
    banned: frozenset[int] = frozenset()
    live_rows: Ints | None = None
    member_rows: Ints | None = None
    calendar: dict[Decision, Floats] = field(default_factory=dict)

    def make_room(self) -> None:
        """Lets the table of relations grow with the contacts."""
        rows, columns = self.relation_of.shape
        if self.contacts.count > rows:
            grown = np.zeros((max(2 * rows, self.contacts.count), columns), dtype=np.int32)
            grown[:rows] = self.relation_of
            self.relation_of = grown

    def relation_with(self, contact: Ints, organisation: Ints) -> Ints:
        """Row in `Relations` of each pair of contact and organisation, -1 where they never met."""
        # One index into the flat table: numpy walks through two of them several times slower.
        place = contact * self.relation_of.shape[1] + organisation
        return np.asarray(self.relation_of.ravel().take(place), dtype=np.int64) - 1

    @property
    def count(self) -> int:
        """Number of organisations."""
        return len(self.organisations.ids)

    def per_organisation(self, organisation: Ints, weights: Floats | None = None) -> Floats:
        """Sums by organisation in row order, shape (O,)."""
        return np.asarray(np.bincount(organisation, weights, self.count), dtype=np.float64)
