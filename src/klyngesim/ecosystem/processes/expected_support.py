"""The expected remaining support H: alike for today's rules and for a ten-year horizon (M012, M014, L08, L09).

It follows from the chance of losing the grant at each renewal and at each evaluation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.ledger import DEB, FUNDERS, UFS
from klyngesim.ecosystem.processes.money_in import funder_shares, horizon_quarters
from klyngesim.ecosystem.settings import number, numbers, quarters, worked_out
from klyngesim.streams import Floats, Ints


class Outlook(NamedTuple):
    """What actors expect of the support to come, in quarters; ``evaluation_every`` is 0 where there are none."""

    ahead: int = quarters("belief.lookahead_years")
    horizon: Ints = worked_out(horizon_quarters)
    renewal_loss: Floats = numbers("renewal.loss_*", FUNDERS)
    evaluation_every: int = quarters("evaluation.every_years")
    evaluation_loss: float = number("evaluation.loss")
    funder_share: Floats = worked_out(funder_shares)


@rule
def expected_support(outlook: Outlook, funder: int, left: int, since: int, ends: float) -> float:
    """H of a funder: sum over the quarters ahead of the chance of still being funded, in years.

    Args:
        outlook: what actors expect.
        funder: whose support.
        left: quarters left of the present grant period.
        since: quarters since evaluations are counted, negative where the rule is yet to come.
        ends: quarters until an announced end of the money, infinite if none is announced.
    """
    every, renewed, evaluated, funded = outlook.evaluation_every, 1.0, 1.0, 0.0
    for quarter in range(outlook.ahead):
        beyond, into = quarter - left, since + quarter
        if beyond >= 0 and beyond % max(1, outlook.horizon[funder]) == 0:
            # An evaluation that coincides with a renewal is the renewal.
            renewed *= 1.0 - outlook.renewal_loss[funder]
        elif every > 0 and into > max(0, since) and into % every == 0:
            evaluated *= 1.0 - outlook.evaluation_loss
        if quarter + 1 <= ends:
            funded += renewed * evaluated
    return funded / 4.0


@loop
def usual_support(outlook: Outlook) -> float:
    """H averaged over the phases of the grant periods and the two funders: the level people are used to."""
    level = 0.0
    for funder in (UFS, DEB):
        horizon, phases = outlook.horizon[funder], 0.0
        for left in range(horizon, 0, -1):
            phases += expected_support(outlook, funder, left, horizon - left, np.inf)
        level += outlook.funder_share[funder] * phases / horizon
    return level
