"""Money and memberships against their formulas: what is deterministic to the øre, what is drawn within its error."""

import numpy as np
import pytest

from klyngesim.ecosystem.processes import applications
from klyngesim.results.indicators import IDS
from tests.closed_form.worlds import alone, error

BOUND = 4.0
OERE = 1e-8
"""One øre in mio. kr."""


def column(result, name):
    """An indicator by quarter and organisation."""
    return result.indicators[:, :13, IDS.index(name)]


def test_the_grant_used_is_budget_times_share_times_pace():
    """Every krone of the award's rate, less friction and vacancies, is used: by funder and account, to the øre."""
    model = alone({"spending.absorption": 0.8}, "2022Q4", 0.01)
    reference, policy = model.world.organisations.reference, model.world.policy
    result = model.run()
    budget = policy.num("grant.budget_mkr_year") / 4.0 * reference["grant_share"]
    pace = 0.8 * np.minimum(1.0, column(result, "staff_fte") / reference["staff_posts"])
    # Two funders times three accounts are rounded to the øre each.
    assert np.abs(column(result, "grant_spent_mkr") - budget * pace).max() <= 6 * 0.5 * OERE


def test_external_income_is_legacy_orders_and_awards_when_every_application_wins(monkeypatch):
    """Equal awards over twelve quarters, paid in equal parts; what was won before 2021 runs off in a straight line."""
    monkeypatch.setattr(applications, "chances", lambda world, applied: np.array([2.0, 2.0]))
    settings = {
        "external.length_low_quarters": 12,
        "external.length_high_quarters": 12,
        "external.award_spread": 0.0,
        "external.indexation": 0.0,
        "project.withdraw_quarter": 0.0,
        "project.start_response": 0.0,
        "external.competed_share": 0.6,
    }
    model = alone(settings, "2026Q4", 0.05)
    reference = model.world.organisations.reference
    quarters = model.world.periods
    result = model.run()
    wait = round(model.world.policy.num("application.decision_quarters"))
    # Applications whose firms have all left before the decision win nothing; here nobody leaves.
    written = column(result, "applications_submitted")
    won = column(result, "applications_won")
    assert np.array_equal(won[wait:], written[:-wait])
    base = reference["external_quarter"][:, :2].sum(axis=1)
    paid = np.zeros((quarters, 13))
    for period in range(quarters):
        paid[period] = won[max(0, period - 11) : period + 1].sum(axis=0) * reference["award_mkr"] / 12.0
    legacy = np.maximum(0.0, 1.0 - (np.arange(quarters) + 1) / 12.0)[:, None] * 0.6 * base
    found = column(result, "external_public_mkr") + column(result, "external_eu_mkr")
    assert won.sum() > 100
    assert np.abs(found - (legacy + 0.4 * base + paid)).max() <= 1e-6


@pytest.mark.parametrize("rate", [0.7, 0.9])
def test_members_survive_as_a_geometric_life_says(rate):
    """Everybody is asked once a year; after three years the cube of the yearly chance is left."""
    settings = {
        "membership.renewal": rate,
        "membership.renewal_first_year": rate,
        "membership.renewal_trust": 0.0,
        "membership.support_response": 0.0,
    }
    model = alone(settings, "2023Q4", 1.0)
    relations = model.world.relations
    start = np.flatnonzero(relations.member)
    since = relations.since[start].copy()
    assert len(start) > 3000
    for years in (1, 2, 3):
        for _ in range(4):
            model.step()
        still = relations.member[start] & (relations.since[start] == since)
        assert abs(error(still.sum(), len(start), rate**years)) <= BOUND
    # Ten per cent off a year would be seen after three.
    assert abs(error(still.sum(), len(start), (0.9 * rate) ** 3)) > BOUND
