"""Plants mutants one at a time, runs the tests that can tell, and prints what survived: `make mutants`.

The project's files stay as they are: mutants are planted in copies of them in a temporary directory.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.mutants.areas import AREAS
from tests.mutants.candidates import sample
from tests.mutants.copies import Copies
from tests.mutants.equivalent import reason
from tests.mutants.faults import Fault
from tests.mutants.named import named


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
