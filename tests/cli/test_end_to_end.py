"""``klyngesim run`` with the model itself, small: what a user gets."""

import csv
import json

import pyarrow.parquet as pq
import pytest

from klyngesim.results import vocabulary
from klyngesim.results.hashing import content_hash
from klyngesim.results.indicators import IDS
from klyngesim.results.runset import RunSet
from tests.cli.commands import klyngesim, klyngesim_process

SMALL = ["--set", "population.scale=0.01", "--set", "period.end=2021Q4", "--replicates", 2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("end-to-end")


@pytest.fixture(scope="module")
def finished(folder):
    done = klyngesim("run", "baseline", *SMALL, "--jobs", 1, "--out", "first", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done


def test_the_run_leaves_everything_it_promises(finished, folder):
    out = folder / "first"
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete" and manifest["failures"] == []
    assert manifest["scenario"]["population"] == {"scale": 0.01}
    assert {change["path"] for change in manifest["differences"]} >= {"population.scale", "period.end"}
    listed = {item["path"] for item in manifest["outputs"]}
    assert listed == {path.relative_to(out).as_posix() for path in out.rglob("*.*") if path.name != "manifest.json"}
    assert {"funnel", "time_series", "finance_by_source", "reach_by_firm_class"} == {
        path.stem for path in (out / "figures").glob("*.svg")
    }
    for path in (out / "figures").glob("*.svg"):
        assert path.with_suffix(".png").is_file() and path.with_suffix(".csv").is_file()
        assert f"Figure:  first/figures/{path.stem}.png" in finished.stdout


def test_the_tables_hold_the_words_of_the_contract(finished, folder):
    runs = RunSet.open(folder / "first")
    long = runs.indicators()
    assert set(long["indicator"]) <= set(IDS)
    assert set(long["period"]) == {f"2021Q{n}" for n in (1, 2, 3, 4)}
    assert set(long["seed"]) == {1, 2} and set(long["draw"]) == {0}
    assert "all" in set(long["cluster"]) and len(set(long["cluster"])) == 14
    assert not long["value"].isna().any()
    funnel = runs.funnel()
    assert set(funnel["from_stage"]) | set(funnel["to_stage"]) <= {word.id for word in vocabulary.STAGES}
    assert (funnel["count"] > 0).all()
    assert set(runs.finance()["account"]) == {word.id for word in vocabulary.ACCOUNTS}


def test_yearly_indicators_have_a_value_at_q4_only(finished, folder):
    found = RunSet.open(folder / "first").indicators("participants_unique_year")
    assert set(found["period"]) == {"2021Q4"}


def test_the_programme_is_the_sum_of_its_organisations_where_it_says_so(finished, folder):
    rows = RunSet.open(folder / "first").indicators("grant_spent_mkr")
    total = rows[rows["cluster"] == "all"].groupby(["seed", "period"], observed=True)["value"].sum()
    parts = rows[rows["cluster"] != "all"].groupby(["seed", "period"], observed=True)["value"].sum()
    assert total.to_numpy() == pytest.approx(parts.to_numpy())


def test_jobs_do_not_change_the_content(finished, folder):
    # In a process of its own, where sets have another order too.
    done = klyngesim_process("run", "baseline", *SMALL, "--jobs", 2, "--out", "second", "--no-figures", cwd=folder)
    assert done.returncode == 0, done.stderr
    manifests = [json.loads((folder / name / "manifest.json").read_text()) for name in ("first", "second")]
    assert manifests[0]["content"] == manifests[1]["content"]
    assert manifests[0]["run_id"] == manifests[1]["run_id"]
    table = pq.read_table(folder / "second" / "indicators.parquet")
    assert content_hash(table) == manifests[0]["content"]["indicators.parquet"]
    for name in ("summary.csv", "funnel.csv", "finance.csv"):
        assert (folder / "first" / name).read_bytes() == (folder / "second" / name).read_bytes()


def test_another_seed_is_another_run(finished, folder):
    done = klyngesim("run", "baseline", *SMALL, "--jobs", 1, "--seed", 50, "--out", "third", "--no-figures", cwd=folder)
    assert done.returncode == 0, done.stderr
    manifests = [json.loads((folder / name / "manifest.json").read_text()) for name in ("first", "third")]
    assert manifests[0]["content"]["indicators.parquet"] != manifests[1]["content"]["indicators.parquet"]


def test_the_summary_shows_the_numbers_of_the_file(finished, folder):
    with (folder / "first" / "summary.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["cluster"] == "all" and row["indicator"] == "members"]
    assert len(rows) == 1 and rows[0]["n"] == "2"
    mean = float(rows[0]["mean"])
    shown = f"{mean:,.0f}" if mean >= 100 else f"{mean:,.1f}" if mean >= 10 else f"{mean:,.2f}"
    (line,) = [line for line in finished.stdout.splitlines() if line.strip().startswith("Members  ")]
    assert shown in line


def test_a_run_says_why_it_moves(folder):
    longer = ["--set", "population.scale=0.005", "--set", "period.end=2026Q4", "--replicates", 1, "--no-figures"]
    done = klyngesim("run", "baseline", *longer, "--attribution", 1, "--jobs", 1, "--out", "why", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Why baseline moves from 2021-2023 to 2024-2026 (1 seeds" in done.stdout
    with (folder / "why" / "attribution.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == 20 and {row["n"] for row in rows} == {"1"}
    erosion = [float(row["change"]) for row in rows if row["part"] == "erosion"]
    assert any(erosion), "prices have eroded nothing"
    manifest = json.loads((folder / "why" / "manifest.json").read_text(encoding="utf-8"))
    assert "attribution.csv" in {item["path"] for item in manifest["outputs"]}


def test_a_run_too_short_to_move_says_nothing_of_it(finished, folder):
    assert "Why" not in finished.stdout and not (folder / "first" / "attribution.csv").exists()
