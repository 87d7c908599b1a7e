"""Money used on activity against the activities that were planned, worked out anew from the ledger and the ODD."""

from __future__ import annotations

from typing import Any

import numpy as np

from klyngesim.results.vocabulary import ACCOUNT

OERE = 100_000_000
GRANT = [
    ACCOUNT[f"{funder}_{part}"]
    for funder in ("ufs", "deb")
    for part in ("partners_passed_on", "activity_spent", "admin_spent")
]
TYPES = ("dissemination", "internationalisation", "application", "project")
MEASURES = {
    "researcher.incentive": "researcher.incentive_cost_mkr_year",
    "local.partners": "local.cost_mkr_year",
    "phd.bridge": "phd.cost_mkr_year",
    "institutions.outreach": "institutions.outreach_cost_mkr_year",
    "competence.level": "competence.cost_mkr_year",
    "referral.share": "referral.cost_mkr_year",
}
"""Measures that are borne in proportion to the grant, and what the full level costs a year (ODD, section 7.4)."""


def price_level(growth: float, quarter: int) -> float:
    """Compound growth by quarters, 1 on average over the first twelve."""
    step = 1.0 + growth / 4.0
    return step**quarter / (sum(step**first for first in range(12)) / 12.0)


def measures(policy: Any, share: np.ndarray, price: float) -> np.ndarray:
    """What measures take from the activities of a quarter, mkr, shape (O,)."""
    if policy.word("measures.paid_by") == "extra":
        return np.zeros(len(share))
    shared = sum(policy.num(level) * policy.num(cost) for level, cost in MEASURES.items())
    posts = policy.vec("contact_staff.fte") * policy.num("contact_staff.cost_mkr_year")
    return np.asarray((posts + share * shared) / 4.0 * price)


class OwnActivity:
    """Running account of a world by who pays: activities that its money pays, and activities that are planned.

    Both are counted in activities of weight 1 at the organisation's own unit cost, so that prices may change. Whole
    numbers come from running totals: over any time they are within one activity of each type of what was paid.
    """

    PAYERS = ("the grant", "own income", "external projects")

    def __init__(self, organisations: int) -> None:
        self.paid = np.zeros((organisations, 3))
        self.planned = np.zeros((organisations, 3))

    def quarter(self, world: Any) -> None:
        """Adds the quarter that has just ended."""
        policy, reference, period = world.policy, world.reference, world.period - 1
        book = world.ledger.book[period]
        price = price_level(policy.num("prices.wage_growth"), period)
        weight = np.array([policy.num(f"activity_cost.{name}") for name in TYPES])
        beyond_four = np.maximum(0.0, (period - world.organisations.period_start[:, 0]) / 4.0 - 4.0)
        use = 1.0 / (1.0 + policy.num("rival.lock_in") * beyond_four)
        grant = book[:, GRANT].sum(axis=1) / OERE * use
        # Who is closed has no money for measures either.
        grant = np.maximum(0.0, grant - measures(policy, reference.grant_share, price))
        topped, routed = world.plan.topped, world.plan.routed
        own = book[:, ACCOUNT["own_activity"]] / OERE - topped - routed
        outside = book[:, ACCOUNT["external_activity"]] / OERE + routed
        money = np.stack((grant + topped, own, outside), axis=1)
        assert (money > -1e-7).all(), "less than nothing is used"
        cost = reference.unit_cost[:, None]
        assert not money[reference.unit_cost == 0.0].any(), "money is used where an activity has no price"
        self.paid += money / (np.where(cost > 0.0, cost, 1.0) * price)
        planned = world.plan.activities @ weight, *(world.plan.otherwise @ weight[:2]).T
        self.planned += np.stack(planned, axis=1)
        wrong = np.argwhere(np.abs(self.planned - self.paid) > weight.sum() + 1e-6 * (1.0 + self.paid))
        if len(wrong):
            who, payer = wrong[0]
            raise AssertionError(
                f"quarter {period}: money of {self.PAYERS[payer]} for {self.paid[who, payer]:g} activities of weight "
                f"1, {self.planned[who, payer]:g} planned by organisation {who}"
            )
