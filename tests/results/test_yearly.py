"""Years of quarters and bands over replicates."""

import numpy as np
import pytest

from klyngesim.results.indicators import IDS, index
from klyngesim.results.windows import band, by_year, complete_years


def values(quarters):
    return np.full((quarters, 2, len(IDS)), np.nan)


def test_a_flow_is_the_sum_and_a_stock_the_last_quarter():
    found = values(8)
    found[:, 0, index("activities")] = [1, 2, 3, 4, 5, 6, 7, 8]
    found[:, 1, index("members")] = [1, 2, 3, 4, 5, 6, 7, 8]
    years, out = by_year(found, 0)
    assert years == [2021, 2022]
    assert out[:, 0, index("activities")].tolist() == [10, 26]
    assert out[:, 1, index("members")].tolist() == [4, 8]


def test_a_yearly_indicator_is_its_value_at_q4():
    found = values(8)
    found[3, :, index("participants_unique_year")] = 30
    found[7, :, index("participants_unique_year")] = 70
    assert by_year(found, 0)[1][:, 1, index("participants_unique_year")].tolist() == [30, 70]


def test_a_share_is_the_mean_of_the_quarters_that_have_one():
    found = values(4)
    found[:, 0, index("fill_rate")] = [0.2, np.nan, 0.6, np.nan]
    assert by_year(found, 0)[1][0, 0, index("fill_rate")] == pytest.approx(0.4)


def test_a_flow_of_quarters_without_value_counts_those_with_one():
    found = values(4)
    found[:, 0, index("activities")] = [np.nan, 2, np.nan, 5]
    out = by_year(found, 0)[1]
    assert out[0, 0, index("activities")] == 7
    assert np.isnan(out[0, 1, index("activities")])


def test_a_year_in_part_is_left_out_with_its_stocks_flows_and_shares():
    found = values(10)
    found[:] = 1.0
    years, out = by_year(found, 2)
    assert years == [2022, 2023] == complete_years(2, 10)
    assert out.shape == (2, 2, len(IDS)) and not np.isnan(out).any()
    assert by_year(found[:3], 0)[0] == []


def test_years_count_from_the_first_period():
    years, _ = by_year(values(4), 16)
    assert years == [2025]


def test_band_agrees_with_numpy_where_nothing_is_missing():
    drawn = np.random.default_rng(3).normal(size=(17, 4, 5))
    found = band(drawn)
    np.testing.assert_allclose(found.mean, drawn.mean(axis=0))
    np.testing.assert_allclose([found.low, found.high], np.percentile(drawn, [5, 95], axis=0))
    assert (found.n == 17).all()


def test_band_leaves_missing_values_out():
    drawn = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan], [8.0, np.nan]])
    found = band(drawn)
    assert found.n.tolist() == [3, 0]
    assert found.mean[0] == 4.0
    np.testing.assert_allclose([found.low[0], found.high[0]], np.nanpercentile(drawn[:, 0], [5, 95]))
    assert np.isnan([found.mean[1], found.low[1], found.high[1]]).all()


def test_one_replicate_is_its_own_band():
    found = band(np.array([[4.0]]))
    assert found.low[0] == found.mean[0] == found.high[0] == 4.0
