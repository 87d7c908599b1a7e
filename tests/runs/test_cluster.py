"""Sweeps on a Dask scheduler and workers in processes of their own, which get killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from klyngesim.errors import ExecutorRefused
from klyngesim.runs.cluster import DaskCluster
from klyngesim.runs.executors import InProcess
from klyngesim.runs.store import RunStore
from klyngesim.runs.store_maintenance import entries
from tests.cli.commands import environment, klyngesim
from tests.runs import workers
from tests.runs.test_executors import wait_until
from tests.runs.workers import MARK, Singly, pairs, run, tasks

pytestmark = pytest.mark.slow
pytest.importorskip("distributed")

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def same(one, other):
    names = ("indicators", "moves", "yearly", "organisations")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)


class Cluster:
    """``dask scheduler`` and ``dask worker`` on the loopback."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self.start("scheduler", "--port", str(port), "--dashboard-address", "127.0.0.1:0")
        self.workers = []

    def start(self, *words):
        """One process in a folder of its own, so that no relative path leads to the store."""
        place = self.folder / f"{words[0]}-{time.monotonic_ns()}"
        place.mkdir()
        command = [sys.executable, "-m", "dask", *words, "--host", "127.0.0.1"]
        return subprocess.Popen(command, cwd=place, env=environment(), **QUIET)

    def add(self):
        """One more worker, without anybody who would start it again."""
        words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder))
        self.workers.append(self.start("worker", self.address, *words))

    def end(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def running(tmp_path, monkeypatch):
    mark = tmp_path / "mark"
    mark.mkdir()
    monkeypatch.setenv(MARK, str(mark))
    found = Cluster(tmp_path)
    yield found
    found.end()


def test_a_worker_that_is_killed_in_the_middle_costs_nothing(running, tmp_path):
    store, mark = RunStore(tmp_path / "store"), tmp_path / "mark" / "waiting"
    running.add()
    running.add()
    found = {}
    for key, outcome in run(DaskCluster(running.address, 60), tasks(20), store, Singly(workers.third_waits)):
        found[key] = outcome
        if len(found) == 5:
            wait_until(mark.exists)  # the third run is under way, or will be soon
            pid = int(mark.read_text())
            assert pid in {process.pid for process in running.workers}
            os.kill(pid, signal.SIGKILL)
    assert sum(process.poll() is not None for process in running.workers) == 1
    undisturbed = dict(run(InProcess(), tasks(20), None, Singly(workers.made_up)))
    assert found.keys() == undisturbed.keys()
    assert all(same(run, undisturbed[key]) for key, run in found.items())
    assert [entry.failure for entry in entries(store)] == [None] * 20


def test_the_real_model_gives_the_same_runs_on_a_cluster(running, tmp_path):
    running.add()
    found = dict(run(DaskCluster(running.address, 60), tasks(3), RunStore(tmp_path / "store")))
    here = dict(run(InProcess(), tasks(3), None))
    assert found.keys() == here.keys()
    assert all(same(run, here[key]) for key, run in found.items())


def test_a_run_that_kills_every_worker_is_given_up(running, tmp_path):
    for _ in range(5):
        running.add()
    store = RunStore(tmp_path / "store")
    found = dict(run(DaskCluster(running.address, 60), tasks(6), store, Singly(workers.third_kills)))
    (failed,) = (outcome.reason for outcome in found.values() if not hasattr(outcome, "yearly"))
    assert failed.startswith("ProcessDied")
    assert [entry.about.seed for entry in entries(store) if entry.failure] == [3]
    assert len(found) == 6


def test_of_runs_with_a_common_past_the_one_that_kills_every_worker_is_given_up_alone(running, tmp_path):
    for _ in range(9):
        running.add()
    given = {task.key: task for task in pairs(3)}
    store = RunStore(tmp_path / "store")
    found = dict(run(DaskCluster(running.address, 60), given.values(), store, Singly(workers.cut_kills)))
    assert found.keys() == given.keys()
    failed = [given[key] for key, outcome in found.items() if not hasattr(outcome, "yearly")]
    assert [(task.scenario.name, task.seed) for task in failed] == [("cut", 2)]


def test_workers_without_the_store_send_their_runs_and_do_not_make_finished_ones_again(running, tmp_path, monkeypatch):
    """A worker's relative path leads nowhere."""
    running.add()
    monkeypatch.chdir(tmp_path)
    store, mark = RunStore(Path("store")), tmp_path / "mark"
    for _ in range(2):
        assert len(dict(run(DaskCluster(running.address, 60), tasks(3), store, Singly(workers.noted)))) == 3
        assert len(list(entries(store))) == 3
        assert sorted(path.read_text() for path in mark.iterdir()) == ["x"] * 3
    assert not list(tmp_path.glob("worker-*/store"))


def test_a_scheduler_without_workers_and_one_that_dies_are_told(running, tmp_path):
    store = RunStore(tmp_path / "store")
    with pytest.raises(ExecutorRefused, match=r"has no workers.*--nthreads 1"):
        list(run(DaskCluster(running.address, 5), tasks(1), store, Singly(workers.made_up)))
    running.add()
    outcomes = run(DaskCluster(running.address, 60), tasks(400), store, Singly(workers.third_waits))
    next(outcomes)
    running.scheduler.kill()
    with pytest.raises(ExecutorRefused, match=r"has gone, or has dropped the runs.*it goes on from there"):
        list(outcomes)
    assert 0 < len(list(entries(store))) < 400


SWEEP = """name: small
scenario: [baseline, r3-ten-years]
method: lhs
samples: 6
parameters: [trust.gain, evaluation.loss]
outcomes: [members]
set: [population.scale=0.005, period.end=2025Q4]
"""


def test_a_sweep_leaves_the_same_tables_as_in_one_process(running, tmp_path):
    (tmp_path / "small.yaml").write_text(SWEEP, encoding="utf-8")
    running.add()
    running.add()
    ways = {"one": ("--jobs", "1"), "dask": ("--dask", running.address)}
    for name, way in ways.items():
        arguments = ("sweep", "small.yaml", *way, "--store", f"store-{name}", "--out", name, "--no-figures", "--quiet")
        done = klyngesim(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    tables = ("design.csv", "runs.parquet", "indices.csv", "noise.csv", "regional.csv")
    for table in tables:
        assert (tmp_path / "one" / table).read_bytes() == (tmp_path / "dask" / table).read_bytes()
