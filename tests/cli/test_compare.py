"""``klyngesim compare`` from outside: the files of the contract, going on after a stop, and what it refuses."""

import csv
import json
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from klyngesim.cli.main import app
from klyngesim.figures import comparison as figure_comparison
from tests.cli.commands import environment, klyngesim, klyngesim_process

CONTRACT = (
    "scenario,baseline,indicator,window,mean_difference,low,high,relative,share_same_sign,n_pairs,prob_best,"
    "expected_regret,verdict,rests_on,share_better,share_worse,tenable_low,tenable_high,tenable_better,tenable_worse,"
    "tenable_neither,tenable_n,outlook,decided_by,rank_correlation,decided_by_next,rank_correlation_next"
)
BREAKEVEN = "scenario,indicator,parameter,evidence_low,evidence_high,breakeven,inside_evidence"
FAST = ("--set", "population.scale=0.02", "--end", "2026Q4", "--pairs", "2", "--at-least", "2", "--quiet")
TABLES = {
    "comparison.csv",
    "precision.csv",
    "ranking.csv",
    "gains.csv",
    "pareto.csv",
    "value.csv",
    "onset.csv",
    "paths.csv",
    "funders.csv",
    "breakeven.csv",
    "inputs.csv",
    "contested.csv",
    "claims.csv",
    "pairs.parquet",
}
FIGURE = {f"figures/{name}_da.{kind}" for name in ("comparison", "courses") for kind in ("png", "svg", "csv")}


@pytest.fixture(scope="module")
def variant(tmp_path_factory):
    path = tmp_path_factory.mktemp("variant") / "segments.yaml"
    text = (
        "name: segments\nextends: baseline\ntitle: {en: Segments, da: Segmenter}\n"
        "timeline: [{from: 2025Q1, announced: 2024Q4, set: {segmentation.level: 1}}]\n"
    )
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(variant, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    command = ("compare", "baseline", str(variant), *FAST, "--breakeven", "1", "--store", str(folder / "store"))
    found = klyngesim(*command, "--out", folder / "out", "--lang", "da", "--jobs", "1", cwd=folder)
    return folder, command, found


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_directory_holds_what_the_contract_says(done):
    folder, _, found = done
    assert found.returncode == 0, found.stderr
    out = folder / "out"
    assert {path.name for path in out.iterdir()} == {*TABLES, "manifest.json", "figures"}
    assert (out / "comparison.csv").read_text(encoding="utf-8").splitlines()[0] == CONTRACT
    assert (out / "breakeven.csv").read_text(encoding="utf-8").splitlines()[0].startswith(BREAKEVEN)
    compared = rows(out / "comparison.csv")
    # Two pairs say nothing: there is no verdict, except where every run equals the baseline's.
    assert {row["verdict"] for row in compared} <= {"", "nothing changes"}
    assert {row["rests_on"] for row in compared} <= {"data", "assumption"}
    assert {row["n_pairs"] for row in compared} == {"2"}
    assert [row["path"] for row in rows(out / "inputs.csv")] == [
        "timeline.2025Q1.segmentation.level",
        "timeline.2025Q1.segmentation.level.announced",
    ]
    assert {f"figures/{path.name}" for path in (out / "figures").iterdir()} == FIGURE
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["variants"] == ["segments"]
    assert manifest["windows"] == ["2025-2026"]
    assert manifest["pairs"]["made"] == 2
    named = {entry["path"] for entry in manifest["outputs"]}
    assert named == TABLES | FIGURE


def test_the_summary_shows_the_guardrail_and_the_place_of_the_results(done):
    folder, _, found = done
    said = " ".join(found.stdout.split())  # in Danish, as asked
    assert "Små virksomheders andel af deltagerne (værn)" in said
    assert "2 par af kørsler" in said and "Færre end 5 par siger intet" in said
    assert f"Sat i alle kørsler: {FAST[1]}\n" in found.stdout
    assert f"Resultater: {folder / 'out'}" in found.stdout
    assert found.stderr == ""


def test_a_second_comparison_takes_the_runs_of_the_first_whatever_the_number_of_processes(done):
    folder, command, _ = done
    before = sorted(path.stat().st_mtime_ns for path in (folder / "store").glob("*/*.npz"))
    found = klyngesim(*command, "--out", folder / "again", "--jobs", "2", "--no-figures", cwd=folder)
    assert found.returncode == 0, found.stderr
    assert sorted(path.stat().st_mtime_ns for path in (folder / "store").glob("*/*.npz")) == before
    elsewhere = (*command[:-1], folder / "other", "--out", folder / "fresh", "--jobs", "2", "--no-figures")
    fresh = klyngesim_process(*elsewhere, cwd=folder)
    assert fresh.returncode == 0, fresh.stderr
    for name in TABLES - {"pairs.parquet"}:
        first = (folder / "out" / name).read_bytes()
        assert (folder / "again" / name).read_bytes() == first == (folder / "fresh" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("baseline", "baseline"), "two scenarios are called baseline"),
        (("baseline",), "VARIANT"),
        (("baseline", "r3-ten-yeers"), "r3-ten-yeers"),
        (("nothing-here", "baseline"), "nothing-here"),
    ],
)
def test_scenarios_that_cannot_be_compared_are_refused(change, told, tmp_path):
    found = klyngesim("compare", *change, *FAST, "--store", "s", "--out", "o", cwd=tmp_path)
    assert found.returncode == 2
    assert told in found.stderr
    assert "Traceback" not in found.stderr
    assert not (tmp_path / "o").exists()


