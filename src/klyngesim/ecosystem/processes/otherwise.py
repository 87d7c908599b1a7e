"""Step 4: meetings that own income and external projects pay: the same rooms, which the programme does not register.

The report takes them to be considerable and prints no number (lines 680-697, 2720-2728). What an organisation offers in
all, whoever pays, is what its members stay for.
"""

from __future__ import annotations

import math

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.processes.solvency import follow_rule
from klyngesim.ecosystem.processes.spending import OWN, PROJECTS, number_rule
from klyngesim.ecosystem.state import State
from klyngesim.ecosystem.totals import summed, whole_rule
from klyngesim.streams import Floats

MEETINGS = ("dissemination", "internationalisation")
"""Types of activity with seats, in the order of their codes."""

LAYERS = (OWN, PROJECTS)
"""Who pays activities beside the grant."""

_SHIFTS = (1.0 / 3.0, 2.0 / 3.0)
"""What is added to the shift of a type for each of `LAYERS`, so that they do not round in step."""

_YEAR = 4.0
"""Quarters over which members look back on what was offered."""


@rule
def wrapped_rule(shift: float, more: float) -> float:
    """A shift of rounding moved on, 0 to less than 1."""
    return shift + more - math.floor(shift + more)


@rule
def offered_rule(activities: float, usual: float) -> float:
    """Activities of a quarter over those of the start, whoever pays; 1 where there were none."""
    return activities / usual if usual > 0.0 else 1.0


@rule
def sponsored_rule(money: float, each: float, group: float, shift: float) -> int:
    """Whole seats of small firms that sponsors pay (mkr) where an activity of a ``group`` costs ``each``, mkr (L22)."""
    return math.floor(money / each * group + shift) if money > 0.0 and each > 0.0 else 0


@loop
def plan_otherwise(state: State, index: int, money: Floats, mix: Floats, cost_weight: Floats) -> None:
    """Plans whole meetings that own income and external projects pay, and what is offered in all.

    Args:
        state: read and written.
        index: of the organisation.
        money: for activities by layer, mkr, shape (3,).
        mix: shares of activities by type where only meetings are held, shape (4,): projects and applications that
            others than the grant pay come from calls (step 8).
        cost_weight: by type, shape (4,).
    """
    organisation, plan, flow = state.organisations[index], state.plans[index], state.flows[index]
    usual, held = state.reference[index], summed(plan.activities_expected)
    for layer in range(len(LAYERS)):
        number = number_rule(money[LAYERS[layer]], mix, cost_weight, usual.unit_cost, state.price)
        held += number
        for kind in range(len(MEETINGS)):
            done, expected = organisation.otherwise_done[layer, kind], number * mix[kind]
            shift = wrapped_rule(organisation.activities_shift[kind], _SHIFTS[layer])
            plan.otherwise_expected[layer, kind] = expected
            plan.otherwise[layer, kind] = whole_rule(expected, done, shift)
            organisation.otherwise_done[layer, kind] = done + expected
    flow.activities_own += plan.otherwise[0].sum()
    flow.activities_external += plan.otherwise[1].sum()
    ratio = offered_rule(held, summed(usual.activities_quarter) + usual.meetings_otherwise)
    organisation.offered = follow_rule(organisation.offered, ratio, _YEAR)
