"""Firms as agents: a view on a row of the arrays, made when somebody asks.

A view holds the model and a row, nothing else. What it shows is the state at the moment of asking, so a view kept
over several quarters follows its firm. Two views of the same firm are equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.firm_records import (
    FIRST_ID,
    EpisodeRecord,
    RelationRecord,
    TieRecord,
    episode_records,
    relation_records,
    tie_records,
)
from klyngesim.ecosystem.state import World
from klyngesim.population.strongholds import ABROAD, FOREIGN, MAIN, OUTSIDE, SIZE_NAMES, SUPPORTING
from klyngesim.scenario.periods import label
from klyngesim.streams import Ints

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated

Column = NDArray[Any]
T = TypeVar("T")

ROLES = {MAIN: "main", SUPPORTING: "supporting", OUTSIDE: "outside", ABROAD: "abroad"}
"""Role of a firm for an organisation: hovederhverv, støtteerhverv, udenfor, udenlandsk."""


class Trait(Generic[T]):
    """An attribute of a firm, and a column of many.

    Args:
        read: its values in some rows of the register.
        drawn: whether draws decide it. It is then the same in every quarter, and worked out once for all firms,
            without adding to the number of draws that the run reports.
    """

    def __init__(self, read: Callable[[Populated, Ints], Column], drawn: bool = False) -> None:
        self._read, self._drawn = read, drawn

    def of(self, model: Populated, rows: Ints) -> Column:
        """Its values in some rows."""
        if not self._drawn:
            return self._read(model, rows)
        if self not in model.drawn_traits:
            counted = model.world.streams.draws.drawn
            before = counted[0]
            model.drawn_traits[self] = self._read(model, np.arange(model.world.register.rows))
            counted[0] = before
        return model.drawn_traits[self][rows]

    @overload
    def __get__(self, firm: None, kind: type) -> Self: ...
    @overload
    def __get__(self, firm: Firm, kind: type) -> T: ...
    def __get__(self, firm: Firm | None, kind: type) -> Any:
        """The value of one firm."""
        return self if firm is None else self.of(firm.model, np.array([firm.row]))[0].item()


def group_names(strongholds: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the industry groups (erhvervsgrupper) by code, see `population.strongholds.CellPlan.group`."""
    grouped = [f"{kind}:{name}" for kind in ("main", "supporting") for name in strongholds]
    return (*grouped, "unattached", "foreign")


def of_contacts(world: World, values: Column, rows: Ints) -> Column:
    """A column of `Contacts` for rows of the register, 0 for firms that no organisation has been in touch with."""
    contact = world.acquaintances.contact[rows].astype(np.int64) - 1
    found = np.zeros(len(rows), dtype=values.dtype)
    found[contact >= 0] = values[contact[contact >= 0]]
    return found


def hours_left(world: World, rows: Ints) -> Column:
    """Hours that firms can still give in this calendar year."""
    this_year = of_contacts(world, world.contacts.year, rows) == world.period // 4
    used = np.where(this_year, of_contacts(world, world.contacts.hours, rows), 0.0)
    budget = world.policy.nums("firms.hours_*", SIZE_NAMES)
    return np.maximum(0.0, budget[world.register.size_class(rows)] - used)


