"""Relations of cluster organisations with types of knowledge institutions (M025-M037), kept up in step 13.

Joint activities, joint pilots and applications, and the hours of brokers build a relation; without them it fades. It
brings the type to more activities, gives its units more room for firms, and makes a meeting a tie more often.
Institutions inside a type are alike in Figure 6, so that the relation is one of an organisation and a type.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.settings import number
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, PROJECT, State, World
from klyngesim.streams import Floats


class Terms(NamedTuple):
    """Parameters of relations with institutions.

    Attributes:
        pace: share of the way to what joint work makes of a relation that it goes in a quarter.
        projects, brokering: what joint projects and brokers' hours count for in joint work; activities are the rest.
        response: of presence and of room to a relation that is stronger than usual.
    """

    pace: float = number("institutions.relation_pace")
    projects: float = number("institutions.relation_projects")
    brokering: float = number("institutions.relation_brokering")
    response: float = number("institutions.relation_response")


@rule
def usual_rule(presence: float) -> float:
    """Strength at which a relation rests that is kept up by the usual presence (Figure 6) and all that goes with it."""
    return presence / (1.0 + presence)


@rule
def strength_rule(strength: float, work: float, pace: float) -> float:
    """Strength a quarter on, 0-1: joint work adds to what is missing, and what there is fades.

    At rest where the odds of the strength are the ``work``, which is the share of activities with the type as long as
    everything else is as at the start.
    """
    return strength + pace * (work * (1.0 - strength) - strength)


@rule
def work_rule(activities: float, projects: float, brokering: float, of_projects: float, of_brokering: float) -> float:
    """Joint work of a quarter over the usual one: its three parts, each over its usual amount, by what they count for.

    Projects and brokers together count for all at most.
    """
    most = max(1.0, of_projects + of_brokering)
    projects_part, brokering_part = of_projects / most, of_brokering / most
    rest = 1.0 - projects_part - brokering_part
    return rest * activities + projects_part * projects + brokering_part * brokering


@rule
def over_usual(now: float, usual: float) -> float:
    """What there is over the usual amount, 1 where there usually is none."""
    return now / usual if usual > 0.0 else 1.0


@rule
def lift_rule(strength: float, usual: float, response: float) -> float:
    """Factor on presence and room: 1 in a relation of the usual strength, more in a stronger one, never below 0."""
    return max(0.0, 1.0 + response * (over_usual(strength, usual) - 1.0))


@loop
def follow(state: State, terms: Terms) -> None:
    """All relations with institutions follow the joint work of the quarter."""
    for index in range(len(state.organisations)):
        organisation, usual = state.organisations[index], state.reference[index]
        plan, flow = state.plans[index], state.flows[index]
        held = float(plan.activities[DISSEMINATION] + plan.activities[INTERNATIONALISATION] + plan.otherwise.sum())
        events = usual.activities_quarter[DISSEMINATION] + usual.activities_quarter[INTERNATIONALISATION]
        events += usual.meetings_otherwise
        projects = flow.projects_pilot + flow.applications
        activities = over_usual(held, events)
        projects = over_usual(projects, usual.activities_quarter[PROJECT] + usual.applications_quarter)
        brokering = over_usual(plan.brokering, usual.brokering)
        for kind in range(len(organisation.partnership)):
            # Firms work with the types of institutions that come.
            presence = organisation.presence[kind]
            here = over_usual(presence, usual.presence[kind])
            work = work_rule(activities * here, projects * here, brokering, terms.projects, terms.brokering)
            strength = organisation.partnership[kind]
            organisation.partnership[kind] = strength_rule(strength, usual.presence[kind] * work, terms.pace)


@loop
def room_lifts(state: State, response: float) -> Floats:
    """Factor on the room of the units of each type: what their relations are over the usual ones, shape (6,)."""
    lifts = np.empty(len(state.reference[0].partnership))
    for kind in range(len(lifts)):
        now = usual = 0.0
        for index in range(len(state.organisations)):
            now += state.organisations[index].partnership[kind]
            usual += state.reference[index].partnership[kind]
        lifts[kind] = lift_rule(now, usual, response)
    return lifts


def keep_up(world: World) -> None:
    """Relations with institutions follow what was done together in the quarter, and fade."""
    follow(world.state, world.policy.terms(Terms))
