"""One way of reading, for one run and for many."""

import numpy as np
import pandas as pd
import pytest

from klyngesim.results.indicators import IDS, index
from klyngesim.results.runset import RunSet
from klyngesim.runs.replicates import execute
from tests.results import fakes
from tests.results.fakes import FakeScenario

FIRST, SECOND = FakeScenario(), FakeScenario(name="other", seed=7, replicates=2)


@pytest.fixture(scope="module")
def directories(tmp_path_factory):
    parent = tmp_path_factory.mktemp("runs")
    return [
        execute(scenario, parent / scenario.name, simulate=fakes.simulate).directory for scenario in (FIRST, SECOND)
    ]


@pytest.fixture(scope="module")
def in_memory():
    return RunSet.of([fakes.simulate(FIRST, seed) for seed in (9, 7, 8)])


@pytest.mark.parametrize("table", ["indicators", "funnel", "finance", "summary", "funnel_by_year", "finance_by_year"])
def test_stored_runs_read_like_runs_in_memory(directories, in_memory, table):
    stored = getattr(RunSet.open(directories[0]), table)()
    fresh = getattr(in_memory, table)()
    assert len(stored) > 0
    pd.testing.assert_frame_equal(stored.astype(object), fresh.astype(object), check_dtype=False)


def test_several_directories_are_one_set(directories):
    both = RunSet.open(*directories)
    assert set(both.indicators()["scenario"]) == {"made-up", "other"}
    assert len(both.run_ids) == len(set(both.run_ids)) == 2
    assert set(both.summary()["scenario"]) == {"made-up", "other"}
    series = both.series("members")
    assert list(series.columns) == [("made-up", s, 0) for s in (7, 8, 9)] + [("other", s, 0) for s in (7, 8)]


def test_a_series_has_the_values_of_the_model(in_memory):
    series = in_memory.series("members", "made")
    expected = fakes.simulate(FIRST, 8).indicators[:, 2, index("members")]
    assert list(series.index[:2]) == ["2021Q1", "2021Q2"]
    np.testing.assert_array_equal(series["made-up", 8, 0], expected)


def test_one_indicator_or_cluster_can_be_asked_for(in_memory):
    found = in_memory.indicators("members", "all")
    assert set(found["indicator"]) == {"members"} and set(found["cluster"]) == {"all"}
    assert len(found) == 3 * FIRST.quarters
    assert len(in_memory.indicators()) > len(IDS)
    assert set(in_memory.finance(account="own_fees")["account"]) == {"own_fees"}


def test_failures_are_listed(tmp_path):
    execute(FIRST, tmp_path / "out", simulate=fakes.fail_on_eight)
    assert [failure["seed"] for failure in RunSet.open(tmp_path / "out").failures] == [8]


def test_a_run_without_results_reads_as_empty(tmp_path):
    execute(FIRST, tmp_path / "out", simulate=fakes.fail_always)
    nothing = RunSet.open(tmp_path / "out")
    assert nothing.indicators().empty and nothing.summary().empty
    assert list(nothing.summary().columns)[:3] == ["scenario", "year", "cluster"]


def test_what_is_no_run_is_refused_in_words(tmp_path):
    with pytest.raises(FileNotFoundError, match="not the directory of a finished run"):
        RunSet.open(tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ValueError, match="not a manifest"):
        RunSet.open(tmp_path)
