"""Slots that ideas draw at their organisations, and the consortia of those who drew the same."""

from types import SimpleNamespace

import numpy as np
import pytest

from klyngesim.ecosystem.consortia import SLOTS, Lots, TooManySlots, check_slots, draw_slots, form
from klyngesim.ecosystem.rows import Episodes
from klyngesim.streams import Decision, Streams

WORLD = SimpleNamespace(organisations=SimpleNamespace(ids=("made", "sound")), period=5)
LOTS = Lots(int(Decision.PILOT_SLOT), int(Decision.PILOT_RANK), int(Decision.PILOT_ROOM))


def test_ideas_with_the_same_slot_of_an_organisation_come_together():
    organisation = np.array([1, 0, 1, 1, 0])
    lot = np.array([0.1, 0.9, 0.9, 0.2, 0.3])
    drawn, which = draw_slots(organisation, lot, np.array([2, 3]))
    assert drawn.tolist() == [0, 1, SLOTS, SLOTS + 2]
    assert which.tolist() == [2, 1, 3, 2, 0]


def test_an_organisation_without_slots_does_not_shift_those_of_others():
    drawn, which = draw_slots(np.array([2, 2]), np.array([0.9, 0.1]), np.array([0, -1, 4]))
    assert drawn.tolist() == [2 * SLOTS, 2 * SLOTS + 3]
    assert which.tolist() == [1, 0]


def test_the_last_slot_that_can_be_numbered():
    offered = np.array([SLOTS - 1, 0])
    check_slots(WORLD, "pilots", offered)
    drawn, _ = draw_slots(np.array([0]), np.array([1.0 - 1e-12]), offered)
    assert drawn.tolist() == [SLOTS - 2]


def test_more_slots_than_numbers_are_told_with_organisation_and_quarter():
    with pytest.raises(TooManySlots, match=r"sound would have 4,096 applications in 2022Q2, and 4,095 can be numbered"):
        check_slots(WORLD, "applications", np.array([3, SLOTS]))


def test_consortia_take_the_ideas_whose_turn_comes_first():
    """Eight ideas for one slot with room for 2.5, two of an organisation without slots, one of a third."""
    organisation = np.array([0] * 8 + [1] * 2 + [2])
    episodes, streams = Episodes(16), Streams(7)
    episodes.append(11, organisation=organisation, number=np.arange(11) + 50)
    rows = np.array([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    formed = form(episodes.rows, rows, np.array([1, 0, 1]), np.array([2.5, 9.0, 0.0]), streams.draws, 3, LOTS)
    more, rank = Streams(7).uniform(LOTS.room, 3, np.array([0])), Streams(7).uniform(LOTS.rank, 3, np.arange(8) + 50)
    room = int(2.5 + more[0])
    first = set(np.argsort(rank)[:room].tolist())
    assert formed.slots.tolist() == [0, 2 * SLOTS]
    assert formed.firms.tolist() == [room, 1]  # there is always room for one
    assert formed.ideas.tolist() == [row for row in rows.tolist() if row == 10 or row in first]
    assert formed.which.tolist() == [1] + [0] * room
    assert streams.drawn == 9 + 9 + 2
