"""Step 4, second half: hours and money become plans: how many activities of which type, how many contacts.

Productive hours are what staff have left after administration (two funding strings bind more, M105, L16) and
coordination with other actors (M084). They are split between recruiting, keeping, brokering, applications and
projects (M042, M043, L26). Activities by type follow from money, the organisation's own unit cost and its mix
(Tables 2 and 6, Figure 10; L27, L36-L38).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.spending import (
    TYPES,
    activity_mix,
    activity_money,
    held_mix,
    number_rule,
    possible_rule,
)
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import APPLICATION, DISSEMINATION, INTERNATIONALISATION, PROJECT, World
from klyngesim.streams import Decision, Floats, Ints

EFFORTS = ("recruit", "retain", "broker", "apply", "project")
APPLY_EFFORT, PROJECT_EFFORT = EFFORTS.index("apply"), EFFORTS.index("project")


def admin_share(policy: Values) -> float:
    """Share of staff hours bound by administration, by number of funding strings (M105)."""
    one = policy.num("admin.share_one_string")
    return one + (policy.num("admin.share_two_strings") - one) * (policy.num("admin.funding_strings") - 1.0)


def effort_shares(policy: Values, project_load: Floats) -> Floats:
    """Split of productive hours over `EFFORTS`, rows add up to 1; shape (O, 5).

    ``project_load`` multiplies an organisation's weight of projects (1 = the common split), shape (O,).
    """
    raw = np.stack([policy.vec(f"effort.{name}") for name in EFFORTS], axis=1)
    raw[:, PROJECT_EFFORT] = raw[:, PROJECT_EFFORT] * project_load
    total = np.cumsum(raw, axis=1)[:, -1:]
    return np.asarray(raw / np.where(total > 0.0, total, 1.0))


def project_load_rule(need: Floats, common: Floats, most: float) -> Floats:
    """What makes hours for projects the share ``need`` of all hours where the common split gives less.

    Args:
        need: share of productive hours that an organisation's projects take, shape (O,).
        common: share of them that the common split gives to projects, shape (O,).
        most: largest share that can go to projects.

    Returns:
        Factor on the weight of projects, at least 1, shape (O,).
    """
    share = np.minimum(need, most)
    short = (common > 0.0) & (share > common)
    share, part = np.where(short, share, 0.5), np.where(short, common, 0.5)
    return np.asarray(share / (1.0 - share) * ((1.0 - part) / part))


def productive_hours(staff: Floats, hours_year: float, admin: float, coordination_year: Floats) -> Floats:
    """Hours a quarter for firms and projects: staff hours less administration less coordination, never negative."""
    return np.asarray(np.maximum(0.0, staff * hours_year * (1.0 - admin) - coordination_year) / 4.0)


def complacency_rule(support_ratio: Floats, strength: float, least: float) -> Floats:
    """Rival rule: effort falls when support feels safe; 1 at the usual level or strength 0, never below ``least``."""
    return np.asarray(np.maximum(least, 1.0 - strength * (support_ratio - 1.0)))


def whole(expected: Floats, done: Floats, shift: Floats) -> tuple[Ints, Floats]:
    """Whole numbers whose running total stays within one of the running total of ``expected``.

    Args:
        expected: expected number this quarter, any shape.
        done: running total of expected before this quarter (same shape).
        shift: a fixed uniform per cell, so that cells do not round in step.

    Returns:
        (whole numbers of this quarter, new running total).
    """
    after = done + expected
    return (np.floor(after + shift) - np.floor(done + shift)).astype(np.int64), after


def coordination_rule(policy: Values, initiatives: float) -> Floats:
    """Staff hours a year for other actors and for members' profiles, shape (O,).

    Args:
        policy: parameters in force.
        initiatives: initiatives running.
    """
    routed = policy.num("initiative.routed_share")
    hours = policy.num("coordination.hours_per_initiative") * initiatives * (1.0 - routed)
    hours = hours + policy.num("platform.hours_per_initiative") * initiatives * routed
    hours = hours + policy.num("local.hours_year") * policy.num("local.partners")
    return np.asarray(hours + policy.num("segmentation.hours_year") * policy.vec("segmentation.level"))


def seats_rule(activities: Ints, group: Floats, year_effect: Floats, shift: Floats) -> Ints:
    """Whole seats at activities of a group size in a better or worse year; the remainder by a fixed shift."""
    return np.asarray(np.floor(activities * group * year_effect + shift), dtype=np.int64)


def slots_rule(hours: Floats, each: Floats) -> Floats:
    """Applications that hours allow, shape (O,): none where none has ever been written."""
    return np.asarray(np.where(each > 0.0, hours / np.where(each > 0.0, each, 1.0), 0.0))


def plan(world: World) -> None:
    """Fixes this quarter's spending, hours, activities and seats."""
    money = activity_money(world)
    plan_hours(world)
    plan_activities(world, money)
    plan_seats(world)


