"""What programs import from `klyngesim`: scenarios, runs, comparisons, sweeps, and their results as pandas.

Every function leaves the files that the command of its name leaves, in a directory that is asked for with ``out`` or
goes with the results. `docs/api.md` says what is stable.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path

from klyngesim.comparisons.draws import OVER, TENABLE, seeds_of
from klyngesim.comparisons.files import write as write_comparison
from klyngesim.comparisons.pairs import opened
from klyngesim.comparisons.parts import make
from klyngesim.comparisons.plan import Asked, until_the_usual_end
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.errors import InputError, WorkError
from klyngesim.explorer.explored import explore as explored
from klyngesim.explorer.page import write as write_page
from klyngesim.explorer.plan import read_plan
from klyngesim.posterior import central_in_force
from klyngesim.report.numbers import LANGUAGES
from klyngesim.results.opened import Results
from klyngesim.results.versions import package_version
from klyngesim.runs.directory import Place
from klyngesim.runs.executors import local
from klyngesim.runs.replicates import execute
from klyngesim.runs.store import DEFAULT, RunStore
from klyngesim.scenario import loading
from klyngesim.scenario.merging import warnings_of
from klyngesim.scenario.schema import Scenario
from klyngesim.sweeps.file import read_sweep
from klyngesim.sweeps.runs import design_of, require_points, run_sweep
from klyngesim.sweeps.tables import write as write_sweep

__all__ = [
    "Ecosystem",
    "Results",
    "Scenario",
    "__version__",
    "compare",
    "explore",
    "load",
    "open_results",
    "run",
    "sweep",
]

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


def compare(
    baseline: Source,
    variants: Source | Sequence[Source],
    *,
    pairs: int = 100,
    over: str = TENABLE,
    breakeven: int = 5,
    parts: int = 5,
    settings: Settings = (),
    jobs: int = 1,
    store: Source | None = None,
    out: Source | None = None,
) -> Results:
    """Compares variants with a baseline, as ``klyngesim compare --no-figures`` does.

    Runs that are in the store are not made again.

    Args:
        baseline: what `load` takes.
        variants: one of the same, or several.
        pairs: most pairs of runs for each variant, at least 2.
        over: ``tenable``, ``posterior``, ``assumed`` or ``central``.
        breakeven: seeds for each strength that is tried; 0 = none.
        parts: pairs that are run again without each part of a variant; 0 = none.
        settings: what holds in all runs.
        jobs: processes; results do not depend on it.
        store: where finished runs are kept; None = the command's.
        out: new directory for the files; None = one that goes with the results.

    Raises:
        InputError: something is wrong with a file, a setting or a number; a ValueError.
    """
    if pairs < 2 or over not in OVER:
        raise InputError(f"pairs={pairs}, over={over!r}; allowed: 2 pairs or more, over one of {', '.join(OVER)}")
    asked = Asked(pairs, min(Asked.at_least, pairs), over, breakeven, 0, parts, Asked.attribution * (pairs >= 4))
    sources = [baseline, *([variants] if isinstance(variants, str | PathLike) else variants)]
    held = until_the_usual_end(_texts(settings))
    templates = opened([os.fspath(one) for one in sources], held, max(seeds_of(over, pairs), breakeven))
    for told in warnings_of(template.scenario for template in templates):
        warnings.warn(told, stacklevel=2)
    directory, temporary = _place(out)
    with RunStore(DEFAULT if store is None else Path(store)) as kept, local(jobs) as executor:
        place = Place(directory)
        with place.writing() as partial:
            made = make(templates, asked, kept, executor)
            write_comparison(partial, made, over, pairs)
    for failure in made.runs.failures:
        warnings.warn(f"a pair was left out: {failure}", stacklevel=2)
    return Results(directory, temporary)


def sweep(file: Source, *, jobs: int = 1, store: Source | None = None, out: Source | None = None) -> Results:
    """Runs a sweep, as ``klyngesim sweep --no-figures`` does; runs that are in the store are not made again.

    Args:
        file: a sweep file.
        jobs: processes; results do not depend on it.
        store: where finished runs are kept; None = the command's.
        out: new directory for the files; None = one that goes with the results.

    Raises:
        InputError: the file is wrong, or a point of its design; with every fault. A ValueError.
    """
    asked = read_sweep(Path(file))
    require_points(asked, str(file))
    for told in asked.warnings:
        warnings.warn(told, stacklevel=2)
    directory, temporary = _place(out)
    with RunStore(DEFAULT if store is None else Path(store)) as kept, local(jobs) as executor:
        place = Place(directory)
        with place.writing() as partial:
            found = run_sweep(asked, design_of(asked), kept, executor)
            write_sweep(partial, found)
    if found.failures:
        warnings.warn(f"{asked.file.name}: {len(found.failures)} of {asked.runs} runs failed", stacklevel=2)
    return Results(directory, temporary)


def explore(
    file: Source, *, lang: str = "en", jobs: int = 1, store: Source | None = None, out: Source | None = None
) -> Results:
    """Makes a page to explore, as ``klyngesim explore`` does; runs that are in the store are not made again.

    Args:
        file: a sweep file with levers and the key ``explore``.
        lang: ``en`` or ``da``, of the page.
        jobs: processes; results do not depend on it.
        store: where finished runs are kept; None = the command's.
        out: new directory for page and tables; None = one that goes with the results.

    Raises:
        InputError: the file is wrong, a point of its design, or the language; with every fault. A ValueError.
        WorkError: runs failed that the page cannot do without.
    """
    if lang not in LANGUAGES:
        raise InputError(f"lang={lang!r}; allowed: {', '.join(LANGUAGES)}")
    plan = read_plan(Path(file))
    for told in plan.sweep.warnings:
        warnings.warn(told, stacklevel=2)
    directory, temporary = _place(out)
    with RunStore(DEFAULT if store is None else Path(store)) as kept, local(jobs) as executor:
        place = Place(directory)
        with place.writing() as partial:
            found = explored(plan, kept, executor)
            write_page(partial, found, lang)
    failed = len(found.pairs.failures) + len(found.held_out.failures)
    if failed:
        warnings.warn(f"{plan.sweep.file.name}: {failed} points are left out, for runs of theirs failed", stacklevel=2)
    return Results(directory, temporary)


def open_results(directory: Source) -> Results:
    """The tables of a finished directory.

    Raises:
        InputError: no run, comparison, sweep or page to explore stands there, or one of another version; a ValueError.
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
