"""Activities that own income, external projects and sponsors pay: the sign of each rule alone, in pairs of runs."""

import numpy as np
import pytest

from klyngesim.results.vocabulary import ACCOUNT
from tests.direction.pairs import AT, pairs_of, world

SEEDS = (1, 2)
NOBODY_MINDS = {
    "membership.joining_elasticity": -0.02,
    "membership.renewal_elasticity": 0.0,
    "cofinancing.attention_drift": 0.0,
    "finance.shock_spread": 0.0,
}


def took_part(found, size):
    """(firm, organisation) that took part in the last quarter, of some size classes."""
    contacts = found.contacts.size[found.relations.contact]
    return pairs_of(found, np.flatnonzero((found.relations.last == found.period - 1) & np.isin(contacts, size)))


def booked(found, account, quarter):
    """An account in a quarter, mkr, by organisation."""
    return found.ledger.book[quarter, :, ACCOUNT[account]] / 1e8


@pytest.mark.parametrize("seed", SEEDS)
def test_a_krone_more_of_fees_pays_activities_and_a_krone_less_takes_them_away(seed):
    """Of what comes on top running costs take a part; the rest pays activities, a quarter later, and posts."""
    usual, more, less = (
        world({"fees.level": level} if level else None, NOBODY_MINDS, quarters=2, seed=seed)
        for level in (None, 2.0, 0.5)
    )
    gained = booked(more, "own_fees", AT) - booked(usual, "own_fees", AT)
    assert (gained > 0.0).all()
    for found, sign in ((more, 1.0), (less, -1.0)):
        assert (sign * (found.organisations.own_free - usual.organisations.own_free) > 0.0).all()
        assert sign * (found.organisations.own_use - usual.organisations.own_use).sum() > 0.0
        assert sign * (found.plan.otherwise_expected[:, 0] - usual.plan.otherwise_expected[:, 0]).sum() > 0.0
    # Two quarters of smoothing over eight: the first of it is used in the second quarter.
    spent = booked(more, "own_activity", AT + 1) - booked(usual, "own_activity", AT + 1)
    # Whose equity is short of an aim that has grown with the fees saves nearly all of it first.
    assert spent.sum() > 0.0 and (spent > -0.01 * gained).all() and (spent <= gained).all()
    assert (booked(more, "own_running", AT) <= booked(usual, "own_running", AT) + 0.9 * gained).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_projects_set_aside_is_used_a_quarter_later(seed):
    found = world(quarters=2, seed=seed)
    aside, used = booked(found, "external_closing", AT), booked(found, "external_activity", AT + 1)
    assert (aside == used).all() and aside.sum() > 0.0
    income = sum(booked(found, f"external_{name}", AT) for name in ("public", "eu", "other"))
    np.testing.assert_allclose(aside, 0.05 * found.reference.meeting_cost_share * income, atol=2e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_seats_that_sponsors_pay_bring_small_firms_and_send_no_other_away(seed):
    """All that sponsors give on top pays seats of small firms, a quarter later; the others keep theirs.

    Activities are whole and seats of sponsors are not their multiples, so that a few seats change hands.
    """
    levels = {"sponsorship.level": 3.0, "sponsorship.seat_share": 1.0}
    paid = world(levels, NOBODY_MINDS, quarters=2, seed=seed)
    usual = world(quarters=2, parameters=NOBODY_MINDS, seed=seed)
    assert paid.plan.sponsored_seats.sum() > 0 and not usual.plan.sponsored_seats.any()
    more = paid.plan.firm_seats.sum(axis=1) - usual.plan.firm_seats.sum(axis=1)
    assert (more >= 0).all() and more.sum() > 0
    small, others = (0, 1), (2, 3, 4)
    won = took_part(paid, small) - took_part(usual, small)
    lost = took_part(usual, others) - took_part(paid, others)
    assert took_part(paid, small) > took_part(usual, small)
    assert len(won) > 3 * len(lost)


def test_who_minds_little_stays_until_nothing_is_offered():
    """Nobody leaves for what is offered where nothing changes; without any activity everybody whose year is over."""
    minds = {"membership.activity_noticed": 0.2}
    usual = world(quarters=1)
    nothing = {"finance.running_base": 1.0, "finance.spend_down": 0.0, "external.activity_share": 0.0}
    idle = world({"grant.budget_factor": 0.0}, nothing | minds, quarters=12)
    assert usual.flows.members_joined.sum() > 0.0
    assert (idle.organisations.offered < 0.1).all()
    kept = world(parameters=nothing | minds, quarters=12)
    assert idle.organisations.members.sum() < 0.3 * kept.organisations.members.sum()
