"""A pool that is left by an exception ends, whatever its processes are doing."""

import subprocess
import sys

from tests.cli.commands import environment

SCRIPT = """
import time
from pathlib import Path

from klyngesim.runs.pool import WorkerPool
from tests.runs.workers import stops_half_way_through_its_result

if __name__ == "__main__":
    with WorkerPool(1) as pool:
        pool.submit(stops_half_way_through_its_result, Path("half"))
        while not Path("half").exists():
            time.sleep(0.02)
        time.sleep(0.2)
        raise KeyboardInterrupt
"""


def test_the_other_half_of_a_result_is_not_waited_for(tmp_path):
    (tmp_path / "leave.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "leave.py"]
    left = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment(), timeout=120)
    assert left.returncode != 0 and "KeyboardInterrupt" in left.stderr
