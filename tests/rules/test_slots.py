"""Places that ideas draw at their organisations."""

from types import SimpleNamespace

import numpy as np
import pytest

from klyngesim.ecosystem.slots import SLOTS, TooManySlots, draw_slots

WORLD = SimpleNamespace(organisations=SimpleNamespace(ids=("made", "sound")), period=5)


def test_ideas_with_the_same_place_of_an_organisation_come_together():
    organisation = np.array([1, 0, 1, 1, 0])
    lot = np.array([0.1, 0.9, 0.9, 0.2, 0.3])
    drawn, index = draw_slots(WORLD, "applications", organisation, lot, np.array([2, 3]))
    assert drawn.tolist() == [0, 1, SLOTS, SLOTS + 2]
    assert index.tolist() == [2, 1, 3, 2, 0]


def test_the_last_place_that_can_be_numbered():
    drawn, _ = draw_slots(WORLD, "pilots", np.array([0]), np.array([1.0 - 1e-12]), np.array([SLOTS - 1, 0]))
    assert drawn.tolist() == [SLOTS - 2]


def test_more_places_than_numbers_are_told_with_organisation_and_quarter():
    with pytest.raises(TooManySlots, match=r"sound would have 4,096 applications in 2022Q2, and 4,095 can be numbered"):
        draw_slots(WORLD, "applications", np.array([0]), np.array([0.5]), np.array([3, SLOTS]))
