"""Steps 6 and 12: who comes to activities; when organisations are judged, on what, and who gets what others lose."""

import numpy as np
import pytest

from klyngesim.ecosystem.by_organisation import Flows, Organisations, Plans
from klyngesim.ecosystem.processes.evaluation import Terms, award_rate, judged_rule, score, shared_out, years_judged
from klyngesim.ecosystem.processes.presence import partner_rule, presence_rule, visitors_rule
from tests.rules.policies import baseline, close
from tests.rules.states import state


def evaluation_terms(*overrides):
    """Parameters of evaluation in the baseline but for some."""
    return baseline(*overrides).terms(Terms)


def score_quarter(quarter, price, terms, organisations, plans, flows):
    """Scores all organisations at the end of a quarter."""
    now = state(organisations=organisations, period=quarter, price=price, plans=plans, flows=flows)
    for index in range(organisations.count):
        score(now, index, terms)


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


def test_years_are_judged_from_one_year_after_the_own_start_on():
    # In office from quarter 4: a start-up year, two years of start, and then one year, two, three and no more.
    following = (4, 15, 16, 19, 20, 24, 28, 32)
    assert [years_judged(quarter, 4, 2, 3) for quarter in following] == [0, 0, 0, 0, 1, 2, 3, 3]
    assert [years_judged(quarter, 4, 1, 1) for quarter in following] == [0, 0, 1, 1, 1, 1, 1, 1]


def test_a_score_holds_the_last_years_against_the_own_start_at_constant_prices():
    """Reach of 1, 2, 3 ... in the first organisation, always 5 in the second, which began a year later."""
    organisations = Organisations(2, 2)
    organisations.mandate_start, organisations.open, organisations.funded = np.array([0, 4]), True, 1
    terms = evaluation_terms("evaluation.start_years=1", "evaluation.score_years=2")
    plans, flows, scores = Plans(2, 2), Flows(2, 2), []
    for quarter in range(16):
        flows.fresh_pairs, flows.applications_registered = np.array([quarter + 1.0, 5.0]), 2.0
        price = 1.0 + quarter / 100.0
        plans.private, plans.grant_year = 3.0 * price, 8.0 * price
        score_quarter(quarter, price, terms, organisations, plans, flows)
        scores.append(organisations.score_recent.copy())
    # Second year of the first: 5 + 6 + 7 + 8 = 26, at a grant of two funders. A year later 9 + 10 + 11 + 12 = 42.
    assert close(organisations.score_start, [[26.0, 8.0, 12.0, 16.0], [20.0, 8.0, 12.0, 16.0]])
    assert all(close(found, [1.0, 1.0]) for found in scores[:11])
    assert close(scores[11], [(42.0 / 26.0 + 2.0) / 3.0, 1.0])
    # Two years together: 9 to 16 make 50 a year.
    assert close(scores[15], [(50.0 / 26.0 + 2.0) / 3.0, 1.0])


@pytest.mark.parametrize("bought", [1.0, 0.5])
def test_a_grant_that_prices_eat_is_not_the_organisations_doing(bought):
    """The grant buys less and less of the same; what it buys is all that is asked for, and private money keeps up."""
    organisations, terms = Organisations(1, 1), evaluation_terms("evaluation.start_years=1")
    organisations.open, organisations.funded = True, 1
    plans, flows = Plans(1, 1), Flows(1, 1)
    for quarter in range(20):
        price = 1.0 if quarter < 8 else 1.0 / bought
        flows.fresh_pairs, flows.applications_registered = 10.0 / price, 2.0 / price
        plans.private, plans.grant_year = 3.0 * price, 8.0
        score_quarter(quarter, price, terms, organisations, plans, flows)
    assert close(organisations.score_recent, [1.0])


def test_no_grant_is_counted_while_none_is_awarded():
    organisations, plans = Organisations(2, 2), Plans(2, 2)
    organisations.open, organisations.funded = np.array([True, False]), np.array([1, 0])
    plans.grant_year = np.array([4.0, 8.0])
    rows = list(zip(organisations.rows, plans.rows, strict=True))
    assert [award_rate(*row, False) for row in rows] == [1.0, 0.0]  # one funder of two; closed
    assert [award_rate(*row, True) for row in rows] == [0.0, 0.0]


def test_partners_come_with_support_and_never_less_than_not_at_all():
    assert [partner_rule(ratio, 0.5) for ratio in (1.0, 1.4, 0.0)] == [1.0, 1.2, 0.5]
    assert partner_rule(0.0, 2.0) == 0.0 and partner_rule(7.0, 0.0) == 1.0


def test_presence_is_as_printed_in_a_usual_relation():
    cases = ((0.4, 1.0, 1.0), (0.4, 1.5, 1.1), (0.6, 1.5, 1.5), (0.4, 0.0, 1.0))
    assert close([presence_rule(*case) for case in cases], [0.4, 0.66, 1.0, 0.0])


def test_more_presence_brings_more_institutions():
    cases = ((20, 1.5, 1.2), (20, 1.3, 1.2), (20, 1.0, 0.0), (5, 0.5, 1.0), (7, 0.5, 1.0))
    assert [visitors_rule(*case) for case in cases] == [25.0, 22.0, 0.0, 2.0, 4.0]  # halves go to even numbers
