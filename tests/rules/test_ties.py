"""Ties: whom firms meet, and how ties are found, made, strengthened and faded."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.processes.meeting import old_partner, unit_rule
from klyngesim.ecosystem.rows import NEVER, Contacts, Episodes, Ties
from klyngesim.ecosystem.ties import Growth, add, fade, find, first_from, strength_of, work_together
from tests.rules.policies import close
from tests.rules.states import state

UNITS = 6
KEYS = st.lists(st.integers(0, 40), max_size=30)


def ties_of(keys, strength=0.5):
    """Ties with the given keys, made one after the other; each remembers in ``last`` which of them it is."""
    ties = Ties(1)
    for number, key in enumerate(keys):
        add(ties, 1, key=key, ident=key // UNITS, unit=key % UNITS, death=99, strength=strength, origin=0, last=number)
    return ties


def test_institution_types_were_met_in_proportion_to_presence():
    """One unit of the first type, none of the second, two of the third, one of the last."""
    first_unit = np.array([0, 1, 1, 3, 4])
    several, nobody, one = (np.array(row) for row in ([0.5, 0.0, 0.25, 0.25], [0.0] * 4, [0.0, 0.0, 0.2, 0.0]))
    uniforms = [0.0, 0.49, 0.5, 0.74, 0.75, 1.0 - 2.0**-53]
    assert [unit_rule(several, first_unit, each, 0.4) for each in uniforms] == [0, 0, 1, 1, 3, 3]
    assert [unit_rule(nobody, first_unit, each, 0.4) for each in uniforms] == [NEVER] * 6
    assert [unit_rule(one, first_unit, each, 0.5) for each in uniforms] == [2] * 6
    assert [unit_rule(one, first_unit, 0.5, each) for each in uniforms] == [1, 1, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("chance", "uniform", "unit"),
    [
        (1.0, 0.2, 2),
        (1.0, 0.7, 4),
        (0.5, 0.2, 2),
        (0.5, 0.4, 4),
        (0.5, 0.5, NEVER),
        (0.0, 0.0, NEVER),
        (1.0, 1.0 - 2.0**-53, 4),
    ],
)
def test_firms_turn_to_a_unit_they_know(chance, uniform, unit):
    """Firm 5 has ties with units 2 and 4; firm 6 knows nobody."""
    ties = ties_of([4 * UNITS + 5, 5 * UNITS + 2, 5 * UNITS + 4])
    assert [old_partner(ties.rows, ident, UNITS, uniform, chance) for ident in (5, 6)] == [unit, NEVER]


@settings(deadline=None)
@given(KEYS, KEYS, st.integers(0, 40))
def test_ties_stand_in_the_order_of_keys_and_the_first_of_a_key_stays(before, new, key):
    ties = ties_of(before)
    keys = np.array(new, dtype=np.int64)
    numbers = 100 + np.arange(len(new))
    add(ties, len(new), key=keys, ident=0, unit=0, death=0, strength=0.0, origin=0, last=numbers)
    expected = {}
    for number, each in [*enumerate(before), *zip(numbers.tolist(), new, strict=True)]:
        expected.setdefault(each, number)
    assert ties.key.tolist() == sorted(expected)
    assert ties.last.tolist() == [expected[each] for each in sorted(expected)]
    assert first_from(ties.rows, key) == sum(each < key for each in expected)
    assert find(ties.rows, key) == (sorted(expected).index(key) if key in expected else NEVER)


def test_working_together_strengthens_ties_and_makes_new_ones_once_a_pair():
    """Firm 1 has a tie with unit 2; it works with it twice and with unit 0, and firm 2 twice with unit 5."""
    ties, episodes, contacts = ties_of([8]), Episodes(8), Contacts(8)
    contacts.append(2, ident=np.array([1, 2]), death=np.array([50, 60]))
    episodes.append(
        6,
        ident=np.array([1, 2, 1, 1, 2, 2]),
        contact=np.array([0, 1, 0, 0, 1, 1]),
        unit=np.array([2, 5, 2, 0, 5, 4]),
        organisation=np.array([3, 4, 5, 6, 7, 8]),
    )
    store = ties.reserve(5)
    now = state(11, episodes=episodes, contacts=contacts)
    ties.use(work_together(now, store, ties.count, np.arange(5), UNITS, Growth(0.2, 0.3)))
    assert ties.key.tolist() == [6, 8, 17]
    assert ties.ident.tolist() == [1, 1, 2] and ties.unit.tolist() == [0, 2, 5]
    assert close(ties.strength, [0.3, 0.6, 0.3])
    assert ties.origin.tolist() == [6, 0, 4]
    assert ties.last.tolist() == [11] * 3
    assert ties.death.tolist() == [50, 99, 60]
    assert strength_of(ties.rows, 8) == ties.strength[1] and strength_of(ties.rows, 7) == 0.0


def test_ties_fade_below_the_floor_and_go_with_their_firms():
    """At quarter 7 firms close that are closed from 8 on; a tie at the floor is kept."""
    ties = Ties(4)
    ties.append(4, key=np.arange(4), strength=np.array([0.4, 0.19, 0.2, 0.8]), death=np.array([9, 9, 9, 8]))
    ties.use(fade(ties.rows, 0.5, 0.1, 7))
    assert ties.key.tolist() == [0, 2]
    assert ties.strength.tolist() == [0.2, 0.1]
