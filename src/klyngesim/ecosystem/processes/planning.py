"""Step 4: hours and money are turned into plans: how many activities of which type, how many contacts.

Productive hours are what staff have left after administration (two funding strings bind more, M105, L16) and
coordination with other actors (M084). They are split between recruiting, keeping, brokering, applications and
projects (M042, M043, L26). Activities by type follow from money, the organisation's own unit cost and its mix
(Tables 2 and 6, Figure 10; L27, L36-L38).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.ledger import OERE_PER_MKR, UFS, oere
from klyngesim.ecosystem.processes.money_in import split_accounts
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import APPLICATION, DISSEMINATION, INTERNATIONALISATION, PROJECT, World
from klyngesim.streams import Decision, Floats, Ints

TYPES = ("dissemination", "internationalisation", "application", "project")
EFFORTS = ("recruit", "retain", "broker", "apply", "project")
PROJECT_EFFORT = EFFORTS.index("project")


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


def lock_in_rule(horizon_years: float, strength: float) -> float:
    """Rival rule: money tied to old areas loses use for each year of horizon beyond four (strength 0 = off)."""
    return 1.0 / (1.0 + strength * max(0.0, horizon_years - 4.0))


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


def unit_costs(mix: Floats, cost_weight: Floats, grant_quarter: Floats, activities_quarter: Floats) -> Floats:
    """Money per activity of weight 1, mkr, shape (O,): what makes Table 7's grant pay Table 2's activities."""
    weighted = np.cumsum(mix * cost_weight, axis=1)[:, -1] * activities_quarter
    return np.asarray(grant_quarter / np.where(weighted > 0.0, weighted, 1.0))


def activity_mix(policy: Values) -> Floats:
    """Shares of activities by type, shape (O, 4): dissemination takes what the others leave."""
    other = [policy.vec(f"activity_mix.{name}") for name in TYPES[1:]]
    total = other[0] + other[1] + other[2]
    squeeze = np.where(total > 1.0, total, 1.0)
    parts = [part / squeeze for part in other]
    return np.stack([np.maximum(0.0, 1.0 - total / squeeze), *parts], axis=1)


def plan(world: World) -> None:
    """Fixes this quarter's spending, activities, seats and hours."""
    policy, organisations = world.policy, world.organisations
    reference = organisations.reference
    spend = spending(world)
    used = world.ledger.use(oere(spend))
    spent = used.sum(axis=(1, 2)) / OERE_PER_MKR
    world.plan["spent"] = spent
    spent = spent * lock_in_rule(policy.num("grant.horizon_years"), policy.num("rival.lock_in"))
    extra = own_money(world)
    measures = measure_costs(world)
    means = spent + extra + world.plan["initiative_money"]
    free = np.maximum(0.0, means - measures)
    # What the grant cannot carry of the measures is paid from own cash.
    world.ledger.book_own("own_policy", oere(np.maximum(0.0, measures - means)))

    mix = activity_mix(policy)
    weight = policy.nums("activity_cost.*", TYPES)
    cost = reference["unit_cost"] * world.environment.price
    each = np.cumsum(mix * weight, axis=1)[:, -1] * cost
    number = np.where((each > 0.0) & organisations.open, free / np.where(each > 0.0, each, 1.0), 0.0)
    expected = number[:, None] * mix
    if policy.num("grant.broad_only") > 0.0:
        expected[:, PROJECT] = 0.0
    activities, done = whole(expected, world.plan["activities_done"], world.plan["activities_shift"])
    world.plan["activities_done"] = done
    world.seats["activities"] = activities

    hours_year = policy.num("staff.hours_year")
    initiatives = world.plan["initiatives_running"]
    routed = policy.num("initiative.routed_share")
    coordination = policy.num("coordination.hours_per_initiative") * initiatives * (1.0 - routed)
    coordination = coordination + policy.num("platform.hours_per_initiative") * initiatives * routed
    coordination = coordination + policy.num("local.hours_year") * policy.num("local.partners")
    coordination = coordination + policy.num("segmentation.hours_year") * policy.vec("segmentation.level")
    # Contact staff work with institutions only; their hours are added to brokerage.
    general = np.maximum(0.0, world.plan["staff"] - policy.vec("contact_staff.fte"))
    hours = productive_hours(general, hours_year, admin_share(policy), coordination)
    hours = hours * complacency_rule(
        world.plan["support_ratio"], policy.num("rival.complacency"), policy.num("rival.least_effort")
    )
    split = effort_shares(policy, reference["project_load"])
    world.plan["hours"] = hours[:, None] * split
    if policy.word("scarcity.hours") == "off":
        # Without scarcity of hours everybody does the reference amount, whatever else is on.
        world.plan["hours"] = reference["hours"]
    plan_seats(world, activities)
    world.tally.add("activities_dissemination", activities[:, DISSEMINATION])
    world.tally.add("activities_internationalisation", activities[:, INTERNATIONALISATION])


