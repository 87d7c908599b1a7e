"""Ideas followed from birth: where a cohort stands after each quarter equals the Markov chain worked out by hand.

An idea without a partner is matched with a chance that falls with its trust, which fades from what the meeting gave;
a matched one goes for a pilot or an application, is lost or waits; a pilot takes its quarters, loses firms and grounds
a second try. Applications are absorbing here: whoever ever applied counts as applied. Ideas of firms that close within
the window are left out, which closing dates drawn with the register allow.
"""

from collections import Counter

import numpy as np
import pytest

from klyngesim.results.vocabulary import STAGES
from tests.closed_form.isolated import BOUND, Flow, alike, births, model

READINESS, EASE, GAP = 0.8, 0.9, 0.1
QUARTERS, AGES = 20, 12
SEEDS = range(2, 14)
PLACES = ("early", "matchmaking", "pilot", "applied", "gone")

VALUES = {
    "idea.loss_quarter": 0.12,
    "match.base": 0.2,
    "match.trust_weight": 1.5,
    "presence.university": 0.8,
    "presence.gts": 0.5,
    "trust.gain": 0.6,
    "trust.decay_quarter": 0.4,
    "trust.floor": 0.1,
    "matched.to_pilot": 2.5,
    "matched.to_application": 0.2,
    "matched.grounded_ratio": 3.0,
    "matched.loss_quarter": 0.3,
    "pilot.length_quarters": 5,
    "pilot.grounds_application": 0.8,
    "project.withdraw_quarter": 0.1,
    "innovation.per_pilot": 0.3,
}
"""What the chain is made of; trust falls below its floor while some ideas still wait."""

ROOM = {
    **{f"presence.{name}": 0.0 for name in ("university_college", "business_academy", "art_school")},
    "presence.foreign_institution": 0.0,
    "recruitment.hours_per_contact": 1,
    "activities.total_2021_23": 2000,
    "activity_mix.internationalisation": 0.1,
    "activity_mix.project": 0.3,
    "activity_mix.application": 0.3,
    "effort.project": 1.0,
    "application.try_again": 0.0,
    "grant.horizon_years": 10,
}


def chain(values, ages):
    """Share of a cohort in each of `PLACES` at the end of each quarter since birth, list of dicts."""
    length = round(values["pilot.length_quarters"])
    gone_by, applied = 0.0, 0.0
    early, trust = 1.0, values["trust.gain"]
    first, grounded = 0.0, 0.0  # matched: without and with a pilot behind them
    pilots = [0.0] * (length + 1)  # by quarters since their start
    found = []
    for _ in range(ages + 1):
        quality = 1.0 + values["match.trust_weight"] * trust
        agrees = min(1.0, values["match.base"] * READINESS * EASE * (1.0 - GAP) * quality)
        match = 1.0 - (1.0 - values["presence.university"] * agrees) * (1.0 - values["presence.gts"] * agrees)
        lost = early * (1.0 - match) * values["idea.loss_quarter"]
        matched = early * match
        early -= matched + lost
        gone_by += lost

        odds = [values[f"matched.{name}"] for name in ("to_pilot", "to_application", "loss_quarter")]
        again = odds[1] * values["matched.grounded_ratio"]
        pilot, application, loss = (one / (1.0 + sum(odds)) for one in odds)
        second, second_loss = (one / (1.0 + again + odds[2]) for one in (again, odds[2]))
        # Who was matched this quarter chooses next quarter; so does who has come back from a pilot.
        starts = first * pilot
        applied += first * application + grounded * second
        gone_by += first * loss + grounded * second_loss
        first += matched - first * (pilot + application + loss)
        grounded -= grounded * (second + second_loss)

        withdrawn = sum(pilots) * values["project.withdraw_quarter"]
        gone_by += withdrawn
        pilots = [starts] + [share * (1.0 - values["project.withdraw_quarter"]) for share in pilots[:-1]]
        ended, pilots[length] = pilots[length], 0.0
        back = ended * (1.0 - values["innovation.per_pilot"]) * values["pilot.grounds_application"]
        grounded += back
        gone_by += ended - back

        trust *= 1.0 - values["trust.decay_quarter"]
        trust = trust if trust >= values["trust.floor"] else 0.0
        found.append(dict(zip(PLACES, (early, first + grounded, sum(pilots), applied, gone_by), strict=True)))
    return found


