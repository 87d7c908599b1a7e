"""Guards on the funnel: every stage's stock, and drop-out by cohort followed to the end."""

import numpy as np
import pytest
from checks.funnel_drift import (
    COHORTS,
    FOLLOWED,
    STAYS,
    dropout,
    dropout_guards,
    stage_stocks,
    stay,
    stay_guards,
)

from klyngesim.results.indicators import IDS
from klyngesim.results.records import CohortRows, FunnelRows, RunResult
from klyngesim.results.vocabulary import OUTCOME, STAGE
from tests.drift.conftest import FEW, runs

LEVEL = (FOLLOWED, "grant.indexation=1", "finance.shock_spread=0")
"""Overrides under which the grant keeps its value and nobody fails."""


def must_hold(found, name):
    guard = {guard.id: guard for guard in found}[name]
    assert guard.holds, f"{guard.guard}: {guard.value:.3f}, allowed {guard.low:.3f} to {guard.high:.3f}"


@pytest.fixture(scope="module")
def followed():
    """The untouched baseline, until the last cohort has left."""
    return runs(FEW, FOLLOWED)


@pytest.fixture(scope="module")
def level():
    """Likewise, where the grant keeps its value and nobody fails: rooms stay as many as they are."""
    return runs(FEW, *LEVEL)


@pytest.mark.parametrize("stage", STAYS)
def test_no_stage_fills_up_or_runs_dry(baseline, stage):
    must_hold(stay_guards(baseline), f"stay of {stage}")


@pytest.mark.parametrize("stage", COHORTS)
def test_later_cohorts_drop_out_as_the_first_ones_do(followed, stage):
    must_hold(dropout_guards(followed), f"drop-out of {stage}")


def test_cohorts_are_followed_to_the_end(followed):
    """All but a handful have left: neither rate is one of those who were quick."""
    for stage in COHORTS:
        still = [dropout(run, stage, years)[1] for run in followed for years in ((2021, 2023), (2032, 2034))]
        entered = [run.cohorts.count[run.cohorts.stage == STAGE[COHORTS[stage][0]]].sum() / 6 for run in followed]
        assert max(still) < 0.03 * min(entered), stage


@pytest.mark.parametrize("stage", COHORTS)
def test_where_rooms_stay_level_cohorts_are_equal_within_chance(level, stage):
    """2021 is a start-up year; from 2024 on nothing moves. Three standard errors of the mean difference of the runs."""
    rates = np.array([[dropout(run, stage, years)[0] for years in ((2024, 2026), (2032, 2034))] for run in level])
    each = rates[:, 1] - rates[:, 0]
    # Four runs tell their own spread badly: it is not taken for less than the binomial one of the ideas counted.
    entered = [run.cohorts.count[run.cohorts.stage == STAGE[COHORTS[stage][0]]].sum() / 6 for run in level]
    binomial = (2.0 * rates.mean() * (1.0 - rates.mean()) / np.mean(entered)) ** 0.5
    error = max(np.std(each, ddof=1), binomial) / len(each) ** 0.5
    assert abs(each.mean()) <= 3.0 * error, each


def made_up():
    """Twelve quarters and three: two ideas inherited, one matched every quarter, each of which stays for two."""
    matched, pilot, left, outside = (STAGE[name] for name in ("matchmaking", "pilot", "left", "outside"))
    quarters = np.arange(12)
    moves = [(q, outside, matched, 4) for q in quarters] + [(q, matched, pilot, 3) for q in quarters[1:]]
    moves += [(q, matched, left, 1) for q in quarters[1:]]
    period, before, after, count = (np.array(each) for each in zip(*moves, strict=True))
    zero = np.zeros_like(period)
    cohorts = [(2020, "open", 2), (2021, "pilot", 12), (2021, "price", 4), (2022, "pilot", 12), (2022, "price", 2)]
    cohorts += [(2022, "support_ended", 2), (2023, "pilot", 9), (2023, "price", 3), (2023, "open", 4)]
    year, outcome, number = zip(*cohorts, strict=True)
    rows = CohortRows(
        np.array(year), np.zeros(len(year), dtype=int), np.zeros(len(year), dtype=int), np.full(len(year), matched),
        np.array([OUTCOME[word] for word in outcome]), np.array(number),
    )  # fmt: skip
    return RunResult(
        "made-up", 1, 0, 0, ("a",), np.zeros((12, 2, len(IDS))), IDS,
        FunnelRows(period, zero, zero, before, after, zero, count), np.zeros((12, 1, 0)), (), 0, 0.0, {}, rows,
    )  # fmt: skip


def test_stocks_are_what_was_there_and_what_came_less_what_went():
    assert stage_stocks(made_up())[:, STAGE["matchmaking"]].tolist() == [6.0] * 12
    assert stay([made_up(), made_up()], ("matchmaking",)).tolist() == [1.5] * 3


def test_drop_out_leaves_out_who_is_still_there_and_who_ended_with_the_organisation():
    run = made_up()
    assert dropout(run, "matched ideas", (2021, 2021)) == (0.25, 0.0)
    assert dropout(run, "matched ideas", (2022, 2022)) == (pytest.approx(2 / 14), 0.0)
    assert dropout(run, "matched ideas", (2023, 2023)) == (0.25, 4.0)
