"""What makers and readers of a sweep share: means over replicates, and a row of the indices against its noise floor."""

import math

import numpy as np
import pytest

from klyngesim.sweeps.rows import DUMMY, Index, point_means


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
    ("parameter", "interval", "noise_floor", "above"),
    [
        ("trust.gain", (0.3, 0.5), 0.2, True),
        ("trust.gain", (-0.5, -0.3), 0.2, True),
        ("trust.gain", (0.1, 0.7), 0.2, False),  # its interval holds the dummy's far end
        ("trust.gain", (-0.7, -0.1), 0.2, False),
        ("trust.gain", (-0.1, 0.9), 0.0, False),  # its interval holds zero
        ("trust.gain", (0.2, 0.6), 0.2, False),
        ("trust.gain", (math.nan, math.nan), 0.2, True),  # no interval: the value 0.4 itself
        ("trust.gain", (math.nan, math.nan), 0.4, False),
        ("trust.gain", (-0.1, 0.9), math.nan, True),  # no dummy: nothing to hold it against
        (DUMMY, (0.3, 0.5), 0.2, False),
    ],
)
def test_the_whole_interval_of_an_index_has_to_lie_beyond_the_noise_floor(parameter, interval, noise_floor, above):
    value = 0.4 if math.isnan(interval[0]) else sum(interval) / 2.0
    one = Index("members", "baseline", parameter, "src", value, *interval, 9, math.nan, noise_floor, "lhs")
    assert one.above is above
