"""The account of own activity finds money that is set aside, paid twice or counted at another price."""

import numpy as np
import pytest

from klyngesim.ecosystem.ledger import BookkeepingError
from klyngesim.ecosystem.processes import planning, spending
from tests.bookkeeping.watched import scenario, watch

BROAD = {"grant.broad_only": 1, "researcher.incentive": 1, "activity_cost.project": 5}


plan_quarter, activity_money = planning.plan_quarter, planning.activity_money


def no_projects(state, *others):
    """What the grant cannot pay is crossed out after the money has been shared out."""
    plan_quarter(state, *others)
    state.plans["activities_expected"][:, 3] = 0.0
    state.plans["activities"][:, 3] = 0


def old_prices(state, *others):
    """What activities cost does not follow the price level."""
    plan_quarter(state._replace(price=1.0), *others)


def free_measures(state, terms):
    """Measures have no price."""
    return activity_money(state, terms._replace(full=np.zeros(len(spending.MEASURES))))


def half_of(layer):
    """Half of what one layer has for activities is not used."""

    def money(*values):
        left = activity_money(*values)
        left[:, layer] *= 0.5
        return left

    return money


FAULTS = {
    "money for projects is set aside": ("plan_quarter", no_projects),
    "prices are forgotten": ("plan_quarter", old_prices),
    "measures cost nothing": ("activity_money", free_measures),
    "part of the grant is not used": ("activity_money", half_of(0)),
    "own money is not used": ("activity_money", half_of(1)),
    "what projects set aside is not used": ("activity_money", half_of(2)),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_money_that_goes_astray_is_found(fault, monkeypatch):
    case = scenario({**BROAD, "grant.broad_only": 0, "prices.wage_growth": 0.06}, end="2022Q4", scale=1e-4)
    monkeypatch.setattr(planning, *fault)
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
