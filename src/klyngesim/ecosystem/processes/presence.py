"""Which knowledge institutions come to activities (step 6): by type, relation and incentive (Figure 6, M025-M039)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.processes.partnerships import lift_rule
from klyngesim.ecosystem.settings import Values, each_of, number, worked_out
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, State, World
from klyngesim.ecosystem.totals import whole_rule
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Floats, Ints


def incentives(policy: Values) -> Floats:
    """Factor of measures on the presence of each type, 1 without any, shape (6,)."""
    # Universities have an incentive of their own; outreach goes to colleges, academies and art schools.
    incentive = np.ones(len(INSTITUTION_TYPES))
    incentive[0] += policy.num("researcher.incentive") * policy.num("researcher.incentive_effect")
    incentive[2:5] += policy.num("institutions.outreach") * policy.num("institutions.outreach_effect")
    return incentive


class Terms(NamedTuple):
    """Parameters of what draws institutions to activities.

    Attributes:
        printed: share of each organisation's activities with each type of institution (Figure 6), shape (O, 6).
    """

    printed: Floats = each_of("presence.*", INSTITUTION_TYPES)
    incentive: Floats = worked_out(incentives)
    partner: float = number("partner.support_response")
    response: float = number("institutions.relation_response")


@rule
def partner_rule(support_ratio: float, response: float) -> float:
    """Factor on institutions' presence: they are partners of who is here to stay (M034); response 0 = off."""
    return max(0.0, 1.0 + response * (support_ratio - 1.0))


@rule
def presence_rule(printed: float, lift: float, incentive: float) -> float:
    """Share of activities with a type of institution: as printed (Figure 6) in a usual relation, never above 1."""
    return min(1.0, printed * lift * incentive)


@rule
def visitors_rule(seats: int, presence: float, usual: float) -> float:
    """Participations of institutions: Table 6's seats at the usual presence (summed over types), more with more of it.

    Nobody comes where nobody ever came.
    """
    return float(round(seats * presence / usual)) if usual > 0.0 else 0.0


@loop
def shares(state: State, first_unit: Ints, terms: Terms) -> Floats:
    """Share of activities with each type of institution, none where there is no such institution, shape (O, 6)."""
    present = np.zeros_like(terms.printed)
    for index in range(len(present)):
        organisation, usual = state.organisations[index], state.reference[index]
        partner, time = partner_rule(organisation.support_ratio, terms.partner), state.plans[index].visit_time
        for kind in range(present.shape[1]):
            if first_unit[kind + 1] > first_unit[kind]:
                lift = lift_rule(organisation.partnership[kind], usual.partnership[kind], terms.response)
                incentive = terms.incentive[kind] * partner * time
                present[index, kind] = presence_rule(terms.printed[index, kind], lift, incentive)
    return present


@loop
def attend(state: State, shares: Floats) -> None:
    """Institutions take part with the ``shares`` of activities: activities with each type, and their participations.

    Table 6's means hold at the presence of the start: more presence brings more institutions to an activity.
    """
    for index in range(len(shares)):
        organisation, plan, flow = state.organisations[index], state.plans[index], state.flows[index]
        held = plan.activities[DISSEMINATION] + plan.activities[INTERNATIONALISATION]
        presence = usual = 0.0
        for kind in range(shares.shape[1]):
            share = organisation.presence[kind] = shares[index, kind]
            expected, done = held * share, organisation.presence_done[kind]
            whole = whole_rule(expected, done, organisation.presence_shift[kind])
            flow.institutions_present[kind] += min(held, whole)
            organisation.presence_done[kind] = done + expected
            presence += share
            usual += state.reference[index].presence[kind]
        flow.participations_institutions += visitors_rule(plan.institution_seats.sum(), presence, usual)


@loop
def visit(state: State, first_unit: Ints, terms: Terms) -> None:
    """Institutions take part: Table 6's means as seats, types by their presence (Figure 6), relation and incentive."""
    attend(state, shares(state, first_unit, terms))


def institutions_attend(world: World) -> None:
    """Institutions take part in the activities of the quarter."""
    visit(world.state, world.institutions.plan.first_unit, world.policy.terms(Terms))


def presence_shares(world: World) -> Floats:
    """Share of activities with each institution type, shape (O, 6): Figure 6 in the usual relations and incentives."""
    return shares(world.state, world.institutions.plan.first_unit, world.policy.terms(Terms))
