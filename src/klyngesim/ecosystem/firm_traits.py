"""Traits of firms for inspection: one at a time or as columns, without leaving a mark on the run."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klyngesim.ecosystem.state import World
from klyngesim.population.strongholds import FOREIGN, ID_BITS
from klyngesim.results.vocabulary import FIRM_CLASSES
from klyngesim.streams import Ints

FIRST_ID = 1_000_000
"""A firm's unique_id is this plus its permanent id; below are the agents that Mesa numbers."""

Column = NDArray[Any]

_SIZES = tuple(word.id for word in FIRM_CLASSES)
_PATIENCE = 64  # single look-ups of a drawn trait after which it is worked out for everybody


def group_names(strongholds: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the industry groups (erhvervsgrupper) by code, see `population.strongholds.CellPlan.group`."""
    main = tuple(f"main:{name}" for name in strongholds)
    supporting = tuple(f"supporting:{name}" for name in strongholds)
    return (*main, *supporting, "unattached", "foreign")


@contextmanager
def unnoticed(world: World) -> Iterator[None]:
    """Looks at what draws decided without adding to the number of draws that the run reports."""
    before = world.streams.drawn
    try:
        yield
    finally:
        world.streams.draws.drawn[0] = before


class TraitColumns:
    """Traits of the firms of one world.

    What a firm is follows from its id; a trait of one firm is therefore worked out when asked. Somebody who goes
    through all firms asks often, and from then on the trait is kept as a column of the whole register.

    Args:
        world: the world; read only.
    """

    def __init__(self, world: World) -> None:
        register = world.register
        self._world = world
        self._edges: list[int] = register.first_row.tolist()
        self._size_of_cell: list[int] = register.plan.size_class.tolist()
        self._group_of_cell: list[int] = register.plan.group.tolist()
        self._groups = group_names(register.plan.strongholds)
        self._kept: dict[str, tuple[int, Column]] = {}  # last quarter for which the column holds, column
        self._asked: Counter[str] = Counter()
        self._sizes: NDArray[np.int8] | None = None
        self._make: dict[str, Callable[[Ints], Column]] = {
            "unique_id": lambda rows: register.ids(rows) + FIRST_ID,
            "size_class": lambda rows: np.array(_SIZES)[register.size_class(rows)],
            "industry_group": lambda rows: np.array(self._groups)[register.group(rows)],
            "foreign": lambda rows: register.size_class(rows) == FOREIGN,
            "employees": lambda rows: register.employees(rows).astype(np.int32),
            "exporter": register.exporter,
            "regional": register.regional,
            "startup": lambda rows: register.startup(rows, world.period),
            "alive": lambda rows: register.alive(rows, world.period),
            "contacted": lambda rows: world.contact_of_row[rows] > 0,
            "membership_count": lambda rows: self._of_contacts(world.contacts.joined, rows),
            "readiness_mean": register.readiness_mean,
            "readiness_excess": lambda rows: self._of_contacts(world.contacts.excess, rows),
            "readiness": lambda rows: np.minimum(
                1.0, self.of("readiness_mean", rows) + self.of("readiness_excess", rows)
            ),
            "engagement_hours_left": self._hours_left,
        }

    @property
    def names(self) -> frozenset[str]:
        """Names of the columns, all of them attributes of a firm view too."""
        return frozenset(self._make)

    def of(self, name: str, rows: Ints) -> Column:
        """A column for some firms, shape of ``rows``; KeyError when there is no column of that name."""
        kept = self._kept.get(name)
        if kept is not None and kept[0] >= self._world.period:
            return kept[1][rows]
        with unnoticed(self._world):
            return self._make[name](rows)

    def one(self, name: str, row: int) -> Any:
        """A trait of one firm that draws decided (employees, exporter, regional, readiness_mean or startup)."""
        kept = self._kept.get(name)
        if kept is not None and kept[0] >= self._world.period:
            return kept[1][row].item()
        self._asked[name] += 1
        if self._asked[name] <= _PATIENCE:
            return self.of(name, np.array([row]))[0].item()
        whole = self.of(name, np.arange(self._world.register.rows))
        # Only being a start-up changes with time; the other drawn traits are for life.
        self._kept[name] = (self._world.period if name == "startup" else self._world.periods, whole)
        return whole[row].item()

    def cell(self, row: int) -> int:
        """Cell of one row."""
        return bisect_right(self._edges, row) - 1

    def size(self, row: int) -> int:
        """Size class code of one row."""
        return self._size_of_cell[self.cell(row)]

    def size_name(self, row: int) -> str:
        """Size class of one row, an id of `results.vocabulary.FIRM_CLASSES`."""
        return _SIZES[self.size(row)]

    def group_name(self, row: int) -> str:
        """Industry group of one row."""
        return self._groups[self._group_of_cell[self.cell(row)]]

    def ident(self, row: int) -> int:
        """Permanent id of one row."""
        cell = self.cell(row)
        return (cell << ID_BITS) | (row - self._edges[cell])

    def birth(self, row: int) -> int:
        """Quarter of birth of one row; negative before 2021Q1."""
        with unnoticed(self._world):
            return -int(self._world.register.age(np.array([row]), 0)[0])

    @property
    def sizes(self) -> NDArray[np.int8]:
        """Size class codes of the whole register, int8, shape (rows,)."""
        if self._sizes is None:
            register = self._world.register
            self._sizes = np.repeat(register.plan.size_class.astype(np.int8), register.capacity)
        return self._sizes

    def alive_rows(self) -> Ints:
        """Rows of the firms alive now, foreign ones included, int64, ascending."""
        register, period = self._world.register, self._world.period
        return np.flatnonzero((register.birth <= period) & (period < register.death))

    def hours_a_year(self) -> list[float]:
        """Engagement hours a year of each size class under the policy in force."""
        return list(self._world.policy.nums("firms.hours_*", _SIZES).tolist())

    def _of_contacts(self, values: Column, rows: Ints) -> Column:
        contact = self._world.contact_of_row[rows].astype(np.int64) - 1
        known = contact >= 0
        column = np.zeros(len(rows), dtype=values.dtype)
        column[known] = values[contact[known]]
        return column

    def _hours_left(self, rows: Ints) -> Column:
        contacts = self._world.contacts
        used = np.where(contacts.year == self._world.period // 4, contacts.hours, 0.0)
        budget = np.array(self.hours_a_year())[self._world.register.size_class(rows)]
        return np.asarray(np.maximum(0.0, budget - self._of_contacts(used, rows)))
