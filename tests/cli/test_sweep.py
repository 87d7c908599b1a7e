"""``klyngesim sweep`` from outside: what it leaves, that it goes on after a kill, and what it refuses."""

import csv
import hashlib
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pandas as pd
import pytest

from klyngesim.runs.store_files import pack, unpack
from tests.cli.commands import environment, klyngesim, klyngesim_process

SMALL = """name: small
title: {en: "A small sweep", da: "En lille sweep"}
scenario: [baseline, r3-ten-years]
method: morris
samples: 2
parameters: [trust.gain, evaluation.loss, staff.exit_response]
outcomes: [members, participants_unique_year]
set: [population.scale=0.005, period.end=2025Q4]
"""
TABLES = ("design.csv", "runs.parquet", "indices.csv", "noise.csv", "regional.csv", "left_out.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a sweep file and what it leaves, undisturbed, in one process."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    done = klyngesim("sweep", "small.yaml", "--jobs", 1, "--store", "store-1", "--out", "one", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def tables(directory):
    return {name: hashlib.sha256((directory / name).read_bytes()).hexdigest() for name in TABLES}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_leaves_the_tables_of_the_contract(folder):
    out = folder / "one"
    assert {path.name for path in out.iterdir()} == {*TABLES, "figures", "manifest.json"}
    runs = pd.read_parquet(out / "runs.parquet")
    points = len(rows(out / "design.csv"))
    assert points == 2 * (4 + 1) and len(runs) == 2 * points
    assert not runs.duplicated(["point", "scenario", "seed"]).any()
    assert (runs.status == "done").all() and runs[["members", "participants_unique_year"]].notna().all().all()
    found = rows(out / "indices.csv")
    assert {"low", "high", "convergence", "noise_floor"} <= set(found[0])
    assert {row["parameter"] for row in found} >= {"trust.gain", "evaluation.loss", "staff.exit_response", "dummy"}
    assert {row["outcome"] for row in found} >= {"members", "rank of members"}


def test_the_number_of_processes_changes_nothing_and_a_second_sweep_makes_no_run(folder):
    ways = ("--jobs", 2, "--store", "store-2", "--out", "two", "--no-figures")
    done = klyngesim_process("sweep", "small.yaml", *ways, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert tables(folder / "two") == tables(folder / "one")
    kept = {path: path.stat().st_mtime_ns for path in (folder / "store-2").rglob("*.npz")}
    more = SMALL.replace("name: small", "name: more").replace("[members, ", "[social_capital, ")
    (folder / "more.yaml").write_text(more, encoding="utf-8")
    arguments = ("--jobs", 1, "--store", "store-2", "--out", "more", "--no-figures", "--quiet")
    assert klyngesim("sweep", "more.yaml", *arguments, cwd=folder).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in (folder / "store-2").rglob("*.npz")} == kept


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [(signal.SIGKILL, -signal.SIGKILL, ""), (signal.SIGTERM, 1, "Stopped; finished runs are kept in store-")],
)
def test_ended_in_the_middle_it_goes_on_and_ends_the_same(folder, number, code, words):
    store, out = folder / f"store-{number.name}", folder / number.name
    command = [sys.executable, "-m", "klyngesim", "sweep", "small.yaml", "--jobs", "2", "--store", store.name]
    command += ["--out", out.name, "--quiet"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=folder, env=environment(), **pipes)
    while process.poll() is None and len(list(store.rglob("*.npz"))) < 4:
        time.sleep(0.02)
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == code and words in said and "Traceback" not in said
    kept = {path: path.stat().st_mtime_ns for path in store.rglob("*.npz")}
    assert len(kept) >= 4 and not out.exists()
    ways = ("--jobs", 1, "--store", store.name, "--out", out.name, "--quiet", "--no-figures")
    done = klyngesim("sweep", "small.yaml", *ways, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert tables(out) == tables(folder / "one")
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_dry_run_makes_nothing_but_says_what_it_would_take(folder):
    before = set(folder.iterdir())
    done = klyngesim("sweep", "small.yaml", "--dry-run", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "Runs: 20" in done.stdout and "Time: about" in done.stdout and "MB" in done.stdout
    assert set(folder.iterdir()) == before


def test_a_dry_run_for_a_cluster_needs_none_and_speaks_of_one_core(folder):
    own = "{evaluation.loss: {low: 0.2, high: 0.3}}"
    warned = SMALL.replace("[trust.gain, evaluation.loss, staff.exit_response]", own)
    (folder / "warned.yaml").write_text(warned.replace("name: small", "name: warned"), encoding="utf-8")
    done = klyngesim("sweep", "warned.yaml", "--dry-run", "--dask", "tcp://127.0.0.1:1", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "one core as fast as this one; a cluster divides that" in done.stdout
    assert "Note: evaluation.loss is varied from 0.2 to 0.3, without its usual value 0.16" in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SMALL.replace("trust.gain", "trust.gian"), "did you mean trust.gain?"),
        (SMALL.replace("samples: 2", "samples: 0"), "samples"),
        (SMALL + "discovery: true\n", "discovery"),
        ("name: [\n", "small.yaml"),
    ],
)
def test_a_wrong_file_is_refused_before_anything_runs(tmp_path, text, words):
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    done = klyngesim("sweep", "small.yaml", cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["small.yaml"]


def test_file_store_cluster_and_out_are_looked_at_together_before_anything_is_made(folder):
    (folder / "no-store").mkdir()
    (folder / "no-store" / "letter.txt").write_text("mine")
    (folder / "wrong.yaml").write_text(SMALL.replace("trust.gain", "trust.gian"), encoding="utf-8")
    before = set(folder.rglob("*"))
    done = klyngesim(
        "sweep", "wrong.yaml", "--store", "no-store", "--out", "one", "--dask", "foo", "--dry-run", cwd=folder
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    for words in ("did you mean trust.gain?", "holds something else", "exists already", "no address of a scheduler"):
        assert words in done.stderr
    assert set(folder.rglob("*")) == before


def test_runs_of_another_version_of_the_model_are_told_and_not_used(folder):
    store = folder / "store-old"
    shutil.copytree(folder / "store-1", store)
    old = list(store.rglob("*.npz"))
    for path in old:
        about, run = unpack(path.stem, path.read_bytes())
        # What the same run is called by another version of the model.
        key = hashlib.sha256(path.stem.encode()).hexdigest()
        (store / key[:2]).mkdir(exist_ok=True)
        (store / key[:2] / f"{key}.npz").write_bytes(pack(key, run, replace(about, model="0" * 64)))
        path.unlink()
    done = klyngesim(
        "sweep", "small.yaml", "--store", store.name, "--out", "old", "--no-figures", "--jobs", 1, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert "runs of another version of the model" in done.stderr and "store gc --store" in done.stderr
    assert len(list(store.rglob("*.npz"))) == 2 * len(old)
    assert tables(folder / "old") == tables(folder / "one")


def test_a_dry_run_whose_runs_fail_says_so(folder, monkeypatch):
    def boom(*_):
        raise RuntimeError("boom")

    monkeypatch.setattr("klyngesim.ecosystem.quarter.run_quarter", boom)
    done = klyngesim("sweep", "small.yaml", "--dry-run", cwd=folder)
    assert done.returncode == 1
    assert "fails at the usual values: RuntimeError: boom" in done.stderr and "Traceback" not in done.stderr


def test_a_scheduler_that_is_not_there_and_an_out_that_is(folder):
    done = klyngesim("sweep", "small.yaml", "--dask", "tcp://127.0.0.1:1", "--store", "s", "--out", "d", cwd=folder)
    assert done.returncode == 2 and "127.0.0.1:1" in done.stderr and "Traceback" not in done.stderr
    assert not (folder / "d").exists() and not (folder / "s").exists()
    done = klyngesim("sweep", "small.yaml", "--store", "store-1", "--out", "one", cwd=folder)
    assert done.returncode == 2 and "not overwritten" in done.stderr
