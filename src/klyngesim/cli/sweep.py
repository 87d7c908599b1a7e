"""``klyngesim sweep``: what the answer depends on, over a design of many runs."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klyngesim.cli.console import (
    FiguresOption,
    JobsOption,
    KeptOption,
    LangOption,
    Language,
    QuietOption,
    compile_model,
    ending,
    note,
    refuse,
    results,
)
from klyngesim.cli.summary import word
from klyngesim.errors import FAILED, InputError

if TYPE_CHECKING:
    from klyngesim.results.drawing import Figures
    from klyngesim.runs.jobs import Executor
    from klyngesim.runs.store import RunStore
    from klyngesim.sweeps.file import Sweep
    from klyngesim.sweeps.runs import SweepRuns


def sweep(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sweep file, see scenarios/sweeps/.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would take, by the beginning of a run made for it.")
    ] = False,
    jobs: JobsOption = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on a Dask cluster, e.g. tcp://127.0.0.1:8786.")
    ] = None,
    store: KeptOption = None,
    out: Annotated[Path | None, typer.Option(help="New directory; default: runs/sweep-NAME.")] = None,
    figures: FiguresOption = True,
    lang: LangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Run a sweep of many points and say what the outcome depends on.

    Runs that are in the store are not made again: stopped or killed at any point, the same command goes on where it
    was. A run that fails is noted and the others go on. All faults of the file are named before anything runs.
    """
    from klyngesim.runs.pool import limit_threads, usable_cores

    limit_threads()  # before anything imports numpy
    from klyngesim.runs.directory import Place, free_name
    from klyngesim.runs.store import DEFAULT, RunStore

    workers, place_of_runs = jobs or usable_cores(), store or DEFAULT
    asked, makes = _checked(file, place_of_runs, out, dask, workers, dry_run)
    note(asked.warnings)
    if dry_run:
        with ending():
            _say(asked, 1 if dask else workers, dask is not None, lang)
        return
    ends = ending(*(word(key, lang, place=place_of_runs) for key in ("stopped_kept", "finished_kept")))
    with ends, RunStore(place_of_runs) as runs:
        _note_other_models(runs)
        compile_model(quiet)
        with makes as executor:
            place = Place(out or free_name(Path("runs") / f"sweep-{asked.file.name}"))
            with place.writing() as partial:
                found = _run(asked, runs, executor, quiet)
                drawn = _write(partial, found, lang if figures else None, quiet)
    _tell(found, place.path, lang)
    results(place.path, drawn, lang)
    if found.failures or drawn.error:
        raise typer.Exit(FAILED)


def _checked(
    file: Path, kept: Path, out: Path | None, dask: str | None, jobs: int, dry_run: bool
) -> "tuple[Sweep, Executor]":
    """The sweep and what is to run it, or an end with everything that is in the way at once.

    Points are looked at only where they are to be run: with thousands of them that takes seconds.
    """
    from klyngesim.runs.directory import Place
    from klyngesim.runs.store import RunStore
    from klyngesim.sweeps.file import read_sweep
    from klyngesim.sweeps.runs import require_points

    said: list[str] = []

    def checked(step: Callable[[], Any]) -> Any:
        try:
            return step()
        except InputError as fault:
            said.append(str(fault))

    asked = checked(lambda: read_sweep(file))
    if asked is not None and not dry_run:
        checked(lambda: require_points(asked, str(file)))
    executor = checked(lambda: _executor(dask, jobs))
    # Nothing is made before all is well: only what is there already can be in the way.
    if os.path.lexists(kept):
        checked(lambda: RunStore(kept))
    if out is not None and os.path.lexists(out):
        checked(lambda: Place(out))
    if said:
        refuse("\n".join(said))
    return asked, executor


def _note_other_models(store: "RunStore") -> None:
    """Says that there are runs which are not used, so that nobody wonders why theirs are made again."""
    from klyngesim.runs.store_maintenance import has_other_models

    if has_other_models(store):
        note(
            [
                "the store has runs of another version of the model, which are not used; "
                f"`klyngesim store gc --store {store.root}` removes them"
            ]
        )


def _executor(dask: str | None, jobs: int) -> "Executor":
    from klyngesim.runs.cluster import DaskCluster
    from klyngesim.runs.executors import local

    return DaskCluster(dask) if dask is not None else local(jobs)


def _say(asked: "Sweep", jobs: int, elsewhere: bool, lang: Language) -> None:
    """What a sweep would take."""
    from klyngesim.comparisons.explanation import in_words
    from klyngesim.report.numbers import number
    from klyngesim.sweeps.cost import cost

    def say(key: str, **fill: object) -> None:
        typer.echo(word(f"sweep_{key}", lang, **fill))

    sizes = {"factors": len(asked.factors), "points": asked.points, "scenarios": len(asked.scenarios)}
    say("asked", name=asked.file.name, method=asked.file.method, **sizes)
    names = ", ".join(scenario.name for scenario in asked.scenarios)
    say("runs", runs=asked.runs, seeds=asked.file.replicates, names=names, **sizes)
    for name, why in asked.left_out:
        say("left_out", name=name, why=why)
    sys.stdout.flush()  # what is known is said before anything is timed
    found = cost(asked, jobs)
    where = word("sweep_cluster" if elsewhere else "sweep_processes", lang, n=jobs)
    time, seconds = in_words(found.all_seconds, lang.value), number(found.seconds, lang.value, 2)
    say("time", time=time, where=where, seconds=seconds)
    say("disk", megabytes=number(found.megabytes, lang.value, 0))


def _run(asked: "Sweep", store: "RunStore", executor: "Executor", quiet: bool) -> "SweepRuns":
    from klyngesim.cli.console import progress_line
    from klyngesim.sweeps.runs import design_of, run_sweep

    with progress_line("runs", asked.runs, quiet) as on_progress:
        return run_sweep(asked, design_of(asked), store, executor, on_progress)


def _write(directory: Path, found: "SweepRuns", lang: Language | None, quiet: bool) -> "Figures":
    """Tables, figures and manifest; what came of the figures."""
    from klyngesim.cli.console import share_line
    from klyngesim.results.drawing import Figures, drawn
    from klyngesim.results.manifest import seal
    from klyngesim.sweeps.tables import analyses, write

    with share_line("analysis", analyses(found), quiet) as advance:
        manifest = write(directory, found, advance)
    if lang is None:
        return Figures()
    with share_line("figures", 1.0, quiet) as advance:

        def draw(target: Path) -> list[Path]:
            from klyngesim.sweeps.figures.draw import draw_sweep

            return draw_sweep(target, lang.value, advance)

        figures = drawn(directory, draw, manifest)
    seal(directory, manifest)
    return figures


def _tell(found: "SweepRuns", directory: Path, lang: Language) -> None:
    """What matters most on stdout, what went wrong on stderr."""
    from klyngesim.cli.sweep_summary import print_sweep

    if found.failures:
        (scenario, point, replicate), text = next(iter(sorted(found.failures.items())))
        name = found.sweep.scenarios[scenario].name
        first = {"name": name, "point": point, "seed": found.sweep.file.seed + replicate}
        why = text.strip().splitlines()[-1]
        counts = {"failed": len(found.failures), "runs": found.sweep.runs}
        typer.echo(word("sweep_failed", lang, why=why, **counts, **first), err=True)
    print_sweep(directory, lang)
