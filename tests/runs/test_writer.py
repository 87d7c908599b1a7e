"""What a run leaves behind."""

import csv
import errno
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from klyngesim.errors import OutputFailed, OutputRefused
from klyngesim.results.aggregate import YearAggregates
from klyngesim.results.hashing import content_hash, file_hash
from klyngesim.results.manifest import describe, run_id
from klyngesim.runs.directory import Place
from klyngesim.runs.replicates import execute
from klyngesim.runs.writer import RunWriter
from tests.results import fakes
from tests.results.fakes import FakeScenario

SCENARIO = FakeScenario()
FILES = {
    "manifest.json",
    "indicators.parquet",
    "summary.csv",
    "funnel.parquet",
    "funnel.csv",
    "finance.parquet",
    "finance.csv",
    "cohorts.parquet",
    "cohorts.csv",
}


def draw(directory: Path) -> list[Path]:
    """Stands in for the figures; reads the manifest as they do."""
    assert json.loads((directory / "manifest.json").read_text())["run_id"]
    (directory / "figures").mkdir()
    path = directory / "figures" / "members.png"
    path.write_bytes(b"picture")
    return [path]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("store") / "out"
    return execute(SCENARIO, out, draw=draw, simulate=fakes.simulate)


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_of_the_contract_are_there_and_nothing_else(finished):
    found = {path.relative_to(finished.directory).as_posix() for path in finished.directory.rglob("*.*")}
    assert found == FILES | {"figures/members.png"}
    assert finished.figures.paths == (Path("figures/members.png"),)
    assert [path.name for path in finished.directory.parent.iterdir()] == ["out"]
    assert finished.complete


