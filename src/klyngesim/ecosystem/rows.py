"""Tables of the state: firms in contact, relations, ties, episodes and projects."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from klyngesim.ecosystem.tables import Table
from klyngesim.streams import Floats, Ints

Bools = NDArray[np.bool_]

NEVER = -1
"""A quarter, year or row that is not."""

PILOT, EXTERNAL = 0, 1
"""Kinds of collaboration project: paid by the grant, or won outside."""


class Contacts(Table):
    """Firms that some organisation has been in touch with: the part of a firm's state that can change.

    Columns: row (in the register), ident (permanent id), death (first quarter closed), size (class), hours
    (engagement hours used in ``year``), year (to which ``hours`` belongs), excess (readiness above the firm's own
    mean), mean (that mean), exporter, regional, joined (memberships held), years (calendar years with
    participation), last_year (of them), startup_until (first quarter in which it is no start-up), startup_year
    (last year in which it took part as a start-up), mark (scratch of `distinct`).
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "row": np.int64,
        "ident": np.int64,
        "death": np.int64,
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
        "startup_until": np.int64,
        "startup_year": np.int64,
        "mark": np.int64,
    }
    row: Ints
    ident: Ints
    death: Ints
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
    startup_until: Ints
    startup_year: Ints
    mark: Ints

    def distinct(self, contact: Ints) -> Bools:
        """Marks one entry of every firm in a list of contacts: a pass of writing and reading back, without sorting."""
        order = np.arange(len(contact))
        self.mark[contact] = order
        return np.asarray(self.mark.take(contact) == order)


class Relations(Table):
    """Relations between a firm and an organisation.

    Columns: contact (row in `Contacts`), organisation, pair (address of its draws), role (main, supporting, outside,
    abroad), trust 0-1, member, since (quarter of joining), times (takings part), first, last (quarters active),
    years, last_year, previous_year (calendar years active: how many, last, the one before), staff (slot of the
    person who knows the firm), open_ideas (episodes).
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

    Columns: key, ident, unit, death (first quarter in which the firm is closed), strength 0-1, origin (organisation,
    or -1 for background), last (quarter used).
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "key": np.int64,
        "ident": np.int64,
        "unit": np.int64,
        "death": np.int64,
        "strength": np.float64,
        "origin": np.int64,
        "last": np.int64,
    }
    key: Ints
    ident: Ints
    unit: Ints
    death: Ints
    strength: Floats
    origin: Ints
    last: Ints

    def find(self, keys: Ints) -> Ints:
        """Row of each key, -1 where there is no such tie."""
        if self.count == 0:
            return np.full(len(keys), NEVER, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.key, keys), self.count - 1)
        return np.where(self.key[place] == keys, place, NEVER)

    def insert(self, key: Ints, **columns: Any) -> None:
        """Adds ties at their places in the order by key.

        Args:
            key: of ties that are not there yet, ascending, shape (n,).
            columns: all others by name, an array of shape (n,) or one value for all.
        """
        new = len(key)
        if new == 0:
            return
        place = np.searchsorted(self.key, key) + np.arange(new)
        added = self.append(new, key=key, **columns)
        old = np.ones(self.count, dtype=np.bool_)
        old[place] = False
        order = np.empty(self.count, dtype=np.int64)
        order[old], order[place] = np.arange(added.start), np.arange(added.start, added.stop)
        self.arrange(order)


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
    """Collaboration projects (samarbejdsprojekter), applications that wait for a decision among them.

    Columns: number (address of its draws: organisation, slot, quarter), organisation, kind (pilot or external),
    start, end (first quarter after it; 0 = applied for, -1 = rejected), rate (money per quarter, mkr, net to the
    organisation), source (0 Danish public, 1 EU), firms (in it now), hidden, running.
    """

    COLUMNS: ClassVar[dict[str, Any]] = {
        "number": np.int64,
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
    number: Ints
    organisation: Ints
    kind: Ints
    start: Ints
    end: Ints
    rate: Floats
    source: Ints
    firms: Ints
    hidden: Bools
    running: Bools
