"""Which knowledge institutions come to activities (step 6): by type, awareness and incentive (Figure 6, M025-M039)."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.planning import whole
from klyngesim.ecosystem.state import INTERNATIONALISATION, World
from klyngesim.exact import total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.streams import Floats


def institutions_attend(world: World) -> None:
    """Institutions take part: Table 6's means as seats, types by their presence (Figure 6), awareness and incentive."""
    policy = world.policy
    activities = world.seats["activities"][:, : INTERNATIONALISATION + 1].sum(axis=1)
    presence = presence_shares(world)
    present, done = whole(activities[:, None] * presence, world.plan["presence_done"], world.plan["presence_shift"])
    present = np.minimum(present, activities[:, None])
    world.plan["presence_done"], world.plan["presence"] = done, presence
    for code, name in enumerate(INSTITUTION_TYPES):
        world.tally.add(f"present_{name}", present[:, code])
    seats = world.seats["institutions_dissemination"] + world.seats["institutions_internationalisation"]
    # Table 6's means hold at the presence of the start: more presence brings more institutions to an activity.
    usual = total(world.plan["presence_at_start"])
    come = np.rint(seats * total(presence) / np.where(usual > 0.0, usual, 1.0))
    world.tally.add("participations_institutions", np.where(usual > 0.0, come, 0.0))
    # Researchers hear of the activities from those who go: awareness follows presence, slowly (M026).
    aware_then = world.plan["usual_awareness"]
    met = total(presence * activities[:, None], axis=0) / np.maximum(1e-9, world.plan["usual_presence"])
    target = np.clip(aware_then * (1.0 + policy.num("institutions.awareness_response") * (met - 1.0)), 0.0, 1.0)
    aware = world.institutions.awareness
    world.institutions.awareness = aware + policy.num("institutions.awareness_pace") * (target - aware)


def presence_shares(world: World) -> Floats:
    """Share of activities with each institution type, shape (O, 6): Figure 6 at the usual awareness and incentive."""
    policy = world.policy
    columns = [policy.vec(f"presence.{name}") for name in INSTITUTION_TYPES]
    base = np.stack(columns, axis=1)
    exists = np.diff(world.institutions.plan.first_unit) > 0
    usual = world.plan["usual_awareness"]
    lift = world.institutions.awareness / np.where(usual > 0.0, usual, 1.0)
    incentive = np.ones(len(INSTITUTION_TYPES))
    incentive[0] += policy.num("researcher.incentive") * policy.num("researcher.incentive_effect")
    outreach = np.ones(len(INSTITUTION_TYPES))
    outreach[2:5] += policy.num("institutions.outreach") * policy.num("institutions.outreach_effect")
    return np.asarray(np.minimum(1.0, base * lift * incentive * outreach) * exists)
