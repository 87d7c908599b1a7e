"""Knowledge institutions (videninstitutioner): what they are, how many, and the units that firms work with.

Firms do not tie themselves to "a university" but to a research group in it; small institutions are one unit each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from klyngesim.streams import Ints

INSTITUTION_TYPES = (
    "university",
    "gts",
    "university_college",
    "business_academy",
    "art_school",
    "foreign_institution",
)
"""universitet, GTS-institut, professionshøjskole, erhvervsakademi, kunstnerisk skole, udenlandsk institution."""


@dataclass(frozen=True)
class InstitutionPlan:
    """Institutions and their units (nodes of ties).

    Attributes:
        kind: type code of each institution, int64, shape (institutions,).
        number: running number of each institution within its type, from 1.
        unit_institution: institution of each unit, int64, shape (units,).
        unit_kind: type code of each unit, int64, shape (units,).
        first_unit: first unit of each type, int64, shape (7,); units of one type are consecutive.
    """

    kind: Ints
    number: Ints
    unit_institution: Ints
    unit_kind: Ints
    first_unit: Ints

    @property
    def units(self) -> int:
        """Number of units over all institutions."""
        return len(self.unit_kind)


def plan_institutions(counts: Ints, units_each: Ints) -> InstitutionPlan:
    """Lays out institutions and units.

    Args:
        counts: institutions by type, int64, shape (6,); zero is allowed.
        units_each: units (research groups) in each institution of a type, int64, shape (6,).
    """
    kind = np.repeat(np.arange(len(counts)), counts)
    number = np.concatenate([np.arange(1, count + 1) for count in counts.tolist()]).astype(np.int64)
    unit_institution = np.repeat(np.arange(len(kind)), units_each[kind])
    unit_kind = kind[unit_institution]
    first_unit = np.searchsorted(unit_kind, np.arange(len(counts) + 1))
    return InstitutionPlan(kind, number, unit_institution, unit_kind, first_unit)
