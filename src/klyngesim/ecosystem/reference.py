"""What each organisation did at the start (2021-2023), worked out from the report's tables and the parameters.

These numbers anchor the baseline: unit costs, staff, hours, fee scale, award sizes, and the organisation effects that
the tables show without explaining (who reaches more firms per hour, whose firms come back, whose firms join).
"""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.by_organisation import References
from klyngesim.ecosystem.processes.activity_mix import TYPES, activity_mix
from klyngesim.ecosystem.processes.belief_and_staff import filled_share
from klyngesim.ecosystem.processes.planning import (
    PROJECT_EFFORT,
    admin_share,
    effort_shares,
    effort_weights,
    productive_hours,
    project_load_rule,
)
from klyngesim.ecosystem.processes.spending import unit_costs
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import PROJECT
from klyngesim.exact import total
from klyngesim.population.strongholds import SIZE_NAMES
from klyngesim.scenario.parameters import registry
from klyngesim.streams import Floats

QUARTERS = 12
"""Quarters of 2021-2023, the period of Tables 2, 6 and 7."""

LEAST_EFFECT = 0.1
"""What sets organisations apart is at least a tenth of the mean: figures of a few cases are not taken at their word."""


def over(part: Floats, whole: Floats) -> Floats:
    """The part over the whole, 0 where there is no whole."""
    return np.where(whole > 0.0, part / np.where(whole > 0.0, whole, 1.0), 0.0)


def relative(values: Floats, spread: float) -> Floats:
    """Organisation effect: values over their mean, pulled towards 1 by ``1 - spread``, kept within 0.1-10."""
    mean = float(total(values)) / max(1, len(values))
    level = values / mean if mean > 0.0 else np.ones_like(values)
    return np.asarray(np.clip(1.0 + spread * (level - 1.0), LEAST_EFFECT, 10.0))


def application_hours_rule(hours: Floats, number: Floats) -> Floats:
    """Hours behind an application by organisation, shape (O,): its hours for applications over how many it made.

    Nobody writes one in less than a tenth of the mean of all; an organisation that had no hours has the mean, for it
    would otherwise write without end once it has some. 0 where nobody had any.

    Args:
        hours: for applications in a quarter at the start, shape (O,).
        number: applications in a quarter at the start, all above 0, shape (O,).
    """
    mean = float(total(hours)) / float(total(number))
    return np.where(hours > 0.0, np.maximum(hours / number, LEAST_EFFECT * mean), mean)


def inherited_rule(share: float, leaving: Floats) -> Floats:
    """Members at 2021Q1 over everybody of three years, by organisation, shape (O,), where the stock lasts.

    For each of them ``1 / share - 1`` join and leave in three years, and ``leaving`` times as many where members leave
    so much more readily than elsewhere.
    """
    return np.asarray(1.0 / (1.0 + (1.0 / share - 1.0) * leaving))


def reference_values(policy: Values, leaving: Floats) -> References:
    """What every organisation did at the start; `ecosystem.build` adds what needs the register.

    Args:
        policy: parameters at the start.
        leaving: how readily members leave each organisation, relative to the mean, shape (O,).
    """
    grant = policy.vec("grant.spent_2021_23_mkr")
    whole = float(total(grant))
    everybody = np.full(len(grant), whole)
    ref = References(len(grant), len(grant))
    ref.grant_quarter, ref.grant_share = grant / QUARTERS, over(grant, everybody)
    # The budget of those years, which a lever does not change.
    budget = np.full(len(grant), 3.0 * float(registry().default("grant.budget_mkr_year")))  # type: ignore[arg-type]
    ref.spent_share = over(everybody, budget)
    external = np.stack([policy.vec(f"external.{name}_2021_23_mkr") for name in ("public", "eu", "other")], axis=1)
    ref.external_quarter = external / QUARTERS
    ref.private_quarter = policy.vec("external.private_2021_23_mkr") / QUARTERS
    activity(policy, ref)
    funds(policy, ref)
    otherwise(policy, ref)
    staff(policy, ref)
    applications(policy, ref)
    ref.leaving = leaving
    effects(policy, ref)
    return ref


def staff(policy: Values, ref: References) -> None:
    """Posts from grant, own money and external income (E111, E236, E237), and their hours by task.

    The common split of hours leaves enough for the projects of most organisations. Where Table 2's projects take more
    (MADE: two activities of three), the organisation gives them what they take.
    """
    income = total(ref.external_quarter) * 4.0
    # A krone of own money buys what one of the grant buys: activities at their unit cost, and the posts behind them.
    paid = ref.grant_quarter + ref.own_activity_quarter
    posts = policy.num("staff.fte_per_grant_mkr") * own_part(policy) * paid * 4.0
    posts = np.rint(posts + policy.num("staff.fte_per_external_mkr") * income)
    ref.staff_posts = np.maximum(policy.num("staff.least_posts"), posts)
    coordination = policy.num("coordination.hours_per_initiative") * usual_initiatives(policy)
    admin, filled = admin_share(policy), filled_posts(policy, ref.staff_posts)
    hours = elementwise(productive_hours)(filled, policy.num("staff.hours_year"), admin, coordination)
    weights = effort_weights(policy)
    common = np.array([effort_shares(weight, 1.0)[PROJECT_EFFORT] for weight in weights])
    need = over(ref.activities_quarter[:, PROJECT] * policy.num("project.hours_each"), hours)
    ref.project_load = project_load_rule(need, common, policy.num("effort.most_project"))
    efforts = map(effort_shares, weights, ref.project_load)
    ref.hours = hours[:, None] * np.stack(list(efforts))


def filled_posts(policy: Values, posts: Floats) -> Floats:
    """Posts that are filled on average: turnover leaves the others vacant until somebody is hired."""
    return np.asarray(posts * filled_share(policy))


