"""The expected remaining support H: alike for today's rules and for a ten-year horizon (M012, M014, L08, L09).

It follows from the chance of losing the grant at each renewal and at each evaluation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.ledger import DEB, FUNDERS, UFS
from klyngesim.ecosystem.processes.money_in import funder_shares, horizon_quarters
from klyngesim.ecosystem.settings import Values
from klyngesim.streams import Floats, Ints


class Outlook(NamedTuple):
    """What actors expect of the support to come; the funders are UFS and DEB.

    Attributes:
        ahead: quarters looked ahead.
        horizon: length of a grant period of each funder, quarters, shape (2,).
        renewal_loss: chance of losing each grant at a renewal, shape (2,).
        evaluation_every: quarters between evaluations inside a period, 0 = none.
        evaluation_loss: chance of losing the grant at an evaluation.
        funder_share: of the budget, shape (2,).
    """

    ahead: int
    horizon: Ints
    renewal_loss: Floats
    evaluation_every: int
    evaluation_loss: float
    funder_share: Floats


def outlook(expected: Values) -> Outlook:
    """Reads what actors expect, from the values that they expect to hold."""
    return Outlook(
        round(4 * expected.num("belief.lookahead_years")),
        np.array(horizon_quarters(expected)),
        expected.nums("renewal.loss_*", FUNDERS),
        round(4 * expected.num("evaluation.every_years")),
        expected.num("evaluation.loss"),
        funder_shares(expected),
    )


@rule
def expected_support(
    left: int,
    since: int,
    ends: float,
    horizon: int,
    renewal_loss: float,
    evaluation_every: int,
    evaluation_loss: float,
    ahead: int,
) -> float:
    """Expected years of support within a look-ahead: sum over quarters of the chance of still being funded.

    Args:
        left: quarters left of the present grant period.
        since: quarters since evaluations are counted, negative where the rule is yet to come.
        ends: quarters until an announced end of the money, infinite if none is announced.
        horizon: length of a grant period, quarters.
        renewal_loss: chance of losing the grant at a renewal.
        evaluation_every: quarters between evaluations inside a period, 0 = none.
        evaluation_loss: chance of losing it at an evaluation.
        ahead: quarters looked ahead.

    Returns:
        Years, at most ``ahead / 4``.
    """
    renewed = evaluated = 1.0
    quarters = 0.0
    for quarter in range(ahead):
        beyond, into = quarter - left, since + quarter
        if beyond >= 0 and beyond % max(1, horizon) == 0:
            # An evaluation that coincides with a renewal is the renewal.
            renewed *= 1.0 - renewal_loss
        elif evaluation_every > 0 and into > max(0, since) and into % evaluation_every == 0:
            evaluated *= 1.0 - evaluation_loss
        if quarter + 1 <= ends:
            quarters += renewed * evaluated
    return quarters / 4.0


@rule
def support_of(outlook: Outlook, funder: int, left: int, since: int, ends: float) -> float:
    """H of a funder, years.

    Args:
        outlook: what actors expect.
        funder: whose support.
        left: quarters left of the grant period.
        since: quarters since evaluations are counted, negative where the rule is yet to come.
        ends: quarters until an announced end of the money.
    """
    return expected_support(
        left,
        since,
        ends,
        outlook.horizon[funder],
        outlook.renewal_loss[funder],
        outlook.evaluation_every,
        outlook.evaluation_loss,
        outlook.ahead,
    )


@loop
def usual_support(outlook: Outlook) -> float:
    """H averaged over the phases of the grant periods and the two funders: the level people are used to."""
    level = 0.0
    for funder in (UFS, DEB):
        horizon, phases = outlook.horizon[funder], 0.0
        for left in range(horizon, 0, -1):
            phases += support_of(outlook, funder, left, horizon - left, np.inf)
        level += outlook.funder_share[funder] * phases / horizon
    return level
