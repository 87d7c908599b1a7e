"""Numbered places that an organisation offers in a quarter; ideas that drew the same one form a consortium."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.sorting import grouped
from klyngesim.ecosystem.state import World
from klyngesim.scenario.periods import label
from klyngesim.streams import Floats, Ints, pair_id

SLOTS = 1 << 12
"""Numbers that an organisation has for applications, and for pilots, in a quarter."""


class TooManySlots(ValueError):
    """Parameters under which an organisation would do more in a quarter than can be numbered."""


def draw_slots(world: World, what: str, organisation: Ints, lot: Floats, offered: Ints) -> tuple[Ints, Ints]:
    """Spreads ideas over the places of their organisations.

    Args:
        world: read only.
        what: the places are for, named if there are too many.
        organisation: of every idea, shape (n,).
        lot: uniform of every idea, shape (n,).
        offered: places of every organisation, shape (O,).

    Returns:
        (places that were drawn, ascending, numbered organisation x SLOTS + place; index among them of every idea).

    Raises:
        TooManySlots: more places than numbers.
    """
    most = int(offered.argmax())
    if offered[most] >= SLOTS:
        raise TooManySlots(
            f"{world.organisations.ids[most]} would have {int(offered[most]):,} {what} in {label(world.period)}, "
            f"and {SLOTS - 1:,} can be numbered; lower effort.apply or staff.hours_year, or raise activity_cost.*"
        )
    slot = np.floor(lot * offered[organisation]).astype(np.int64)
    return grouped(pair_id(organisation, slot, SLOTS))
