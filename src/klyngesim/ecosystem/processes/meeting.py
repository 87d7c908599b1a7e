"""Whom firms with an idea meet (step 7): a unit of an institution that comes, or one that they have a tie with."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.rows import NEVER, Tie
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.ties import first_from
from klyngesim.streams import Floats, Ints


@rule
def unit_rule(presence: Floats, first_unit: Ints, which: float, inside: float) -> int:
    """Unit that a firm meets, -1 where nobody came: types are met in proportion to presence, units evenly.

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
            return int(first_unit[kind]) + int(inside * (first_unit[kind + 1] - first_unit[kind]))
    return NEVER


@loop
def units_met(organisations: Rows[Organisation], first_unit: Ints, who: Ints, which: Floats, inside: Floats) -> Ints:
    """Unit that each firm meets at its organisation (``who``), see `unit_rule`."""
    met = np.empty(len(who), dtype=np.int64)
    for index in range(len(who)):
        presence = organisations[who[index]].presence
        met[index] = unit_rule(presence, first_unit, which[index], inside[index])
    return met


@loop
def turn_to_partners(ties: Rows[Tie], ident: Ints, met: Ints, units: int, uniform: Floats, chance: float) -> None:
    """Firms that have ties already turn to one of them first, with a chance, if any institution comes (``met``)."""
    for index in range(len(met)):
        if met[index] != NEVER and uniform[index] < chance:
            first = end = first_from(ties, ident[index] * units)
            while end < len(ties) and ties[end].ident == ident[index]:
                end += 1
            number = end - first
            if number > 0:
                # What is left of the uniform below the chance picks one of the firm's ties.
                pick = int(uniform[index] / max(chance, 1e-12) * number)
                met[index] = ties[first + min(pick, number - 1)].unit
