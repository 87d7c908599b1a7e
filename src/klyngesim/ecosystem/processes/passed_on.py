"""What money passed on to institutions pays for (M113): their hours at activities and in joint pilots and applications.

It pays a share of these hours; the rest the institutions give anyway. Hours are counted against what they are for, so
that a grant that shrinks with all that it pays leaves an activity or a project as many hours as before.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.bookings import passed_on
from klyngesim.ecosystem.ledger import OERE_PER_MKR
from klyngesim.ecosystem.processes import partnerships
from klyngesim.ecosystem.processes.partnerships import over_usual, room_lifts
from klyngesim.ecosystem.settings import each, number
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, PROJECT, State, World
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Floats


class Terms(NamedTuple):
    """Parameters of institutions' hours.

    Attributes:
        paid: share of the hours of the start that money passed on pays.
        depth_shift: share of the paid hours for activities that goes to joint pilots and applications (L02), (O,).
    """

    paid: float = number("institutions.paid_share")
    depth_shift: Floats = each("depth.shift")


@rule
def time_rule(money: float, work: float, paid: float) -> float:
    """Hours of institutions for a piece of joint work over those of the start.

    Args:
        money: passed on in real terms, over that of the start.
        work: how much of it there is, over that of the start.
        paid: share of the hours that the money pays.
    """
    return 1.0 - paid + paid * money / work if work > 0.0 else 1.0


@loop
def real_ratio(state: State, index: int) -> float:
    """Money passed on in the quarter in real terms, over that of the start."""
    return over_usual(state.plans[index].passed_on / state.price, state.reference[index].passed_on)


@loop
def plan_time(state: State, index: int, terms: Terms) -> None:
    """Hours of institutions for an activity, and for a pilot."""
    plan, usual = state.plans[index], state.reference[index]
    plan.passed_on = passed_on(state.accounts, index) / OERE_PER_MKR
    money = real_ratio(state, index)
    expected, start, shift = plan.activities_expected, usual.activities_quarter, terms.depth_shift[index]
    events = expected[DISSEMINATION] + expected[INTERNATIONALISATION]
    events = over_usual(events, start[DISSEMINATION] + start[INTERNATIONALISATION])
    pilots = over_usual(expected[PROJECT], start[PROJECT])
    # At the start half of the paid hours are for activities.
    plan.visit_time = time_rule(money * (1.0 - shift), events, terms.paid)
    plan.pilot_time = time_rule(money * (1.0 + shift), pilots, terms.paid)


@loop
def application_time(state: State, index: int, terms: Terms) -> float:
    """Hours of institutions for an application that is written."""
    money, shift = real_ratio(state, index), terms.depth_shift[index]
    written = state.organisations[index].written / state.reference[index].written_quarter
    return time_rule(money * (1.0 + shift), written, terms.paid)


@loop
def room_paid(state: State, paid: float) -> float:
    """Factor on the room of all units: hours that institutions have for firms over those of the start."""
    now = usual = 0.0
    for index in range(len(state.plans)):
        now += state.plans[index].passed_on / state.price
        usual += state.reference[index].passed_on
    return time_rule(over_usual(now, usual), 1.0, paid)


def capacity(world: World) -> Floats:
    """Engagements a year that each unit can take, shape (units,).

    More where organisations and its type know each other better than usual, and where more money is passed on.
    """
    each = world.policy.nums("institutions.capacity_*", INSTITUTION_TYPES)
    lifts = room_lifts(world.state, world.policy.terms(partnerships.Terms).response)
    paid = room_paid(world.state, world.policy.terms(Terms).paid)
    return np.asarray((each * lifts * paid)[world.institutions.plan.unit_kind])
