"""Means over the years of a window, against a run of known numbers: the first year and the last one are in."""

from dataclasses import replace

import numpy as np
import pytest

from klyngesim.results.indicators import IDS, INDICATORS, index
from klyngesim.results.records import FunnelRows, RunResult
from klyngesim.results.vocabulary import STAGE
from klyngesim.results.windows import Window, bytes_of, measure, windows_of
from klyngesim.scenario.loading import load
from tests.comparisons.made_up import DECADE, LAST_YEAR, TWO_DECADES, made_up

QUARTERS = 4 * 6  # 2021 to 2026


def result():
    """Every quarter every indicator of the last row, the programme, is ten to the power of its year, from 2021 on."""
    quarters = np.arange(QUARTERS)
    values = np.broadcast_to((10.0 ** (quarters // 4))[:, None, None], (QUARTERS, 4, len(IDS))).copy()
    values[:, :-1] *= 7.0
    moves = np.zeros(QUARTERS, dtype=np.int64)
    funnel = FunnelRows(quarters, moves, moves, moves, moves + STAGE["innovation"], moves, 10 ** (quarters // 4))
    finance = np.zeros((QUARTERS, 1, 1), dtype=np.int64)
    return RunResult("made-up", 1, 0, 0, ("made", "energy", "dlc"), values, IDS, funnel, finance, ("a",), 0, 0.0)


@pytest.mark.parametrize(
    ("window", "mean"),
    [
        (Window(2021, 2023), (1 + 10 + 100) / 3),
        (Window(2022, 2023), (10 + 100) / 2),
        (Window(2023, 2025), (100 + 1000 + 10000) / 3),
        (Window(2026, 2026), 100000),
        (Window(2021, 2026), 111111 / 6),
    ],
)
def test_a_window_has_all_of_its_years_and_no_other(window, mean):
    found = measure(result(), (window,))
    for item in INDICATORS:
        whole = 4.0 if item.kind == "flow" else 1.0  # four quarters make a year of a flow
        assert found.indicators[0, -1, index(item.id)] == pytest.approx(whole * mean), item.id
    assert found.moves[0, 0, 0, STAGE["innovation"]] == pytest.approx(4.0 * mean)
    assert found.moves.sum() == pytest.approx(4.0 * mean)
    assert found.yearly[:, index("members")] == pytest.approx(10.0 ** np.arange(6))


def test_years_are_those_of_the_first_quarter():
    run = result()
    later = replace(run, first_period=8, funnel=replace(run.funnel, period=run.funnel.period + 8))
    for years, window in ((run, Window(2022, 2023)), (later, Window(2024, 2025))):
        assert measure(years, (window,)).moves.sum() == pytest.approx(4.0 * (10 + 100) / 2)
        assert measure(years, (window,)).indicators[0, -1, index("members")] == pytest.approx((10 + 100) / 2)


def test_several_windows_are_kept_in_their_order():
    found = measure(result(), (Window(2021, 2021), Window(2025, 2025)))
    assert found.indicators[:, -1, index("members")] == pytest.approx([1.0, 10000.0])


def test_years_without_a_value_are_left_out_and_a_window_without_years_has_none():
    run = result()
    run.indicators[4 * 2 - 1, -1, index("members")] = np.nan  # a stock, at the end of 2022
    found = measure(run, (Window(2021, 2023), Window(2022, 2022), Window(1999, 2000)))
    assert found.indicators[:2, -1, index("members")] == pytest.approx([(1 + 100) / 2, np.nan], nan_ok=True)
    assert np.isnan(found.indicators[2]).all() and not found.moves[2].any()


@pytest.mark.parametrize("windows", [(DECADE,), (DECADE, TWO_DECADES)])
def test_the_size_told_beforehand_is_that_of_what_is_kept(windows):
    run = made_up({"members": [1.0]}, {}, windows=windows).measured[0][0]
    size = run.indicators.nbytes + run.moves.nbytes + run.yearly.nbytes + run.organisations.nbytes
    assert bytes_of(load("baseline", [f"period.end={LAST_YEAR}Q4"]), windows) == size
    less = run.yearly[0].nbytes + run.organisations[0].nbytes  # of a year that is not complete, nothing is kept
    assert bytes_of(load("baseline", [f"period.end={LAST_YEAR}Q3"]), windows) == size - less


@pytest.mark.parametrize(
    ("end", "labels"),
    [
        ("2050Q4", ["2025-2034", "2025-2044"]),
        ("2044Q4", ["2025-2034", "2025-2044"]),
        ("2044Q3", ["2025-2034"]),
        ("2034Q4", ["2025-2034"]),
        ("2034Q3", ["2025-2033"]),
        ("2026Q2", ["2025"]),
        ("2025Q4", ["2025"]),
        ("2025Q3", ["2021-2024"]),
        ("2024Q1", ["2021-2023"]),
        ("2021Q4", ["2021"]),
    ],
)
def test_windows_are_whole_decades_from_2025_or_what_complete_years_there_are(end, labels):
    assert [window.label for window in windows_of(load("baseline", [f"period.end={end}"]))] == labels
