"""``klyngesim run`` from outside, with a made-up model: places, exit codes, messages, failures."""

import json
import os

import pytest

from klyngesim.runs.pool import usable_cores
from tests.cli.commands import fake, fake_process


def manifest(directory):
    return json.loads((directory / "manifest.json").read_text(encoding="utf-8"))


def test_a_run_ends_with_a_summary_and_the_places_of_the_results(tmp_path):
    done = fake("simulate", "run", "made-up", "--out", "out", "--jobs", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "no progress without a terminal"
    assert "Participants in the year" in done.stdout and "mio. kr. a year" in done.stdout
    assert "3 replicates (90 % band)" in done.stdout and "2021-2022" in done.stdout
    assert "not the calibrated parameters" in done.stdout
    assert "Results: out" in done.stdout
    figures = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("Figure:")]
    assert figures and all((tmp_path / figure).is_file() for figure in figures)
    assert manifest(tmp_path / "out")["status"] == "complete"


def test_replicates_and_seed_are_settings_of_the_scenario(tmp_path):
    done = fake(
        "simulate", "run", "made-up", "--out", "out", "--replicates", 1, "--seed", 5, "--no-figures", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert manifest(tmp_path / "out")["seeds"]["finished"] == [5]
    assert "one replicate (no band)" in done.stdout
    assert not (tmp_path / "out" / "figures").exists() and "Figure:" not in done.stdout


def test_without_out_every_run_gets_its_own_directory(tmp_path):
    for _ in range(2):
        done = fake("simulate", "run", "made-up", "--no-figures", "--jobs", 1, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    first, second = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert first == f"made-up-{manifest(tmp_path / 'runs' / first)['run_id']}"
    assert second == f"{first}-2"


def test_an_existing_out_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").write_text("old")
    done = fake("fail_always", "run", "made-up", "--out", "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "exists already" in done.stderr and "out-2" in done.stderr and "remove it" in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "precious"]


def test_an_out_that_cannot_be_written_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("")
    done = fake("fail_always", "run", "made-up", "--out", "file/out", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failed_replicate_is_named_and_the_others_are_kept(tmp_path, jobs):
    command = fake_process if jobs > 1 else fake
    done = command("fail_on_eight", "run", "made-up", "--out", "out", "--jobs", jobs, "--no-figures", cwd=tmp_path)
    assert done.returncode == 1
    assert "seed 8 failed: ArithmeticError: the till does not add up" in done.stderr
    assert "Traceback" not in done.stderr
    found = manifest(tmp_path / "out")
    assert found["status"] == "incomplete" and found["seeds"]["finished"] == [7, 9]
    assert "2 replicates" in done.stdout


def test_a_process_that_dies_is_a_failed_replicate(tmp_path):
    done = fake_process("die_on_eight", "run", "made-up", "--out", "out", "--jobs", 2, "--no-figures", cwd=tmp_path)
    assert done.returncode == 1
    assert "seed 8 failed" in done.stderr and "Traceback" not in done.stderr
    assert manifest(tmp_path / "out")["seeds"]["finished"] == [7, 9]


def test_if_every_replicate_fails_there_is_a_manifest_and_no_summary(tmp_path):
    done = fake("fail_always", "run", "made-up", "--out", "out", "--jobs", 1, cwd=tmp_path)
    assert done.returncode == 1
    assert manifest(tmp_path / "out")["status"] == "failed"
    assert "Results: out" in done.stdout and "replicate" not in done.stdout


def test_the_number_of_jobs_does_not_show(tmp_path):
    outputs = []
    for command, jobs in ((fake, 1), (fake_process, 2)):
        done = command(
            "first_is_last", "run", "made-up", "--out", f"out{jobs}", "--jobs", jobs, "--no-figures", cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout.replace(f"out{jobs}", "out"))
    assert outputs[0] == outputs[1]
    assert manifest(tmp_path / "out1")["content"] == manifest(tmp_path / "out2")["content"]


def test_without_jobs_there_are_as_many_as_cores_that_may_be_used(tmp_path, monkeypatch):
    assert 1 <= usable_cores() <= os.cpu_count()
    monkeypatch.setattr("klyngesim.runs.pool.usable_cores", lambda: 5)
    words = ("run", "made-up", "--replicates", 1, "--no-figures", "--out", "out")
    assert fake("simulate", *words, cwd=tmp_path).returncode == 0
    assert manifest(tmp_path / "out")["jobs"] == 5


@pytest.mark.parametrize(
    "arguments", [("--jobs", 0), ("--jobs", "two"), ("--lang", "se"), ("--seed", "x"), ("--nope",)]
)
def test_wrong_options_are_wrong_input(tmp_path, arguments):
    done = fake("simulate", "run", "made-up", "--out", "out", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_figures_can_speak_danish(tmp_path):
    done = fake("simulate", "run", "made-up", "--out", "out", "--lang", "da", "--jobs", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "out" / "figures").glob("*_da.png"))
