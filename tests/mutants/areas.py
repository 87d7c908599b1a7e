"""Where mutants are planted, and which tests can tell: those with known answers, which take seconds.

What only a whole command would show is left to `make test`: the share that is caught here is a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PACKAGE = "src/klyngesim"
STEPS = f"{PACKAGE}/ecosystem/processes"
PLANNING = ("planning", "spending")
MONEY = ("money_in", "cofinancing", "solvency", "evaluation")
ENGINE_TESTS = ("tests/rules", "tests/reference/test_equal.py")

COMPARISON_TESTS = (
    *(
        f"tests/comparisons/test_{name}.py"
        for name in (
            *("differences", "value", "verdicts", "idle", "breakeven", "gains", "rests_on", "claims"),
            *("paths", "tenable"),
        )
    ),
    "tests/results/test_windows.py",
    "tests/report/test_note_settings.py",
)

COMPARED = ("differences", "breakeven", "verdicts", "contested", "gains", "paths", "tenable")
"""Files of what is compared."""


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

    def test_files(self, root: Path) -> tuple[str, ...]:
        """Files of the tests relative to the root, in their order; a folder stands for its files."""
        files: list[Path] = []
        for test in self.tests:
            files += sorted((root / test).glob("test_*.py")) if (root / test).is_dir() else [root / test]
        return tuple(str(path.relative_to(root)) for path in files)


AREAS = {
    "rules": Area((f"{STEPS}/*.py",), ENGINE_TESTS, (*PLANNING, *MONEY)),
    "planning": Area(tuple(f"{STEPS}/{name}.py" for name in PLANNING), ENGINE_TESTS),
    "money": Area(
        (
            *(f"{STEPS}/{name}.py" for name in MONEY),
            f"{PACKAGE}/ecosystem/ledger.py",
            f"{PACKAGE}/ecosystem/bookings.py",
            f"{PACKAGE}/ecosystem/reference.py",
        ),
        ENGINE_TESTS,
    ),
    "comparison": Area(
        (
            *(f"{PACKAGE}/comparisons/{name}.py" for name in COMPARED),
            *(f"{PACKAGE}/results/{name}.py" for name in ("comparison", "windows")),
        ),
        COMPARISON_TESTS,
    ),
    "value": Area((f"{PACKAGE}/comparisons/value.py",), COMPARISON_TESTS),
    "note": Area(
        (
            f"{PACKAGE}/note/*.py",
            f"{PACKAGE}/report/words.py",
            f"{PACKAGE}/report/comparison_data.py",
            f"{PACKAGE}/report/numbers.py",
        ),
        tuple(
            f"tests/report/test_{name}.py"
            for name in (
                "numbers",
                "note_words",
                "note_files",
                "note_cells",
                "note_answer",
                "note_tables",
                "note_settings",
                "note_numbers",
                "footnotes",
                "note_sweep",
            )
        ),
    ),
}
"""Areas by name; a sample has as many mutants of each."""
