"""With certain success and no limit to capacity, money out equals the formula, to the øre.

Nothing is drawn in these formulas, so that there is no Monte-Carlo error. The grant is budget x share x absorption by
funder and account; external income is orders, the run-off of what ran before, and the award of every application
handed in two quarters earlier over the length of its project. Only the number of applications is read from the run.
"""

import numpy as np
import pytest

from klyngesim.ecosystem.rows import EXTERNAL
from klyngesim.evidence.derived import table
from klyngesim.results.indicators import IDS
from klyngesim.results.vocabulary import ACCOUNT
from tests.closed_form.isolated import alike, model

QUARTERS, WAIT, LENGTH = 16, 2, 4
OERE = 100_000_000
KEPT = ("partners", "activity", "admin")

GRANT = {
    "grant.budget_mkr_year": 180.0,
    "grant.ufs_share": 0.6,
    "grant.passthrough_ufs": 0.65,
    "grant.passthrough_deb": 0.25,
    "grant.admin_cap": 0.12,
    "spending.absorption": 0.9,
    "spending.start_year": 0.8,
}
EXTERNAL_MONEY = {
    "external.competed_share": 0.55,
    "external.indexation": 1.0,
    "prices.wage_growth": 0.04,
    "external.award_spread": 0.0,
    "external.length_low_quarters": LENGTH,
    "external.length_high_quarters": LENGTH,
    "external.award_national_mkr": 6.0,
    "calls.fixed_success_national": 0.6,
    "calls.fixed_success_eu": 0.3,
}
CERTAIN = {
    **alike(0.8, 0.9, 0.1),
    "calls.success_rule": "fixed",
    "application.decision_quarters": WAIT,
    "application.grounding": 0.0,
    "application.tie_weight": 1.0,
    "application.usual_quality": 1.0,
    "tie.initial": 0.8,
    "tie.decay_quarter": 0.02,
    "tie.background_stock": 0.0,
    "initial.ties_share": 0.0,
    "external.eu_2021_23_mkr": 0.0,
    "recruitment.hours_per_contact": 1,
    "activities.total_2021_23": 400,
    "activity_mix.internationalisation": 0.1,
    "activity_mix.project": 0.1,
    "activity_mix.application": 0.1,
    "matched.to_application": 4.0,
    "matched.to_pilot": 0.5,
    "project.withdraw_quarter": 0.0,
    "initial.project_fill": 1.0,
    "seats.application_firms": 10.0,
    **{f"firms.survival_{age}": 0.95 for age in ("1y", "2y", "5y")},
    **{f"firms.closing_{size}": 0.005 for size in ("small", "medium", "large")},
}
"""Only national calls, at 0.6 x (1 + strength of the ties): above one, as ties are at least 0.8 x 0.98 x 0.98 strong.

Few applications of many firms that seldom close: no consortium dies out.
"""


@pytest.fixture(scope="module")
def money():
    """(result, applications waiting at 2021Q1 by (organisation, quarters before)) of one run."""
    run = model({**GRANT, **EXTERNAL_MONEY, **CERTAIN}, QUARTERS)
    projects = run.world.projects
    waiting = (projects.kind == EXTERNAL) & (projects.end == 0)
    before = np.zeros((run.world.count, WAIT), dtype=np.int64)
    np.add.at(before, (projects.organisation[waiting], projects.start[waiting]), 1)
    while run.running:
        run.step()
        paid = (projects.rate > 0.0) & (projects.end >= run.world.period)
        waiting = (projects.kind == EXTERNAL) & (projects.end == 0)
        assert (projects.firms[paid | waiting] > 0).all(), "a consortium has died out: the formula does not apply"
    return run.run(), before


def by_organisation(money, name):
    """A table of the evidence in the order of the organisations."""
    return np.array([table(name)[organisation] for organisation in money[0].organisations])


def booked(money, account):
    """An account in øre by quarter and organisation."""
    return money[0].finance[:, :, ACCOUNT[account]]


def grant_rates(money, values):
    """Grant used, øre by quarter and organisation, for every funder and account.

    Budget x share of Table 7 x funder x absorption x account, in 2021 times the pace of the start-up year.
    """
    share = by_organisation(money, "grant_spent") / by_organisation(money, "grant_spent").sum()
    pace = np.where(np.arange(QUARTERS) < 4, values["spending.start_year"], 1.0) * values["spending.absorption"]
    quarter = values["grant.budget_mkr_year"] * share / 4.0 * OERE * pace[:, None]
    rates = {}
    for funder, part in (("ufs", values["grant.ufs_share"]), ("deb", 1.0 - values["grant.ufs_share"])):
        partners = values[f"grant.passthrough_{funder}"]
        admin = values["grant.admin_cap"] * (1.0 - partners)
        for account, piece in zip(KEPT, (partners, 1.0 - partners - admin, admin), strict=True):
            rates[funder, account] = quarter * part * piece
    return rates