def follow(seed):
    """(ideas born, ideas by age and place) of one run, over the cohorts that can be followed for `AGES` quarters."""
    run = model({**alike(READINESS, EASE, GAP), **ROOM, **VALUES}, QUARTERS, seed=seed)
    world = run.world
    born = births(world)
    where = {"dissemination": "early", "internationalisation": "early", "matchmaking": "matchmaking", "pilot": "pilot"}
    snapshots, applied = [], {}
    while world.period < QUARTERS:
        run.step()
        assert (world.plan.pilots > 0).all() and (world.plan.applications > 0).all()
        now = {}
        for number, stage in zip(world.episodes.number.tolist(), world.episodes.stage.tolist(), strict=True):
            if STAGES[stage].id in where:
                now[number] = where[STAGES[stage].id]
            elif STAGES[stage].id == "application":
                applied.setdefault(number, len(snapshots))
        snapshots.append(now)
    firms = np.array([firm for _, firm, _ in born])
    lives = (world.register.death_of(firms) > QUARTERS).tolist()
    count, followed = Counter(), 0
    for (number, _, at), outlives in zip(born, lives, strict=True):
        if not outlives or at + AGES >= QUARTERS:
            continue
        followed += 1
        for age in range(AGES + 1):
            handed_in = applied.get(number, QUARTERS) <= at + age
            count[age, "applied" if handed_in else snapshots[at + age].get(number, "gone")] += 1
    return followed, count


@pytest.fixture(scope="module")
def cohorts():
    """The same, summed over `SEEDS`."""
    runs = [follow(seed) for seed in SEEDS]
    return sum(followed for followed, _ in runs), sum((count for _, count in runs), Counter())


def comparisons(cohorts, values):
    """A `Flow` for each age and place that some idea can be in."""
    number, count = cohorts
    return {
        (age, place): Flow(count[age, place], ((number, share),))
        for age, shares in enumerate(chain(values, AGES))
        for place, share in shares.items()
        if share > 0.0
    }


def test_shares_of_the_chain_add_up():
    assert all(sum(shares.values()) == pytest.approx(1.0, abs=1e-12) for shares in chain(VALUES, 40))


def test_a_cohort_stands_where_the_chain_says_after_every_quarter(cohorts):
    found = comparisons(cohorts, VALUES)
    assert len(found) == len(PLACES) * (AGES + 1) - 2  # in its first quarter no idea is in a pilot or has applied
    wrong = [flow.words(f"age {age}, {place}") for (age, place), flow in found.items() if abs(flow.z) >= BOUND]
    assert not wrong, wrong


@pytest.mark.parametrize("factor", [0.9, 1.1])
@pytest.mark.parametrize("parameter", [name for name in VALUES if name not in ("trust.floor", "pilot.length_quarters")])
def test_a_tenth_more_or_less_of_a_parameter_is_noticed(cohorts, parameter, factor):
    found = comparisons(cohorts, {**VALUES, parameter: factor * VALUES[parameter]})
    assert max(abs(flow.z) for flow in found.values()) > BOUND


@pytest.mark.parametrize(("parameter", "value"), [("pilot.length_quarters", 6), ("trust.floor", 0.01)])
def test_a_longer_pilot_or_a_floor_that_is_never_reached_is_noticed(cohorts, parameter, value):
    found = comparisons(cohorts, {**VALUES, parameter: value})
    assert max(abs(flow.z) for flow in found.values()) > BOUND