def test_another_population_too_few_pairs_and_a_taken_place_are_refused(variant, tmp_path):
    smaller = tmp_path / "smaller.yaml"
    smaller.write_text("name: smaller\nextends: baseline\npopulation: {scale: 0.5}\n", encoding="utf-8")
    found = klyngesim("compare", "baseline", smaller, "--end", "2026Q4", cwd=tmp_path)
    assert (found.returncode, "differ in scale (0.5 and 1.0)" in found.stderr) == (2, True)
    found = klyngesim("compare", "baseline", variant, "--pairs", "1", cwd=tmp_path)
    assert (found.returncode, "--pairs" in found.stderr) == (2, True)
    found = klyngesim("compare", "baseline", variant, "--pairs", "2", "--at-least", "3", cwd=tmp_path)
    assert (found.returncode, "--at-least 3: more than the 2 of --pairs" in found.stderr) == (2, True)
    (tmp_path / "taken").mkdir()
    found = klyngesim("compare", "baseline", variant, *FAST, "--out", "taken", cwd=tmp_path)
    assert (found.returncode, "exists already" in found.stderr) == (2, True)
    found = klyngesim("compare", "baseline", variant, *FAST, "--pairs", "5000", cwd=tmp_path)
    assert (found.returncode, "allowed: 1 to" in found.stderr) == (2, True)
    # A refusal leaves nothing: neither a store that is made for it nor, where the store is refused, results.
    found = klyngesim("compare", "baseline", variant, *FAST, "--store", "smaller.yaml", "--out", "a/b", cwd=tmp_path)
    assert (found.returncode, "--store smaller.yaml: cannot be used" in found.stderr) == (2, True)
    assert {path.name for path in tmp_path.iterdir()} == {"smaller.yaml", "taken"}


def test_a_comparison_that_was_killed_goes_on_where_it_was(variant, tmp_path):
    words = ["compare", "baseline", variant, *FAST, "--pairs", "5", "--at-least", "5"]
    words += ["--breakeven", "0", "--no-figures"]
    killed = [*words, "--jobs", "2", "--store", "store", "--out", "out"]
    command = [sys.executable, "-m", "klyngesim", *map(str, killed)]
    running = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL)
    try:
        while running.poll() is None and len(list(tmp_path.glob("store/*/*.npz"))) < 3:
            time.sleep(0.02)
        assert running.poll() is None, "it was over before it could be killed"
    finally:
        running.kill()
        running.wait()
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("store/*/*.npz")}
    assert 3 <= len(kept) < 10
    assert not (tmp_path / "out").exists()
    found = klyngesim(*words, "--jobs", "1", "--store", "store", "--out", "out", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert all(path.stat().st_mtime_ns == before for path, before in kept.items())
    undisturbed = klyngesim(*words, "--jobs", "1", "--store", "other", "--out", "undisturbed", cwd=tmp_path)
    assert undisturbed.returncode == 0, undisturbed.stderr
    for name in TABLES - {"pairs.parquet"}:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "undisturbed" / name).read_bytes(), name


def test_a_figure_that_fails_costs_no_table(tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("no ink")

    (tmp_path / "v.yaml").write_text(
        "name: v\nextends: baseline\ntitle: {en: 'Fees $x [/red] :up:'}\n"
        "timeline: [{from: 2022Q1, set: {fees.level: 2}}]\n"
    )
    monkeypatch.setattr(figure_comparison, "draw_comparison", broken)
    monkeypatch.chdir(tmp_path)
    small = ["--pairs", "2", "--at-least", "2", "--breakeven", "0", "--over", "central", "--jobs", "1", "--quiet"]
    world = ["--set", "population.scale=0.01", "--set", "period.end=2022Q4", "--out", "out [/a]"]
    done = CliRunner().invoke(app, ["compare", "baseline", "v.yaml", *small, *world])
    assert done.exit_code == 1
    assert "No figures: ValueError: no ink. The tables are whole." in done.stderr
    assert "Fees $x [/red] :up: compared with" in done.stdout and "Results: out [/a]" in done.stdout
    kept = tmp_path / "out [" / "a]"
    assert {path.name for path in kept.iterdir()} == {*TABLES, "manifest.json"}
    manifest = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["figures_error"] == "ValueError: no ink"
    assert all(file["path"] != "figures/comparison.png" for file in manifest["outputs"])


def test_one_organisation_is_printed_alone_and_one_that_is_not_there_gets_the_nearest_name(done):
    folder, command, _ = done
    found = klyngesim(*command, "--out", folder / "made", "--cluster", "made", "--no-figures", cwd=folder)
    assert found.returncode == 0, found.stderr
    assert "MADE - Manufacturing Academy of Denmark" in " ".join(found.stdout.split())
    assert "in this organisation in percent" in " ".join(found.stdout.split()) and "guardrail" not in found.stdout
    found = klyngesim(*command, "--out", folder / "mode", "--cluster", "mode", "--no-figures", cwd=folder)
    assert found.returncode == 2
    assert "--cluster mode: no such organisation" in found.stderr and "did you mean made?" in found.stderr
    assert not (folder / "mode").exists()
