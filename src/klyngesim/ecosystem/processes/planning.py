"""Step 4, second half: hours and money become plans: how many activities of which type, how many contacts.

Productive hours are what staff have left after administration (two funding strings bind more, M105, L16) and
coordination with other actors (M084). They are split between recruiting, keeping, brokering, applications and
projects (M042, M043, L26). Activities by type follow from money, the organisation's own unit cost and its mix
(Tables 2 and 6, Figure 10; L27, L36-L38). What own income and external projects pay are meetings in the same rooms.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.processes import spending
from klyngesim.ecosystem.processes.activity_mix import (
    TYPES,
    activity_mix,
    held_mix,
    mix_cost_rule,
    pilots_paid,
    possible_rule,
)
from klyngesim.ecosystem.processes.otherwise import MEETINGS, plan_otherwise, sponsored_rule
from klyngesim.ecosystem.processes.passed_on import Terms as Time
from klyngesim.ecosystem.processes.passed_on import plan_time
from klyngesim.ecosystem.processes.spending import GRANT, activity_money, number_rule, top_up
from klyngesim.ecosystem.settings import Values, chosen, each, each_of, number, numbers, worked_out
from klyngesim.ecosystem.state import APPLICATION, DISSEMINATION, INTERNATIONALISATION, PROJECT, State, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.ecosystem.totals import summed, whole_rule
from klyngesim.streams import Decision, Floats

EFFORTS = ("recruit", "retain", "broker", "apply", "project")
RECRUIT_EFFORT, RETAIN_EFFORT, BROKER_EFFORT, APPLY_EFFORT, PROJECT_EFFORT = range(len(EFFORTS))


def admin_share(policy: Values) -> float:
    """Share of staff hours bound by administration, by number of funding strings (M105)."""
    one = policy.num("admin.share_one_string")
    return one + (policy.num("admin.share_two_strings") - one) * (policy.num("admin.funding_strings") - 1.0)


def effort_weights(policy: Values) -> Floats:
    """Weights of `EFFORTS` in the split of productive hours, shape (O, 5)."""
    return np.stack([policy.vec(f"effort.{name}") for name in EFFORTS], axis=1)


def freed_hours(policy: Values) -> float:
    """Hours of administration a year that support actors no longer take once they are merged (M084, L05)."""
    merged = policy.num("environment.support_actors") * policy.num("environment.consolidated")
    return merged * policy.num("coordination.hours_per_actor")


def evaluation_incentive(policy: Values) -> float:
    """What evaluations that can cost the grant add to productive hours; nothing where there are none (M014)."""
    in_force = policy.num("evaluation.every_years") > 0.0 and policy.num("evaluation.threshold") > 0.0
    return policy.num("evaluation.incentive") if in_force else 0.0


class Terms(NamedTuple):
    """Parameters of plans in a quarter.

    Attributes:
        local_hours: hours a year for local partners; profile_hours: for members' profiles, shape (O,).
        depth_shift: share of `deepen`, shape (O,).
        mix: shares of activities by type, shape (O, 4); paid_extra: whether the state adds what a dearer one costs.
        firm_group, institution_group: seats of an activity of `MEETINGS`, shape (O, 2).
    """

    scarce_hours: bool = chosen("scarcity.hours", "on")
    hours_year: float = number("staff.hours_year")
    admin: float = worked_out(admin_share)
    routed_share: float = number("initiative.routed_share")
    initiative_hours: float = number("coordination.hours_per_initiative")
    platform_hours: float = number("platform.hours_per_initiative")
    local_hours: float = worked_out(lambda policy: policy.num("local.hours_year") * policy.num("local.partners"))
    profile_hours: Floats = worked_out(
        lambda policy: policy.num("segmentation.hours_year") * policy.vec("segmentation.level")
    )
    freed: float = worked_out(freed_hours)
    complacency: float = number("rival.complacency")
    least_effort: float = number("rival.least_effort")
    incentive: float = worked_out(evaluation_incentive)
    effort: Floats = worked_out(effort_weights)
    depth_shift: Floats = each("depth.shift")
    mix: Floats = worked_out(activity_mix)
    paid_extra: bool = chosen("measures.paid_by", "extra")
    cost_weight: Floats = numbers("activity_cost.*", TYPES)
    paid_pilots: bool = worked_out(pilots_paid)
    firm_group: Floats = each_of("seats.*_firms", MEETINGS)
    institution_group: Floats = each_of("seats.*_institutions", MEETINGS)
    time: Time = worked_out(lambda policy: policy.terms(Time))


@loop
def effort_shares(weight: Floats, project_load: float) -> Floats:
    """Split of an organisation's productive hours over `EFFORTS`, adds up to 1; shape (5,).

    ``project_load`` multiplies its weight of projects (1 = the common split).
    """
    shares = weight.copy()
    shares[PROJECT_EFFORT] *= project_load
    whole = summed(shares)
    return shares / (whole if whole > 0.0 else 1.0)


@loop
def deepen(effort: Floats, shift: float) -> Floats:
    """Moves a share of the hours for recruiting and keeping to joint applications and projects (L02); shape (5,).

    They go there in proportion to what both have, and to brokering where neither has any.
    """
    after = effort.copy()
    moved = shift * (effort[RECRUIT_EFFORT] + effort[RETAIN_EFFORT])
    deep = effort[APPLY_EFFORT] + effort[PROJECT_EFFORT]
    after[RECRUIT_EFFORT] *= 1.0 - shift
    after[RETAIN_EFFORT] *= 1.0 - shift
    if deep > 0.0:
        after[APPLY_EFFORT] += moved * (effort[APPLY_EFFORT] / deep)
        after[PROJECT_EFFORT] += moved * (effort[PROJECT_EFFORT] / deep)
    else:
        after[BROKER_EFFORT] += moved
    return after


def project_load_rule(need: Floats, common: Floats, most: float) -> Floats:
    """What makes hours for projects the share ``need`` of all hours where the common split gives less, shape (O,).

    A factor on the weight of projects, at least 1; their share of hours is at most ``most``.
    """
    share = np.minimum(need, most)
    short = (common > 0.0) & (share > common)
    share, part = np.where(short, share, 0.5), np.where(short, common, 0.5)
    return np.asarray(share / (1.0 - share) * ((1.0 - part) / part))


@rule
def productive_hours(staff: float, hours_year: float, admin: float, coordination_year: float) -> float:
    """Hours a quarter for firms and projects: staff hours less administration less coordination.

    Never negative, and never more than there are, as coordination is below zero where more is freed than taken.
    """
    most = staff * hours_year
    return min(most, max(0.0, most * (1.0 - admin) - coordination_year)) / 4.0


@rule
def contact_hours(people: float, hours_year: float) -> float:
    """Hours a quarter of contact staff, all of which go into brokering."""
    return people * hours_year / 4.0


@rule
def complacency_rule(support_ratio: float, strength: float, least: float) -> float:
    """Rival rule: effort falls when support feels safe; 1 at the usual level or strength 0, never below ``least``."""
    return max(least, 1.0 - strength * (support_ratio - 1.0))


@rule
def coordination_rule(
    initiatives: float, routed_share: float, initiative_hours: float, platform_hours: float, others: float
) -> float:
    """Staff hours a year for initiatives, of their own and routed (platform) ones, and for local partners."""
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
def plan_hours(state: State, index: int, initiatives: float, terms: Terms) -> None:
    """Hours by task."""
    organisation, usual, plan = state.organisations[index], state.reference[index], state.plans[index]
    # Contact staff work with institutions only; their hours are added to those for brokering.
    contact = contact_hours(organisation.contact_staff, terms.hours_year)
    if not terms.scarce_hours:
        # Without scarcity of hours everybody does the reference amount, whatever else is on.
        plan.hours[:] = usual.hours
        plan.effort[:] = usual.hours
        plan.brokering = usual.brokering + contact
        return
    coordination = coordination_rule(
        initiatives, terms.routed_share, terms.initiative_hours, terms.platform_hours, terms.local_hours
    )
    coordination += terms.profile_hours[index]
    hours = productive_hours(organisation.staff, terms.hours_year, terms.admin, coordination - terms.freed)
    hours *= complacency_rule(organisation.support_ratio, terms.complacency, terms.least_effort)
    hours *= 1.0 + terms.incentive
    plan.effort[:] = deepen(effort_shares(terms.effort[index], usual.project_load), terms.depth_shift[index])
    plan.hours[:] = hours * plan.effort
    plan.brokering = plan.hours[BROKER_EFFORT] + contact


@loop
def possible_types(state: State, index: int, terms: Terms) -> Bools:
    """Which types of activity an organisation can hold, shape (4,)."""
    plan, possible = state.plans[index], np.zeros(len(TYPES), dtype=np.bool_)
    group = terms.firm_group[index, INTERNATIONALISATION] + terms.institution_group[index, INTERNATIONALISATION]
    for kind in range(len(TYPES)):
        apply, project = plan.effort[APPLY_EFFORT], plan.effort[PROJECT_EFFORT]
        possible[kind] = possible_rule(kind, group, apply, project, terms.paid_pilots)
    return possible


@loop
def plan_activities(state: State, index: int, money: float, terms: Terms) -> None:
    """Whole activities by type that the grant pays, which has ``money`` for them, mkr."""
    organisation, plan, flow = state.organisations[index], state.plans[index], state.flows[index]
    done, shift = organisation.activities_done, organisation.activities_shift
    possible = possible_types(state, index, terms)
    plan.mix[:] = held_mix(terms.mix[index], possible)
    plan.topped = 0.0
    if terms.paid_extra:
        usual = held_mix(state.reference[index].mix, possible)
        money += top_up(state, index, money, mix_cost_rule(plan.mix, usual, terms.cost_weight))
    number = number_rule(money, plan.mix, terms.cost_weight, state.reference[index].unit_cost, state.price)
    for kind in range(len(TYPES)):
        expected = plan.activities_expected[kind] = number * plan.mix[kind]
        plan.activities[kind] = whole_rule(expected, done[kind], shift[kind])
        done[kind] += expected
    flow.activities_dissemination += plan.activities[DISSEMINATION]
    flow.activities_internationalisation += plan.activities[INTERNATIONALISATION]


@loop
def meetings_mix(state: State, index: int, terms: Terms) -> Floats:
    """Shares of activities by type where only meetings are held, shape (4,)."""
    possible = possible_types(state, index, terms)
    possible[APPLICATION] = possible[PROJECT] = False
    return held_mix(terms.mix[index], possible)


@loop
def plan_seats(state: State, index: int, year_effect: float, terms: Terms) -> None:
    """Seats offered: activities times Table 6's mean group size; groups of firms are larger in a good year."""
    organisation, plan, usual = state.organisations[index], state.plans[index], state.reference[index]
    activities, shift = plan.activities, organisation.activities_shift
    for kind in range(len(MEETINGS)):
        firms, institutions = terms.firm_group[index, kind], terms.institution_group[index, kind]
        everything = activities[kind] + plan.otherwise[:, kind].sum()
        plan.firm_seats[kind] = seats_rule(everything, firms, year_effect, shift[kind])
        plan.institution_seats[kind] = seats_rule(activities[kind], institutions, 1.0, shift[kind])
    paid, group = organisation.sponsored * organisation.liquidity, terms.firm_group[index, DISSEMINATION]
    each = terms.cost_weight[DISSEMINATION] * (usual.unit_cost * state.price)
    paid = sponsored_rule(paid, each, group, shift[DISSEMINATION])
    plan.sponsored_seats = min(paid, plan.firm_seats.sum())
    slots = slots_rule(plan.hours[APPLY_EFFORT], usual.hours_per_application)
    capacity = whole_rule(slots, organisation.applications_done, shift[APPLICATION])
    organisation.applications_done += slots
    plan_time(state, index, terms.time)
    plan.applications = capacity if organisation.open else 0
    plan.pilots = activities[PROJECT]


@loop
def plan_quarter(state: State, money: Floats, initiatives: float, year_effect: Floats, terms: Terms) -> None:
    """Plans of all organisations, which have ``money`` for activities by layer, mkr, shape (O, 3)."""
    for index in range(len(state.organisations)):
        plan_hours(state, index, initiatives, terms)
        plan_activities(state, index, money[index, GRANT], terms)
        plan_otherwise(state, index, money[index], meetings_mix(state, index, terms), terms.cost_weight)
        plan_seats(state, index, year_effect[index, state.period // 4], terms)


def plan(world: World) -> None:
    """Fixes this quarter's spending, hours, activities and seats."""
    state, policy = world.state, world.policy
    money = activity_money(state, policy.terms(spending.Terms))
    plan_quarter(state, money, world.environment.initiatives, world.year_effect, policy.terms(Terms))
    world.plan.hours_shift = world.calendar[Decision.HOURS_ROUNDING][world.period]
