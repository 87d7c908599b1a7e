"""Whom firms with an idea meet (step 7): units of the institutions that come, and those that they have a tie with.

A firm meets every type of institution by itself, so that more presence of one takes no meeting with another away.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.rows import NEVER, Tie
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.ties import first_from
from klyngesim.streams import Decision, Floats, Ints

MEET = np.array(
    [
        Decision.MEET_UNIVERSITY,
        Decision.MEET_GTS,
        Decision.MEET_UNIVERSITY_COLLEGE,
        Decision.MEET_BUSINESS_ACADEMY,
        Decision.MEET_ART_SCHOOL,
        Decision.MEET_FOREIGN_INSTITUTION,
    ]
)
"""Whether a firm meets a unit of each type and they agree, in the order of `INSTITUTION_TYPES`."""


class Units(NamedTuple):
    """Units of institutions.

    Attributes:
        kind: type code of each, shape (units,).
        first: first unit of each type, and the number of units, shape (7,).
        room: engagements that each can still take this year, shape (units,).
    """

    kind: Ints
    first: Ints
    room: Ints


class Luck(NamedTuple):
    """Uniforms of ideas that look for a partner, shape (n,) each.

    Attributes:
        meet: see `MEET`, shape (6, n).
        inside: picks the unit of a type.
        old: whether the firm turns to one of its ties first, and to which; old_agrees: whether that one agrees.
    """

    meet: Floats
    inside: Floats
    old: Floats
    old_agrees: Floats


@rule
def unit_rule(presence: Floats, first_unit: Ints, which: float, inside: float) -> int:
    """Unit that a firm has met before 2021, -1 where nobody came: types in proportion to presence, units evenly.

    Args:
        presence: share of activities with each type of institution, shape (types,).
        first_unit: first unit of each type, and the number of units, shape (types + 1,).
        which: uniform that picks the type.
        inside: uniform that picks the unit.
    """
    total = 0.0
    for share in presence:
        total += share
    passed = 0.0
    for kind in range(len(presence)):
        passed += presence[kind]
        if which * total < passed:
            return inside_rule(first_unit, kind, inside)
    return NEVER


@rule
def inside_rule(first_unit: Ints, kind: int, inside: float) -> int:
    """Unit of a type, evenly by a uniform; the type has units."""
    return int(first_unit[kind]) + int(inside * (first_unit[kind + 1] - first_unit[kind]))


@loop
def units_met(organisations: Rows[Organisation], first_unit: Ints, who: Ints, which: Floats, inside: Floats) -> Ints:
    """Unit that each firm met before 2021 at its organisation (``who``), see `unit_rule`."""
    met = np.empty(len(who), dtype=np.int64)
    for index in range(len(who)):
        presence = organisations[who[index]].presence
        met[index] = unit_rule(presence, first_unit, which[index], inside[index])
    return met


@loop
def old_partner(ties: Rows[Tie], ident: int, units: int, uniform: float, chance: float) -> int:
    """Unit of the tie that a firm turns to first, `NEVER` if to none; what is left of the uniform picks the tie."""
    if uniform >= chance:
        return NEVER
    first = end = first_from(ties, ident * units)
    while end < len(ties) and ties[end].ident == ident:
        end += 1
    number = end - first
    if number == 0:
        return NEVER
    pick = int(uniform / max(chance, 1e-12) * number)
    return int(ties[first + min(pick, number - 1)].unit)


@loop
def agreed(presence: Floats, chances: Floats, units: Units, luck: Luck, index: int) -> int:
    """Unit that an idea meets at activities and agrees with, `NEVER` if none.

    One uniform decides for each type: it is met by its ``presence`` and agrees with its chance (``chances``). Of those
    that agree one is taken evenly, the one whose uniform is smallest against its chance; one without room comes last.
    """
    found, best = NEVER, 2.0
    for kind in range(len(presence)):
        chance = presence[kind] * chances[kind]
        if luck.meet[kind, index] < chance:
            unit = inside_rule(units.first, kind, luck.inside[index])
            place = luck.meet[kind, index] / chance + (0.0 if units.room[unit] > 0 else 1.0)
            if place < best:
                found, best = unit, place
    return found
