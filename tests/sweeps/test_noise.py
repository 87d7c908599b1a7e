"""Replicate noise told apart from effects: planted variances come back."""

import math

import numpy as np
import pytest

from klyngesim.sweeps.convergence import noise


def planted(points=400, replicates=10, effect=2.0, shared=3.0, own=1.0, seed=1):
    """Effects of points, luck that replicates share over all points, and luck of each run; deviations are given."""
    chance = np.random.default_rng(seed)
    return (
        chance.normal(10.0, effect, (points, 1))
        + chance.normal(0.0, shared, (1, replicates))
        + chance.normal(0.0, own, (points, replicates))
    )


def test_planted_variances_come_back_and_shared_luck_does_not_count():
    """Four standard errors: a variance from n draws is known to sqrt(2 / n)."""
    found = noise(planted())
    assert found.variance_within == pytest.approx(1.0, rel=4.0 * math.sqrt(2.0 / 3600.0))
    assert found.variance_of_means == pytest.approx(4.1, rel=4.0 * math.sqrt(2.0 / 400.0))
    assert found.noise_share == pytest.approx(0.1 / 4.1, rel=0.35)
    assert (found.points, found.replicates) == (400, 10)
    assert noise(planted(shared=0.0)).variance_within == pytest.approx(found.variance_within)


def test_by_hand():
    """Two points, two replicates: means 1 and 4; rest +-0.5, so 4 x 0.25 over one degree of freedom."""
    found = noise(np.array([[0.0, 2.0], [4.0, 4.0]]))
    assert (found.variance_of_means, found.variance_within) == (4.5, 1.0)
    assert found.noise_share == pytest.approx(0.5 / 4.5)
    # Effects have the variance 4; with R replicates the share is (1/R) / (4 + 1/R), which is 1/21 at R = 5.
    assert found.replicates_needed == 5.0


def test_the_replicates_that_are_needed_are_the_fewest_under_five_per_cent():
    found = noise(planted(effect=1.0))
    effects = found.variance_of_means - found.variance_within / 10
    for replicates, small in ((found.replicates_needed, True), (found.replicates_needed - 1.0, False)):
        own = found.variance_within / replicates
        assert (own / (effects + own) < 0.05) is small


def test_nothing_but_noise_needs_no_end_of_replicates():
    found = noise(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    assert (found.variance_of_means, found.variance_within, found.replicates_needed) == (0.0, 4.0, math.inf)
    assert math.isnan(found.noise_share)
    found = noise(np.array([[1.0, -1.0], [-1.0, 1.1]]))
    assert (found.noise_share, found.replicates_needed) == (1.0, math.inf)


def test_no_noise_needs_one_replicate():
    found = noise(np.arange(5.0)[:, None] + 0.1 * np.arange(3.0)[None, :])
    assert (found.variance_within, found.noise_share, found.replicates_needed) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize(("shape", "known"), [((5, 1), True), ((1, 5), False), ((0, 3), False), ((5, 0), False)])
def test_one_replicate_or_one_point_says_nothing_about_noise(shape, known):
    found = noise(np.arange(float(np.prod(shape))).reshape(shape))
    assert math.isnan(found.variance_of_means) is not known
    assert np.isnan([found.variance_within, found.noise_share, found.replicates_needed]).all()


def test_failures_leave_out_a_replicate_that_is_empty_and_points_that_lack_one():
    values = planted(points=20, replicates=4)
    holed = values.copy()
    holed[:, 2] = np.nan
    holed[7, 1] = np.nan
    assert noise(holed) == noise(np.delete(np.delete(values, 2, axis=1), 7, axis=0))
    assert (noise(holed).points, noise(holed).replicates) == (19, 3)
