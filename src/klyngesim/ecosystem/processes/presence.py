"""Which knowledge institutions come to activities (step 6): by type, awareness and incentive (Figure 6, M025-M039)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan, Reference
from klyngesim.ecosystem.processes.planning import whole_rule
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, World
from klyngesim.ecosystem.tables import Rows
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Floats, Ints


class Attraction(NamedTuple):
    """Parameters of what draws institutions to activities.

    Attributes:
        printed: share of each organisation's activities with each type of institution (Figure 6), shape (O, 6).
        incentive: factor of measures by type, 1 without any, shape (6,).
        response: of awareness to activities; pace: share of the way to it that awareness goes in a quarter.
    """

    printed: Floats
    incentive: Floats
    response: float
    pace: float


def attraction(policy: Values) -> Attraction:
    """Reads the parameters of presence."""
    # Universities have an incentive of their own; outreach goes to colleges, academies and art schools.
    incentive = np.ones(len(INSTITUTION_TYPES))
    incentive[0] += policy.num("researcher.incentive") * policy.num("researcher.incentive_effect")
    incentive[2:5] += policy.num("institutions.outreach") * policy.num("institutions.outreach_effect")
    printed = np.stack([policy.vec(f"presence.{name}") for name in INSTITUTION_TYPES], axis=1)
    response, pace = policy.num("institutions.awareness_response"), policy.num("institutions.awareness_pace")
    return Attraction(printed, incentive, response, pace)


@rule
def presence_rule(base: float, awareness: float, usual: float, incentive: float) -> float:
    """Share of activities at which a type of institution is present: as printed at usual awareness, never above 1.

    Args:
        base: share as printed (Figure 6).
        awareness: of cluster activities.
        usual: the same at the start; where it was none nobody comes.
        incentive: factor of measures, 1 without any.
    """
    return min(1.0, base * (awareness / (usual if usual > 0.0 else 1.0)) * incentive)


@rule
def awareness_rule(aware: float, usual: float, met: float, response: float, pace: float) -> float:
    """Awareness a quarter on: it moves towards what the activities met make of the usual one, within 0-1 (M026).

    Args:
        aware: now.
        usual: at the start.
        met: activities with the type over those at the start.
        response: of awareness to them.
        pace: share of the way in a quarter.
    """
    target = min(1.0, max(0.0, usual * (1.0 + response * (met - 1.0))))
    return aware + pace * (target - aware)


@rule
def visitors_rule(seats: int, presence: float, usual: float) -> float:
    """Participations of institutions: Table 6's seats at the presence of the start, more with more presence.

    Args:
        seats: for institutions.
        presence: sum over types now.
        usual: the same at the start; nobody comes where nobody ever came.
    """
    return float(round(seats * presence / usual)) if usual > 0.0 else 0.0


@loop
def shares(first_unit: Ints, awareness: Floats, usual: Floats, terms: Attraction) -> Floats:
    """Share of activities with each type of institution, none where there is no such institution, shape (O, 6)."""
    present = np.zeros_like(terms.printed)
    for kind in range(len(awareness)):
        for index in range(len(present) if first_unit[kind + 1] > first_unit[kind] else 0):
            share, incentive = terms.printed[index, kind], terms.incentive[kind]
            present[index, kind] = presence_rule(share, awareness[kind], usual[kind], incentive)
    return present


@loop
def attend(
    organisations: Rows[Organisation], references: Rows[Reference], plans: Rows[Plan], flows: Rows[Flow], now: Floats
) -> Floats:
    """Institutions take part: activities with each type, and their participations.

    Table 6's means hold at the presence of the start: more presence brings more institutions to an activity.

    Args:
        organisations: all.
        references: the same at the start.
        plans: the same as they plan.
        flows: what is counted for them.
        now: share of activities with each type, shape (O, 6).

    Returns:
        Activities with each type, expected, shape (6,).
    """
    met = np.zeros(now.shape[1])
    for index in range(len(organisations)):
        organisation, plan, flow = organisations[index], plans[index], flows[index]
        held = plan.activities[DISSEMINATION] + plan.activities[INTERNATIONALISATION]
        presence = usual = 0.0
        for kind in range(len(met)):
            expected = held * now[index, kind]
            done, shift = organisation.presence_done[kind], organisation.presence_shift[kind]
            flow.institutions_present[kind] += min(held, whole_rule(expected, done, shift))
            organisation.presence_done[kind] = done + expected
            organisation.presence[kind] = now[index, kind]
            presence += now[index, kind]
            usual += references[index].presence[kind]
            met[kind] += expected
        flow.participations_institutions += visitors_rule(plan.institution_seats.sum(), presence, usual)
    return met


@loop
def hear(awareness: Floats, usual: Floats, met: Floats, usually_met: Floats, terms: Attraction) -> Floats:
    """Researchers hear of the activities from those who go: awareness follows presence, slowly (M026); shape (6,)."""
    after = np.empty_like(awareness)
    for kind in range(len(after)):
        ratio = met[kind] / max(1e-9, usually_met[kind])
        after[kind] = awareness_rule(awareness[kind], usual[kind], ratio, terms.response, terms.pace)
    return after


def institutions_attend(world: World) -> None:
    """Institutions take part: Table 6's means as seats, types by their presence (Figure 6), awareness and incentive."""
    institutions, terms = world.institutions, world.policy.once(attraction)
    tables = world.organisations.rows, world.reference.rows, world.plan.rows, world.flows.rows
    met = attend(*tables, presence_shares(world))
    aware, usual = institutions.awareness, institutions.usual_awareness
    institutions.awareness = hear(aware, usual, met, institutions.usual_presence, terms)


def presence_shares(world: World) -> Floats:
    """Share of activities with each institution type, shape (O, 6): Figure 6 at the usual awareness and incentive."""
    here = world.institutions
    return shares(here.plan.first_unit, here.awareness, here.usual_awareness, world.policy.once(attraction))
