"""Where mutants are planted, and which tests can tell: the nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PACKAGE = "src/klyngesim"
STEPS = f"{PACKAGE}/ecosystem/processes"
PLANNING = ("planning", "spending")
MONEY = ("money_in", "cofinancing", "evaluation")
ENGINE_TESTS = ("tests/rules", "tests/reference/test_equal.py")


@dataclass(frozen=True)
class Area:
    """A part of the code.

    Attributes:
        files: patterns below the root of the project.
        apart: files that other areas have.
        tests: files and folders of tests, in the order in which they run.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    apart: tuple[str, ...] = ()

    def sources(self, root: Path) -> list[Path]:
        """The files, relative to the root."""
        found = {path.relative_to(root) for pattern in self.files for path in root.glob(pattern)}
        return sorted(path for path in found if path.stem not in (*self.apart, "__init__"))


AREAS = {
    "rules": Area((f"{STEPS}/*.py",), ENGINE_TESTS, (*PLANNING, *MONEY)),
    "planning": Area(tuple(f"{STEPS}/{name}.py" for name in PLANNING), ENGINE_TESTS),
    "money": Area(
        (
            *(f"{STEPS}/{name}.py" for name in MONEY),
            f"{PACKAGE}/ecosystem/ledger.py",
            f"{PACKAGE}/ecosystem/reference.py",
        ),
        ENGINE_TESTS,
    ),
    "comparison": Area(
        (
            *(f"{PACKAGE}/experiments/{name}.py" for name in ("paired", "windows", "ranking", "breakeven", "verdicts")),
            *(f"{PACKAGE}/experiments/{name}.py" for name in ("contested", "idle")),
            f"{PACKAGE}/results/comparison.py",
        ),
        (
            "tests/experiments/test_paired.py",
            "tests/experiments/test_verdicts.py",
            "tests/experiments/test_windows.py",
            "tests/experiments/test_rests_on.py",
            "tests/experiments/test_claims.py",
            "tests/experiments/test_compare.py",
        ),
    ),
    "value": Area(
        (f"{PACKAGE}/experiments/value.py",),
        (
            "tests/experiments/test_value.py",
            "tests/experiments/test_paired.py",
            "tests/experiments/test_compare.py",
        ),
    ),
    "note": Area(
        (f"{PACKAGE}/report/note*.py", f"{PACKAGE}/report/comparison_data.py", f"{PACKAGE}/report/numbers.py"),
        (
            "tests/report/test_numbers.py",
            "tests/report/test_note_words.py",
            "tests/report/test_note_numbers.py",
            "tests/report/test_note.py",
            "tests/report/test_note_sweep.py",
        ),
    ),
}
"""Areas by name; a sample has as many mutants of each."""
