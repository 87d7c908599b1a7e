"""``python -m tests.runs.held_objects PAIRS``: what is held in memory after each run of some pairs, in objects.

Unlike memory, which the allocator keeps for later, objects can be counted; in a process of their own, because among
hundreds of tests others come and go while they are counted.
"""

import gc
import json
import sys

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.runs.executors import InProcess
from klyngesim.runs.tasks import run_tasks
from tests.runs.workers import pairs


def held():
    """Blocks that the interpreter holds, without garbage."""
    gc.collect()
    return sys.getallocatedblocks()


if __name__ == "__main__":
    after_runs = [held() for _ in run_tasks(pairs(int(sys.argv[1])), None, InProcess())]
    task = next(iter(pairs(1)))
    before = held()
    world = Ecosystem(task.scenario, task.seed)
    print(json.dumps({"after_runs": after_runs, "of_a_world": held() - before, "alive": world.running}))