def usual_initiatives(policy: Values) -> float:
    """Initiatives that run at the same time on average."""
    return policy.num("initiative.life_years") / policy.num("initiative.years_between")


def own_part(policy: Values) -> Floats:
    """Share of the grant that is not passed on to partners, shape (O,)."""
    ufs = policy.num("grant.ufs_share")
    passed = ufs * policy.vec("grant.passthrough_ufs") + (1.0 - ufs) * policy.vec("grant.passthrough_deb")
    return np.asarray(1.0 - passed)


def activity(policy: Values, ref: References) -> None:
    """Unit cost of an activity from Table 7's grant and Table 2's number, by the organisation's mix."""
    mix = ref.mix = activity_mix(policy)
    weight = policy.nums("activity_cost.*", TYPES)
    number = policy.vec("activities.total_2021_23") / QUARTERS
    ref.unit_cost = unit_costs(mix, weight, ref.grant_quarter, number)
    weighted = mix * weight
    ref.pilot_cost_share = over(weighted[:, 3], total(weighted))
    ref.meeting_cost_share = over(weighted[:, 0] + weighted[:, 1], total(weighted))
    ref.activities_quarter = number[:, None] * mix


def applications(policy: Values, ref: References) -> None:
    """Applications a quarter, hidden ones included, that Table 7's competed income asks for at known success rates.

    An organisation that registers more applications than its income explains has smaller awards; one whose income
    asks for more has hidden applications (seven organisations without registered ones hold two thirds of the money).
    """
    competed = ref.external_quarter[:, :2] * policy.num("external.competed_share")
    names = ("national", "eu")
    success = policy.nums("calls.fixed_success_*", names)
    award = policy.nums("external.award_*_mkr", names)
    needed = total(competed / (success * award))
    registered = ref.activities_quarter[:, 2]
    number = np.maximum(np.maximum(needed, registered), 0.05)
    ref.applications_quarter = number
    # Some of the applications that there are hours for find no firms, and some of those written come to nothing.
    joint = policy.num("application.planned_joint")
    ref.written_quarter = number / joint
    each = application_hours_rule(ref.hours[:, 3], number)
    ref.hours_per_application = each * policy.num("application.planned_filled") * joint
    money = total(competed)
    # Share of applications that go to the EU, so that both sources come out at their share of the money.
    parts = competed / success
    ref.eu_share = over(parts[:, 1], total(parts))
    mean_success = success[0] * (1.0 - ref.eu_share) + success[1] * ref.eu_share
    ref.award_mkr = over(money, number * mean_success)


def funds(policy: Values, ref: References) -> None:
    """Parts of private money, running costs that own income covers, and own business."""
    private = ref.private_quarter
    ref.fees_quarter = private * policy.num("private.fees_share")
    ref.sponsorship_quarter = private * policy.num("private.sponsorship_share")
    ref.foundations_quarter = private * policy.num("private.foundations_share")
    own = ref.fees_quarter + ref.sponsorship_quarter + ref.foundations_quarter
    ref.project_cash_quarter = np.maximum(0.0, private - own)
    overhead = policy.num("external.overhead_share") * total(ref.external_quarter)
    ref.own_income_quarter = own + overhead
    ref.business_quarter = total(ref.external_quarter) + private
    ref.list_fees = np.tile(policy.nums("fees.*", SIZE_NAMES), (len(private), 1))


def otherwise(policy: Values, ref: References) -> None:
    """Meetings that own income beyond running costs and external projects pay, at the organisation's unit cost.

    The report prints no number: they come on top of Table 2's activities, which the grant pays. Who holds few meetings
    for the grant holds few for own money and external projects.
    """
    ref.own_activity_quarter = ref.own_income_quarter * (1.0 - policy.num("finance.running_base"))
    ref.activity_share = policy.num("external.activity_share") * ref.meeting_cost_share
    ref.external_activity_quarter = total(ref.external_quarter) * ref.activity_share
    group = policy.vec("seats.internationalisation_firms") + policy.vec("seats.internationalisation_institutions")
    abroad = np.where(group > 0.0, ref.mix[:, 1], 0.0)
    held = ref.mix[:, 0] + abroad
    abroad = over(abroad, held)
    weight = policy.nums("activity_cost.*", TYPES)
    each = ref.unit_cost * (weight[0] * (1.0 - abroad) + weight[1] * abroad)
    paid = ref.own_activity_quarter * ref.meeting_cost_share + ref.external_activity_quarter
    ref.meetings_otherwise = over(paid, each)


def effects(policy: Values, ref: References) -> None:
    """Organisation effects that Tables 2 and 6 show: reach per hour, returning, joining."""
    spread = policy.num("organisation.effect_spread")
    firms = policy.vec("participants.total_2021_23") * policy.num("participants.firm_share")
    ref.firm_participants = firms
    ref.reach = relative(over(firms, ref.hours[:, 0]), spread)
    seats = QUARTERS * (
        ref.activities_quarter[:, 0] * policy.vec("seats.dissemination_firms")
        + ref.activities_quarter[:, 1] * policy.vec("seats.internationalisation_firms")
    )
    ref.seats_quarter = seats / QUARTERS
    ref.loyalty = relative(np.maximum(0.05, over(seats, firms) - 1.0), spread)
    members = policy.vec("members.total_2021_23") * policy.num("members.firm_share")
    inherited = inherited_rule(policy.num("membership.inherited_share"), ref.leaving)
    ref.member_stock = members * (1.0 if policy.word("membership.reading") == "stock_end" else inherited)
    # Where members leave more readily, more have to join for the stock to last.
    ref.joining = relative(over(ref.member_stock * ref.leaving, firms), spread)
