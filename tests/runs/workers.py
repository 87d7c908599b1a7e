"""Runs for the tests of executors; ``python -m tests.runs.workers STORE JOBS COUNT`` makes some."""

import errno
import os
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from klyngesim.results.windows import Measured, measure, windows_of
from klyngesim.runs.executors import LocalProcesses
from klyngesim.runs.jobs import Failure
from klyngesim.runs.simulation import run_once
from klyngesim.runs.store import RunStore
from klyngesim.runs.tasks import Task, measured_runs, run_tasks
from klyngesim.scenario.loading import from_mapping, load

SMALL = ["population.scale=0.01", "period.end=2021Q4"]
MARK = "KLYNGESIM_TEST_MARK"
"""Environment variable with a directory in which workers leave what they did."""


def tasks(count, first=1):
    """As many small runs, with ascending seeds."""
    scenario = load("baseline", SMALL)
    windows = windows_of(scenario)
    for seed in range(first, first + count):
        yield Task(RunStore.key(scenario, seed, windows), scenario, seed, windows)


def pairs(count):
    """As many small pairs that part in the third quarter, with ascending seeds."""
    cut = {
        "extends": "baseline",
        "timeline": [{"from": "2021Q4", "announced": "2021Q3", "set": {"grant.budget_factor": 0.5}}],
    }
    scenarios = load("baseline", SMALL), from_mapping(cut, "cut", SMALL)
    windows = windows_of(scenarios[0])
    for seed in range(1, 1 + count):
        for scenario in scenarios:
            yield Task(RunStore.key(scenario, seed, windows), scenario, seed, windows)


@dataclass(frozen=True)
class Singly:
    """Makes the runs of a bundle one by one, by a function of (scenario, seed, windows)."""

    run: Callable

    def __call__(self, bundle):
        for task in bundle:
            try:
                yield task, self.run(task.scenario, task.seed, task.windows)
            except Exception as error:
                yield task, Failure.by(error)


def made_up(scenario, seed, windows):
    """Numbers without a model, none of them round."""
    numbers = np.random.default_rng(seed).normal(size=(1, 3, 4))
    numbers[0, 0, 0] = np.nan
    return Measured(numbers, numbers[..., None], numbers[0], numbers)


def third_fails(scenario, seed, windows):
    """Seed 3 raises."""
    if seed == 3:
        raise ArithmeticError("three does not work")
    return made_up(scenario, seed, windows)


def third_kills(scenario, seed, windows):
    """Seed 3 ends its process, every time."""
    if seed == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return made_up(scenario, seed, windows)


def run(executor, given, store, measured=measured_runs):
    """Keys and outcomes of tasks, with the executor's context around them."""
    with executor:
        yield from run_tasks(given, store, executor, measured)


def dies_at_first(folder, times, number):
    """A number; number 2 comes back after its process has died so many times; every attempt leaves a file."""
    attempt = len(list(folder.glob(f"{number}-*")))
    (folder / f"{number}-{attempt}").touch()
    if number == 2 and attempt < times:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def stops_half_way_through_its_result(mark):
    """Nothing, of which only half is ever handed back: a process that is killed while it writes."""

    def half(connection, data):
        connection._send(struct.pack("!i", 2 * len(data)) + bytes(data))
        mark.touch()
        time.sleep(600)

    Connection._send_bytes = half


def third_waits(scenario, seed, windows):
    """Seed 3 tells who it is and waits to be killed, the first time."""
    mark = Path(os.environ[MARK]) / "waiting"
    if seed == 3 and not mark.exists():
        mark.with_name("new").write_text(str(os.getpid()))
        mark.with_name("new").rename(mark)
        time.sleep(600)
    return made_up(scenario, seed, windows)


def full_disk_here(*_):
    """In place of a call of the operating system."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def noted(scenario, seed, windows):
    """A real run that leaves its seed, and process, among the marks."""
    with (Path(os.environ[MARK]) / f"{seed}-{os.getpid()}").open("a") as file:
        file.write("x")
    return measure(run_once(scenario, seed), windows)


def cut_kills(scenario, seed, windows):
    """The variant of seed 2 ends its process, every time."""
    if seed == 2 and scenario.name == "cut":
        os.kill(os.getpid(), signal.SIGKILL)
    return made_up(scenario, seed, windows)


if __name__ == "__main__":
    place, jobs, count = sys.argv[1:]
    for key, _ in run(LocalProcesses(int(jobs)), tasks(int(count)), RunStore(Path(place)), Singly(noted)):
        print(key, flush=True)
