"""With levers on and prices not one, a quarter's hours, attention, fees and relations follow from the state by hand.

Nothing is drawn in these formulas, and none of the model's rules is called: what they read stands in the tables.
"""

import numpy as np
import pytest

from klyngesim.ecosystem import quarter
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.vocabulary import ACCOUNT
from tests.bookkeeping.watched import scenario

LEVERS = {
    "contact_staff.fte": 1.5,
    "local.partners": 0.5,
    "segmentation.level": 0.25,
    "initiative.routed_share": 0.4,
    "environment.support_actors": 12,
    "admin.funding_strings": 1,
    "fees.level": 3,
    "sponsorship.level": 2,
    "guard.fee_rebate": 0.5,
    "researcher.incentive": 1,
    "institutions.outreach": 0.5,
    "rival.complacency": 0.3,
    "grant.budget_factor": 0.8,
    "grant.indexation": 0.5,
    "grant.ufs_share": 0.55,
}
FEES = dict(zip(("micro", "small", "medium", "large", "foreign"), (2_000, 7_000, 30_000, 90_000, 9_000), strict=True))
PARAMETERS = {
    "prices.wage_growth": 0.06,
    "initiative.years_between": 0.5,
    "coordination.hours_per_initiative": 70,
    "platform.hours_per_initiative": 110,
    "attention.strength": 0.4,
    **{f"fees.{name}": fee for name, fee in FEES.items()},
}


@pytest.fixture(scope="module")
def world():
    """The world after 2022Q3, whose levers hold since 2022Q1."""
    model = Ecosystem(scenario(PARAMETERS, timeline=[{"from": "2022Q1", "set": LEVERS}], end="2022Q3"), 1)
    before = {}

    def noting(world):
        """Firms close after they have paid: who pays is noted in between."""
        held = np.flatnonzero(world.relations.member)
        before["payer"] = world.relations.organisation[held]
        before["size"] = world.contacts.size[world.relations.contact[held]]
        evaluate(world)

    evaluate = quarter.evaluate_and_renew
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quarter, "evaluate_and_renew", noting)
        while model.running:
            before["partnership"] = model.world.organisations.partnership.copy()
            before["liquidity"] = model.world.organisations.liquidity.copy()
            model.step()
    model.world.before = before
    return model.world


def price(period):
    """Compound growth of one and a half per cent a quarter, 1 on average over the first twelve."""
    return 1.015**period / (sum(1.015**first for first in range(12)) / 12.0)


def running(world):
    """Initiatives that run in the last quarter: four years from their arrival."""
    start = world.environment.start
    return int(((start <= 6) & (start + 16 > 6)).sum())


def test_grant_of_a_year_and_its_use_in_a_quarter(world):
    reference = world.reference
    budget = world.policy.num("grant.budget_mkr_year") * 0.8 * (1.0 + 0.5 * (price(6) - 1.0))
    expected = budget * reference.grant_share[:, None] * np.array([0.55, 0.45])
    assert world.plan.grant_year == pytest.approx(expected)
    pace = world.policy.num("spending.absorption") * np.minimum(1.0, world.organisations.staff / world.plan.posts)
    assert (world.ledger.balance > 0).all(), "the award binds: the formula does not apply"
    assert world.plan.spent == pytest.approx(expected.sum(axis=1) / 4.0 * pace * world.before["liquidity"])


def test_hours_of_a_quarter(world):
    number = running(world)
    assert number > 3
    others = number * (0.6 * 70 + 0.4 * 110) + 0.5 * 300 + 0.25 * 500
    year = world.organisations.staff * 1500 * (1.0 - 0.17)
    safe = np.maximum(0.2, 1.0 - 0.3 * (world.organisations.support_ratio - 1.0))
    assert world.plan.hours.sum(axis=1) == pytest.approx(np.maximum(0.0, year - others) / 4.0 * safe)


def test_attention_by_the_number_of_actors(world):
    ratio = (13 + 12 + 0.6 * running(world)) / (13 + 6 + 4.0 / 0.5)
    assert world.organisations.open.all()
    assert world.environment.attention == pytest.approx(1.0 / (1.0 + 0.4 * (ratio - 1.0)))


def test_fees_of_a_quarter(world):
    fee = np.array(list(FEES.values())) * np.array([0.5, 0.5, 1.0, 1.0, 1.0])
    scale = world.reference.fee_scale
    listed = np.bincount(world.before["payer"], fee[world.before["size"]], world.count)
    expected = listed * scale * 3.0 * price(6) / 4.0 / 1e6
    assert (expected > 0.0).all()
    assert world.ledger.book[6, :, ACCOUNT["own_fees"]] / 1e8 == pytest.approx(expected, abs=1e-8)


def test_sponsorship_and_foundations_of_a_quarter(world):
    reference = world.reference
    large = np.bincount(world.before["payer"][world.before["size"] == 3], minlength=world.count)
    change = large / np.maximum(1.0, reference.large_members)
    expected = reference.sponsorship_quarter * 2.0 * price(6) * change
    assert (expected > 0.0).any()
    assert world.ledger.book[6, :, ACCOUNT["own_sponsorship"]] / 1e8 == pytest.approx(expected, abs=1e-8)
    funds = world.ledger.book[6, :, ACCOUNT["own_foundations"]] / 1e8
    assert funds == pytest.approx(reference.foundations_quarter * price(6), abs=1e-8)


def test_presence_and_relations_follow_what_is_done_together(world):
    reference, before = world.reference, world.before["partnership"]
    presence, activities = world.organisations.presence, world.plan.activities[:, :2].sum(axis=1)
    usual = before / reference.partnership
    printed = np.array([world.policy.vec(f"presence.{name}") for name in ("university", "university_college", "gts")])
    factor = np.array([1.0 + 1.0 * 0.5, 1.0 + 0.5 * 1.5, 1.0])
    partners = 1.0 + 0.25 * (world.organisations.support_ratio[:, None] - 1.0)
    money = world.plan.passed_on / price(6) / reference.passed_on
    events = world.plan.activities_expected[:, :2].sum(axis=1) / reference.activities_quarter[:, :2].sum(axis=1)
    hours = (0.5 + 0.5 * money / events)[:, None]
    lift = 1.0 + 0.5 * (usual[:, [0, 2, 1]] - 1.0)
    assert presence[:, [0, 2, 1]] == pytest.approx(np.minimum(1.0, printed.T * lift * factor * partners * hours))

    here = presence / reference.presence
    projects = world.flows.projects_pilot + world.flows.applications
    projects = projects / (reference.activities_quarter[:, 3] + reference.applications_quarter)
    vacant = world.policy.num("staff.exit_year") / 4.0 * world.policy.num("staff.hiring_quarters")
    brokers = (world.plan.hours[:, 2] + 1.5 / (1.0 + vacant) * 1500 / 4.0) / reference.hours[:, 2]
    usual = reference.activities_quarter[:, :2].sum(axis=1) + reference.meetings_otherwise
    events = (activities + world.plan.otherwise.sum(axis=(1, 2))) / usual
    work = 0.4 * events[:, None] * here + 0.3 * projects[:, None] * here + 0.3 * brokers[:, None]
    expected = before + 0.1 * (reference.presence * work * (1.0 - before) - before)
    assert world.organisations.partnership == pytest.approx(expected)
