"""Times a sweep of 600 runs from the command to its tables: ``python benchmarks/sweep.py``."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

SWEEP = """title: {en: Timed sweep, da: Tidstaget sweep}
scenario: [baseline, r3-ten-years, r4-demand-125]
method: lhs
samples: 200
parameters: [trust.gain, match.base]
outcomes: [members]
set: [population.scale=0.1]
"""
RUNS = 600


def main() -> None:
    """Prints the wall time of the sweep and its runs a second."""
    with tempfile.TemporaryDirectory(prefix="klyngesim-sweep-") as folder:
        file = Path(folder) / "timed.yaml"
        file.write_text(SWEEP, encoding="utf-8")
        places = ["--store", str(Path(folder) / "store"), "--out", str(Path(folder) / "out")]
        command = [sys.executable, "-m", "klyngesim", "sweep", str(file), *places, "--no-figures", "--quiet"]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    print(f"{RUNS} runs in {seconds:.1f} s: {RUNS / seconds:.1f} runs a second")


if __name__ == "__main__":
    main()
