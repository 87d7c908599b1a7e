"""Step 8: R&D applications (FoU-ansøgninger) to capped pots, and external income.

Consortia form among firms with a tie; an organisation writes as many applications as its hours allow. Calls are
capped: success = min(cap, pot / applied), so that more applications lower everybody's success, and universities and
others compete for the same pots (M035; E047, E068-E078). The rival rule is a fixed success rate. External income is
what ran before (legacy), orders that are not competed for, and wins; Table 7 fixes the inflow at the start, the
model adds the response to changed effort, ties and capacity. Award sizes are the organisation's own net share.
"""

from __future__ import annotations

import math

import numpy as np

from klyngesim.ecosystem.processes.external_income import price_factor
from klyngesim.ecosystem.processes.leaving import leave
from klyngesim.ecosystem.processes.matchmaking import strengthen
from klyngesim.ecosystem.rows import EXTERNAL
from klyngesim.ecosystem.slots import SLOTS, draw_slots
from klyngesim.ecosystem.state import APPLICATION, PROJECT, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.ecosystem.ties import strength_of
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, keep_smallest, lookup, pair_id

_SIZES = 64


def success_rule(pot: float, applied: float, cap: float) -> float:
    """Share of the money applied for that a capped call can grant: min(cap, pot / applied)."""
    return min(cap, pot / applied) if applied > 0.0 else cap


def quality_rule(grounded: Floats, strength: Floats, grounding: float, tie_weight: float, usual: float) -> Floats:
    """Relative chance of an application: raised by a pilot behind it and by stronger ties (M033, M065, M066).

    Args:
        grounded: share of the consortium with a pilot behind it, 0-1.
        strength: mean strength of its ties, 0-1.
        grounding: what a full pilot base adds, as a share.
        tie_weight: what full strength adds, as a share.
        usual: value of the bracket at the start, so that the usual application has 1.
    """
    return np.asarray((1.0 + grounding * grounded + tie_weight * strength) / usual)


def win_rule(success: Floats, quality: Floats, support_ratio: Floats, response: float) -> Floats:
    """Chance that an application is granted.

    A longer expected support makes a start more or less likely (M013, M036); the prior of ``response`` contains zero.
    """
    start = 1.0 + response * (support_ratio - 1.0)
    return np.asarray(np.minimum(1.0, success * quality * np.maximum(0.0, start)))


def next_step_rule(
    pilots: Bools, grounded: Bools, to_pilot: float, to_application: float, grounded_ratio: float
) -> tuple[Floats, Floats]:
    """Chances that a matched idea goes for a pilot, and that it goes for a pilot or an application.

    Args:
        pilots: whether its organisation holds pilots.
        grounded: whether it has a pilot behind it, and needs no other one.
        to_pilot: chance in a quarter.
        to_application: likewise.
        grounded_ratio: of applications with a pilot behind them to others.
    """
    pilot = np.where(pilots & ~grounded, to_pilot, 0.0)
    application = to_application * np.where(grounded, grounded_ratio, 1.0)
    return pilot, np.minimum(1.0, pilot + application)


def length_rule(uniform: Floats, shortest: float, longest: float) -> Floats:
    """Quarters that an external project runs, whole ones from ``shortest`` to ``longest``, evenly."""
    return np.asarray(shortest + np.floor((longest - shortest + 1.0) * uniform))


def award_rule(mean: Floats, level: float, size: Floats, length: Floats) -> Floats:
    """What a project brings in a quarter, mkr: an award over the quarters that it runs.

    ``mean``: the organisation's mean award at the prices of the start, mkr; ``level``: `price_factor`; ``size``:
    relative to the mean.
    """
    return np.asarray(mean * level * size / length)


def size_table(spread: float, skew: float) -> Floats:
    """Quantiles of award sizes relative to their mean: a triangle-free rational curve with mean one.

    Sizes are ``a + b u / (1 + s (1 - u))``; `spread` 0 makes all awards equal. Built once with the scalar logarithm.
    """
    if spread <= 0.0:
        return np.ones(_SIZES + 1)
    mean = 0.5 if skew <= 0.0 else -1.0 / skew + (1.0 + skew) / (skew * skew) * math.log(1.0 + skew)
    level = np.arange(_SIZES + 1) / _SIZES
    raw = level / (1.0 + skew * (1.0 - level)) / mean
    return np.asarray((1.0 - spread) + spread * raw)


