"""What a long grant and an evaluation do by themselves: nothing before its time, and then in the direction assumed."""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.rows import PILOT
from klyngesim.results.indicators import index
from klyngesim.scenario.loading import from_mapping

TEN = {"grant.horizon_years": 10, "grant.deb_horizon_years": 10}


def run(end, timeline=(), **parameters):
    """A small world at its end; two underscores stand for the dot of an id."""
    scenario = from_mapping(
        {
            "extends": "baseline",
            "period": {"end": end},
            "population": {"scale": 0.02},
            "parameters": {key.replace("__", "."): value for key, value in parameters.items()},
            "timeline": list(timeline),
        },
        "long support",
    )
    model = Ecosystem(scenario, 1)
    model.run()
    return model


def lever(**values):
    """What begins in 2025Q1, known from then on."""
    return {"from": "2025Q1", "set": {key.replace("__", "."): value for key, value in values.items()}}


def long():
    """A grant of ten years from 2025."""
    return [{"from": "2025Q1", "announced": "2024Q4", "set": TEN}]


def first_apart(one, other):
    """First quarter in which two runs differ, None where they do not."""
    apart = (np.nan_to_num(one.indicators, nan=-1.0) != np.nan_to_num(other.indicators, nan=-1.0)).any(axis=(1, 2))
    return int(np.argmax(apart)) if apart.any() else None


def test_lock_in_takes_nothing_for_four_years_and_more_every_year_after():
    """The period of ten years begins in 2025Q1: quarter 16. Nothing but the use of grant responds here."""
    still = {"scarcity__money": "off", "scarcity__hours": "off"}
    usual, tied = (run("2034Q4", long(), rival__lock_in=strength, **still) for strength in (0.0, 0.1))
    assert first_apart(usual, tied) == 16 + 16 + 1
    activities = [model.indicators[:, -1, index("activities")].reshape(-1, 4).sum(axis=1) for model in (usual, tied)]
    kept = activities[1][8:] / activities[0][8:]
    assert (np.diff(kept) < 0.0).all()
    years = np.arange(4.0, 10.0)[:, None] + np.arange(4) / 4.0
    expected = (1.0 / (1.0 + 0.1 * (years - 4.0))).mean(axis=1)
    assert kept == pytest.approx(expected, abs=0.02)


def test_lock_in_never_shows_in_periods_of_four_years():
    usual, tied = (run("2029Q4", rival__lock_in=strength) for strength in (0.0, 0.1))
    assert first_apart(usual, tied) is None


def test_pilots_are_longer_in_a_long_period_only():
    four, longer = (run("2026Q4", pilot__long_period_response=strength) for strength in (0.0, 0.1))
    assert first_apart(four, longer) is None
    ten = run("2026Q4", long(), pilot__long_period_response=0.1)
    projects = ten.world.projects
    pilots = (projects.kind == PILOT) & (projects.start >= 0)
    length = projects.end - projects.start
    assert length[pilots & (projects.start < 16)].max() == 4
    assert length[pilots & (projects.start == 16)].min() == 6


def test_institutions_come_more_when_more_support_is_expected():
    """As soon as it is expected: the horizon of 2025 is announced in 2024Q4."""
    usual, partners = (run("2025Q4", long(), partner__support_response=strength) for strength in (0.0, 0.5))
    expected = usual.indicators[-1, -1, index("expected_support_years")]
    assert expected > usual.indicators[12, -1, index("expected_support_years")]
    # Nobody expects support of an organisation that has failed.
    both = usual.world.organisations.open & partners.world.organisations.open
    here, there = (case.world.organisations.presence[both] for case in (usual, partners))
    assert both.any() and (there >= here).all()
    assert there.sum() > 1.02 * here.sum()


@pytest.mark.parametrize(("incentive", "factor"), [(0.15, 1.15), (0.0, 1.0), (-0.05, 0.95)])
def test_being_evaluated_adds_to_hours_from_the_day_of_the_rule(incentive, factor):
    rule = {"evaluation__every_years": 5, "evaluation__threshold": 0.85, "evaluation__incentive": incentive}
    # The same people are there in both: nobody minds what support is expected.
    nobody = {"staff__exit_response": 0, "staff__joining_response": 0}
    usual, judged = (run("2025Q1", timeline, **nobody) for timeline in ((), [lever(**rule)]))
    assert judged.world.plan.hours == pytest.approx(factor * usual.world.plan.hours)


def test_an_evaluation_that_withdraws_nothing_spurs_nobody():
    rule = {"evaluation__every_years": 5, "evaluation__threshold": 0.0}
    one, other = (run("2025Q1", [lever(**rule)], evaluation__incentive=strength) for strength in (0.0, 0.15))
    assert first_apart(one, other) is None
