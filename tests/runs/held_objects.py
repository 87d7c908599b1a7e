"""``python -m tests.runs.held_objects PAIRS``: what is held in memory after each run of some pairs.

Unlike the memory of a process, which the allocator keeps for later, two things can be counted: the models that are
alive, and the bytes that objects and arrays take. In a process of its own, because among hundreds of tests others come
and go while they are counted.
"""

import gc
import itertools
import json
import sys
import tracemalloc

import mesa

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.runs.executors import InProcess
from klyngesim.runs.tasks import run_tasks
from tests.runs.workers import pairs


def held() -> tuple[int, int]:
    """Models that are alive, and the bytes allocated since counting began, both without garbage."""
    gc.collect()
    return sum(isinstance(one, mesa.Model) for one in gc.get_objects()), tracemalloc.get_traced_memory()[0]


if __name__ == "__main__":
    given = pairs(int(sys.argv[1]))
    list(
        run_tasks(itertools.islice(given, 2), None, InProcess())
    )  # reads compiled loops, slowly while they are counted
    tracemalloc.start()
    after_runs = [held() for _ in run_tasks(given, None, InProcess())]
    task = next(iter(pairs(1)))
    _, before = held()
    world = Ecosystem(task.scenario, task.seed)
    with_world = held()
    of_a_world = {"models": with_world[0], "bytes": with_world[1] - before, "running": world.running}
    print(json.dumps({"after_runs": after_runs, "of_a_world": of_a_world}))
