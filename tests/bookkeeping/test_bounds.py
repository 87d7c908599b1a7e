"""Values at the ends of their registered bounds, alone: each is allowed, so each must run and keep the books."""

import pytest

from klyngesim.population.institutions import INSTITUTION_TYPES
from tests.bookkeeping.watched import ORGANISATIONS, scenario, watch

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

EVERY = {f"institutions.number_{name}": 0 for name in INSTITUTION_TYPES}


def test_no_budget_at_all():
    watch(scenario({"grant.budget_mkr_year": 0}, end="2022Q1"))


def test_all_but_one_used_no_grant_in_2021_23_and_have_no_firms_of_their_own():
    nothing = {"grant.spent_2021_23_mkr": 0, "stronghold.firms": 0}
    watch(scenario(clusters=dict.fromkeys(ORGANISATIONS[1:], nothing), end="2022Q1"))


def test_no_institutions_at_all():
    watch(scenario(EVERY, end="2022Q1"))


def test_population_of_a_handful():
    watch(scenario(scale=1e-4, end="2022Q1"))


def test_shrinking_population():
    watch(scenario({"firms.growth_year": -0.02}, end="2022Q1"))


def test_capacity_of_institutions_falls_within_a_year():
    capacity = {f"institutions.capacity_{name}": 0 for name in INSTITUTION_TYPES}
    watch(scenario(end="2022Q4", timeline=[{"from": "2022Q3", "set": capacity}]))


def test_nobody_left_to_renew():
    # Twelve are lost at the first renewal and the last one fails: the next renewal has nobody to choose from.
    harsh = {
        "grant.horizon_years": 1,
        "renewal.organisations_lost": 12,
        "finance.equity_months": 10,
        "finance.overdraft_share": 0,
        "finance.shock_spread": 0.6,
        "finance.patience_quarters": 1,
    }
    for seed in range(1, 6):
        watch(scenario(harsh, end="2024Q4"), seed)


def test_renewal_closes_only_those_whose_period_ends():
    # More are to be lost than are left: whoever waits to reopen after a failure keeps its date.
    harsh = {
        "grant.horizon_years": 1,
        "renewal.organisations_lost": 13,
        "authority.vacancy_quarters": 4,
        "finance.patience_quarters": 1,
        "finance.overdraft_share": 0,
    }
    result, model = watch(scenario(harsh, end="2023Q4"))
    share = model.world.reference.grant_share
    assert len(share) == len(ORGANISATIONS) and share.sum() == pytest.approx(1.0)
    assert result.indicators.shape[0] == 12
