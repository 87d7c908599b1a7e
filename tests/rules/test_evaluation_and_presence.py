"""Steps 6 and 12: who comes to activities; when organisations are judged, on what, and who gets what others lose."""

import numpy as np

from klyngesim.ecosystem.by_organisation import Flows, Organisations, Plans
from klyngesim.ecosystem.processes.evaluation import judged_rule, score, shared_out
from klyngesim.ecosystem.processes.presence import awareness_rule, presence_rule, visitors_rule
from tests.rules.policies import close
from tests.rules.states import state


def judged(following, since, every, stagger=0):
    return judged_rule(following, since, every, stagger)


def test_evaluations_fall_on_whole_intervals_since_they_are_counted():
    assert [quarter for quarter in range(30) if judged(quarter, 4, 8)] == [12, 20, 28]
    assert [quarter for quarter in range(30) if judged(quarter, 4, 8, 3)] == [9, 17, 25]
    assert not judged(4, 4, 8)  # on the first day nothing is judged
    assert [quarter for quarter in range(8) if judged(quarter, 4, 1)] == [5, 6, 7]
    assert not any(judged(quarter, 4, 0) for quarter in range(30))


def test_what_is_lost_goes_to_the_others_in_proportion():
    share = np.array([0.4, 0.3, 0.2, 0.1])
    nobody, first, last = np.zeros(4, bool), np.arange(4) == 0, np.arange(4) == 3
    assert close(shared_out(share, first, nobody), [0.0, 0.5, 1 / 3, 1 / 6])
    # What was withdrawn for good stays where it was: the state keeps it.
    assert close(shared_out(share, first, last), [0.0, 0.54, 0.36, 0.1])
    assert close(shared_out(np.array([1.0, 0.0, 0.0, 0.0]), first, nobody), np.zeros(4))


def test_a_score_holds_four_quarters_against_the_second_year_at_constant_prices():
    """Reach of 1, 2, 3 ... in the first organisation, always 5 in the second, which began a year later."""
    organisations = Organisations(2, 2)
    organisations.mandate_start = np.array([0, 4])
    plans, flows, scores = Plans(2, 2), Flows(2, 2), []
    for quarter in range(14):
        flows.fresh_pairs, flows.applications_registered = np.array([quarter + 1.0, 5.0]), 2.0
        price = 1.0 + quarter / 100.0
        plans.private = 3.0 * price
        now = state(organisations=organisations, period=quarter, price=price, plans=plans, flows=flows)
        for index in range(2):
            score(now, index)
        scores.append(organisations.score_recent.copy())
    # Second year of the first: 5 + 6 + 7 + 8 = 26. A year later 9 + 10 + 11 + 12 = 42, the other two as before.
    assert close(organisations.score_start, [[26.0, 8.0, 12.0], [20.0, 8.0, 12.0]])
    assert close(scores[6], [1.0, 1.0]) and close(scores[7], [1.0, 1.0])
    assert close(scores[11], [(42.0 / 26.0 + 2.0) / 3.0, 1.0])


def test_presence_is_as_printed_at_usual_awareness():
    assert close(presence_rule(0.4, 0.5, 0.5, 1.0), 0.4)
    assert close(presence_rule(0.4, 0.75, 0.5, 1.1), 0.66)
    assert close(presence_rule(0.6, 0.75, 0.5, 1.5), 1.0)
    assert presence_rule(0.4, 0.0, 0.0, 1.0) == 0.0


def test_awareness_moves_towards_what_was_met():
    # Twice the usual activities: aims of 0.65, as usual, and no more than all.
    cases = ((0.5, 0.5, 2.0), (0.4, 0.5, 1.0), (0.9, 0.8, 3.0))
    assert close([awareness_rule(*case, 0.3, 0.1) for case in cases], [0.515, 0.41, 0.91])


def test_more_presence_brings_more_institutions():
    cases = ((20, 1.5, 1.2), (20, 1.3, 1.2), (20, 1.0, 0.0), (5, 0.5, 1.0), (7, 0.5, 1.0))
    assert [visitors_rule(*case) for case in cases] == [25.0, 22.0, 0.0, 2.0, 4.0]  # halves go to even numbers
