"""Consortia: ideas that drew the same slot of their organisation, as many as there is room for.

A slot is one of the applications, or pilots, that an organisation can take on in a quarter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.ranking import keep_smallest
from klyngesim.ecosystem.rows import Episode
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.scenario.periods import label
from klyngesim.streams import Draws, Floats, Ints, uniforms

SLOTS = 1 << 12
"""Numbers that an organisation has for applications, and for pilots, in a quarter."""

EVERYBODY = float(1 << 40)
"""Room for firms where seats are not scarce."""


class TooManySlots(ValueError):
    """Parameters under which an organisation would do more in a quarter than can be numbered."""


class Lots(NamedTuple):
    """Codes of the decisions (`Decision`) whose draws form consortia: which slot, whose turn first, how much room."""

    slot: int
    rank: int
    room: int


class Consortia(NamedTuple):
    """Consortia of a quarter, C of them, in the order of organisations.

    Attributes:
        slots: slot of each, numbered organisation x SLOTS + slot, ascending, shape (C,).
        firms: ideas in each, shape (C,).
        ideas: rows of ideas in one, in the order in which they asked, shape (n,).
        which: consortium of each of these ideas, shape (n,).
    """

    slots: Ints
    firms: Ints
    ideas: Ints
    which: Ints


def check_slots(world: World, what: str, offered: Ints) -> None:
    """Refuses more slots than can be numbered.

    Args:
        world: read only.
        what: the slots are for.
        offered: slots of every organisation, shape (O,).

    Raises:
        TooManySlots: naming the organisation and the quarter.
    """
    most = int(offered.argmax())
    if offered[most] >= SLOTS:
        raise TooManySlots(
            f"{world.organisations.ids[most]} would have {int(offered[most]):,} {what} in {label(world.period)}, "
            f"and {SLOTS - 1:,} can be numbered; lower effort.apply or staff.hours_year, or raise activity_cost.*"
        )


@loop
def draw_slots(organisation: Ints, lot: Floats, offered: Ints) -> tuple[Ints, Ints]:
    """Spreads ideas over the slots of their organisations.

    Args:
        organisation: of every idea, each with slots, shape (n,).
        lot: uniform of every idea, shape (n,).
        offered: slots of every organisation, shape (O,).

    Returns:
        (slots that were drawn, ascending, numbered organisation x SLOTS + slot; index among them of every idea).
    """
    first = np.zeros(len(offered) + 1, dtype=np.int64)
    for index in range(len(offered)):
        first[index + 1] = first[index] + max(0, offered[index])
    place = np.empty(len(organisation), dtype=np.int64)
    index_of = np.full(first[-1], -1)
    for index in range(len(organisation)):
        who = organisation[index]
        place[index] = first[who] + int(lot[index] * offered[who])
        index_of[place[index]] = 0
    slots = np.empty(len(organisation), dtype=np.int64)
    drawn = 0
    for who in range(len(offered)):
        for slot in range(offered[who]):
            if index_of[first[who] + slot] == 0:
                index_of[first[who] + slot] = drawn
                slots[drawn] = who * SLOTS + slot
                drawn += 1
    return slots[:drawn], index_of[place]


@loop
def form(
    episodes: Rows[Episode], rows: Ints, offered: Ints, seats: Floats, draws: Draws, period: int, lots: Lots
) -> Consortia:
    """Forms the consortia of a quarter; where more ideas drew a slot than there is room for, ranks decide.

    Args:
        episodes: ideas.
        rows: those that want to be in one.
        offered: slots of every organisation, shape (O,).
        seats: firms that a slot has room for on average, shape (O,); there is room for one at least.
        draws: random numbers.
        period: the quarter.
        lots: decisions that are drawn.
    """
    asking = np.array([row for row in rows if offered[episodes[row].organisation] > 0], dtype=np.int64)
    organisation = np.array([episodes[row].organisation for row in asking], dtype=np.int64)
    number = np.array([episodes[row].number for row in asking], dtype=np.int64)
    slots, index = draw_slots(organisation, uniforms(draws, lots.slot, period, number), offered)
    more = uniforms(draws, lots.room, period, slots)
    room = np.array(
        [max(1, int(seats[slots[each] // SLOTS] + more[each])) for each in range(len(slots))], dtype=np.int64
    )
    taken = keep_smallest(index, uniforms(draws, lots.rank, period, number), room)
    firms = np.zeros(len(slots), dtype=np.int64)
    for each in index[taken]:
        firms[each] += 1
    return Consortia(slots, firms, asking[taken], index[taken])
