"""More or less grant, step by step: reach, members and depth follow in the same order (the order only, no sizes)."""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.indicators import IDS
from klyngesim.scenario.loading import from_mapping

SEEDS = (1, 2)
STEPS = {
    "scheme-abolished": 0.0,
    "norwegian-cut-30": 0.7,
    "grant-minus-25": 0.75,
    "baseline": 1.0,
    "grant-plus-25": 1.25,
}
"""Scenarios and the share of the grant that they leave, from 2025Q1 on."""

OUTCOMES = (
    "activities",
    "activities_all",
    "participating_firms_all_year",
    "members",
    "staff_fte",
    "applications_submitted",
    "ties_cluster",
)
STOCKS = ("members", "staff_fte", "ties_cluster", "participating_firms_all_year")


@pytest.fixture(scope="module")
def found():
    """Outcomes of the programme in 2027-2028 by scenario, summed over paired seeds.

    Failures are off: who fails is luck, and so is what stands empty after it.
    """
    sums = {}
    for name in STEPS:
        scenario = from_mapping(
            {
                "extends": name,
                "period": {"start": "2021Q1", "end": "2028Q4"},
                "population": {"scale": 0.1},
                "parameters": {"finance.failures": "off"},
            },
            "graded",
        )
        whole = np.zeros(len(OUTCOMES))
        for seed in SEEDS:
            model = Ecosystem(scenario, seed)
            while model.running:
                model.step()
            for place, outcome in enumerate(OUTCOMES):
                last = model.indicators[-8:, -1, IDS.index(outcome)]
                whole[place] += last[[3, 7]].sum() if outcome in STOCKS else last.sum()
        sums[name] = dict(zip(OUTCOMES, whole.tolist(), strict=True))
    return sums


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_reach_members_and_depth_follow_the_grant_in_order(found, outcome):
    values = [found[name][outcome] for name in STEPS]
    assert values == sorted(values) and len(set(values)) == len(STEPS), dict(zip(STEPS, values, strict=True))


def test_without_a_grant_nothing_is_registered_and_little_is_left(found):
    """All that the grant paid is gone; own income and projects pay something still, and few members stay for it."""
    abolished, usual = found["scheme-abolished"], found["baseline"]
    assert abolished["activities"] == 0.0
    assert 0.0 < abolished["activities_all"] < usual["activities_all"] - usual["activities"] + 1.0
    assert abolished["members"] < 0.5 * usual["members"]
