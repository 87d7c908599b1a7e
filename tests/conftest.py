"""The order of test files: those that take longest start first, so that all processes end at about the same time."""

import pytest

LONG = (
    "reference/test_equal.py",
    "reference/test_mutations.py",
    "sweeps/test_figures.py",
    "calibration/test_recovers.py",
    "report/test_figures.py",
    "cli/test_sweep.py",
    "runs/test_executors.py",
    "cli/test_compare.py",
    "report/test_note.py",
    "cli/test_again.py",
    "golden/test_golden.py",
    "api/test_api.py",
)
"""Files whose tests take longest together (``pytest --durations=0`` tells), longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts long files first; the others follow in their order."""

    def place(item: pytest.Item) -> int:
        file = item.path.as_posix()
        return next((at for at, name in enumerate(LONG) if file.endswith(name)), len(LONG))

    items.sort(key=place)