class Firm(Actor):
    """A firm (virksomhed). Made by `Populated.firm` and by `FirmSet`, never by hand; read-only.

    Args:
        model: the model it belongs to.
        row: its permanent row in the register.

    Attributes:
        unique_id: 1,000,000 plus the permanent id, which depends neither on the length of the run nor on its seed.
        industry_group: ``main:<organisation>``, ``supporting:<organisation>``, ``unattached`` or ``foreign``.
        size_class: ``micro``, ``small``, ``medium``, ``large`` or ``foreign``.
        employees: årsværk.
        exporter: whether it exports; foreign: whether it is a foreign firm.
        regional: whether it is far from the organisations' offices.
        startup: whether it is an innovative start-up (iværksætter) now.
        alive: whether it is in business now: false before it enters and after it closed.
        contacted: whether a cluster organisation has ever been in touch with it.
        membership_count: number of memberships.
        readiness: innovation readiness (innovationsmodenhed) now, 0-1; readiness_mean: the mean to which it reverts;
            readiness_excess: what it gained by taking part and has not lost yet.
        engagement_hours_left: hours that it can still give to cluster organisations in this calendar year.
    """

    model: Populated
    row: int
    pos = None  # the model has no space

    _startup_until = Trait[int](lambda model, rows: model.world.register.startup_until(rows), drawn=True)
    _birth = Trait[int](lambda model, rows: -model.world.register.age(rows, 0), drawn=True)
    unique_id = Trait[int](lambda model, rows: model.world.register.ids(rows) + FIRST_ID)
    industry_group = Trait[str](
        lambda model, rows: np.array(group_names(model.world.register.plan.strongholds))[
            model.world.register.group(rows)
        ]
    )
    size_class = Trait[str](lambda model, rows: np.array(SIZE_NAMES)[model.world.register.size_class(rows)])
    employees = Trait[int](lambda model, rows: model.world.register.employees(rows).astype(np.int32), drawn=True)
    exporter = Trait[bool](lambda model, rows: model.world.register.exporter(rows), drawn=True)
    foreign = Trait[bool](lambda model, rows: model.world.register.size_class(rows) == FOREIGN)
    regional = Trait[bool](lambda model, rows: model.world.register.regional(rows), drawn=True)
    startup = Trait[bool](lambda model, rows: model.period < Firm._startup_until.of(model, rows))
    alive = Trait[bool](lambda model, rows: model.world.register.alive(rows, model.period))
    contacted = Trait[bool](lambda model, rows: model.world.acquaintances.contact[rows] > 0)
    membership_count = Trait[int](lambda model, rows: of_contacts(model.world, model.world.contacts.joined, rows))
    readiness_mean = Trait[float](lambda model, rows: model.world.register.readiness_mean(rows), drawn=True)
    readiness_excess = Trait[float](lambda model, rows: of_contacts(model.world, model.world.contacts.excess, rows))
    readiness = Trait[float](
        lambda model, rows: np.minimum(1.0, Firm.readiness_mean.of(model, rows) + Firm.readiness_excess.of(model, rows))
    )
    engagement_hours_left = Trait[float](lambda model, rows: hours_left(model.world, rows))

    def __init__(self, model: Populated, row: int) -> None:
        # Mesa's own initialiser would number and register the view; firms are numbered by the register.
        self.__dict__.update(model=model, row=row)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a firm is a view of the model's state and would forget {name!r}; keep it elsewhere")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Firm) and other.model is self.model and other.row == self.row

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.unique_id}, {self.industry_group}, {self.employees} employees)"

    def remove(self) -> NoReturn:
        """Raises TypeError: firms close when their life ends."""
        raise TypeError("a firm cannot be removed; it closes at the end of its life")

    @property
    def born(self) -> str:
        """Quarter of its birth; before 2021 drawn from the age distribution of firms."""
        return label(self._birth)

    @property
    def closes(self) -> str | None:
        """First quarter in which it is closed; None when that lies beyond the scenario's end."""
        death = int(self.model.world.register.death[self.row])
        return label(death) if death < self.model.world.periods else None

    @property
    def relations(self) -> tuple[RelationRecord, ...]:
        """Relations with cluster organisations, in the order in which they began."""
        return relation_records(self.model.world, self._contact)

    @property
    def memberships(self) -> tuple[str, ...]:
        """Ids of the organisations that it is a member of (medlemskaber)."""
        return tuple(relation.organisation for relation in self.relations if relation.member)

    @property
    def episodes(self) -> tuple[EpisodeRecord, ...]:
        """Innovation ideas that are open now, oldest first."""
        return episode_records(self.model.world, self._contact)

    @property
    def ties(self) -> tuple[TieRecord, ...]:
        """Ties with units of knowledge institutions, those outside the programme included."""
        ties = self.model.world.ties
        return tie_records(self.model.world, np.flatnonzero(ties.ident == self.unique_id - FIRST_ID))

    def relation(self, organisation: str) -> RelationRecord | None:
        """The relation with one organisation, or None."""
        return next((found for found in self.relations if found.organisation == organisation), None)

    def role(self, organisation: str) -> str:
        """Role for an organisation, a value of `ROLES`; raises KeyError when there is no such organisation."""
        world, index = self.model.world, self.model.organisation(organisation).index
        (cell,) = world.register.cell_of_row(np.array([self.row]))
        return ROLES[int(world.cell_role[index, cell])]

    @property
    def _contact(self) -> int:
        return int(self.model.world.acquaintances.contact[self.row]) - 1


class SME(Firm):
    """A Danish firm with fewer than 250 employees (SMV)."""


class LargeFirm(Firm):
    """A Danish firm with 250 or more employees."""


class ForeignFirm(Firm):
    """A foreign firm that cluster organisations can reach."""


FIRM_TYPES: tuple[type[Firm], ...] = (SME, SME, SME, LargeFirm, ForeignFirm)
"""Agent class of each size class code."""

COLUMNS = {name: one for name, one in vars(Firm).items() if isinstance(one, Trait) and not name.startswith("_")}
"""Attributes of firms that are columns of sets of firms."""
