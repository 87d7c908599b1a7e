"""Knowledge institutions (videninstitutioner) as agents, one class for each type."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.firm_records import TieRecord, tie_records
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.views import Registered, Shown
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Ints


def units_of(world: World, index: int) -> Ints:
    """Units of an institution."""
    return np.flatnonzero(world.institutions.plan.unit_institution == index)


def kind_of(world: World, index: int) -> int:
    """Type code of an institution."""
    return int(world.institutions.plan.kind[index])


def ties_of(world: World, index: int) -> Ints:
    """Rows in `Ties` of an institution."""
    return np.flatnonzero(np.isin(world.ties.unit, units_of(world, index)))


class KnowledgeInstitution(Registered):
    """A knowledge institution with one or several units (research groups) that firms work with.

    Its id is type and running number, e.g. ``university-3``; which institution is which is not modelled.

    Attributes:
        kind: type, one of `population.institutions.INSTITUTION_TYPES`.
        units: number of units.
        engagements: engagements of its units in the present calendar year.
        partnership: strength of the relations of its type with cluster organisations, mean over these, 0-1.
        ties: ties of its units with firms, by firm; tie_count: their number.
    """

    kind = Shown[str](lambda world, index: INSTITUTION_TYPES[kind_of(world, index)])
    units = Shown[int](lambda world, index: len(units_of(world, index)))
    engagements = Shown[float](lambda world, index: float(world.institutions.used[units_of(world, index)].sum()))
    partnership = Shown[float](
        lambda world, index: float(world.organisations.partnership[:, kind_of(world, index)].mean())
    )
    ties = Shown[tuple[TieRecord, ...]](lambda world, index: tie_records(world, ties_of(world, index)))
    tie_count = Shown[int](lambda world, index: len(ties_of(world, index)))

    @property
    def capacity(self) -> float:
        """New engagements with firms that its units can take in a calendar year."""
        return float(self.model.world.institutions.capacity[units_of(self.model.world, self.index)].sum())


class University(KnowledgeInstitution):
    """A university (universitet)."""


class GTSInstitute(KnowledgeInstitution):
    """An approved technological service institute (GTS-institut)."""


class UniversityCollege(KnowledgeInstitution):
    """A university college (professionshøjskole)."""


class BusinessAcademy(KnowledgeInstitution):
    """A business academy (erhvervsakademi)."""


class ArtSchool(KnowledgeInstitution):
    """An institution of higher artistic education (kunstnerisk uddannelse)."""


class ForeignInstitution(KnowledgeInstitution):
    """A knowledge institution abroad (udenlandsk videninstitution)."""


INSTITUTION_CLASSES: dict[type[KnowledgeInstitution], str] = {
    University: "University",
    GTSInstitute: "GTS institute",
    UniversityCollege: "University college",
    BusinessAcademy: "Business academy",
    ArtSchool: "Art school",
    ForeignInstitution: "Foreign institution",
}
"""Agent class of each type of `population.institutions.INSTITUTION_TYPES`, in their order, with its name."""
