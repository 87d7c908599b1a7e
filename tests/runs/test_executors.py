"""Executors: the same runs however they are made, and nothing is lost when a run fails or a process is killed."""

import json
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from klyngesim.errors import ExecutorRefused, StoreFailed
from klyngesim.runs import cluster
from klyngesim.runs.cluster import DaskCluster
from klyngesim.runs.executors import InProcess, LocalProcesses
from klyngesim.runs.jobs import Failure
from klyngesim.runs.store import RunStore
from klyngesim.runs.store_maintenance import entries, verify
from klyngesim.runs.tasks import measured_runs, run_tasks
from tests.cli.commands import environment
from tests.runs import workers
from tests.runs.workers import MARK, Singly, pairs, run, tasks

MADE_UP = Singly(workers.made_up)


def same(one, other):
    names = ("indicators", "moves", "yearly")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)


def by_seed(executor, given, store, measured=measured_runs):
    """Outcome by seed; every task has one."""
    given = list(given)
    found = dict(run(executor, iter(given), store, measured))
    assert set(found) == {task.key for task in given}
    return {task.seed: found[task.key] for task in given}


def wait_until(condition):
    """Wait for something that happens soon; the limit is generous, for a busy machine."""
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within a minute")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def made(kind, address=None):
    """An executor of a kind."""
    return {"here": InProcess, "two": lambda: LocalProcesses(2), "dask": lambda: DaskCluster(address, 30)}[kind]()


@pytest.fixture
def mark(tmp_path, monkeypatch):
    folder = tmp_path / "mark"
    folder.mkdir()
    monkeypatch.setenv(MARK, str(folder))
    return folder


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path / "store")


@pytest.fixture(scope="module")
def dask():
    """A scheduler and two workers with one thread each, as threads of this process, talking over the loopback."""
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with distributed.LocalCluster(protocol="tcp://", host="127.0.0.1", silence_logs=50, **options) as running:
        yield running.scheduler_address


def test_runs_are_the_same_here_in_two_processes_and_on_dask(dask, tmp_path):
    found = {}
    for name, executor in (("here", InProcess()), ("two", LocalProcesses(2)), ("dask", DaskCluster(dask))):
        store = RunStore(tmp_path / name)
        found[name] = by_seed(executor, tasks(3), store)
        assert len(list(entries(store))) == 3
        files = {path.name: path.read_bytes() for path in store.root.glob("*/*.npz")}
        assert files == {path.name: path.read_bytes() for path in (tmp_path / "here").glob("*/*.npz")}
    for seed, outcome in found["here"].items():
        assert same(outcome, found["two"][seed])
        assert same(outcome, found["dask"][seed])
    assert not same(found["here"][1], found["here"][2])


@pytest.mark.parametrize("kind", ["here", "two"])
def test_without_a_store_nothing_is_kept(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert set(by_seed(made(kind), tasks(3), None, MADE_UP)) == {1, 2, 3}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["here", "two", "dask"])
def test_a_run_that_fails_is_recorded_and_the_others_go_on(kind, store, dask):
    found = by_seed(made(kind, dask), tasks(5), store, Singly(workers.third_fails))
    failed = found.pop(3)
    assert isinstance(failed, Failure)
    assert failed.reason == "ArithmeticError: three does not work"
    assert all(same(run, workers.made_up(None, seed, ())) for seed, run in found.items())
    (record,) = (entry for entry in entries(store) if entry.failure)
    assert record.about.seed == 3
    assert "in third_fails" in store.failure(record.key)
    # The next command tries it again, and a success takes the record away.
    again = by_seed(made(kind, dask), tasks(5), store, MADE_UP)
    assert same(again[3], workers.made_up(None, 3, ()))
    assert [entry.failure for entry in entries(store)] == [None] * 5


@pytest.mark.parametrize("kind", ["here", "two"])
def test_finished_runs_are_shared_and_not_made_again(kind, store):
    by_seed(InProcess(), tasks(3), store, MADE_UP)
    before = {path: path.stat().st_mtime_ns for path in store.root.glob("*/*.npz")}
    by_seed(made(kind), tasks(4), store, MADE_UP)
    after = {path: path.stat().st_mtime_ns for path in store.root.glob("*/*.npz")}
    assert len(after) == 4
    assert after.items() >= before.items()


def test_every_task_is_answered_even_if_it_is_there_twice(store, mark, dask):
    (task,) = tasks(1)
    for kind in ("here", "two", "dask"):
        outcomes = run(made(kind, dask), [task] * 3, store, Singly(workers.noted))
        assert [key for key, _ in outcomes] == [task.key] * 3
    (only,) = mark.iterdir()
    assert only.read_text() == "x"