def spending(world: World) -> Floats:
    """Grant that the organisations want to use this quarter, mkr, shape (O, 2, 3).

    Spending follows the award's rate, held back by vacancies, by liquidity and by a friction that the report shows
    (57 % of the four-year budget in three years) but does not explain.
    """
    policy, organisations = world.policy, world.organisations
    rate = world.plan["grant_year"] / 4.0 * organisations.funded * organisations.open[:, None]
    filled = np.minimum(1.0, world.plan["staff"] / np.maximum(1.0, world.plan["posts"]))
    start = policy.num("spending.start_year") if world.period < 4 else 1.0
    pace = policy.num("spending.absorption") * start * filled * organisations.liquidity
    return rate[:, :, None] * pace[:, None, None] * split_accounts(policy)


def own_money(world: World) -> Floats:
    """Equity above its target is spent on own activity (cash does not pile up), mkr, shape (O,)."""
    policy = world.policy
    if policy.word("scarcity.money") == "off":
        return np.zeros(world.count)
    target = world.organisations.reference["equity_target"] * world.environment.price
    above = np.maximum(0.0, world.ledger.own / OERE_PER_MKR - target)
    spend = np.where(world.organisations.open, above * policy.num("finance.spend_down"), 0.0)
    world.ledger.book_own("own_activity", oere(spend))
    return spend


def measure_costs(world: World) -> Floats:
    """Costs of policy measures this quarter, mkr, shape (O,).

    `measures.paid_by` says who pays: ``grant`` (they displace activities: budget-neutral) or ``extra`` (the state
    adds the money, which is booked as income and cost).
    """
    policy, price = world.policy, world.environment.price
    share = world.organisations.reference["grant_share"]
    cost = policy.vec("contact_staff.fte") * policy.num("contact_staff.cost_mkr_year")
    cost = cost + share * policy.num("researcher.incentive") * policy.num("researcher.incentive_cost_mkr_year")
    cost = cost + share * policy.num("local.partners") * policy.num("local.cost_mkr_year")
    cost = cost + share * policy.num("phd.bridge") * policy.num("phd.cost_mkr_year")
    for lever, price_of in (
        ("institutions.outreach", "institutions.outreach_cost_mkr_year"),
        ("competence.level", "competence.cost_mkr_year"),
        ("referral.share", "referral.cost_mkr_year"),
    ):
        cost = cost + share * policy.num(lever) * policy.num(price_of)
    cost = np.where(world.organisations.open, cost * price / 4.0, 0.0)
    if policy.word("measures.paid_by") == "extra":
        world.ledger.book_own("own_initiatives", oere(cost))
        world.ledger.book_own("own_policy", oere(cost))
        return np.zeros_like(cost)
    return cost


def plan_seats(world: World, activities: Ints) -> None:
    """Seats offered: activities times Table 6's mean group size; whole seats, remainder by a fixed shift.

    Groups of firms are larger in a good year of an organisation.
    """
    policy = world.policy
    year = world.organisations.year_effect[:, world.period // 4]
    for which, name in ((DISSEMINATION, "dissemination"), (INTERNATIONALISATION, "internationalisation")):
        expected = activities[:, which] * policy.vec(f"seats.{name}_firms") * year
        world.seats[f"firms_{name}"] = np.floor(expected + world.plan["activities_shift"][:, which]).astype(np.int64)
        expected = activities[:, which] * policy.vec(f"seats.{name}_institutions")
        world.seats[f"institutions_{name}"] = np.floor(expected + world.plan["activities_shift"][:, which]).astype(
            np.int64
        )
    each = world.organisations.reference["hours_per_application"]
    slots = np.where(each > 0.0, world.plan["hours"][:, 3] / np.where(each > 0.0, each, 1.0), 0.0)
    capacity, done = whole(slots, world.plan["applications_done"], world.plan["activities_shift"][:, APPLICATION])
    world.plan["applications_done"] = done
    world.seats["applications"] = np.where(world.organisations.open, capacity, 0)
    world.seats["projects"] = activities[:, PROJECT]
    world.plan["hours_shift"] = world.calendar[Decision.HOURS_ROUNDING][world.period]


def ufs_part(world: World) -> Floats:
    """UFS money used this quarter, mkr, shape (O,)."""
    ledger = world.ledger
    used = ledger.grant_line("spent")[:, UFS] + ledger.grant_line("passed_on")[:, UFS]
    return np.asarray(used.sum(axis=1) / OERE_PER_MKR)
