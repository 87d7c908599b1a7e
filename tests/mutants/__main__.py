"""Plants mutants one at a time, runs the tests that can tell, and prints what survived: `make mutants`.

The project's files stay as they are: mutants are planted in copies of them in a temporary directory.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.mutants.areas import AREAS
from tests.mutants.candidates import sample
from tests.mutants.equivalent import reason
from tests.mutants.faults import Fault, Mutant
from tests.mutants.named import named

ROOT = Path(__file__).resolve().parents[2]
RESULTS = {"runs", "dist", "build"}
"""Directories beside the source that no test needs."""
PATIENCE = 5
"""Times what tests take without a fault after which they count as hanging, which nobody would overlook."""


def main() -> int:
    """Plants a sample and the named faults, and prints the share that was caught."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    asked.add_argument("--number", type=int, default=60, help="mutants in the sample (60)")
    asked.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="of the sample (the clock)")
    asked.add_argument("--areas", nargs="+", choices=AREAS, default=list(AREAS), help="where the sample is drawn (all)")
    asked.add_argument("--workers", type=int, default=2, help="faults tried at a time (2)")
    asked.add_argument("--only", choices=("sample", "named"), help="leave the other out")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = Copies(Path(folder), given.workers)
        faults = [] if given.only == "named" else sample(copies.original, given.areas, given.number, given.seed)
        print(f"{len(faults)} mutants with seed {given.seed}", flush=True)
        faults += [] if given.only == "sample" else named(copies.original)
        survived = plant(faults, copies, given.workers)
    return report(len(faults), survived)


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


def plant(faults: list[Fault], copies: Copies, workers: int) -> list[Fault]:
    """Tries every fault; returns those that no test noticed."""
    survived, begun = [], time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        suites = sorted({AREAS[fault.area].tests for fault in faults})
        for tests, passed in zip(suites, pool.map(copies.unharmed, suites), strict=True):
            if not passed:
                raise SystemExit(f"These tests fail without any mutant: python -m pytest {' '.join(tests)}")
        jobs = {pool.submit(copies.passes, AREAS[fault.area].tests, fault.places): fault for fault in faults}
        for done, job in enumerate(as_completed(jobs), 1):
            fault, unnoticed = jobs[job], job.result()
            survived += [fault] if unnoticed else []
            left = (time.monotonic() - begun) / done * (len(jobs) - done) / 60.0
            where = f"{fault.places[0].path}:{fault.places[0].line}"
            print(f"{done}/{len(jobs)} {'SURVIVED' if unnoticed else 'caught'} {where} {fault.title}", end="")
            print(f" ({left:.0f} min left)", flush=True)
    return survived


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


def report(number: int, survived: list[Fault]) -> int:
    """Prints what survived and both shares: of all, and without those known to change nothing."""
    same = 0
    for fault in survived:
        why = [reason(one) for one in fault.places]
        same += all(why)
        for one, known in zip(fault.places, why, strict=True):
            print(f"\n{one.path}:{one.line}{f'  (changes nothing: {known})' if known else ''}", end="")
            print(f"\n- {one.before}\n+ {one.after}")
    caught = number - len(survived)
    print(f"\n{share(caught, number)} caught")
    if same:
        print(f"{share(caught, number - same)} without the {same} that change nothing")
    return int(len(survived) > same)


def share(part: int, whole: int) -> str:
    """Such as ``57 of 60 (95 %)``."""
    return f"{part} of {whole} ({100.0 * part / max(1, whole):.0f} %)"


if __name__ == "__main__":
    raise SystemExit(main())
