"""Peak memory of a command: ``python -m klyngesim.experiments.peak COMMAND...`` prints it in bytes.

A process starts with the peak of the process that started it, so a large caller would see its own size. This module
imports next to nothing and stands in between.
"""

from __future__ import annotations

import resource
import subprocess
import sys


def main(command: list[str]) -> int:
    """Runs the command, prints the largest resident size of it and its children, returns its exit code."""
    code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(peak if sys.platform == "darwin" else peak * 1024)  # macOS counts bytes, others KiB
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