def chances(world: World, applied: Floats) -> Floats:
    """Success of the national and EU calls this quarter, given what the organisations apply for (mkr), shape (2,)."""
    policy = world.policy
    cap = policy.num("calls.success_cap")
    names = ("national", "eu")
    fixed = policy.nums("calls.fixed_success_*", names)
    if policy.word("calls.success_rule") == "fixed" or policy.word("scarcity.pots") == "off":
        return fixed
    pots = policy.nums("calls.pot_*_mkr_year", names) / 4.0
    asked = policy.nums("calls.others_*_mkr_year", names) / 4.0 + applied
    return np.array([success_rule(pot, money, cap) for pot, money in zip(pots.tolist(), asked.tolist(), strict=True)])


def choose(world: World) -> None:
    """Ideas with a partner go for a pilot, go for an application, wait, or are given up; one draw decides."""
    policy, episodes = world.policy, world.episodes
    rows = np.flatnonzero(episodes.stage == STAGE["matchmaking"])
    uniform = world.streams.uniform(Decision.NEXT_STEP, world.period, episodes.number[rows])
    organisation = episodes.organisation[rows]
    pilots = world.plan.mix[:, PROJECT] > 0.0
    to_pilot, edge = next_step_rule(
        pilots[organisation],
        episodes.grounded[rows],
        policy.num("matched.to_pilot"),
        policy.num("matched.to_application"),
        policy.num("matched.grounded_ratio"),
    )
    lost = policy.num("matched.loss_quarter")
    world.wants_pilot = rows[uniform < to_pilot]
    world.wants_application = rows[(uniform >= to_pilot) & (uniform < edge)]
    out = (uniform >= edge) & (uniform < edge + lost)
    place = (uniform - edge) / max(lost, 1e-12)
    price = policy.num("matched.loss_price_share")
    trust = world.relations.trust[episodes.relation[rows]]
    leave(world, rows[out & (place < price)], "price")
    distrust = trust < policy.num("matched.lost_trust_below")
    leave(world, rows[out & (place >= price) & distrust], "lost_trust")
    leave(world, rows[out & (place >= price) & ~distrust], "other_fora")


def apply(world: World) -> None:
    """Writes this quarter's applications and decides those of earlier quarters."""
    decide(world)
    policy, period, episodes = world.policy, world.period, world.episodes
    rows = world.wants_application
    organisation = episodes.organisation[rows]
    slots = world.plan.applications
    offered = np.where(slots > 0, slots, 0)[organisation]
    kept = np.flatnonzero(offered > 0)
    rows, organisation = rows[kept], organisation[kept]
    number = episodes.number[rows]
    lot, rank = world.streams.several((Decision.APPLICATION_SLOT, Decision.APPLICATION_RANK), period, number)
    # Groups of ten in Table 6 are workshops on applications, not consortia.
    firms = np.clip(policy.vec("seats.application_firms"), 1.0, policy.num("application.consortium_most"))
    groups, place = draw_slots(world, "applications", organisation, lot, slots)
    leader = groups // SLOTS
    more, origin = world.streams.several((Decision.APPLICATION_ROOM, Decision.APPLICATION_SOURCE), period, groups)
    room = np.floor(firms[leader] + more).astype(np.int64)
    if policy.word("scarcity.seats") == "off":
        room[:] = len(rows)
    taken = np.flatnonzero(keep_smallest(place, rank, room))
    rows, place = rows[taken], place[taken]
    written = np.bincount(place, minlength=len(groups)) > 0
    registered = (groups % SLOTS < world.plan.activities[:, APPLICATION][leader]) & written
    world.flows.applications += world.per_organisation(leader[written])
    world.flows.applications_registered += world.per_organisation(leader[registered])
    world.flows.applications_hidden += world.per_organisation(leader[written & ~registered])
    world.tally.move(
        episodes.organisation[rows], episodes.size[rows], STAGE["matchmaking"], STAGE["application"], "progress"
    )
    episodes.stage[rows] = STAGE["application"]
    episodes.since[rows] = period
    episodes.hidden[rows] = ~registered[place]
    pending = world.projects.append(
        len(groups),
        number=pair_id(groups, period, 1024),
        organisation=leader,
        kind=EXTERNAL,
        start=period,
        end=0,
        source=origin < world.reference.eu_share[leader],
        hidden=~registered,
    )
    episodes.project[rows] = pending.start + place
    world.projects.firms[pending] = np.bincount(place, minlength=len(groups))


