"""Knowledge institutions (videninstitutioner) as agents, one class for each type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.firm_records import TieRecord, institution_id, tie_records
from klyngesim.ecosystem.firm_traits import FIRST_ID
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Ints

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated


class KnowledgeInstitution(Actor):
    """A knowledge institution with one or several units (research groups) that firms work with.

    Args:
        model: the model.
        index: place in `InstitutionPlan.kind`.

    Attributes:
        index: place in `InstitutionPlan.kind`.
        id: type and running number, e.g. ``university-3``.
        name: the same in words; which institution is which is not modelled.
        kind: type, one of `population.institutions.INSTITUTION_TYPES`.
    """

    label: ClassVar[str] = "Knowledge institution"

    def __init__(self, model: Populated, index: int) -> None:
        super().__init__(model)
        plan = model.world.institutions.plan
        self.index = index
        self.id = institution_id(model.world, index)
        self.name = f"{self.label} {int(plan.number[index])}"
        self.kind = INSTITUTION_TYPES[int(plan.kind[index])]
        self._units = np.flatnonzero(plan.unit_institution == index)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id})"

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self._units)

    @property
    def capacity(self) -> float:
        """New engagements with firms that its units can take in a calendar year."""
        return len(self._units) * float(self.model.world.policy.num(f"institutions.capacity_{self.kind}"))

    @property
    def engagements(self) -> float:
        """Engagements of its units in the present calendar year."""
        return float(self.model.world.institutions.used[self._units].sum())

    @property
    def awareness(self) -> float:
        """How well institutions of this type know of the organisations' activities, 0-1."""
        return float(self.model.world.institutions.awareness[INSTITUTION_TYPES.index(self.kind)])

    @property
    def ties(self) -> tuple[TieRecord, ...]:
        """Ties of its units with firms, by firm."""
        world = self.model.world
        return tie_records(world, self._tie_rows, FIRST_ID)

    @property
    def tie_count(self) -> int:
        """Number of ties."""
        return len(self._tie_rows)

    @property
    def _tie_rows(self) -> Ints:
        return np.flatnonzero(np.isin(self.model.world.ties.unit, self._units))


class University(KnowledgeInstitution):
    """A university (universitet)."""

    label = "University"


class GTSInstitute(KnowledgeInstitution):
    """An approved technological service institute (GTS-institut)."""

    label = "GTS institute"


class UniversityCollege(KnowledgeInstitution):
    """A university college (professionshøjskole)."""

    label = "University college"


class BusinessAcademy(KnowledgeInstitution):
    """A business academy (erhvervsakademi)."""

    label = "Business academy"


class ArtSchool(KnowledgeInstitution):
    """An institution of higher artistic education (kunstnerisk uddannelse)."""

    label = "Art school"


class ForeignInstitution(KnowledgeInstitution):
    """A knowledge institution abroad (udenlandsk videninstitution)."""

    label = "Foreign institution"


INSTITUTION_CLASSES: tuple[type[KnowledgeInstitution], ...] = (
    University,
    GTSInstitute,
    UniversityCollege,
    BusinessAcademy,
    ArtSchool,
    ForeignInstitution,
)
"""Agent class of each type code of `population.institutions.INSTITUTION_TYPES`."""
