"""What differs between calendar years: year effects of organisations and the start-up year."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.ecosystem.build import year_effects
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.results.indicators import index
from klyngesim.scenario.loading import load
from klyngesim.streams import Streams
from tests.rules.policies import close

SMALL = ("population.scale=0.01", "period.end=2024Q4")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.floats(0.0, 0.8))
def test_what_the_tables_say_of_2021_2023_together_stands(seed, periods, spread):
    effect = year_effects(Streams(seed), 13, periods, spread)
    assert effect.shape[1] * 4 > periods
    assert close(effect[:, :3].mean(axis=1), np.ones(13))
    assert (effect > 0.0).all()
    later = effect[:, 3:]
    assert (np.abs(later - 1.0) <= spread).all()


def test_without_spread_all_years_are_alike():
    assert close(year_effects(Streams(1), 3, 20, 0.0), np.ones((3, 6)))


def test_a_longer_run_has_the_same_years():
    short, long = (year_effects(Streams(7), 13, periods, 0.5) for periods in (12, 56))
    assert np.array_equal(long[:, : short.shape[1]], short)


@pytest.mark.parametrize("name", ["contacts", "seats_offered"])
def test_a_good_year_has_more_of(name):
    """2022 half as good again for one organisation: contacts and seats follow in that year, and nothing before."""
    alike = load("baseline", ["period.end=2022Q4", "organisation.year_spread=0"])
    usual, good = Ecosystem(alike, 1), Ecosystem(alike, 1)
    good.world.year_effect[4, 1] = 1.5
    usual.run()
    good.run()
    before, after = (model.indicators[:, 4, index(name)] for model in (usual, good))
    assert np.array_equal(before[:4], after[:4])
    # The list of the own stronghold may run out of strangers.
    assert after[4:].sum() == pytest.approx(1.5 * before[4:].sum(), rel=0.05)
    others = [model.indicators[:, 5, index("seats_offered")] for model in (usual, good)]
    assert np.array_equal(*others)


def test_the_start_up_year_spends_at_its_own_pace():
    usual, slow = (Ecosystem(load("baseline", [*SMALL, f"spending.start_year={pace}"]), 1).run() for pace in (1.0, 0.8))
    before, after = (run.indicators[:2, -1, index("grant_spent_mkr")] for run in (usual, slow))
    assert after[0] == pytest.approx(0.8 * before[0], rel=1e-6)
    later = [run.indicators[4:8, -1, index("grant_spent_mkr")].sum() for run in (usual, slow)]
    assert later[1] == pytest.approx(later[0], rel=0.05)