@pytest.mark.parametrize("kind", ["here", "two", "dask"])
def test_tasks_are_taken_as_they_are_needed_and_an_end_is_an_end(kind, store, dask):
    taken = []

    def endless():
        for number in count(1):
            taken.append(number)
            yield from tasks(1, first=number)

    with made(kind, dask) as executor:
        outcomes = run_tasks(endless(), store, executor, MADE_UP)
        for _ in range(6):
            next(outcomes)
        assert len(taken) <= 6 + 2 * 2
    assert multiprocessing.active_children() == []
    with pytest.raises(StopIteration):
        next(outcomes)


def test_a_worker_that_is_killed_costs_nothing(store, mark):
    found = {}
    with closing(run(LocalProcesses(2), tasks(8), store, Singly(workers.third_waits))) as outcomes:
        for key, outcome in outcomes:
            found[key] = outcome
            if len(found) == 2:
                wait_until((mark / "waiting").exists)
                os.kill(int((mark / "waiting").read_text()), signal.SIGKILL)
    undisturbed = dict(run(InProcess(), tasks(8), None, MADE_UP))
    assert found.keys() == undisturbed.keys()
    assert all(same(run, undisturbed[key]) for key, run in found.items())
    assert [entry.failure for entry in entries(store)] == [None] * 8
    assert multiprocessing.active_children() == []


def test_a_run_that_kills_its_process_twice_is_given_up_alone(store):
    with LocalProcesses(2) as executor:
        given = list(tasks(6))
        found = dict(run_tasks(given, store, executor, Singly(workers.third_kills)))
        found = {task.seed: found[task.key] for task in given}
        failed = found.pop(3)
        assert failed.reason.startswith("ProcessDied")
        assert all(same(run, workers.made_up(None, seed, ())) for seed, run in found.items())
        assert [entry.about.seed for entry in entries(store) if entry.failure] == [3]
        # It serves the next call, in processes that were started since.
        again = dict(run_tasks(given, store, executor, MADE_UP))
        assert same(again[given[2].key], workers.made_up(None, 3, ()))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("kind", ["here", "two", "dask"])
def test_runs_with_a_common_past_are_the_same_as_one_by_one(kind, dask, tmp_path):
    together, alone = RunStore(tmp_path / "together"), RunStore(tmp_path / "alone")
    dict(run(made(kind, dask), pairs(2), together))
    single = Singly(lambda *given: workers.measure(workers.run_once(*given[:2]), given[2]))
    dict(run(InProcess(), pairs(2), alone, single))
    files = {path.name: path.read_bytes() for path in alone.root.glob("*/*.npz")}
    assert len(files) == 4
    assert {path.name: path.read_bytes() for path in together.root.glob("*/*.npz")} == files


def test_of_runs_with_a_common_past_only_those_are_made_that_the_store_does_not_have(store, mark):
    given = list(pairs(2))
    dict(run(InProcess(), given[:1], store, Singly(workers.noted)))
    found = dict(run(LocalProcesses(2), given, store, Singly(workers.noted)))
    assert set(found) == {task.key for task in given}
    seeds = sorted(path.name.split("-")[0] for path in mark.iterdir() for _ in path.read_text())
    assert seeds == ["1", "1", "2", "2"]


def test_of_runs_with_a_common_past_the_one_that_kills_its_process_is_given_up_alone(store):
    found = {}
    given = {task.key: task for task in pairs(3)}
    for key, outcome in run(LocalProcesses(2), given.values(), store, Singly(workers.cut_kills)):
        found[given[key].scenario.name, given[key].seed] = outcome
    assert found.pop(("cut", 2)).reason.startswith("ProcessDied")
    assert len(found) == 5
    assert not any(isinstance(outcome, Failure) for outcome in found.values())


def test_no_world_of_a_run_stays(tmp_path):
    command = [sys.executable, "-m", "tests.runs.held_objects", "8"]
    found = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    counted = json.loads(found.stdout)
    models, held = zip(*counted["after_runs"], strict=True)
    assert models == (0,) * 14  # seven pairs after the one that the counting does not see
    assert counted["of_a_world"]["models"] == 1  # so that one which stayed would have been seen
    # The interpreter remembers some kilobytes more; one world kept of all these runs would be ten times the bound.
    assert max(held) - min(held) < counted["of_a_world"]["bytes"] / 10


