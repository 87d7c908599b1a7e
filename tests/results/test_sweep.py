"""What makers and readers of a sweep share: means over replicates, and a row of the indices against its noise floor."""

import math

import numpy as np
import pytest

from klyngesim.results.sweep import DUMMY, Index, point_means


def test_means_of_points_that_lack_replicates_are_not_moved_by_shared_luck():
    values = np.array([[0.0], [10.0], [20.0]]) + np.array([[-6.0, 1.0, 5.0]])
    assert point_means(values).tolist() == [0.0, 10.0, 20.0]
    values[1, 0] = np.nan  # plain averaging would say 13
    assert point_means(values) == pytest.approx([0.0, 10.0, 20.0])
    values[2] = np.nan
    assert point_means(values) == pytest.approx([0.0, 10.0, np.nan], nan_ok=True)


def test_means_without_a_whole_point_are_plain_ones():
    values = np.array([[1.0, np.nan], [np.nan, 4.0]])
    assert point_means(values).tolist() == [1.0, 4.0]
    assert np.isnan(point_means(np.full((2, 2), np.nan))).all()


@pytest.mark.parametrize(
    ("parameter", "value", "noise_floor", "above"),
    [
        ("trust.gain", 0.3, 0.2, True),
        ("trust.gain", -0.3, 0.2, True),
        ("trust.gain", 0.3, -0.2, True),
        ("trust.gain", 0.1, -0.2, False),
        ("trust.gain", 0.2, 0.2, False),
        ("trust.gain", 0.1, math.nan, True),
        (DUMMY, 0.3, 0.2, False),
    ],
)
def test_an_index_is_held_against_the_size_of_the_dummys(parameter, value, noise_floor, above):
    one = Index("members", "baseline", parameter, "src", value, math.nan, math.nan, 9, math.nan, noise_floor, "lhs")
    assert one.above is above
    assert one.floor == pytest.approx(abs(noise_floor), nan_ok=True)
