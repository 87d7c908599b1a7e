"""Step 4, second half: hours and money become plans: how many activities of which type, how many contacts.

Productive hours are what staff have left after administration (two funding strings bind more, M105, L16) and
coordination with other actors (M084). They are split between recruiting, keeping, brokering, applications and
projects (M042, M043, L26). Activities by type follow from money, the organisation's own unit cost and its mix
(Tables 2 and 6, Figure 10; L27, L36-L38).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan, Reference
from klyngesim.ecosystem.processes.spending import (
    TYPES,
    activity_mix,
    activity_money,
    held_mix,
    number_rule,
    pilots_paid,
    possible_rule,
)
from klyngesim.ecosystem.processes.spending import terms as spending_terms
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import APPLICATION, DISSEMINATION, INTERNATIONALISATION, PROJECT, World
from klyngesim.ecosystem.tables import Rows
from klyngesim.streams import Decision, Floats

EFFORTS = ("recruit", "retain", "broker", "apply", "project")
BROKER_EFFORT, APPLY_EFFORT, PROJECT_EFFORT = (EFFORTS.index(name) for name in ("broker", "apply", "project"))


MEETINGS = ("dissemination", "internationalisation")
"""Types of activity with seats, in the order of their codes."""


class Terms(NamedTuple):
    """Parameters of plans in a quarter.

    Attributes:
        scarce_hours: whether hours are scarce.
        contact_staff: posts that work with institutions only, shape (O,).
        hours_year: of a post; admin: share of them for administration.
        routed_share: share of initiatives that use the organisations as platform.
        initiative_hours, platform_hours: hours a year for an initiative of its own, and for a routed one.
        local_hours: hours a year for local partners; profile_hours: for members' profiles, shape (O,).
        complacency, least_effort: of `complacency_rule`.
        effort: weights of `EFFORTS`, shape (O, 5).
        mix: shares of activities by type, shape (O, 4); cost_weight: by type, shape (4,).
        pilots_paid: whether the grant pays pilots.
        firm_group, institution_group: seats of an activity of `MEETINGS`, shape (O, 2).
    """

    scarce_hours: bool
    contact_staff: Floats
    hours_year: float
    admin: float
    routed_share: float
    initiative_hours: float
    platform_hours: float
    local_hours: float
    profile_hours: Floats
    complacency: float
    least_effort: float
    effort: Floats
    mix: Floats
    cost_weight: Floats
    pilots_paid: bool
    firm_group: Floats
    institution_group: Floats


def terms(policy: Values) -> Terms:
    """Reads the parameters of plans."""
    return Terms(
        policy.word("scarcity.hours") == "on",
        policy.vec("contact_staff.fte"),
        policy.num("staff.hours_year"),
        admin_share(policy),
        policy.num("initiative.routed_share"),
        policy.num("coordination.hours_per_initiative"),
        policy.num("platform.hours_per_initiative"),
        policy.num("local.hours_year") * policy.num("local.partners"),
        policy.num("segmentation.hours_year") * policy.vec("segmentation.level"),
        policy.num("rival.complacency"),
        policy.num("rival.least_effort"),
        effort_weights(policy),
        activity_mix(policy),
        policy.nums("activity_cost.*", TYPES),
        pilots_paid(policy),
        np.stack([policy.vec(f"seats.{name}_firms") for name in MEETINGS], axis=1),
        np.stack([policy.vec(f"seats.{name}_institutions") for name in MEETINGS], axis=1),
    )


def admin_share(policy: Values) -> float:
    """Share of staff hours bound by administration, by number of funding strings (M105)."""
    one = policy.num("admin.share_one_string")
    return one + (policy.num("admin.share_two_strings") - one) * (policy.num("admin.funding_strings") - 1.0)


def effort_weights(policy: Values) -> Floats:
    """Weights of `EFFORTS` in the split of productive hours, shape (O, 5)."""
    return np.stack([policy.vec(f"effort.{name}") for name in EFFORTS], axis=1)


@loop
def effort_shares(weight: Floats, project_load: float) -> Floats:
    """Split of an organisation's productive hours over `EFFORTS`, adds up to 1; shape (5,).

    ``project_load`` multiplies its weight of projects (1 = the common split).
    """
    shares, whole = weight.copy(), 0.0
    shares[PROJECT_EFFORT] *= project_load
    for task in range(len(shares)):
        whole += shares[task]
    return shares / (whole if whole > 0.0 else 1.0)


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


@rule
def productive_hours(staff: float, hours_year: float, admin: float, coordination_year: float) -> float:
    """Hours a quarter for firms and projects: staff hours less administration less coordination, never negative."""
    return max(0.0, staff * hours_year * (1.0 - admin) - coordination_year) / 4.0


@rule
def complacency_rule(support_ratio: float, strength: float, least: float) -> float:
    """Rival rule: effort falls when support feels safe; 1 at the usual level or strength 0, never below ``least``."""
    return max(least, 1.0 - strength * (support_ratio - 1.0))


@rule
def whole_rule(expected: float, done: float, shift: float) -> int:
    """Whole number of a quarter, so that the running total stays within one of the running total of ``expected``.

    Args:
        expected: expected number this quarter.
        done: running total of expected before this quarter.
        shift: a fixed uniform, so that not all round in step.
    """
    return math.floor(done + expected + shift) - math.floor(done + shift)


@rule
def coordination_rule(
    initiatives: float, routed_share: float, initiative_hours: float, platform_hours: float, others: float
) -> float:
    """Staff hours a year for other actors and for members' profiles.

    Args:
        initiatives: initiatives running.
        routed_share: share of them that use the organisations as platform.
        initiative_hours: hours a year for an initiative of its own.
        platform_hours: hours a year for a routed one.
        others: hours a year for local partners.
    """
    hours = initiative_hours * initiatives * (1.0 - routed_share)
    return hours + platform_hours * initiatives * routed_share + others


@rule
def seats_rule(activities: int, group: float, year_effect: float, shift: float) -> int:
    """Whole seats at activities of a group size in a better or worse year; the remainder by a fixed shift."""
    return math.floor(activities * group * year_effect + shift)


@rule
def slots_rule(hours: float, each: float) -> float:
    """Applications that hours allow: none where none has ever been written."""
    return hours / each if each > 0.0 else 0.0


@loop
def plan_hours(
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    initiatives: float,
    terms: Terms,
) -> None:
    """Hours by task."""
    coordination = coordination_rule(
        initiatives, terms.routed_share, terms.initiative_hours, terms.platform_hours, terms.local_hours
    )
    for index in range(len(organisations)):
        organisation, usual, plan = organisations[index], reference[index], plans[index]
        if not terms.scarce_hours:
            # Without scarcity of hours everybody does the reference amount, whatever else is on.
            plan.hours[:] = usual.hours
            plan.effort[:] = usual.hours
            continue
        # Contact staff work with institutions only; their hours are added to brokerage.
        general = max(0.0, organisation.staff - terms.contact_staff[index])
        others = coordination + terms.profile_hours[index]
        hours = productive_hours(general, terms.hours_year, terms.admin, others)
        hours *= complacency_rule(organisation.support_ratio, terms.complacency, terms.least_effort)
        plan.effort[:] = effort_shares(terms.effort[index], usual.project_load)
        plan.hours[:] = hours * plan.effort


@loop
def plan_activities(
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    flows: Rows[Flow],
    money: Floats,
    price: float,
    terms: Terms,
) -> None:
    """Whole activities by type that the money (mkr, shape (O,)) pays."""
    for index in range(len(organisations)):
        organisation, plan, flow = organisations[index], plans[index], flows[index]
        group = terms.firm_group[index, INTERNATIONALISATION] + terms.institution_group[index, INTERNATIONALISATION]
        effort, done, shift = plan.effort, organisation.activities_done, organisation.activities_shift
        possible = np.array(
            [
                possible_rule(kind, group, effort[APPLY_EFFORT], effort[PROJECT_EFFORT], terms.pilots_paid)
                for kind in range(len(TYPES))
            ]
        )
        plan.mix[:] = held_mix(terms.mix[index], possible)
        number = number_rule(money[index], plan.mix, terms.cost_weight, reference[index].unit_cost, price)
        for kind in range(len(TYPES)):
            expected = plan.activities_expected[kind] = number * plan.mix[kind]
            plan.activities[kind] = whole_rule(expected, done[kind], shift[kind])
            done[kind] += expected
        flow.activities_dissemination += plan.activities[DISSEMINATION]
        flow.activities_internationalisation += plan.activities[INTERNATIONALISATION]


@loop
def plan_seats(
    organisations: Rows[Organisation],
    reference: Rows[Reference],
    plans: Rows[Plan],
    year_effect: Floats,
    terms: Terms,
) -> None:
    """Seats offered: activities times Table 6's mean group size; groups of firms are larger in a good year."""
    for index in range(len(organisations)):
        organisation, plan = organisations[index], plans[index]
        activities, shift = plan.activities, organisation.activities_shift
        for kind in range(len(MEETINGS)):
            firms, institutions = terms.firm_group[index, kind], terms.institution_group[index, kind]
            plan.firm_seats[kind] = seats_rule(activities[kind], firms, year_effect[index], shift[kind])
            plan.institution_seats[kind] = seats_rule(activities[kind], institutions, 1.0, shift[kind])
        slots = slots_rule(plan.hours[APPLY_EFFORT], reference[index].hours_per_application)
        capacity = whole_rule(slots, organisation.applications_done, shift[APPLICATION])
        organisation.applications_done += slots
        plan.applications = capacity if organisation.open else 0
        plan.pilots = activities[PROJECT]


def plan(world: World) -> None:
    """Fixes this quarter's spending, hours, activities and seats."""
    policy, around = world.policy, world.environment
    organisations, reference, plans = world.organisations.rows, world.reference.rows, world.plan.rows
    money = activity_money(world.ledger.now, organisations, reference, plans, around.price, policy.once(spending_terms))
    now = policy.once(terms)
    plan_hours(organisations, reference, plans, around.initiatives, now)
    plan_activities(organisations, reference, plans, world.flows.rows, money, around.price, now)
    plan_seats(organisations, reference, plans, world.year_effect[:, world.period // 4].copy(), now)
    world.plan.hours_shift = world.calendar[Decision.HOURS_ROUNDING][world.period]