@pytest.mark.slow
def test_memory_stays_flat_over_real_runs():
    """Of a run that has ended nothing stays, be it from the beginning or from a common past."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("no /proc to read the memory from")
    pages = []
    for _ in run(InProcess(), pairs(750), None):
        pages.append(int(Path("/proc/self/statm").read_text().split()[1]))
    assert len(pages) == 1500
    grown = (max(pages[1200:]) - max(pages[:300])) * resource.getpagesize()
    assert grown < 10_000_000  # a world of this size takes as much


def test_a_full_disk_ends_it_with_the_name_of_the_store_and_leaves_no_process(store, monkeypatch):
    outcomes = run(LocalProcesses(2), tasks(30), store, MADE_UP)
    next(outcomes)
    (store.root / "store.json").rename(store.root / "aside")
    # Workers no longer see the store, so the runs come here to be written; here the disk is full.
    monkeypatch.setattr("klyngesim.runs.store_files.os.fsync", workers.full_disk_here)
    with pytest.raises(StoreFailed, match="no room is left"):
        list(outcomes)
    assert multiprocessing.active_children() == []
    assert not list(store.root.glob("*/.*"))


def test_a_worker_with_another_model_is_refused(store, monkeypatch):
    monkeypatch.setattr("klyngesim.runs.tasks.model_fingerprint", lambda: "another")
    with pytest.raises(ExecutorRefused, match="another version of the model"):
        list(run(LocalProcesses(1), tasks(1), store, MADE_UP))
    assert list(entries(store)) == []


def test_after_a_kill_of_the_parent_only_what_is_missing_is_run(tmp_path, mark):
    command = [sys.executable, "-m", "tests.runs.workers", "store", "2", "10"]
    running = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: running.poll() is not None or len(list(tmp_path.glob("store/*/*.npz"))) >= 3)
        assert running.poll() is None, "it was over before it could be killed"
    finally:
        running.kill()
        running.wait()
    wait_until(lambda: not any(alive(path.name.split("-")[1]) for path in mark.iterdir()))
    store = RunStore(tmp_path / "store")
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("store/*/*.npz")}
    seeds = {entry.about.seed for entry in entries(store)}
    assert 3 <= len(kept) == len(seeds) < 10
    assert not [found for found in verify(store) if found.kind == "damaged"]
    for path in mark.iterdir():
        path.unlink()
    again = by_seed(InProcess(), tasks(10), store, Singly(workers.noted))
    assert {int(path.name.split("-")[0]) for path in mark.iterdir()} == set(range(1, 11)) - seeds
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    undisturbed = RunStore(tmp_path / "undisturbed")
    assert len(again) == len(by_seed(InProcess(), tasks(10), undisturbed))
    for path in undisturbed.root.glob("*/*.npz"):
        assert (store.root / path.relative_to(undisturbed.root)).read_bytes() == path.read_bytes()


def test_dask_workers_that_do_not_see_the_store_send_their_runs(dask, store, monkeypatch):
    monkeypatch.setattr(RunStore, "is_here", lambda self: False)
    found = by_seed(DaskCluster(dask, 30), tasks(3), store, MADE_UP)
    assert len(found) == 3
    assert len(list(entries(store))) == 3


@pytest.mark.parametrize("address", ["tls://127.0.0.1:1", "TLS://127.0.0.1:1", "wss://127.0.0.1:1"])
def test_encryption_without_certificates_is_refused_at_once(address, tmp_path):
    pytest.importorskip("distributed")
    import dask

    with pytest.raises(ExecutorRefused, match=r"needs certificates; set distributed\.comm\.tls\.ca-file"):
        DaskCluster(address)
    names = ("ca-file", "client.cert", "client.key")
    none = {f"distributed.comm.tls.{name}": str(tmp_path / "none.pem") for name in names}
    with dask.config.set(none), pytest.raises(ExecutorRefused, match=r"certificates .* cannot be used"):
        DaskCluster(address)


def test_somebody_else_who_listens_there_is_no_scheduler():
    pytest.importorskip("distributed")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ExecutorRefused, match="no Dask scheduler answers"):
            list(run(DaskCluster(address, 0.2), tasks(1), None))


def test_a_cluster_that_is_not_there_is_refused_with_what_to_check(store, monkeypatch):
    pytest.importorskip("distributed")
    with pytest.raises(ExecutorRefused, match=r"tcp://127\.0\.0\.1:9.*dask scheduler"):
        list(run(DaskCluster("tcp://127.0.0.1:9", 0.5), tasks(1), store))
    for address in (
        "foo",
        "",
        "http://127.0.0.1:1",
        "nonsense://x",
        ":8786",
        "tcp://a",
        "a:0",
        "a:65536",
        "inproc://1/2",
    ):
        with pytest.raises(ExecutorRefused, match="no address of a scheduler"):
            DaskCluster(address)
    assert all(DaskCluster(address) for address in ("127.0.0.1:8786", "TCP://node-1:8786", "tcp://[::1]:8786"))

    def missing(name):
        raise ModuleNotFoundError(f"No module named '{name}'")

    monkeypatch.setattr(cluster.importlib, "import_module", missing)
    with pytest.raises(ExecutorRefused, match=r"make install in a checkout, or pip install 'klyngesim\[cluster\]'"):
        list(run(DaskCluster("tcp://127.0.0.1:9"), tasks(1), store))