def used(money, funder, account):
    """What was used of an account, øre by quarter and organisation."""
    return booked(money, f"{funder}_{account}_spent") + booked(money, f"{funder}_{account}_passed_on")


def test_the_grant_is_used_at_the_rate_of_the_budget(money):
    for (funder, account), rate in grant_rates(money, GRANT).items():
        assert (used(money, funder, account) == np.rint(rate)).all(), (funder, account)


def test_what_the_absorption_leaves_is_returned_when_the_period_ends(money):
    for (funder, account), rate in grant_rates(money, GRANT).items():
        awarded = booked(money, f"{funder}_{account}_awarded").sum(axis=0)
        returned = booked(money, f"{funder}_{account}_returned").sum(axis=0)
        whole = rate[-1] / GRANT["spending.absorption"] * QUARTERS
        # Awards are rounded once a year (UFS) or once (DEB), spending every quarter: at most half an øre each.
        assert np.abs(awarded - whole).max() <= 0.5 * QUARTERS / 4
        assert np.abs(returned - (whole - rate.sum(axis=0))).max() <= 0.5 * (QUARTERS + QUARTERS / 4)


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", GRANT)
def test_a_tenth_more_or_less_of_a_grant_parameter_is_noticed(money, parameter, factor):
    rates = grant_rates(money, {**GRANT, parameter: factor * GRANT[parameter]})
    assert any((used(money, *place) != np.rint(rate)).any() for place, rate in rates.items())


def price(growth, quarter):
    """Price level by compound growth a quarter, 1 on average over the twelve quarters of 2021-2023."""
    step = 1.0 + growth / 4.0
    return step**quarter / (sum(step**first for first in range(12)) / 12.0)


def external_income(money, values):
    """External public income, øre by quarter and organisation."""
    result, before = money
    base = by_organisation(money, "external_public") / 12.0
    applications = result.indicators[:, :-1, IDS.index("applications_submitted")]
    handed_in = np.concatenate((before.T, applications))  # from two quarters before 2021Q1
    competed = values["external.competed_share"]
    chance, asked = values["calls.fixed_success_national"], values["external.award_national_mkr"]
    registered = values["activities.total_2021_23"] / 12.0 * values["activity_mix.application"]
    # The awards of the starting number of applications at the usual chance make up the competed income.
    number = np.maximum(competed * base / (chance * asked), registered)
    award = competed * base / (number * chance)
    income = np.zeros(applications.shape)
    prices = np.array([price(values["prices.wage_growth"], quarter) for quarter in range(QUARTERS)])
    level = 1.0 + values["external.indexation"] * (prices - 1.0)
    for quarter in range(QUARTERS):
        legacy = max(0.0, 1.0 - (quarter + 1) / LENGTH) * competed * base
        orders = (1.0 - competed) * base * level[quarter]
        won = sum(
            handed_in[start] * award * level[start] / LENGTH
            for start in range(max(0, quarter - LENGTH + 1), quarter + 1)
        )
        income[quarter] = (legacy + orders + won) * OERE
    return income


ALL = {**EXTERNAL_MONEY, **CERTAIN}


def test_every_application_is_won(money):
    result, before = money
    submitted = result.indicators[:, :-1, IDS.index("applications_submitted")]
    won = result.indicators[:, :-1, IDS.index("applications_won")]
    assert (won == np.concatenate((before.T, submitted))[:QUARTERS]).all()
    assert won.sum() > 300


def test_external_income_is_orders_run_off_and_awards(money):
    # Sums in another order may round half an øre the other way.
    assert np.abs(booked(money, "external_public") - external_income(money, ALL)).max() <= 0.5 + 1e-3
    assert not booked(money, "external_eu").any()


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", ["external.competed_share", "external.indexation", "prices.wage_growth"])
def test_a_tenth_more_or_less_of_an_income_parameter_is_noticed(money, parameter, factor):
    wrong = external_income(money, {**ALL, parameter: factor * ALL[parameter]})
    assert np.abs(booked(money, "external_public") - wrong).max() > 100
