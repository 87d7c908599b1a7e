"""The order of test files, the processes of commands, and compiling the model once: by the first that needs it."""

import fcntl
from functools import cache

import pytest

FIRST = "reference/test_equal.py"
"""A long file (``pytest --durations=0`` tells) that needs the model; the process that gets it compiles it."""
WITHOUT_MODEL = ("sweeps/test_figures.py", "report/test_figures.py", "calibration/test_recovers.py")
"""Long files that run no model: they come next, and wait for no compiler."""
LONG = (
    "runs/test_executors.py",
    "reference/test_mutations.py",
    "report/test_note.py",
    "golden/test_golden.py",
    "cli/test_languages.py",
    "cli/test_sweep.py",
    "cli/test_compare.py",
    "cli/test_interruption.py",
    "report/test_note_agrees.py",
    "docs/test_readme.py",
    "bookkeeping/test_extremes.py",
    "cli/test_report.py",
    "drift/test_funnel.py",
)
"""The next long files, longest first: files that start late and take long leave other processes idle at the end."""
ORDER = (FIRST, *WITHOUT_MODEL, *LONG)
QUICK = ("evidence", "results", "rules", "static", "streams")
"""Folders of ``make quick``, quick in a new checkout too: the few loops that they call compile by themselves."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts long files first; the others follow in their order."""
    items.sort(key=lambda item: ORDER.index(_name(item)) if _name(item) in ORDER else len(ORDER))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Compiles the model if this version has not been yet; one process does, and those that need it wait."""
    if _name(item) not in WITHOUT_MODEL and item.path.parent.name not in QUICK:
        _compile()


@pytest.fixture(scope="session", autouse=True)
def one_process():
    """A command that is given no number of processes takes one, where it would take one for each core.

    Each process that it starts imports libraries and reads compiled loops for seconds, often longer than the small runs
    of tests take. Tests of what several processes do say how many.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("klyngesim.runs.pool.usable_cores", lambda: 1)
        yield


@cache
def _compile() -> None:
    """Compiles it, or waits for the process that does."""
    from klyngesim.cli.console import compile_model
    from klyngesim.compiled import CACHE

    with (CACHE / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        compile_model(quiet=True)


def _name(item: pytest.Item) -> str:
    """Folder and file of a test."""
    return "/".join(item.path.parts[-2:])
