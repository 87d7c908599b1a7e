"""Every step of the funnel by itself: how many went on, of how many that could, against the parameter's own chance.

Trials are counted on the run, chances are worked out from the parameter values. The Monte-Carlo error is the binomial
one (calls decide consortia, so that consortia and not firms are the trials); a change of one parameter by 10 % in the
expectation must leave the bound, otherwise the comparison says nothing.
"""

from collections import Counter

import numpy as np
import pytest

from klyngesim.ecosystem.rows import EXTERNAL
from klyngesim.results.indicators import IDS
from klyngesim.results.vocabulary import STAGE
from tests.closed_form.isolated import BOUND, Flow, alike, births, model, moved

READINESS, EASE, GAP = 0.7, 0.8, 0.1
QUARTERS = 16

VALUES = {
    "recruitment.answer_base": 0.8,
    "attendance.extra_seat": 0.5,
    "innovation.per_participation": 0.5,
    "idea.base": 0.9,
    "matched.to_pilot": 4.0,
    "matched.to_application": 0.6,
    "matched.grounded_ratio": 2.5,
    "matched.loss_quarter": 0.5,
    "matched.loss_price_share": 0.5,
    "project.withdraw_quarter": 0.1,
    "innovation.per_pilot": 0.5,
    "innovation.per_external": 0.6,
    "pilot.grounds_application": 0.8,
    "calls.fixed_success_national": 0.6,
    "calls.fixed_success_eu": 0.4,
    "application.try_again": 0.6,
    "membership.join_base": 0.1,
    "membership.join_trust": 0.5,
    "trust.gain": 0.4,
}
"""What the chances are made of; far from 0 and 1, so that 10 % of each is many standard errors."""

ROOM = {
    "recruitment.hours_per_contact": 1,
    "activities.total_2021_23": 2000,
    "activity_mix.internationalisation": 0.1,
    "activity_mix.project": 0.2,
    "activity_mix.application": 0.5,
    "effort.project": 1.0,
    "grant.horizon_years": 10,
    "external.length_low_quarters": 4,
    "external.length_high_quarters": 4,
    "application.decision_quarters": 2,
    "pilot.length_quarters": 2,
    **{f"firms.survival_{age}": 0.95 for age in ("1y", "2y", "5y")},
    **{f"firms.closing_{size}": 0.005 for size in ("small", "medium", "large")},
}
"""Many trials, and a pilot and an application open to every idea in every quarter.

Firms seldom close: one that does so in the quarter of its application is not seen to have applied.
"""

PLAIN = {"application.grounding": 0.0, "application.tie_weight": 0.0, "application.usual_quality": 1.0}
"""Calls look at nothing but luck."""

PILOT, APPLICATION, EARLY = ("pilot",), ("application",), ("dissemination", "internationalisation")


@pytest.fixture(scope="module")
def seen():
    """Counts of one run of 16 quarters with all firms: trials and successes by name."""
    settings = {**alike(READINESS, EASE, GAP), **ROOM, **PLAIN, **VALUES, "calls.success_rule": "fixed"}
    run = model(settings, QUARTERS)
    world, count = run.world, Counter()
    born = births(world)
    for period in range(QUARTERS):
        episodes, projects = world.episodes, world.projects
        waiting = (episodes.stage == STAGE["matchmaking"]) & (period - episodes.since >= 1)
        count["grounded"] += int((waiting & episodes.grounded).sum())
        count["ungrounded"] += int((waiting & ~episodes.grounded).sum())
        count["in_project"] += int(np.isin(episodes.stage, [STAGE["pilot"], STAGE["external_project"]]).sum())
        due = np.flatnonzero((projects.kind == EXTERNAL) & (projects.end == 0) & (projects.firms > 0))
        due = due[projects.start[due] + 2 <= period]
        run.step()
        for source, name in enumerate(("national", "eu")):
            mine = due[world.projects.source[due] == source]
            count[f"decided_{name}"] += len(mine)
            count[f"won_{name}"] += int((world.projects.end[mine] > 0).sum())
        applied = (episodes.stage == STAGE["application"]) & (episodes.since == period)
        count["applied_grounded"] += int((applied & episodes.grounded).sum())
        relations = world.relations
        fresh = np.flatnonzero((relations.first == period) & (relations.last == period))
        count["fresh"] += len(fresh)
        count["joined"] += int(relations.member[fresh].sum())
        assert (world.plan.pilots > 0).all() and (world.plan.applications > 0).all()
    result = run.run()
    total = {name: result.indicators[:, -1, IDS.index(name)].sum() for name in IDS}
    count["participations"] = total["participations_firms_all"]
    count["innovations"] = total["innovations"] - total["innovations_projects"]
    count["born"] = len(born)
    count["funnel"] = result.funnel
    return count


