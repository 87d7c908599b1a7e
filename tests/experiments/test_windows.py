"""Means over the years of a window, against a run of known numbers: the first year and the last one are in."""

import numpy as np
import pytest

from klyngesim.experiments.windows import Window, bytes_of, measure
from klyngesim.results.indicators import IDS, INDICATORS, index
from klyngesim.results.records import FunnelRows, RunResult
from klyngesim.results.vocabulary import STAGE
from klyngesim.scenario.loading import load
from tests.experiments.made_up import DECADE, TWO_DECADES, made_up

QUARTERS = 4 * 6  # 2021 to 2026


def result():
    """One organisation; every quarter every indicator is ten to the power of its year, counted from 2021."""
    quarters = np.arange(QUARTERS)
    values = np.broadcast_to((10.0 ** (quarters // 4))[:, None, None], (QUARTERS, 2, len(IDS))).copy()
    moves = np.zeros(QUARTERS, dtype=np.int64)
    funnel = FunnelRows(quarters, moves, moves, moves, moves + STAGE["innovation"], moves, 10 ** (quarters // 4))
    finance = np.zeros((QUARTERS, 1, 1), dtype=np.int64)
    return RunResult("made-up", 1, 0, 0, ("made",), values, IDS, funnel, finance, ("a",), 0, 0.0)


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
        assert found.indicators[0, :, index(item.id)] == pytest.approx(whole * mean), item.id
    assert found.moves[0, 0, 0, STAGE["innovation"]] == pytest.approx(4.0 * mean)
    assert found.moves.sum() == pytest.approx(4.0 * mean)
    assert found.yearly[:, index("members")] == pytest.approx(10.0 ** np.arange(6))


def test_several_windows_are_kept_in_their_order():
    found = measure(result(), (Window(2021, 2021), Window(2025, 2025)))
    assert found.indicators[:, -1, index("members")] == pytest.approx([1.0, 10000.0])


@pytest.mark.parametrize("windows", [(DECADE,), (DECADE, TWO_DECADES)])
def test_the_size_told_beforehand_is_that_of_what_is_kept(windows):
    run = made_up({"members": [1.0]}, {}, windows=windows).measured[0][0]
    size = run.indicators.nbytes + run.moves.nbytes + run.yearly.nbytes
    assert bytes_of(load("baseline", ["period.end=2044Q4"]), windows) == size
