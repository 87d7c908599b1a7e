"""Copies of the project in which mutants are planted, so that its own files stay as they are."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.mutants.faults import Mutant

ROOT = Path(__file__).resolve().parents[2]
RESULTS = {"runs", "dist", "build"}
"""Directories beside the source that no test needs."""
PATIENCE = 5
"""Times what tests take without a fault after which they count as hanging, which nobody would overlook."""


def left_out(folder: str, names: list[str]) -> set[str]:
    """What is not copied: caches anywhere, and results beside the source (a package may have the same name)."""
    caches = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis")(folder, names)
    return caches | (RESULTS.intersection(names) if Path(folder) == ROOT else set())


class Copies:
    """Copies of the project: one as it was at the start, and one for every worker.

    Args:
        folder: where they lie.
        workers: how many are needed at a time.
    """

    def __init__(self, folder: Path, workers: int) -> None:
        self.original = Path(shutil.copytree(ROOT, folder / "original", ignore=left_out))
        self._seconds: dict[tuple[str, ...], float] = {}
        self._free: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(workers):
            self._free.put(Path(shutil.copytree(self.original, folder / str(number))))
        self._planted = 0

    def unharmed(self, tests: tuple[str, ...]) -> bool:
        """Whether tests pass without a fault; how long they take is kept."""
        begun = time.monotonic()
        passed = self.passes(tests)
        self._seconds[tests] = time.monotonic() - begun
        return passed

    def passes(self, tests: tuple[str, ...], places: tuple[Mutant, ...] = ()) -> bool:
        """Whether tests pass with a fault in some places, which are put back afterwards."""
        tree = self._free.get()
        try:
            for one in places:
                self._put(tree / one.path, one.code)
            return run(tree, tests, PATIENCE * self._seconds[tests] if places else None) == 0
        finally:
            for one in places:
                shutil.copy2(self.original / one.path, tree / one.path)
            self._free.put(tree)

    def _put(self, path: Path, code: str) -> None:
        path.write_text(code, encoding="utf-8")
        # Python knows a compiled file by size and second: every mutant gets a second of its own.
        self._planted += 1
        os.utime(path, (self._planted, self._planted))


def run(tree: Path, tests: tuple[str, ...], seconds: float | None) -> int:
    """Exit code of tests in a copy of the project; they stop at the first failure."""
    settings = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")} | {"MPLBACKEND": "Agg"}
    environment = {**os.environ, **settings, "PYTHONPATH": str(tree / "src")}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode
