"""The years of a comparison: they make its windows, organisations make the programme, funders are paid as told."""

import math

import pytest

from klyngesim.comparisons.differences import intervals, paired
from klyngesim.comparisons.gains import gains
from klyngesim.comparisons.pairs import opened, run_pairs
from klyngesim.comparisons.paths import FUNDERS, PROGRAMME, courses, funding
from klyngesim.comparisons.verdicts import differences
from klyngesim.results.indicators import IDS, indicator
from klyngesim.results.windows import BY_ORGANISATION
from tests.comparisons.made_up import FIVE, T_FOUR, made_up

import numpy as np  # isort: skip


@pytest.fixture(scope="module")
def runs():
    settings = ["population.scale=0.02", "period.end=2034Q4"]
    return run_pairs(opened(["baseline", "grant-minus-25"], settings), 3, "central", at_least=3)


@pytest.fixture(scope="module")
def by_place(runs):
    found = {}
    for row in courses(runs):
        found.setdefault((row.scenario, row.indicator, row.cluster), []).append(row)
    return found


def test_there_is_a_row_for_every_scenario_indicator_organisation_and_year(runs, by_place):
    assert len(by_place) == 2 * (len(IDS) + 13 * len(BY_ORGANISATION))
    assert all([row.year for row in rows] == list(range(2021, 2035)) for rows in by_place.values())
    base = [row for key, rows in by_place.items() for row in rows if key[0] == "baseline"]
    assert {(row.difference, row.difference_low, row.difference_high) for row in base} == {(None, None, None)}


def printed(number):
    """As in the tables; what is zero but for the last bits is zero."""
    return f"{number if abs(number) > 1e-12 else 0.0:.6g}"


def test_the_mean_over_the_years_of_a_window_is_what_the_comparison_says_to_the_printed_digit(runs, by_place):
    compared = 0
    for row in differences(runs):
        window = [one for one in by_place[row.scenario, row.indicator, PROGRAMME] if one.year >= 2025]
        if all(one.n == row.n_pairs for one in window) and row.n_pairs:
            compared += 1
            assert printed(np.mean([one.difference for one in window])) == printed(row.mean_difference), row.indicator
    assert compared > 40
    for row in gains(runs):
        if row.kind == "organisation":
            window = [one for one in by_place[row.scenario, row.what, row.who] if one.year >= 2025]
            assert printed(np.mean([one.difference for one in window])) == printed(row.mean_difference)


def test_organisations_add_up_to_the_programme_in_every_year(runs, by_place):
    for name in BY_ORGANISATION:
        if indicator(name).across == "sum":
            whole = by_place["grant-minus-25", name, PROGRAMME]
            parts = zip(*(by_place["grant-minus-25", name, one] for one in runs.organisations), strict=True)
            for row, those in zip(whole, parts, strict=True):
                assert sum(one.mean for one in those) == pytest.approx(row.mean, abs=1e-9)
                assert sum(one.difference for one in those) == pytest.approx(row.difference, abs=1e-9)


def test_the_band_is_of_runs_and_the_interval_of_the_mean_difference():
    values = [110.0 + one for one in FIVE]
    made = made_up({}, {"variant": {"members": values}})
    (row,) = (
        one
        for one in courses(made)
        if (one.scenario, one.indicator, one.cluster, one.year) == ("variant", "members", PROGRAMME, 2030)
    )
    assert (row.mean, row.low, row.high, row.n) == (110.0, pytest.approx(108.2), pytest.approx(111.8), 5)
    half = T_FOUR * math.sqrt(2.5 / 5)
    assert row.difference == pytest.approx(10.0)
    assert (row.difference_low, row.difference_high) == (pytest.approx(10.0 - half), pytest.approx(10.0 + half))


@pytest.mark.parametrize("apart", [[1.0, 2.0, 4.0], [0.0, 0.0], [3.0], [0.0], [math.nan, 1.0, 5.0], [math.nan]])
def test_many_intervals_at_once_are_those_of_one_at_a_time(apart):
    base = np.zeros(len(apart))
    one, many = paired(base, np.array(apart)), intervals(base[:, None], np.array(apart)[:, None])
    for name in ("mean", "low", "high", "n"):
        assert getattr(many, name)[0] == pytest.approx(getattr(one, name), nan_ok=True)


def test_funders_pay_in_kroner_what_the_comparison_says_in_millions(runs):
    rows = {(row.funder, row.years): row for row in funding(runs)}
    assert set(rows) == {(name, years) for name in FUNDERS for years in ("2025-2034", *map(str, range(2021, 2035)))}
    wanted = {row.indicator: row for row in differences(runs)}
    for name in FUNDERS:
        row = rows[name, "2025-2034"]
        if name in wanted:
            assert printed(row.difference_mkr) == printed(wanted[name].mean_difference)
        assert row.difference_kr == round(1e6 * row.difference_mkr)
        years = [rows[name, str(year)].difference_mkr for year in range(2025, 2035)]
        assert np.mean(years) == pytest.approx(row.difference_mkr)
    assert rows["grant_spent_mkr", "2025-2034"].difference_mkr < -10.0 * 0.02  # a quarter less of a small world's grant
    assert rows["grant_spent_mkr", "2023"].difference_kr == 0
