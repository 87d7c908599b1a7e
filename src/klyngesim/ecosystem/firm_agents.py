"""Firms as agents: a view on a row of the arrays, made when somebody asks.

A view holds the model and a row, nothing else. What it shows is the state at the moment of asking, so a view kept
over several quarters follows its firm. Two views of the same firm are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.firm_records import (
    EpisodeRecord,
    RelationRecord,
    TieRecord,
    episode_records,
    relation_records,
    tie_records,
)
from klyngesim.ecosystem.firm_traits import FIRST_ID
from klyngesim.population.strongholds import ABROAD, FOREIGN, MAIN, OUTSIDE, SUPPORTING
from klyngesim.scenario.periods import label

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated

ROLES = {MAIN: "main", SUPPORTING: "supporting", OUTSIDE: "outside", ABROAD: "abroad"}
"""Role of a firm for an organisation: hovederhverv, støtteerhverv, udenfor, udenlandsk."""


class Firm(Actor):
    """A firm (virksomhed). Made by `Populated.firm` and by `FirmSet`, never by hand; read-only.

    Args:
        model: the model it belongs to.
        row: its permanent row in the register.
    """

    __slots__ = ("model", "row")
    model: Populated
    row: int

    def __init__(self, model: Populated, row: int) -> None:
        # Mesa's own initialiser would number and register the view; firms are numbered by the register.
        _set_model(self, model)
        _set_row(self, row)

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
    def pos(self) -> None:
        """None: the model has no space."""

    @property
    def unique_id(self) -> int:
        """1,000,000 plus the permanent id, which depends neither on the length of the run nor on its seed."""
        return FIRST_ID + self.model.traits.ident(self.row)

    @property
    def industry_group(self) -> str:
        """``main:<organisation>``, ``supporting:<organisation>``, ``unattached`` or ``foreign``."""
        return self.model.traits.group_name(self.row)

    @property
    def size_class(self) -> str:
        """``micro``, ``small``, ``medium``, ``large`` or ``foreign``."""
        return self.model.traits.size_name(self.row)

    @property
    def employees(self) -> int:
        """Employees (årsværk)."""
        return int(self.model.traits.one("employees", self.row))

    @property
    def exporter(self) -> bool:
        """Whether it exports."""
        return bool(self.model.traits.one("exporter", self.row))

    @property
    def regional(self) -> bool:
        """Whether it is far from the organisations' offices."""
        return bool(self.model.traits.one("regional", self.row))

    @property
    def startup(self) -> bool:
        """Whether it is an innovative start-up (iværksætter) now."""
        return bool(self.model.traits.one("startup", self.row))

    @property
    def foreign(self) -> bool:
        """Whether it is a foreign firm."""
        return self.model.traits.size(self.row) == FOREIGN

    @property
    def alive(self) -> bool:
        """Whether it is in business now: false before it enters and after it closed."""
        register, period = self.model.world.register, self.model.period
        return bool(register.birth[self.row] <= period < register.death[self.row])

    @property
    def born(self) -> str:
        """Quarter of its birth; before 2021 drawn from the age distribution of firms."""
        return label(self.model.traits.birth(self.row))

    @property
    def closes(self) -> str | None:
        """First quarter in which it is closed; None when that lies beyond the scenario's end."""
        world = self.model.world
        death = int(world.register.death[self.row])
        return label(death) if death < world.periods else None

    @property
    def contacted(self) -> bool:
        """Whether a cluster organisation has ever been in touch with it."""
        return self._contact >= 0

    @property
    def readiness_mean(self) -> float:
        """The mean innovation readiness (innovationsmodenhed) to which it reverts, 0-1."""
        return float(self.model.traits.one("readiness_mean", self.row))

    @property
    def readiness_excess(self) -> float:
        """Readiness gained by taking part and not yet faded, 0-1."""
        contact = self._contact
        return float(self.model.world.contacts.excess[contact]) if contact >= 0 else 0.0

    @property
    def readiness(self) -> float:
        """Innovation readiness now, 0-1."""
        mean, contact = self.readiness_mean, self._contact
        return min(1.0, mean + float(self.model.world.contacts.excess[contact])) if contact >= 0 else mean

    @property
    def engagement_hours_left(self) -> float:
        """Hours that it can still give to cluster organisations in this calendar year."""
        world, contact, traits = self.model.world, self._contact, self.model.traits
        used = 0.0
        if contact >= 0 and world.contacts.year[contact] == world.period // 4:
            used = float(world.contacts.hours[contact])
        return max(0.0, traits.hours_a_year()[traits.size(self.row)] - used)

    @property
    def relations(self) -> tuple[RelationRecord, ...]:
        """Relations with cluster organisations, in the order in which they began."""
        contact = self._contact
        return relation_records(self.model.world, contact) if contact >= 0 else ()

    @property
    def memberships(self) -> tuple[str, ...]:
        """Ids of the organisations that it is a member of (medlemskaber)."""
        return tuple(relation.organisation for relation in self.relations if relation.member)

    @property
    def membership_count(self) -> int:
        """Number of memberships."""
        contact = self._contact
        return int(self.model.world.contacts.joined[contact]) if contact >= 0 else 0

    @property
    def episodes(self) -> tuple[EpisodeRecord, ...]:
        """Innovation ideas that are open now, oldest first."""
        contact = self._contact
        return episode_records(self.model.world, contact) if contact >= 0 else ()

    @property
    def ties(self) -> tuple[TieRecord, ...]:
        """Ties with units of knowledge institutions, those outside the programme included."""
        world = self.model.world
        rows = np.flatnonzero(world.ties.ident == self.unique_id - FIRST_ID)
        return tie_records(world, rows, FIRST_ID)

    def relation(self, organisation: str) -> RelationRecord | None:
        """The relation with one organisation, or None."""
        return next((found for found in self.relations if found.organisation == organisation), None)

    def role(self, organisation: str) -> str:
        """Role for an organisation, a value of `ROLES`; raises KeyError when there is no such organisation."""
        place = self.model.organisation(organisation).index
        return ROLES[int(self.model.world.cell_role[place, self.model.traits.cell(self.row)])]

    @property
    def _contact(self) -> int:
        return int(self.model.world.contact_of_row[self.row]) - 1

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.model, self.row)


# The slots' own setters: faster than object.__setattr__ where 280,000 views are made.
_set_model, _set_row = (Firm.__dict__[name].__set__ for name in Firm.__slots__)


class SME(Firm):
    """A Danish firm with fewer than 250 employees (SMV)."""

    __slots__ = ()


class LargeFirm(Firm):
    """A Danish firm with 250 or more employees."""

    __slots__ = ()


class ForeignFirm(Firm):
    """A foreign firm that cluster organisations can reach."""

    __slots__ = ()


FIRM_TYPES: tuple[type[Firm], ...] = (SME, SME, SME, LargeFirm, ForeignFirm)
"""Agent class of each size class code."""


def view(model: Populated, row: int) -> Firm:
    """The view of a row."""
    return FIRM_TYPES[model.traits.size(row)](model, row)
