"""The store: whole or not there, its own, and named when damaged."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from klyngesim.calibration.simulate import simulate_stage
from klyngesim.calibration.store import HEAD, Store
from klyngesim.errors import StoreCorrupt, StoreRefused
from klyngesim.runs.jobs import Progress
from tests.calibration import toys
from tests.cli.commands import ROOT, environment

IDENTITY = {"settings": {"seed": 1}, "targets": ["a"]}
SHAPE = (4, 2, 3)
VALUES = np.arange(24.0).reshape(SHAPE)
VALUES[1, 1, 2] = np.nan


@pytest.fixture
def store(tmp_path):
    kept = Store(tmp_path / "store", IDENTITY)
    kept.begin("wave-1", np.full((4, 2), 0.1 + 0.2))
    kept.add("wave-1", 0, VALUES[:2], 1.0)
    kept.add("wave-1", 2, VALUES[2:], 2.0)
    return kept


def test_what_was_kept_comes_back_to_the_bit(store):
    again = Store(store.directory, IDENTITY)
    values, done, seconds = again.finished("wave-1", SHAPE)
    assert np.array_equal(values, VALUES, equal_nan=True)
    assert done.tolist() == [0, 1, 2, 3] and seconds == 3.0
    assert again.design("wave-1").tolist() == np.full((4, 2), 0.1 + 0.2).tolist()
    assert again.design("wave-2") is None and again.result("check") is None
    again.keep("check", {"a": [1.5, None]})
    assert Store(store.directory, IDENTITY).result("check") == {"a": [1.5, None]}


def test_another_calibration_is_not_continued(store):
    with pytest.raises(StoreRefused, match=r"differs in settings and is not continued; choose another --out"):
        Store(store.directory, {**IDENTITY, "settings": {"seed": 2}})


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear reader")
    with pytest.raises(StoreRefused, match="no calibration; choose another --out"):
        Store(tmp_path, IDENTITY)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("file", "remedy"),
    [
        ("store.json", "remove the whole directory"),
        ("wave-1/design.json", "remove the folder"),
        ("wave-1/batch-000002.json", "remove this file to have its candidates simulated again"),
        ("check.result.json", "remove this file to repeat the stage"),
    ],
)
@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "binary"])
def test_a_damaged_file_is_named_with_what_to_do(store, file, remedy, damage):
    store.keep("check", {"mean": 0.5})
    path = store.directory / file
    raw = path.read_bytes()
    cut = {"cut": raw[: len(raw) // 2], "bit": raw.replace(b"0.", b"1."), "empty": b"", "binary": b"\xff\x00\x80"}
    if damage == "bit" and cut["bit"] == raw:
        cut["bit"] = raw.replace(b"seed", b"sead")
    path.write_bytes(cut[damage])
    with pytest.raises(StoreCorrupt) as caught:
        again = Store(store.directory, IDENTITY)
        again.design("wave-1")
        again.finished("wave-1", SHAPE)
        again.result("check")
    assert str(path) in str(caught.value) and remedy in str(caught.value)
    assert path.read_bytes() == cut[damage]


def test_a_batch_of_another_stage_is_named(store):
    with pytest.raises(StoreCorrupt, match="belongs to another calibration or stage"):
        store.finished("wave-1", (3, 2, 3))
    store.add("wave-1", 1, VALUES[1:2], 1.0)
    with pytest.raises(StoreCorrupt, match="two batches hold the same candidate"):
        store.finished("wave-1", SHAPE)


def test_an_unfinished_file_beside_its_place_does_no_harm(store):
    (store.directory / "wave-1" / ".batch-000004.json.123").write_text("{")
    assert len(Store(store.directory, IDENTITY).finished("wave-1", SHAPE)[1]) == 4


def test_a_removed_batch_is_simulated_again_and_only_that(tmp_path):
    settings = toys.settings(waves=[30], seeds_per_candidate=1)
    space = settings.space
    kept = Store(tmp_path / "store", IDENTITY)
    kept.begin("wave-1", np.random.default_rng(1).uniform(size=(30, 3)))
    seeds = [settings.candidate_seeds(0, candidate) for candidate in range(30)]
    first, _ = simulate_stage(kept, "wave-1", space, seeds, toys.toy, 6)
    (kept.directory / "wave-1" / "batch-000010.json").unlink()
    asked = []

    def counting(values, seed):
        asked.append(seed)
        return toys.toy(values, seed)

    again, _ = simulate_stage(kept, "wave-1", space, seeds, counting, 6)
    assert asked == [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
    assert np.array_equal(first, again)


def test_processes_give_the_same(tmp_path):
    settings = toys.settings(waves=[25])
    found = []
    for jobs in (1, 2):
        kept = Store(tmp_path / f"store{jobs}", IDENTITY)
        kept.begin("wave-1", np.random.default_rng(1).uniform(size=(25, 3)))
        seeds = [settings.candidate_seeds(0, candidate) for candidate in range(25)]
        told = []
        report = lambda *said, told=told: told.append(said)  # noqa: E731
        found.append(simulate_stage(kept, "wave-1", settings.space, seeds, toys.toy, 6, jobs, report)[0])
        assert told[0] == ("wave-1", Progress(0, 0, 25)) and told[-1] == ("wave-1", Progress(25, 0, 25))
    assert np.array_equal(*found)


KILLED = """
import sys, time
from pathlib import Path
import numpy as np
from klyngesim.calibration.simulate import simulate_stage
from klyngesim.calibration.store import Store
from tests.calibration import toys
from tests.calibration.test_store import IDENTITY

def slow(values, seed):
    time.sleep(0.01)
    return toys.toy(values, seed)

settings = toys.settings(waves=[200], seeds_per_candidate=1)
store = Store(Path(sys.argv[1]), IDENTITY)
if store.design("wave-1") is None:
    store.begin("wave-1", np.random.default_rng(1).uniform(size=(200, 3)))
seeds = [settings.candidate_seeds(0, candidate) for candidate in range(200)]
simulate_stage(store, "wave-1", settings.space, seeds, slow, 6)
"""


def test_a_kill_costs_the_batch_under_way_and_no_more(tmp_path):
    out = tmp_path / "store"
    command = [sys.executable, "-c", KILLED, str(out)]
    process = subprocess.Popen(command, env=environment(), cwd=ROOT)
    deadline = time.monotonic() + 60
    while len(list(out.glob("wave-1/batch-*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = Store(out, IDENTITY)
    _, done, _ = kept.finished("wave-1", (200, 1, 6))
    assert 30 <= len(done) < 200
    times = {path: path.stat().st_mtime_ns for path in out.glob("wave-1/batch-*.json")}
    subprocess.run(command, env=environment(), cwd=ROOT, check=True)
    _, done, _ = kept.finished("wave-1", (200, 1, 6))
    assert len(done) == 200
    assert all(path.stat().st_mtime_ns == before for path, before in times.items())


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreRefused, match="choose another --out"):
        Store(tmp_path / "file" / "store", IDENTITY)
    assert not (tmp_path / "store" / HEAD).exists()