def plan_hours(world: World) -> None:
    """Hours by task, shape (O, 5)."""
    policy, plan, reference = world.policy, world.plan, world.reference
    if policy.word("scarcity.hours") == "off":
        # Without scarcity of hours everybody does the reference amount, whatever else is on.
        plan.hours = plan.effort = reference.hours
        return
    # Contact staff work with institutions only; their hours are added to brokerage.
    general = np.maximum(0.0, world.organisations.staff - policy.vec("contact_staff.fte"))
    coordination = coordination_rule(policy, world.environment.initiatives)
    hours = productive_hours(general, policy.num("staff.hours_year"), admin_share(policy), coordination)
    hours = hours * complacency_rule(
        world.organisations.support_ratio, policy.num("rival.complacency"), policy.num("rival.least_effort")
    )
    plan.effort = effort_shares(policy, reference.project_load)
    plan.hours = hours[:, None] * plan.effort


def plan_activities(world: World, money: Floats) -> None:
    """Whole activities by type that the money (mkr, shape (O,)) pays."""
    policy, plan, reference = world.policy, world.plan, world.reference
    effort, organisations = plan.effort, world.organisations
    possible = possible_rule(policy, effort[:, APPLY_EFFORT], effort[:, PROJECT_EFFORT])
    plan.mix = held_mix(activity_mix(policy), possible)
    weight = policy.nums("activity_cost.*", TYPES)
    expected = number_rule(money, plan.mix, weight, reference.unit_cost, world.environment.price)
    plan.activities_expected = expected
    done, shift = organisations.activities_done, organisations.activities_shift
    plan.activities, organisations.activities_done = whole(expected, done, shift)
    world.flows.activities_dissemination += plan.activities[:, DISSEMINATION]
    world.flows.activities_internationalisation += plan.activities[:, INTERNATIONALISATION]


def plan_seats(world: World) -> None:
    """Seats offered: activities times Table 6's mean group size; groups of firms are larger in a good year."""
    policy, plan, organisations = world.policy, world.plan, world.organisations
    activities, shift = plan.activities, organisations.activities_shift
    year = world.year_effect[:, world.period // 4]
    for which, name in ((DISSEMINATION, "dissemination"), (INTERNATIONALISATION, "internationalisation")):
        held, rest = activities[:, which], shift[:, which]
        plan.firm_seats[:, which] = seats_rule(held, policy.vec(f"seats.{name}_firms"), year, rest)
        usual = np.ones_like(year)
        plan.institution_seats[:, which] = seats_rule(held, policy.vec(f"seats.{name}_institutions"), usual, rest)
    slots = slots_rule(plan.hours[:, APPLY_EFFORT], world.reference.hours_per_application)
    capacity, organisations.applications_done = whole(slots, organisations.applications_done, shift[:, APPLICATION])
    plan.applications = np.where(organisations.open, capacity, 0)
    plan.pilots = activities[:, PROJECT]
    plan.hours_shift = world.calendar[Decision.HOURS_ROUNDING][world.period]