def flows(seen, values):
    """Every step of the funnel with its chances under some parameter values, by name."""
    funnel = seen["funnel"]

    def went(origins, targets, *reasons, danish=False):
        return moved(funnel, origins, targets, reasons or None, danish)

    outside, contacted, left, matched = ("outside",), ("contacted",), ("left",), ("matchmaking",)
    asked = went(outside, contacted, danish=True)
    unready = went(contacted, left, "not_ready", danish=True)
    no = unready + went(contacted, left, "not_interested", danish=True)
    answer = values["recruitment.answer_base"]
    came = went(contacted, EARLY)
    first, grounded = seen["ungrounded"], seen["grounded"]
    lost = went(matched, left, "price", "other_fora", "lost_trust")
    odds = [values[f"matched.{name}"] for name in ("to_pilot", "to_application", "loss_quarter")]
    pilot, application, loss = (one / (1.0 + sum(odds)) for one in odds)
    again_odds = odds[1] * values["matched.grounded_ratio"]
    second, second_loss = (one / (1.0 + again_odds + odds[2]) for one in (again_odds, odds[2]))
    innovated, again = went(PILOT, ("innovation",)), went(PILOT, matched, "completed")
    ended = innovated + again + went(PILOT, left, "completed")
    done = went(("external_project",), ("innovation",))
    over = done + went(("external_project",), left, "completed")
    retried = went(APPLICATION, matched, "rejected")
    trust = values["trust.gain"]
    joins = values["membership.join_base"] + values["membership.join_trust"] * trust
    return {
        "answer": Flow(asked - no, ((asked, answer * READINESS),)),
        "unready among refusals": Flow(unready, ((no, answer * (1 - READINESS) / (1 - answer * READINESS)),)),
        "second seat": Flow(seen["participations"] - came, ((came, values["attendance.extra_seat"]),)),
        "innovation": Flow(seen["innovations"], ((came, values["innovation.per_participation"] * READINESS),)),
        "idea": Flow(seen["born"], ((came, values["idea.base"] * READINESS),)),
        "pilot": Flow(went(matched, PILOT), ((first, pilot),)),
        "application": Flow(went(matched, APPLICATION) - seen["applied_grounded"], ((first, application),)),
        "grounded application": Flow(seen["applied_grounded"], ((grounded, second),)),
        "loss of a matched idea": Flow(lost, ((first, loss), (grounded, second_loss))),
        "loss for the price": Flow(went(matched, left, "price"), ((lost, values["matched.loss_price_share"]),)),
        "withdrawal": Flow(
            went(("pilot", "external_project"), left, "withdrew"),
            ((seen["in_project"], values["project.withdraw_quarter"]),),
        ),
        "innovation of a pilot": Flow(innovated, ((ended, values["innovation.per_pilot"]),)),
        "grounding by a pilot": Flow(again, ((ended - innovated, values["pilot.grounds_application"]),)),
        "innovation of an external project": Flow(done, ((over, values["innovation.per_external"]),)),
        "national call": Flow(
            seen["won_national"], ((seen["decided_national"], values["calls.fixed_success_national"]),)
        ),
        "EU call": Flow(seen["won_eu"], ((seen["decided_eu"], values["calls.fixed_success_eu"]),)),
        "second try": Flow(
            retried,
            ((retried + went(APPLICATION, left, "rejected"), values["application.try_again"]),),
        ),
        "joining": Flow(seen["joined"], ((seen["fresh"], joins),)),
    }


DRIVEN_BY = {
    "answer": "recruitment.answer_base",
    "unready among refusals": "recruitment.answer_base",
    "second seat": "attendance.extra_seat",
    "innovation": "innovation.per_participation",
    "idea": "idea.base",
    "pilot": "matched.to_pilot",
    "application": "matched.to_application",
    "grounded application": "matched.grounded_ratio",
    "loss of a matched idea": "matched.loss_quarter",
    "loss for the price": "matched.loss_price_share",
    "withdrawal": "project.withdraw_quarter",
    "innovation of a pilot": "innovation.per_pilot",
    "grounding by a pilot": "pilot.grounds_application",
    "innovation of an external project": "innovation.per_external",
    "national call": "calls.fixed_success_national",
    "EU call": "calls.fixed_success_eu",
    "second try": "application.try_again",
    "joining": "membership.join_trust",
}
"""A parameter of every step's expectation."""


@pytest.mark.parametrize("name", DRIVEN_BY)
def test_a_step_has_the_chance_that_its_parameters_say(seen, name):
    flow = flows(seen, VALUES)[name]
    assert abs(flow.z) < BOUND, flow.words(name)


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("name", DRIVEN_BY)
def test_a_tenth_more_or_less_of_a_parameter_is_noticed(seen, name, factor):
    parameter = DRIVEN_BY[name]
    flow = flows(seen, {**VALUES, parameter: factor * VALUES[parameter]})[name]
    assert abs(flow.z) > BOUND, flow.words(f"{name} with {parameter} x {factor}")


def test_all_flows_are_compared(seen):
    assert set(flows(seen, VALUES)) == set(DRIVEN_BY)
