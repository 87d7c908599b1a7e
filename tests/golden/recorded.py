"""What the results were when they were last meant to change: hashes of every case, in one file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.golden.commands import COMMANDS, hashes_of_command
from tests.golden.runs import RUNS, hashes_of_run

FILE = Path(__file__).parent / "hashes.json"
CASES = (*RUNS, *COMMANDS)

Hashes = dict[str, dict[str, str]]
"""By case and part of its results."""


def make(case: str, jobs: int | None = None) -> dict[str, str]:
    """The hashes of a case as the code makes them now; ``jobs`` processes instead of its own number."""
    if case in RUNS:
        return hashes_of_run(case)
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        return hashes_of_command(case, Path(folder), jobs or COMMANDS[case])


def read() -> Hashes:
    """The recorded hashes."""
    found: Hashes = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def as_text(hashes: Hashes) -> str:
    """The file's text: sorted, a line for each hash."""
    return json.dumps(hashes, indent=1, sort_keys=True) + "\n"


def moved(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Parts whose hashes differ, or that only one of the two has."""
    return [part for part in sorted(before.keys() | now.keys()) if before.get(part) != now.get(part)]
