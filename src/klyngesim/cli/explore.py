"""``klyngesim explore``: a page with sliders that opens without a network, made of a sweep with levers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli.console import (
    JobsOption,
    KeptOption,
    Language,
    QuietOption,
    compile_model,
    ending,
    note,
    progress_line,
)

if TYPE_CHECKING:
    from klyngesim.explorer.explored import Explored
    from klyngesim.explorer.plan import Plan
    from klyngesim.runs.jobs import Executor, Progress
    from klyngesim.runs.store import RunStore


def explore(
    file: Annotated[Path, typer.Argument(metavar="SWEEP", help="A sweep file with levers, see scenarios/sweeps/.")],
    lang: Annotated[Language, typer.Option("--lang", help="Language of the page.")] = Language.en,
    jobs: JobsOption = None,
    store: KeptOption = None,
    out: Annotated[Path | None, typer.Option(help="New directory; default: runs/explore-NAME-LANG.")] = None,
    quiet: QuietOption = False,
) -> None:
    """Make a page to explore: levers as sliders, what they change year by year, and how sure that is.

    One HTML file that opens by double click, without a network. Runs that are in the store are not made again:
    stopped or killed at any point, the same command goes on where it was, and the other language takes none.
    """
    from klyngesim.runs.pool import limit_threads, usable_cores

    limit_threads()  # before anything imports numpy
    from klyngesim.runs.directory import Place, free_name
    from klyngesim.runs.executors import local
    from klyngesim.runs.store import DEFAULT, RunStore

    place_of_runs = store or DEFAULT
    with ending():
        from klyngesim.explorer.plan import read_plan

        plan = read_plan(file)
        note(plan.sweep.warnings)
        place = Place(out or free_name(Path("runs") / f"explore-{plan.sweep.file.name}-{lang.value}"))
    kept = f"finished runs are kept in {place_of_runs}"
    ends = ending(f"Stopped; {kept}, and the same command goes on from there.", f"; {kept}")
    with ends, place.writing() as partial, RunStore(place_of_runs) as runs:
        from klyngesim.explorer.page import PAGE, write

        compile_model(quiet)
        with local(jobs or usable_cores()) as executor:
            found = _explored(plan, runs, executor, quiet)
        write(partial, found, lang.value)
    _tell(found)
    typer.echo(f"Page:    {place.path / PAGE}")


def _explored(plan: "Plan", store: "RunStore", executor: "Executor", quiet: bool) -> "Explored":
    from klyngesim.explorer.explored import explore as made
    from klyngesim.runs.jobs import Progress

    done = 0
    with progress_line("runs", plan.runs, quiet) as show:

        def count(progress: "Progress") -> None:
            nonlocal done
            done += 1
            if show is not None:
                show(Progress(min(done, plan.runs), progress.failed, plan.runs))

        on_progress: Callable[[Progress], None] = count
        return made(plan, store, executor, on_progress)


def _tell(found: "Explored") -> None:
    """How the surrogates do at held-out points; what the page shows in grey goes to stderr."""
    for row in found.validation:
        inside = f"{row.coverage:.0%} of {row.points} held-out points in the band"
        typer.echo(f"{row.indicator}: {row.kind}, R2 {row.r2:.2f}, {inside}")
    grey = [row.indicator for row in found.validation if not row.followed]
    if grey:
        note([f"grey on the page, for the surrogate explains less than 80 %: {', '.join(grey)}; more samples may help"])
    failed = [*found.pairs.failures, *found.held_out.failures]
    if failed:
        note([f"{len(failed)} points are left out, for a run of theirs failed; the first: {failed[0]}"])
