"""The state of the world: everything that a quarter reads and writes, in arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from klyngesim.ecosystem.ledger import Ledger
from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.ecosystem.tables import Table
from klyngesim.population.institutions import InstitutionPlan
from klyngesim.population.register import Register
from klyngesim.streams import Floats, Ints, Streams

if TYPE_CHECKING:
    from klyngesim.ecosystem.proposals import ProposalTable
    from klyngesim.ecosystem.tally import Tally

Bools = NDArray[np.bool_]

DISSEMINATION, INTERNATIONALISATION, APPLICATION, PROJECT = range(4)
"""Activity types: videnspredning (with matchmaking), internationalisering, FoU-ansøgning, samarbejdsprojekt."""

PILOT, EXTERNAL = 0, 1
"""Kinds of collaboration project: paid by the grant, or won outside."""

NEVER = -1


class Contacts(Table):
    """Firms that some organisation has been in touch with: the part of a firm's state that can change.

    Columns: row (in the register), ident (permanent id), size (class), hours (engagement hours used in `year`),
    year (to which `hours` belongs), excess (readiness above the firm's own mean), mean (that mean), exporter,
    regional, joined (memberships held), years (calendar years with participation), last_year (of them).
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "row": np.int64,
        "ident": np.int64,
        "size": np.int64,
        "hours": np.float64,
        "year": np.int64,
        "excess": np.float64,
        "mean": np.float64,
        "exporter": np.bool_,
        "regional": np.bool_,
        "joined": np.int64,
        "years": np.int64,
        "last_year": np.int64,
        "startup_year": np.int64,
    }
    row: Ints
    ident: Ints
    size: Ints
    hours: Floats
    year: Ints
    excess: Floats
    mean: Floats
    exporter: Bools
    regional: Bools
    joined: Ints
    years: Ints
    last_year: Ints
    startup_year: Ints


class Relations(Table):
    """Relations between a firm and an organisation.

    Columns: contact (row in `Contacts`), organisation, pair (address of its draws), role (main, supporting, outside,
    abroad), trust 0-1, member, since (quarter of joining), times (takings part), first, last (quarters active),
    years, last_year, previous_year (calendar years active: how many, last, the one before), staff (slot of the person who knows the firm), open_ideas (episodes).
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "contact": np.int64,
        "organisation": np.int64,
        "pair": np.int64,
        "role": np.int64,
        "trust": np.float64,
        "member": np.bool_,
        "since": np.int64,
        "times": np.int64,
        "first": np.int64,
        "last": np.int64,
        "years": np.int64,
        "last_year": np.int64,
        "previous_year": np.int64,
        "staff": np.int64,
        "open_ideas": np.int64,
    }
    contact: Ints
    organisation: Ints
    pair: Ints
    role: Ints
    trust: Floats
    member: Bools
    since: Ints
    times: Ints
    first: Ints
    last: Ints
    years: Ints
    last_year: Ints
    previous_year: Ints
    staff: Ints
    open_ideas: Ints


class Ties(Table):
    """Ties between a firm and a unit of a knowledge institution, sorted by `key` = ident * units + unit.

    Columns: key, ident, unit, strength 0-1, origin (organisation, or -1 for background), last (quarter used).
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "key": np.int64,
        "ident": np.int64,
        "unit": np.int64,
        "strength": np.float64,
        "origin": np.int64,
        "last": np.int64,
    }
    key: Ints
    ident: Ints
    unit: Ints
    strength: Floats
    origin: Ints
    last: Ints

    def find(self, keys: Ints) -> Ints:
        """Row of each key, -1 where there is no such tie."""
        if self.count == 0:
            return np.full(len(keys), NEVER, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.key, keys), self.count - 1)
        return np.where(self.key[place] == keys, place, NEVER)

    def insert(self, **columns: Any) -> None:
        """Adds ties and restores the order by key."""
        self.append(len(columns["key"]), **columns)
        order = np.argsort(self.key, kind="stable")
        for name in self.COLUMNS:
            column = getattr(self, name)
            column[:] = column[order]


class Episodes(Table):
    """Episodes: innovation ideas of firms inside a relation, on their way through the funnel.

    Columns: relation, organisation, contact, ident, size (class of the firm), stage (code of `vocabulary.STAGES`),
    since (quarter of entering the stage), unit (institution unit worked with, -1 none), project (row, -1 none),
    grounded (a pilot stands behind it), number (address of its draws), hidden (not registered with the programme).
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "relation": np.int64,
        "organisation": np.int64,
        "contact": np.int64,
        "ident": np.int64,
        "size": np.int64,
        "stage": np.int64,
        "since": np.int64,
        "unit": np.int64,
        "project": np.int64,
        "grounded": np.bool_,
        "number": np.int64,
        "hidden": np.bool_,
    }
    relation: Ints
    organisation: Ints
    contact: Ints
    ident: Ints
    size: Ints
    stage: Ints
    since: Ints
    unit: Ints
    project: Ints
    grounded: Bools
    number: Ints
    hidden: Bools


class Projects(Table):
    """Collaboration projects (samarbejdsprojekter).

    Columns: organisation, kind (pilot or external), start, end (first quarter after it), rate (money per quarter,
    mkr, net to the organisation), source (0 Danish public, 1 EU), firms (in it now), hidden, running.
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "organisation": np.int64,
        "kind": np.int64,
        "start": np.int64,
        "end": np.int64,
        "rate": np.float64,
        "source": np.int64,
        "firms": np.int64,
        "hidden": np.bool_,
        "running": np.bool_,
    }
    organisation: Ints
    kind: Ints
    start: Ints
    end: Ints
    rate: Floats
    source: Ints
    firms: Ints
    hidden: Bools
    running: Bools


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
        funded: whether a funder supports it, shape (O, 2); period_start, period_end: its grant period, shape (O, 2).
        short_quarters: consecutive quarters without liquidity.
        reach, loyalty, joining: organisation effects on recruiting, returning and joining (1 = common behaviour).
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
    short_quarters: Ints
    reach: Floats
    loyalty: Floats
    joining: Floats
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
    """

    plan: InstitutionPlan
    used: Floats
    awareness: Floats


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
    contact_of_row: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    relation_of: NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int32))
    banned: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        """Number of organisations."""
        return len(self.organisations.ids)

    def per_organisation(self, organisation: Ints, weights: Floats | None = None) -> Floats:
        """Sums by organisation in row order, shape (O,)."""
        return np.bincount(organisation, weights, self.count)
