"""The account of own activity finds money that is set aside, paid twice or counted at another price."""

import numpy as np
import pytest

from klyngesim.ecosystem.ledger import BookkeepingError
from klyngesim.ecosystem.processes import planning, spending
from tests.bookkeeping.watched import scenario, watch

BROAD = {"grant.broad_only": 1, "researcher.incentive": 1, "activity_cost.project": 5}


def no_projects(money, mix, *prices):
    """What the grant cannot pay is crossed out after the money has been shared out."""
    number = spending.number_rule(money, mix, *prices)
    number[:, 3] = 0.0
    return number


FAULTS = {
    "money for projects is set aside": (planning, "number_rule", no_projects),
    "prices are forgotten": (planning, "number_rule", lambda *values: spending.number_rule(*values[:-1], 1.0)),
    "measures cost nothing": (spending, "measures_rule", lambda policy, share, price: np.zeros_like(share)),
    "own money is not used": (planning, "activity_money", lambda world: 0.9 * spending.activity_money(world)),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_money_that_goes_astray_is_found(fault, monkeypatch):
    case = scenario({**BROAD, "grant.broad_only": 0, "prices.wage_growth": 0.06}, end="2022Q4", scale=1e-4)
    monkeypatch.setattr(*fault)
    with pytest.raises((BookkeepingError, AssertionError), match=r"own activity|activities of weight 1"):
        watch(case)


def test_what_the_grant_does_not_pay_goes_to_the_other_activities():
    _, usual = watch(scenario({**BROAD, "grant.broad_only": 0}, end="2022Q4", scale=1e-4))
    _, broad = watch(scenario(BROAD, end="2022Q4", scale=1e-4))
    before, after = usual.world.organisations.activities_done, broad.world.organisations.activities_done
    assert not after[:, 3].any() and before[:, 3].any()
    # Their shares among each other stay.
    others = before[:, :3] / before[:, :3].sum(axis=1, keepdims=True)
    assert np.allclose(after[:, :3] / after[:, :3].sum(axis=1, keepdims=True), others)
    weight = np.array([1.0, 1.5, 1.5, 5.0])
    assert np.allclose(after @ weight, before @ weight, rtol=0.02)
