"""No headline stock drifts more than a tenth over 2021-2024 because of initialisation (model, Initialisation)."""

import pytest
from checks.drift import initial_drift

STOCKS = (
    "members",
    "social_capital",
    "trust_mean",
    "readiness_mean",
    "ties_firm_institution",
    "staff_fte",
    "projects_running",
    "external income",
    "participants_unique_year",
)


def must_hold(found, stock):
    guard = {guard.id: guard for guard in found}[f"initial {stock}"]
    assert guard.holds, f"{guard.guard}: {guard.value:+.1%}, allowed {guard.low:+.0%} to {guard.high:+.0%}"


def test_every_headline_stock_is_looked_at(flat):
    assert {guard.id for guard in initial_drift(flat)} == {f"initial {stock}" for stock in STOCKS}


@pytest.mark.parametrize("stock", STOCKS)
def test_no_headline_stock_drifts(flat, stock):
    must_hold(initial_drift(flat), stock)


@pytest.mark.slow
@pytest.mark.parametrize("stock", STOCKS)
def test_no_headline_stock_drifts_over_many_seeds(many_flat, stock):
    must_hold(initial_drift(many_flat), stock)
