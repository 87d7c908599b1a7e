"""``klyngesim sweep`` on a disk that fills up: told in words, nothing half-written, and the next command goes on."""

import resource
import subprocess
import sys

import numpy as np
import pytest

from tests.cli.commands import environment, klyngesim

SWEEP = """name: small
scenario: [baseline, r3-ten-years]
method: lhs
samples: 4
parameters: [trust.gain, evaluation.loss]
outcomes: [members]
set: [population.scale=0.005, period.end=2025Q4]
"""
WAYS = ("--jobs", "1", "--store", "store", "--no-figures", "--quiet")


def on_a_full_disk(folder, room, *options):
    """A limit on the size of files, in bytes, stands for the full disk: writing fails halfway through a file."""

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        [sys.executable, "-m", "klyngesim", "sweep", "small.yaml", "--quiet", *options],
        cwd=folder,
        env=environment(PYTHONDONTWRITEBYTECODE="1", MPLCONFIGDIR=str(folder.parent)),
        capture_output=True,
        text=True,
        preexec_fn=no_room,
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small.yaml").write_text(SWEEP, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_store_without_room_ends_the_sweep_and_holds_nothing_half_written(folder, jobs):
    done = on_a_full_disk(folder, 4_000, "--jobs", jobs, "--store", "store", "--out", "out", "--no-figures")
    assert done.returncode == 1
    assert "store" in done.stderr and "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in folder.iterdir()} == {"small.yaml", "store"}
    assert not [path for path in folder.glob("store/*/*")]
    # With room again the same command does it all.
    again = klyngesim("sweep", "small.yaml", *WAYS, "--out", "out", cwd=folder)
    assert again.returncode == 0, again.stderr
    for path in folder.glob("store/*/*.npz"):
        with np.load(path) as entry:
            assert set(entry) == {"about", "indicators", "moves", "yearly", "organisations"}


def test_results_without_room_leave_the_runs_in_the_store_and_no_directory(folder):
    done = klyngesim("sweep", "small.yaml", *WAYS, "--out", "first", cwd=folder)
    assert done.returncode == 0, done.stderr
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("store/*/*.npz")}
    done = on_a_full_disk(folder, 1_500, *WAYS, "--out", "out")
    assert done.returncode == 1
    assert "out" in done.stderr and "Traceback" not in done.stderr
    assert {path.name for path in folder.iterdir()} == {"small.yaml", "store", "first"}
    assert {path: path.stat().st_mtime_ns for path in folder.glob("store/*/*.npz")} == kept
