"""Relations: which of them are live, as trust falls and rises."""

import numpy as np

from klyngesim.ecosystem.relations import merged, pass_on
from klyngesim.ecosystem.rows import Relations


def rows(*numbers):
    return np.array(numbers, dtype=np.int64)


def test_relations_below_the_floor_fall_asleep_and_the_others_stay_live():
    relations = Relations(8)
    relations.append(5, trust=np.array([0.5, 0.0, 0.3, 0.5, 0.4]), staff=np.array([1, 0, 0, 1, 0]))
    live = pass_on(relations.rows, rows(0, 2, 3, 4), np.array([True, False]), 0.25, 0.1)
    assert live.tolist() == [0, 3, 4]
    assert relations.trust.tolist() == [0.5, 0.0, 0.0, 0.5, 0.1]


def test_trust_of_zero_is_asleep_without_a_floor():
    relations = Relations(8)
    relations.append(2, trust=0.5, staff=np.array([0, 1]))
    assert pass_on(relations.rows, rows(0, 1), np.array([True, False]), 0.0, 0.0).tolist() == [1]


def test_relations_that_wake_up_stand_in_row_order():
    assert merged(rows(2, 5, 6), rows(9, 1, 4)).tolist() == [1, 2, 4, 5, 6, 9]
    assert merged(rows(), rows(3, 0)).tolist() == [0, 3]
    assert merged(rows(2, 5), rows()).tolist() == [2, 5]
