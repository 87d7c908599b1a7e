"""What a firm's relations, ideas and ties look like to a reader: small immutable records made on request."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from klyngesim.ecosystem.rows import NEVER
from klyngesim.ecosystem.state import World
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.results.vocabulary import STAGES
from klyngesim.scenario.periods import label
from klyngesim.streams import Ints

FIRST_ID = 1_000_000
"""A firm's unique_id is this plus its permanent id; below are the agents that Mesa numbers."""

BEFORE = "before 2021Q1"
"""When something that existed at 2021Q1 began."""

BACKGROUND = "background"
"""Origin of a tie that no cluster organisation brokered."""


@dataclass(frozen=True)
class RelationRecord:
    """A firm's relation with a cluster organisation.

    Attributes:
        organisation: id of the organisation.
        trust: tillid, 0-1.
        member: whether the firm is a member (medlem).
        since: quarter of joining, None for non-members; inherited members have joining dates before 2021.
        first: quarter of the first contact.
        last: quarter of the last participation since 2021Q1, None without any.
        times: participations, those before 2021 counted as one.
        staff: name of the person who looks after the firm, None while the post is vacant.
    """

    organisation: str
    trust: float
    member: bool
    since: str | None
    first: str
    last: str | None
    times: int
    staff: str | None


@dataclass(frozen=True)
class EpisodeRecord:
    """An innovation idea of a firm on its way through the funnel.

    Attributes:
        organisation: id of the organisation in whose relation it lives.
        stage: where it is now, an id of `results.vocabulary.STAGES`.
        since: quarter in which it came there.
        institution: id of the knowledge institution it is pursued with, None before matchmaking.
        grounded: whether a pilot project stands behind it.
        hidden: whether the programme's registration misses it.
    """

    organisation: str
    stage: str
    since: str
    institution: str | None
    grounded: bool
    hidden: bool


@dataclass(frozen=True)
class TieRecord:
    """A tie between a firm and a unit (research group) of a knowledge institution.

    Attributes:
        firm: unique_id of the firm.
        institution: id of the institution.
        unit: number of the unit inside the institution, from 1.
        strength: 0-1.
        origin: id of the organisation that brokered it, or `BACKGROUND`.
        last: quarter in which it was last used.
    """

    firm: int
    institution: str
    unit: int
    strength: float
    origin: str
    last: str


def quarter(period: int | np.integer) -> str:
    """Label of a quarter, or `BEFORE` for what was there at the start."""
    return label(int(period)) if period >= 0 else BEFORE


def institution_id(world: World, institution: int) -> str:
    """Name of an institution: type and running number, such as ``university-3``."""
    plan = world.institutions.plan
    return f"{INSTITUTION_TYPES[int(plan.kind[institution])]}-{int(plan.number[institution])}"


def staff_name(world: World, slot: int) -> str | None:
    """Name of whoever holds a post, such as ``made-3.2`` (third post, second holder); None while it is vacant."""
    staff = world.posts
    if not staff.filled[slot]:
        return None
    organisation = world.organisations.ids[int(staff.organisation[slot])]
    return f"{organisation}-{int(staff.number[slot]) + 1}.{int(staff.holder[slot])}"


def relation_records(world: World, contact: int) -> tuple[RelationRecord, ...]:
    """Relations of a firm, by its row in `Contacts` (-1: none), in the order in which they began."""
    table = world.relations
    return tuple(
        RelationRecord(
            organisation=world.organisations.ids[int(table.organisation[row])],
            trust=float(table.trust[row]),
            member=bool(table.member[row]),
            since=label(int(table.since[row])) if table.member[row] else None,
            first=quarter(table.first[row]),
            last=None if table.last[row] == NEVER else label(int(table.last[row])),
            times=int(table.times[row]),
            staff=staff_name(world, int(table.staff[row])),
        )
        for row in np.flatnonzero(table.contact == contact).tolist()
    )


def episode_records(world: World, contact: int) -> tuple[EpisodeRecord, ...]:
    """Open ideas of a firm, by its row in `Contacts` (-1: none), oldest first."""
    table, plan = world.episodes, world.institutions.plan
    return tuple(
        EpisodeRecord(
            organisation=world.organisations.ids[int(table.organisation[row])],
            stage=STAGES[int(table.stage[row])].id,
            since=quarter(table.since[row]),
            institution=None
            if table.unit[row] == NEVER
            else institution_id(world, int(plan.unit_institution[table.unit[row]])),
            grounded=bool(table.grounded[row]),
            hidden=bool(table.hidden[row]),
        )
        for row in np.flatnonzero(table.contact == contact).tolist()
    )


def tie_records(world: World, rows: Ints) -> tuple[TieRecord, ...]:
    """Ties with the given rows in `Ties`."""
    table, plan = world.ties, world.institutions.plan
    owner = plan.unit_institution[table.unit[rows]]
    number = table.unit[rows] - np.searchsorted(plan.unit_institution, owner) + 1
    return tuple(
        TieRecord(
            firm=FIRST_ID + int(table.ident[row]),
            institution=institution_id(world, institution),
            unit=unit,
            strength=float(table.strength[row]),
            origin=BACKGROUND if table.origin[row] == NEVER else world.organisations.ids[int(table.origin[row])],
            last=quarter(table.last[row]),
        )
        for row, institution, unit in zip(rows.tolist(), owner.tolist(), number.tolist(), strict=True)
    )
