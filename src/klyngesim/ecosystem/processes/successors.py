"""Step 12, last part: new organisations take over the areas of those that failed or lost the grant (L10, E110).

They have little equity and few people, which makes them more likely to fail than the old ones (M103, E123).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.bookings import settle
from klyngesim.ecosystem.ledger import FUNDERS, RECEIVED, oere
from klyngesim.ecosystem.processes.money_in import horizon_quarters
from klyngesim.ecosystem.processes.solvency import Aim, equity_aim
from klyngesim.ecosystem.rows import Post
from klyngesim.ecosystem.settings import number, rounded, worked_out
from klyngesim.ecosystem.state import State
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.streams import Ints


class Terms(NamedTuple):
    """Parameters of new organisations.

    Attributes:
        horizon: length of a grant period of each funder, quarters, shape (2,).
    """

    horizon: Ints = worked_out(horizon_quarters)
    quality: float = number("open_call.entrant_quality")
    equity: float = number("open_call.entrant_equity")
    aim: Aim = worked_out(lambda policy: policy.terms(Aim))
    least_posts: int = rounded("staff.least_posts")
    hiring: int = rounded("staff.hiring_quarters")


@loop
def begin_anew(state: State, posts: Rows[Post], terms: Terms) -> Bools:
    """New organisations take over the areas whose vacancy is over; returns which, shape (O,).

    They have a skill of their own, equity that their partners pay in, and few people; the others are hired.
    """
    new, after = np.zeros(len(state.organisations), dtype=np.bool_), state.period + 1
    for index in range(len(new)):
        organisation = state.organisations[index]
        if organisation.open or organisation.vacant_until > state.period:
            continue
        new[index] = organisation.open = True
        organisation.liquidity = 1.0
        organisation.quality = terms.quality
        organisation.mandate_start = after
        # It is scored against its own start, never against its predecessor's.
        organisation.score_history[:] = 0.0
        organisation.score_start[:] = 0.0
        organisation.funded[:] = 1
        organisation.period_start[:] = after
        for funder in range(len(FUNDERS)):
            if organisation.period_end[funder] <= after:
                organisation.period_end[funder] = after + terms.horizon[funder]
        endow(state, index, terms)
    for post in posts:
        if new[post.organisation]:
            post.vacant_until = after + terms.hiring
            if post.number < terms.least_posts:
                post.filled = True
                post.since = state.period
                post.holder += 1
    return new


@loop
def endow(state: State, index: int, terms: Terms) -> None:
    """What the old organisation had and was owed goes to its estate; the partners of the new one pay equity in."""
    organisation, book = state.organisations[index], state.accounts.book[index]
    settle(state.accounts, index)
    book.own_handover -= state.accounts.purses[index].own + book.grant[:, :, RECEIVED].sum()
    organisation.grant_use[:] = state.plans[index].grant_year / 4.0 * state.reference[index].spent_share
    book.own_paid_in += oere(terms.equity * equity_aim(organisation, index, terms.aim))