def decide(world: World) -> None:
    """Calls decide applications handed in `application.decision_quarters` ago: won ones become external projects."""
    policy, period, projects, episodes = world.policy, world.period, world.projects, world.episodes
    wait = round(policy.num("application.decision_quarters"))
    due = np.flatnonzero((projects.kind == EXTERNAL) & (projects.end == 0) & (projects.start + wait <= period))
    asked = np.array([policy.num("external.award_national_mkr"), policy.num("external.award_eu_mkr")])
    live = due[projects.firms[due] > 0]
    amount = asked[projects.source[live]]
    applied = np.bincount(projects.source[live], amount, 2)
    success = chances(world, applied.astype(np.float64))
    world.environment.success = success
    member = np.flatnonzero(episodes.stage == STAGE["application"])
    decided = np.zeros(projects.count, dtype=np.bool_)
    decided[due] = True
    inside = member[decided[episodes.project[member]]]
    project = episodes.project[inside]
    count = np.maximum(1, np.bincount(project, minlength=projects.count)).astype(np.float64)
    keys = pair_id(episodes.ident[inside], episodes.unit[inside], world.institutions.plan.units)
    held = np.array([strength_of(world.ties.rows, key) for key in keys], dtype=np.float64)
    quality = quality_rule(
        np.bincount(project, episodes.grounded[inside], projects.count) / count,
        np.bincount(project, held, projects.count) / count,
        policy.num("application.grounding"),
        policy.num("application.tie_weight"),
        policy.num("application.usual_quality"),
    )
    number = projects.number[due]
    chance = win_rule(
        success[projects.source[due]],
        quality[due],
        world.organisations.support_ratio[projects.organisation[due]],
        policy.num("project.start_response"),
    )
    decisions = (Decision.APPLICATION_WON, Decision.PROJECT_LENGTH, Decision.AWARD_SIZE)
    luck, begins, sizes = world.streams.several(decisions, 0, number)
    won = (luck < chance) & (projects.firms[due] > 0)
    wins, losses = due[won], due[~won]
    shortest, longest = policy.num("external.length_low_quarters"), policy.num("external.length_high_quarters")
    length = length_rule(begins[won], shortest, longest)
    projects.end[wins] = period + length.astype(np.int64)
    projects.start[wins] = period
    projects.rate[wins] = award_rule(
        world.reference.award_mkr[projects.organisation[wins]],
        price_factor(world.environment.price, policy.num("external.indexation")),
        lookup(world.award_sizes, sizes[won]),
        length,
    )
    projects.running[wins] = True
    projects.end[losses] = -1
    won_by = world.per_organisation(projects.organisation[wins])
    world.flows.won += won_by
    world.flows.projects_external += won_by
    lucky = np.zeros(projects.count, dtype=np.bool_)
    lucky[wins] = True
    up, down = inside[lucky[project]], inside[~lucky[project]]
    world.tally.move(
        episodes.organisation[up], episodes.size[up], STAGE["application"], STAGE["external_project"], "progress"
    )
    episodes.stage[up] = STAGE["external_project"]
    episodes.since[up] = period
    strengthen(world, up)
    rejected(world, down)


def rejected(world: World, rows: Ints) -> None:
    """Rejected firms try again with the same idea or give up (E240)."""
    episodes = world.episodes
    again = world.streams.uniform(Decision.TRY_AGAIN, world.period, episodes.number[rows]) < world.policy.num(
        "application.try_again"
    )
    back = rows[again]
    world.tally.move(
        episodes.organisation[back], episodes.size[back], STAGE["application"], STAGE["matchmaking"], "rejected"
    )
    np.subtract.at(world.projects.firms, episodes.project[back], 1)
    episodes.stage[back] = STAGE["matchmaking"]
    episodes.since[back] = world.period
    episodes.project[back] = -1
    leave(world, rows[~again], "rejected")
