"""Which knowledge institutions come to activities (step 6): by type, awareness and incentive (Figure 6, M025-M039)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Organisation
from klyngesim.ecosystem.settings import Values, each_of, number, worked_out
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, State, World
from klyngesim.ecosystem.tables import Rows
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
    response: float = number("institutions.awareness_response")
    pace: float = number("institutions.awareness_pace")


@rule
def partner_rule(support_ratio: float, response: float) -> float:
    """Factor on institutions' presence: they are partners of who is here to stay (M034); response 0 = off."""
    return max(0.0, 1.0 + response * (support_ratio - 1.0))


@rule
def presence_rule(base: float, awareness: float, usual: float, incentive: float) -> float:
    """Share of activities with a type of institution: as printed (Figure 6) at usual awareness, never above 1.

    Nobody comes where there was no awareness at the start.
    """
    return min(1.0, base * (awareness / (usual if usual > 0.0 else 1.0)) * incentive)


@rule
def awareness_rule(aware: float, usual: float, met: float, response: float, pace: float) -> float:
    """Awareness a quarter on: it goes part of the way to what the activities met make of the usual one (M026).

    ``met``: activities with the type over those at the start.
    """
    target = min(1.0, max(0.0, usual * (1.0 + response * (met - 1.0))))
    return aware + pace * (target - aware)


@rule
def visitors_rule(seats: int, presence: float, usual: float) -> float:
    """Participations of institutions: Table 6's seats at the usual presence (summed over types), more with more of it.

    Nobody comes where nobody ever came.
    """
    return float(round(seats * presence / usual)) if usual > 0.0 else 0.0


@loop
def shares(
    organisations: Rows[Organisation], first_unit: Ints, awareness: Floats, usual: Floats, terms: Terms
) -> Floats:
    """Share of activities with each type of institution, none where there is no such institution, shape (O, 6)."""
    present = np.zeros_like(terms.printed)
    for index in range(len(present)):
        partner = partner_rule(organisations[index].support_ratio, terms.partner)
        for kind in range(len(awareness)):
            if first_unit[kind + 1] > first_unit[kind]:
                share, incentive = terms.printed[index, kind], terms.incentive[kind] * partner
                present[index, kind] = presence_rule(share, awareness[kind], usual[kind], incentive)
    return present


@loop
def attend(state: State, shares: Floats) -> Floats:
    """Institutions take part with the ``shares`` of activities: activities with each type, and their participations.

    Table 6's means hold at the presence of the start: more presence brings more institutions to an activity.

    Returns:
        Activities with each type, expected, shape (6,).
    """
    met = np.zeros(shares.shape[1])
    for index in range(len(shares)):
        organisation, plan, flow = state.organisations[index], state.plans[index], state.flows[index]
        held = plan.activities[DISSEMINATION] + plan.activities[INTERNATIONALISATION]
        presence = usual = 0.0
        for kind in range(len(met)):
            share = organisation.presence[kind] = shares[index, kind]
            expected, done = held * share, organisation.presence_done[kind]
            whole = whole_rule(expected, done, organisation.presence_shift[kind])
            flow.institutions_present[kind] += min(held, whole)
            organisation.presence_done[kind] = done + expected
            presence += share
            usual += state.reference[index].presence[kind]
            met[kind] += (held + plan.otherwise.sum()) * share
        flow.participations_institutions += visitors_rule(plan.institution_seats.sum(), presence, usual)
    return met


@loop
def hear(awareness: Floats, usual: Floats, met: Floats, usually_met: Floats, terms: Terms) -> Floats:
    """Researchers hear of the activities from those who go: awareness follows presence, slowly (M026); shape (6,)."""
    after = np.empty_like(awareness)
    for kind in range(len(after)):
        ratio = met[kind] / max(1e-9, usually_met[kind])
        after[kind] = awareness_rule(awareness[kind], usual[kind], ratio, terms.response, terms.pace)
    return after


def institutions_attend(world: World) -> None:
    """Institutions take part: Table 6's means as seats, types by their presence (Figure 6), awareness and incentive."""
    here, met = world.institutions, attend(world.state, presence_shares(world))
    aware, terms = here.awareness, world.policy.terms(Terms)
    here.awareness = hear(aware, here.usual_awareness, met, here.usual_presence, terms)


def presence_shares(world: World) -> Floats:
    """Share of activities with each institution type, shape (O, 6): Figure 6 at the usual awareness and incentive."""
    here, organisations = world.institutions, world.organisations.rows
    return shares(organisations, here.plan.first_unit, here.awareness, here.usual_awareness, world.policy.terms(Terms))
