"""Steps 7 to 9: brokerage, the next step of an idea, applications and outside money, each with neighbours apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klyngesim.ecosystem.by_organisation import Organisations, References
from klyngesim.ecosystem.processes.applications import next_step_rule, ready_rule
from klyngesim.ecosystem.processes.awards import award_rule, length_rule
from klyngesim.ecosystem.processes.calls import win_rule
from klyngesim.ecosystem.processes.external_income import Terms as IncomeTerms
from klyngesim.ecosystem.processes.external_income import book_income, cash_rule, orders_rule, price_factor
from klyngesim.ecosystem.processes.matchmaking import (
    Terms,
    ease_rule,
    gap_rule,
    give_up,
    reason_rule,
    skill_rule,
)
from klyngesim.ecosystem.processes.pilots import pilots_rule
from klyngesim.ecosystem.processes.projects import shrunk_rule, withdrawal_rule
from klyngesim.ecosystem.rows import Contacts, Episodes, Relations
from klyngesim.ecosystem.tally import Tally
from klyngesim.results.vocabulary import OUTCOMES, REASON, STAGE, STAGES
from tests.rules.policies import baseline, close
from tests.rules.states import state


def test_skill_in_matching_is_the_organisations_own_and_what_it_knows_of_its_members():
    assert close([skill_rule(1.5, segmentation, 0.2) for segmentation in (0.0, 0.5)], [1.5, 1.5 * 1.1])


def test_a_bridge_takes_a_share_of_the_gap():
    assert close(gap_rule(np.array([0.4, 0.2]), 0.5, 0.6), [0.28, 0.14])


@pytest.mark.parametrize(
    ("low", "readiness", "trust", "reason"),
    [
        (0.5, 0.6, 0.1, "lost_trust"),
        (0.5, 0.9, 0.3, "other_fora"),  # trust is lower than what was drawn, but not below the limit
        (0.5, 0.3, 0.4, "not_ready"),
        (0.5, 0.3, 0.3, "not_ready"),
        (0.5, 0.6, 0.35, "no_partner"),
        (0.05, 0.3, 0.1, "other_fora"),
        (0.1, 0.6, 0.1, "other_fora"),
    ],
)
def test_reasons_of_ideas_that_found_nobody(low, readiness, trust, reason):
    assert reason_rule(low, readiness, trust, 0.25) == REASON[reason]


def test_the_next_step_of_an_idea():
    """With pilots; without them; with a pilot behind it, in either: odds of 4, 2 (4 with a pilot behind it) and 1."""
    cases = ((True, False), (False, False), (True, True), (False, True))
    pilot, either, any_of_them = zip(*(next_step_rule(*case, 4.0, 2.0, 2.0, 1.0) for case in cases), strict=True)
    assert close(pilot, [0.5, 0.0, 0.0, 0.0])
    assert close(either, [0.75, 0.5, 4 / 6, 4 / 6])
    assert close(any_of_them, [0.875, 0.75, 5 / 6, 5 / 6])


ODDS = st.floats(0.0, 1e6)


@given(st.booleans(), st.booleans(), ODDS, ODDS, st.floats(1.0, 4.0), ODDS)
def test_competing_risks_leave_room_for_waiting_whatever_the_odds(pilots, grounded, pilot, application, ratio, loss):
    """No window is cut: each risk keeps its odds against waiting, so that a loss is never crowded out."""
    first, second, third = next_step_rule(pilots, grounded, pilot, application, ratio, loss)
    assert 0.0 <= first <= second <= third <= 1.0
    waiting = 1.0 / (
        1.0 + (pilot if pilots and not grounded else 0.0) + application * (ratio if grounded else 1.0) + loss
    )
    assert third - second == pytest.approx(loss * waiting, abs=1e-9)
    assert 1.0 - third == pytest.approx(waiting, abs=1e-9)


def test_an_idea_refused_for_want_of_room_waits_as_one_that_found_nobody():
    """Of four ideas two are refused; those with a draw below 0.35 are given up, for want of room or of readiness."""
    ideas, relations, contacts = Episodes(4), Relations(4), Contacts(4)
    each = np.arange(4)
    contacts.append(4, mean=0.1)
    relations.append(4, contact=each, trust=0.3, open_ideas=1)
    ideas.append(4, contact=each, relation=each, stage=STAGE["dissemination"], since=6, project=-1)
    tally, terms = Tally(2, 8), baseline("idea.loss_quarter=0.35").terms(Terms)
    now = state(7, tally=tally, episodes=ideas, relations=relations, contacts=contacts)
    give_up(now, each, np.array([True, True, False, False]), np.array([0.34, 0.36, 0.34, 0.36]), terms)
    assert [STAGES[code].id for code in ideas.stage] == ["left", "dissemination", "left", "dissemination"]
    rows = tally.cohorts(ideas.take(np.array([1, 3])).rows)
    found = {OUTCOMES[outcome].id: (year, count) for year, outcome, count in zip(
        rows.entered, rows.outcome, rows.count, strict=True
    )}  # fmt: skip
    assert found == {"open": (2022, 2), "no_capacity": (2022, 1), "not_ready": (2022, 1)}


@pytest.mark.parametrize(("least", "ready"), [(0, [True] * 3), (1, [False, True, True]), (2, [False, False, True])])
def test_an_idea_chooses_when_it_has_had_its_least_time(least, ready):
    assert [ready_rule(7, since, least) for since in (7, 6, 5)] == ready


def test_applications_win_by_quality_and_expected_support():
    cases = ((0.2, 1.0), (0.2, 1.5), (0.2, -2.0), (0.8, 1.0))
    assert close([win_rule(success, 1.5, support, 0.4) for success, support in cases], [0.3, 0.36, 0.0, 1.0])


def test_lengths_are_even_over_the_whole_quarters():
    found = [length_rule(uniform, 12.0, 16.0) for uniform in (0.0, 0.19, 0.21, 0.99)]
    assert found == [12.0, 12.0, 13.0, 16.0]


def test_an_award_is_paid_evenly_over_its_quarters():
    """A mean award of 12 million at prices a quarter above the start, of relative size 0.8, over six quarters."""
    assert close(award_rule(12.0, 1.25, 0.8, 6.0), 2.0)


@pytest.mark.parametrize(("price", "indexation", "factor"), [(1.3, 1.0, 1.3), (1.3, 0.5, 1.15), (1.3, 0.0, 1.0)])
def test_what_follows_of_prices(price, indexation, factor):
    assert price_factor(price, indexation) == pytest.approx(factor)


def test_pilots_need_money_hours_and_time():
    """Money for 3, 3, 1 and 3; hours for 2.25 and a shift; the third by money, the last has no time left."""
    cases = ((3, 90.0, 0.5, 4), (3, 90.0, 0.8, 4), (1, 400.0, 0.0, 2), (3, 400.0, 0.0, 0))
    found = [pilots_rule(planned, hours, 40.0, shift, length) for planned, hours, shift, length in cases]
    assert found == [2, 3, 1, 0]


def test_orders_follow_effort():
    """Of 10 million a quarter 6 are competed for; half the effort with response 0.5 leaves three quarters."""
    assert close([orders_rule(10.0, 0.6, effort, 0.5) for effort in (1.0, 0.5, 0.0, 2.0)], [4.0, 3.0, 2.0, 6.0])
    assert orders_rule(10.0, 0.6, 0.0, 3.0) == 0.0


def test_firms_put_cash_into_projects():
    assert close(cash_rule(4.0, 1.25, 1.4, 0.5), 6.0)


def test_lasting_income_is_a_year_of_the_quarter_with_delay():
    """Eight million a year, and a quarter of three: 12 a year, an eighth of the way."""
    organisations, reference = Organisations(1, 1), References(1, 1)
    organisations.open, organisations.external_year = True, 8.0
    reference.external_quarter = np.array([0.0, 0.0, 3.0])
    terms = baseline().terms(IncomeTerms)._replace(quarters=8.0)
    book_income(state(organisations=organisations, reference=reference), 0, np.zeros(2), terms)
    assert close(organisations.external_year, [8.5])


def test_commitment_keeps_firms_and_the_money_of_those_who_leave_goes_along():
    assert withdrawal_rule(0.08, 0.25) == pytest.approx(0.06)
    assert [shrunk_rule(2.0, *firms) for firms in ((3.0, 4.0), (0.0, 1.0), (0.0, 0.0))] == [1.5, 0.0, 0.0]


def test_researchers_whose_money_depends_on_firms_are_easier_to_work_with_or_warier():
    assert ease_rule(0.5, 0.0, 0.2) == 0.5
    assert ease_rule(0.5, 1.0, 0.2) == pytest.approx(0.6)
    assert ease_rule(0.5, 0.5, -0.2) == pytest.approx(0.45)
    assert ease_rule(0.9, 1.0, 0.6) == 1.0
