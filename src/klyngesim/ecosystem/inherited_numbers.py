"""How much of everything 2021Q1 begins with: ideas and projects on their way, trust, and what members pay."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.by_organisation import References
from klyngesim.ecosystem.processes.external_income import mean_length
from klyngesim.ecosystem.settings import Values
from klyngesim.streams import Floats


def list_fees(schedule: Floats) -> Floats:
    """Fees of a quarter in mkr from a schedule in kroner a year."""
    return schedule / 1e6 / 4.0


def trust_rule(uniform: Floats, floor: float, high: float, skew: float) -> Floats:
    """Trust of relations last used at some time in the past: a geometric fade from the level after meetings."""
    return np.asarray(floor + max(0.0, high - floor) * uniform / (1.0 + skew * (1.0 - uniform)))


def inherited_projects(policy: Values, reference: References) -> tuple[Floats, Floats, Floats]:
    """Pilots, applications and external projects on their way at 2021Q1 by organisation, each of shape (O,).

    What started in the quarters before and has not ended: one quarter less than the length, as what starts in 2021Q1
    comes on top. Of the applications as many are external projects as the usual success lets through.
    """
    pilots = reference.activities_quarter[:, 3] * (policy.num("pilot.length_quarters") - 1.0)
    pending = reference.applications_quarter * policy.num("application.decision_quarters")
    national, eu = policy.num("calls.fixed_success_national"), policy.num("calls.fixed_success_eu")
    mean_success = national + (eu - national) * reference.eu_share
    return pilots, pending, reference.applications_quarter * mean_success * (mean_length(policy) - 1.0)


def inherited_ideas(policy: Values, reference: References) -> Floats:
    """Ideas in pilots, applications and external projects, matched ones and fresh ones at 2021Q1, shape (O, 5)."""
    pilots, pending, external = inherited_projects(policy, reference)
    fill, seats = policy.num("initial.project_fill"), reference.seats_quarter
    return np.stack(
        [
            pilots * np.maximum(1.0, fill * policy.vec("seats.project_firms")),
            pending * np.maximum(1.0, fill * policy.vec("seats.application_firms")),
            external * np.maximum(1.0, fill * policy.vec("seats.application_firms")),
            seats * policy.num("initial.matched_per_seat"),
            seats * policy.num("initial.ideas_per_seat"),
        ],
        axis=1,
    )
