"""What is noted of a relation whose firm takes part: how often, when, and in which years."""

import numpy as np

from klyngesim.ecosystem.processes.appearances import appear
from klyngesim.ecosystem.rows import NEVER, Relations


def test_taking_part_counts_each_time_and_each_year_once():
    relations = Relations(3, 3)
    relations.last = relations.last_year = relations.previous_year = NEVER
    noted = []
    for period, rows in ((1, [0, 2]), (3, [2]), (6, [0, 2])):
        noted.append(appear(relations.rows, np.array(rows), period).tolist())
    assert noted == [[0, 2], [], [0, 2]]
    assert relations.times.tolist() == [2, 0, 3]
    assert relations.years.tolist() == [2, 0, 2]
    assert relations.last.tolist() == [6, NEVER, 6]
    assert relations.last_year.tolist() == [1, NEVER, 1]
    assert relations.previous_year.tolist() == [0, NEVER, 0]
