"""Who fails: not who has more grant, but who is small, new or without equity (E110, E123, M103). Seeds are paired."""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.indicators import index
from klyngesim.scenario import periods
from klyngesim.scenario.loading import from_mapping

SEEDS = range(1, 41)
REFORM = periods.parse("2025Q1")
HALF = periods.parse("2028Q1")
YOUNG = 16
"""Quarters for which an organisation is new."""


def run(seed, parameters=None, grant=None):
    """Indicators of a run of the baseline, shape (quarters, organisations + 1, indicators)."""
    lever = [{"from": "2025Q1", "announced": "2024Q4", "set": {"grant.budget_factor": grant}}] if grant else []
    scenario = from_mapping(
        {
            "extends": "baseline",
            # Money of organisations hardly depends on how many firms there are.
            "population": {"scale": 0.02},
            "parameters": parameters or {},
            "timeline": lever,
        },
        "failures",
    )
    return Ecosystem(scenario, seed).run().indicators


def failures(**settings):
    """Failures by seed, quarter and organisation, and who was there as the quarter ended."""
    runs = np.stack([run(seed, **settings) for seed in SEEDS])
    return runs[:, :, :-1, index("organisations_failed")], runs[:, :, :-1, index("organisations_active")] > 0.0


@pytest.fixture(scope="module")
def baseline():
    return failures()


@pytest.mark.slow
def test_failures_do_not_rise_with_the_grant(baseline):
    """Ten years: up to a fifth of a failure more by chance; it was two more before equity followed what is lent."""
    less, usual, more = (
        failed[:, REFORM:].sum() / len(SEEDS) for failed, _ in (failures(grant=0.7), baseline, failures(grant=1.25))
    )
    assert usual <= less + 0.2 and more <= usual + 0.2


@pytest.mark.slow
def test_one_organisation_in_fourteen_fails_in_four_years(baseline):
    failed, there = baseline
    assert 1 / 20 < failed.sum() / (there.sum() / 16.0) < 1 / 11


@pytest.mark.slow
def test_the_rate_stays_level(baseline):
    """The second seven years against the first: their difference is within two standard deviations of chance."""
    failed, _ = baseline
    first, second = failed[:, :HALF].sum(), failed[:, HALF:].sum()
    assert abs(second - first) < 2.0 * np.sqrt(first + second)


@pytest.mark.slow
def test_the_small_fail_more_often_than_the_large(baseline):
    failed, there = baseline
    world = Ecosystem(from_mapping({"extends": "baseline", "population": {"scale": 0.002}}, "sizes"), 1).world
    order = np.argsort(4.0 * (world.reference.business_quarter + world.reference.grant_quarter))
    small, large = np.split(order, [len(order) // 2])
    rate = [failed[:, :, half].sum() / there[:, :, half].sum() for half in (small, large)]
    assert rate[0] > 1.3 * rate[1]


@pytest.mark.slow
def test_the_new_fail_more_often_than_the_old(baseline):
    failed, there = baseline
    age = np.full(there.shape[::2], 1_000)
    rate = {True: [0.0, 0], False: [0.0, 0]}
    for quarter in range(1, there.shape[1]):
        age = np.where(there[:, quarter] & ~there[:, quarter - 1], 0, age + 1)
        for young in rate:
            among = there[:, quarter - 1] & ((age < YOUNG) == young)
            rate[young][0] += failed[:, quarter][among].sum()
            rate[young][1] += among.sum()
    new, old = (rate[young][0] / rate[young][1] for young in (True, False))
    assert new > 1.5 * old


@pytest.mark.slow
@pytest.mark.parametrize("more", [{"initial.equity_least": 0.8}, {"finance.reserve_months": 8}])
def test_who_has_more_equity_fails_less_often(baseline, more):
    usual, _ = baseline
    failed, _ = failures(parameters=more)
    assert failed[:, :HALF].sum() < 0.8 * usual[:, :HALF].sum()


@pytest.mark.slow
def test_longer_credit_hurts_those_without_equity():
    poor = {"finance.equity_months": 10, "open_call.entrant_equity": 0.2, "initial.equity_least": 0}
    usual, longer = (failures(parameters={**poor, "deb.credit_months": months})[0].sum() for months in (10, 18))
    assert longer > usual


def test_a_new_organisation_builds_up():
    """It begins with what partners pay in and with few people, and gets more of both; meanwhile its area had nobody."""
    early = {"finance.shock_spread": 0.6, "initial.equity_least": 0, "authority.vacancy_quarters": 4}
    values = run(3, early)
    there = values[:, :-1, index("organisations_active")] > 0.0
    entries = np.argwhere(there[1:-12] & ~there[:-13])
    stays = [(quarter + 1, who) for quarter, who in entries if there[quarter + 1 : quarter + 13, who].all()]
    assert stays
    quarter, who = stays[0]
    mine = {name: values[:, who, index(name)] for name in ("staff_fte", "equity_mkr", "grant_vacant_mkr")}
    assert mine["grant_vacant_mkr"][quarter - 2] > 0.0 and mine["grant_vacant_mkr"][quarter + 1] == 0.0
    assert mine["equity_mkr"][quarter - 2] == 0.0 and mine["equity_mkr"][quarter] > 0.0
    assert mine["staff_fte"][quarter + 1] < 0.7 * mine["staff_fte"][quarter + 8]


def test_nobody_fails_when_failures_are_off():
    harsh = {"finance.shock_spread": 0.6, "initial.equity_least": 0, "finance.overdraft_share": 0}
    assert run(1, harsh)[:, -1, index("organisations_failed")].sum() > 0.0
    assert run(1, {**harsh, "finance.failures": "off"})[:, -1, index("organisations_failed")].sum() == 0.0