def test_the_manifest_says_what_was_run(finished):
    manifest = json.loads((finished.directory / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == finished.manifest
    assert manifest["status"] == "complete"
    assert manifest["scenario"] == SCENARIO.resolved()
    assert manifest["seeds"] == {"requested": [7, 8, 9], "finished": [7, 8, 9]}
    assert manifest["run_id"] == run_id(SCENARIO, [7, 8, 9]) and len(manifest["run_id"]) == 12
    assert manifest["inputs"] == [{"path": "made-up.yaml", "sha256": "0" * 64}]
    assert manifest["failures"] == []
    assert {"klyngesim", "python", "numpy", "mesa"} <= set(manifest["versions"])
    assert manifest["population"] == {"firms_by_class": {"micro": 900, "small": 80, "medium": 15, "large": 5}}
    assert manifest["wall_seconds"] > 0


def test_the_manifest_lists_every_file_with_its_hash(finished):
    listed = {item["path"]: item["sha256"] for item in finished.manifest["outputs"]}
    assert set(listed) == FILES - {"manifest.json"} | {"figures/members.png"}
    assert all(file_hash(finished.directory / path) == digest for path, digest in listed.items())


def test_the_content_hashes_are_those_of_the_tables(finished):
    for name in ("indicators", "funnel", "finance"):
        table = pq.read_table(finished.directory / f"{name}.parquet")
        assert finished.manifest["content"][f"{name}.parquet"] == content_hash(table)


def test_text_columns_are_dictionaries_in_zstd(finished):
    file = pq.ParquetFile(finished.directory / "indicators.parquet")
    column = file.metadata.row_group(0).column(5)
    assert (column.path_in_schema, column.compression) == ("indicator", "ZSTD")
    assert "dictionary" in str(file.schema_arrow.field("indicator").type)


def test_jobs_do_not_change_the_content(finished, tmp_path):
    other = execute(SCENARIO, tmp_path / "out", jobs=2, simulate=fakes.first_is_last)
    assert other.manifest["content"] == finished.manifest["content"]
    for name in ("summary.csv", "funnel.csv", "finance.csv", "cohorts.csv"):
        assert (other.directory / name).read_bytes() == (finished.directory / name).read_bytes()


def test_another_seed_changes_the_content_and_the_run_id(finished, tmp_path):
    other = execute(FakeScenario(seed=8), tmp_path / "out", simulate=fakes.simulate)
    assert other.manifest["content"] != finished.manifest["content"]
    assert other.manifest["run_id"] != finished.manifest["run_id"]


def test_summary_is_the_mean_over_replicates(finished):
    long = pq.read_table(finished.directory / "indicators.parquet").to_pylist()
    rows = read_csv(finished.directory / "summary.csv")
    assert list(rows[0]) == ["scenario", "year", "cluster", "indicator", "unit", "mean", "low", "high", "n"]
    asked = [r for r in rows if (r["year"], r["cluster"], r["indicator"]) == ("2022", "all", "activities")]
    sums = {7: 0.0, 8: 0.0, 9: 0.0}
    for row in long:
        if (row["period"][:4], row["cluster"], row["indicator"]) == ("2022", "all", "activities"):
            sums[row["seed"]] += row["value"]
    assert len(asked) == 1 and asked[0]["n"] == "3" and asked[0]["unit"] == "activities"
    assert float(asked[0]["mean"]) == pytest.approx(sum(sums.values()) / 3)
    assert min(sums.values()) < float(asked[0]["low"]) < float(asked[0]["high"]) < max(sums.values())


@pytest.mark.parametrize("table", ["summary", "finance", "funnel"])
def test_years_in_part_are_in_no_yearly_table(finished, table):
    rows = read_csv(finished.directory / f"{table}.csv")  # nine quarters: of 2023 only the first
    assert {row["year"] for row in rows} == {"2021", "2022"}


def test_finance_by_year_adds_payments_and_keeps_balances(finished):
    long = pq.read_table(finished.directory / "finance.parquet").to_pylist()
    rows = {
        (r["year"], r["cluster"], r["account"]): float(r["mkr"]) for r in read_csv(finished.directory / "finance.csv")
    }

    def quarters(account, *labels):
        found = [r["mkr"] for r in long if r["account"] == account and r["cluster"] == "made" and r["period"] in labels]
        return sum(found) / 3

    year = [f"2022Q{n}" for n in (1, 2, 3, 4)]
    assert rows["2022", "made", "own_fees"] == pytest.approx(quarters("own_fees", *year))
    assert rows["2022", "made", "own_closing"] == pytest.approx(quarters("own_closing", "2022Q4"))
    assert rows["2022", "made", "ufs_admin_closing"] == pytest.approx(quarters("ufs_admin_closing", "2022Q4"))
    assert rows["2022", "made", "own_opening"] == pytest.approx(quarters("own_opening", "2022Q1"))


def test_funnel_by_year_is_the_mean_over_replicates(finished):
    long = pq.read_table(finished.directory / "funnel.parquet").to_pylist()
    expected = {}
    for row in long:
        if row["period"] < "2023":
            key = (row["period"][:4], *(row[k] for k in ("cluster", "firm_class", "from_stage", "to_stage", "reason")))
            expected[key] = expected.get(key, 0.0) + row["count"] / 3
    found = {}
    for row in read_csv(finished.directory / "funnel.csv"):
        key = tuple(row[k] for k in ("year", "cluster", "firm_class", "from_stage", "to_stage", "reason"))
        found[key] = float(row["count"])
    assert found == pytest.approx(expected)


def test_cohorts_by_year_of_entry_are_the_mean_over_replicates(finished):
    names = ("entered", "cluster", "firm_class", "stage", "outcome")
    expected = {}
    for row in pq.read_table(finished.directory / "cohorts.parquet").to_pylist():
        key = tuple(row[name] for name in names)
        expected[key] = expected.get(key, 0.0) + row["count"] / 3
    rows = read_csv(finished.directory / "cohorts.csv")
    assert {tuple(row[name] for name in names): float(row["count"]) for row in rows} == pytest.approx(expected)
    assert {row["n"] for row in rows} == {"3"}


def test_a_failed_replicate_is_in_the_manifest_and_the_others_are_kept(tmp_path):
    done = execute(SCENARIO, tmp_path / "out", draw=draw, simulate=fakes.fail_on_eight)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["status"] == "incomplete" and not done.complete
    assert manifest["seeds"]["finished"] == [7, 9]
    (failure,) = manifest["failures"]
    assert (failure["seed"], failure["error"]) == (8, "ArithmeticError")
    assert "Traceback" in failure["traceback"]
    assert set(pq.read_table(tmp_path / "out" / "indicators.parquet").column("seed").to_pylist()) == {7, 9}


@pytest.mark.parametrize(("problem", "said"), [(KeyboardInterrupt(), "stopped"), (ValueError("no"), "ValueError: no")])
def test_what_explains_the_runs_costs_no_table(tmp_path, problem, said):
    def explain(directory, known):
        raise problem

    done = execute(SCENARIO, tmp_path / "out", simulate=fakes.simulate, explain=explain)
    assert done.manifest["status"] == "complete" and done.manifest["attribution_error"] == said
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_if_all_fail_the_manifest_still_says_why(tmp_path):
    done = execute(SCENARIO, tmp_path / "out", draw=draw, simulate=fakes.fail_always)
    assert done.manifest["status"] == "failed"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["manifest.json"]
    assert len(done.failures) == 3


def test_ctrl_c_leaves_complete_files_of_what_was_finished(tmp_path):
    done = execute(SCENARIO, tmp_path / "out", draw=draw, simulate=fakes.stop_on_eight)
    assert done.manifest["status"] == "interrupted" and not done.complete
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert set(pq.read_table(tmp_path / "out" / "indicators.parquet").column("seed").to_pylist()) == {7}


def test_ctrl_c_before_anything_was_finished_leaves_nothing(tmp_path):
    done = execute(FakeScenario(seed=8), tmp_path / "runs" / "out", simulate=fakes.stop_on_eight)
    assert done.directory is None
    assert list(tmp_path.iterdir()) == []


def test_figures_that_fail_cost_no_data(tmp_path):
    def broken(directory: Path) -> list[Path]:
        (directory / "figures").mkdir()
        (directory / "figures" / "half.png").write_bytes(b"hal")
        raise ValueError("no ink")

    done = execute(SCENARIO, tmp_path / "out", draw=broken, simulate=fakes.simulate)
    assert not done.complete and done.figures.error == "ValueError: no ink"
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["figures_error"] == "ValueError: no ink"


@pytest.mark.parametrize("moment", ["table", "csv", "manifest"])
def test_a_full_disk_leaves_nothing_that_looks_whole(tmp_path, monkeypatch, moment):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = {
        "table": "klyngesim.runs.writer.pq.ParquetWriter.write_table",
        "csv": "klyngesim.runs.writer.write_exact",
        "manifest": "klyngesim.results.manifest.write",
    }[moment]
    monkeypatch.setattr(target, full)
    with pytest.raises(OutputFailed, match="No space left on device"):
        execute(SCENARIO, tmp_path / "runs" / "out", simulate=fakes.simulate)
    assert list(tmp_path.iterdir()) == []


def test_nothing_runs_if_the_place_is_taken(tmp_path):
    (tmp_path / "out").mkdir()
    ran = []
    with pytest.raises(OutputRefused):
        execute(SCENARIO, tmp_path / "out", simulate=lambda *a: ran.append(a))
    assert not ran


def test_without_a_place_runs_go_to_a_directory_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = f"made-up-{run_id(SCENARIO, [7, 8, 9])}"
    first = execute(SCENARIO, simulate=fakes.simulate)
    second = execute(SCENARIO, simulate=fakes.simulate)
    assert first.directory == Path("runs") / name
    assert second.directory == Path("runs") / f"{name}-2"


def test_replicates_out_of_order_are_refused(tmp_path):
    with (
        pytest.raises(ValueError, match="ascend"),
        RunWriter(Place(tmp_path / "out"), describe(SCENARIO, [7, 8], 1)) as writer,
    ):
        writer.add(fakes.simulate(SCENARIO, 8))
        writer.add(fakes.simulate(SCENARIO, 7))
    assert list(tmp_path.iterdir()) == []


def test_runs_of_another_scenario_do_not_mix():
    found = YearAggregates()
    found.add(fakes.simulate(SCENARIO, 7))
    with pytest.raises(ValueError, match="does not fit"):
        found.add(fakes.simulate(FakeScenario(name="other"), 8))
    with pytest.raises(ValueError, match="does not fit"):
        found.add(fakes.simulate(FakeScenario(quarters=4), 8))
