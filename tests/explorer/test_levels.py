"""What assumptions do to the level as today: an effect is found, luck and other seeds are none."""

import numpy as np
import pytest

from klyngesim.explorer.bases import Products
from klyngesim.explorer.levels import courses, level

BASIS = Products.of_assumptions(2, 6)
CODED = np.random.default_rng(1).uniform(-1.0, 1.0, (240, 6))
YEARS = 14


def worst(weights):
    """Largest effect in a year where one assumption stands at either end of its range."""
    ends = np.vstack([side * np.eye(6)[2:] for side in (-1.0, 1.0)])
    return np.abs(BASIS(ends) @ weights).max()


@pytest.mark.parametrize("seed", range(5))
def test_luck_is_no_effect(seed):
    today = 1000.0 + np.random.default_rng(seed).standard_normal((240, YEARS)) * 100.0
    # Year by year, as good as unshrunk, the largest is above 50.
    assert worst(level(BASIS, CODED, today, 1)) < 15.0


def test_an_effect_that_builds_up_is_found_without_the_luck_of_years():
    grows = 1.0 - np.exp(-np.arange(YEARS) / 4.0)
    effect = (50.0 * CODED[:, 2] - 20.0 * CODED[:, 3] ** 2)[:, None] * grows
    today = 1000.0 + effect + np.random.default_rng(3).standard_normal((240, YEARS)) * 50.0
    found = BASIS(CODED) @ level(BASIS, CODED, today, 1)
    means = effect.mean(axis=1)
    assert 1.0 - ((found.mean(axis=1) - means) ** 2).sum() / ((means - means.mean()) ** 2).sum() > 0.95
    jumps = np.abs(np.diff(found, 2, axis=1)).max()
    assert jumps < 10.0  # the effect itself has at most 3


def test_another_level_of_other_seeds_is_no_effect():
    today = np.full((240, YEARS), 1200.0) + 30.0 * CODED[:, 4][:, None]
    weights = level(BASIS, CODED, today, 1)
    assert BASIS(np.zeros((1, 6))) @ weights == pytest.approx(np.zeros((1, YEARS)))
    assert BASIS(np.eye(6)[4:5]) @ weights == pytest.approx(np.full((1, YEARS), 30.0), abs=0.5)


def test_without_assumptions_there_is_nothing_to_weigh():
    basis = Products.of_assumptions(2, 2)
    assert level(basis, CODED[:, :2], np.ones((240, YEARS)), 1).shape == (0, YEARS)


def test_courses_stand_at_right_angles():
    found = courses(YEARS, 4)
    assert found.T @ found == pytest.approx(np.eye(4)) and np.ptp(found[:, 0]) == pytest.approx(0.0)
