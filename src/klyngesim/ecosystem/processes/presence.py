"""Which knowledge institutions come to activities (step 6): by type, awareness and incentive (Figure 6, M025-M039)."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.planning import whole
from klyngesim.ecosystem.state import INTERNATIONALISATION, World
from klyngesim.exact import total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Floats, Ints


def presence_rule(base: Floats, awareness: Floats, usual: Floats, incentive: Floats) -> Floats:
    """Share of activities at which types of institution are present: as printed at usual awareness, never above 1.

    Args:
        base: share as printed (Figure 6), any shape that ends in the types.
        awareness: of cluster activities by type.
        usual: the same at the start; where it was none nobody comes.
        incentive: factor of measures by type, 1 without any.
    """
    return np.asarray(np.minimum(1.0, base * (awareness / np.where(usual > 0.0, usual, 1.0)) * incentive))


def awareness_rule(aware: Floats, usual: Floats, met: Floats, response: float, pace: float) -> Floats:
    """Awareness a quarter on: it moves towards what the activities met make of the usual one, within 0-1 (M026).

    Args:
        aware: now, by type.
        usual: at the start.
        met: activities with the type over those at the start.
        response: of awareness to them.
        pace: share of the way in a quarter.
    """
    target = np.clip(usual * (1.0 + response * (met - 1.0)), 0.0, 1.0)
    return np.asarray(aware + pace * (target - aware))


def visitors_rule(seats: Ints, presence: Floats, usual: Floats) -> Floats:
    """Participations of institutions: Table 6's seats at the presence of the start, more with more presence.

    Args:
        seats: for institutions, shape (O,).
        presence: sum over types now, shape (O,).
        usual: the same at the start; nobody comes where nobody ever came.
    """
    return np.where(usual > 0.0, np.rint(seats * presence / np.where(usual > 0.0, usual, 1.0)), 0.0)


def institutions_attend(world: World) -> None:
    """Institutions take part: Table 6's means as seats, types by their presence (Figure 6), awareness and incentive."""
    policy, organisations = world.policy, world.organisations
    activities = world.plan.activities[:, : INTERNATIONALISATION + 1].sum(axis=1)
    presence = presence_shares(world)
    expected = activities[:, None] * presence
    present, organisations.presence_done = whole(expected, organisations.presence_done, organisations.presence_shift)
    organisations.presence = presence
    world.flows.institutions_present += np.minimum(present, activities[:, None])
    seats = world.plan.institution_seats.sum(axis=1)
    # Table 6's means hold at the presence of the start: more presence brings more institutions to an activity.
    come = visitors_rule(seats, total(presence), total(world.reference.presence))
    world.flows.participations_institutions += come
    # Researchers hear of the activities from those who go: awareness follows presence, slowly (M026).
    met = total(presence * activities[:, None], axis=0) / np.maximum(1e-9, world.institutions.usual_presence)
    response, pace = policy.num("institutions.awareness_response"), policy.num("institutions.awareness_pace")
    aware, usual = world.institutions.awareness, world.institutions.usual_awareness
    world.institutions.awareness = awareness_rule(aware, usual, met, response, pace)


def presence_shares(world: World) -> Floats:
    """Share of activities with each institution type, shape (O, 6): Figure 6 at the usual awareness and incentive."""
    policy = world.policy
    columns = [policy.vec(f"presence.{name}") for name in INSTITUTION_TYPES]
    base = np.stack(columns, axis=1)
    exists = np.diff(world.institutions.plan.first_unit) > 0
    # Universities have an incentive of their own; outreach goes to colleges, academies and art schools.
    incentive = np.ones(len(INSTITUTION_TYPES))
    incentive[0] += policy.num("researcher.incentive") * policy.num("researcher.incentive_effect")
    incentive[2:5] += policy.num("institutions.outreach") * policy.num("institutions.outreach_effect")
    now = presence_rule(base, world.institutions.awareness, world.institutions.usual_awareness, incentive)
    return np.asarray(now * exists)
