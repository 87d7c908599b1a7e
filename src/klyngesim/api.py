"""What programs import from `klyngesim`: scenarios, runs, comparisons, sweeps, and their results as pandas.

Every function leaves the files that the command of its name leaves, in a directory that is asked for with ``out`` or
goes with the results. `docs/api.md` says what is stable.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.errors import WorkError
from klyngesim.posterior import central_in_force
from klyngesim.results.opened import Results
from klyngesim.results.versions import package_version
from klyngesim.runs.replicates import execute
from klyngesim.scenario import loading
from klyngesim.scenario.schema import Scenario

__all__ = ["Ecosystem", "Results", "Scenario", "__version__", "load", "open_results", "run"]

__version__ = package_version()

Source = str | PathLike[str]
"""A shipped scenario's name, or the path of a scenario file."""
Settings = Mapping[str, object] | Iterable[str]
"""What holds whatever the files say: values by path, or texts ``PATH=VALUE`` as after ``--set``."""


def load(source: Source, settings: Settings = ()) -> Scenario:
    """A scenario with everything that it extends; what a user has to know of it is a Python warning.

    Raises:
        ScenarioFaults: with every fault of every file; a ValueError.
    """
    scenario = loading.load(source, _texts(settings))
    for told in scenario.warnings:
        warnings.warn(told, stacklevel=2)
    return scenario


def run(
    scenario: Source | Scenario,
    *,
    seed: int | None = None,
    replicates: int | None = None,
    settings: Settings = (),
    jobs: int = 1,
    out: Source | None = None,
) -> Results:
    """Simulates a scenario, as ``klyngesim run --attribution 0 --no-figures`` does.

    Args:
        scenario: what `load` takes, or a loaded one, which has seeds and settings.
        seed: of the first replicate; the scenario's if None.
        replicates: runs, one a seed; the scenario's if None.
        settings: what holds whatever the files say.
        jobs: processes; results do not depend on it.
        out: new directory for the files; None = one that goes with the results.

    Raises:
        ScenarioFaults: the scenario or a setting is wrong.
        WorkError: no run was finished. Where some were, a warning says how many are missing.
    """
    own = {key: value for key, value in (("seed", seed), ("replicates", replicates)) if value is not None}
    if not isinstance(scenario, Scenario):
        scenario = load(scenario, [*_texts(settings), *_texts(own)])
    elif own or settings:
        raise ValueError("a loaded scenario has its settings: load(source, {'seed': 1, 'replicates': 2})")
    directory, temporary = _place(out)
    done = execute(scenario, directory, jobs, calibrated=central_in_force(scenario.values))
    reasons = "; ".join(f"seed {made.seed}: {failure.reason}" for made, failure in done.failures)
    if done.directory is None or done.aggregates.n == 0:
        raise WorkError(f"{scenario.name}: no run was finished: {reasons}")
    if done.failures:
        warnings.warn(f"{scenario.name}: {len(done.failures)} runs failed: {reasons}", stacklevel=2)
    return Results(done.directory, temporary)


def open_results(directory: Source) -> Results:
    """The tables of a finished directory.

    Raises:
        InputError: it is none of a run, a comparison or a sweep, or of another version; a ValueError.
    """
    return Results(Path(directory))


def _texts(settings: Settings) -> list[str]:
    """Settings as after ``--set``."""
    if isinstance(settings, str):
        raise TypeError("settings are values by path, or a list of texts: settings=['fees.level=2']")
    if isinstance(settings, Mapping):
        return [f"{path}={value}" for path, value in settings.items()]
    return list(settings)


def _place(out: Source | None) -> tuple[Path, tempfile.TemporaryDirectory[str] | None]:
    """Where files go, and what holds that place where nobody asked for one."""
    if out is not None:
        return Path(out), None
    temporary = tempfile.TemporaryDirectory(prefix="klyngesim-", ignore_cleanup_errors=True)
    return Path(temporary.name) / "results", temporary
