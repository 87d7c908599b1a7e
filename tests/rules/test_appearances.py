"""What is noted of a relation whose firm takes part: how often, when, and in which years."""

import numpy as np

from klyngesim.ecosystem.processes.appearances import appear, come
from klyngesim.ecosystem.rows import NEVER, Relations
from tests.rules.states import OF_ORGANISATIONS, state


def test_taking_part_counts_each_time_whoever_pays_and_each_year_once():
    relations, flows = Relations(3, 3), OF_ORGANISATIONS["flows"](2, 2)
    relations.last, relations.organisation = NEVER, np.array([0, 1, 1])
    for period, rows in ((1, [0, 2]), (3, [2]), (6, [0, 2])):
        come(state(period, relations=relations, flows=flows), np.array(rows))
    assert relations.times.tolist() == [2, 0, 3]
    assert relations.last.tolist() == [6, NEVER, 6]
    assert flows.fresh_pairs_all.tolist() == [2.0, 2.0]


def test_a_calendar_year_of_registered_participation_counts_once():
    relations = Relations(3, 3)
    relations.last_year = relations.previous_year = NEVER
    quarters = ((1, [0, 2]), (3, [2]), (6, [2]))
    fresh = [appear(relations.rows, np.array(rows), period).tolist() for period, rows in quarters]
    assert fresh == [[0, 2], [], [2]]
    assert relations.years.tolist() == [1, 0, 2]
    assert relations.last_year.tolist() == [0, NEVER, 1]
    assert relations.previous_year.tolist() == [NEVER, NEVER, 0]
