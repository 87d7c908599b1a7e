"""``klyngesim explore``: a page with sliders that opens without a network, made of a sweep with levers."""

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
from klyngesim.cli.summary import word

if TYPE_CHECKING:
    from klyngesim.explorer.explored import Explored
    from klyngesim.explorer.plan import Plan
    from klyngesim.runs.jobs import Executor, Progress
    from klyngesim.runs.store import RunStore


def explore(
    file: Annotated[Path, typer.Argument(metavar="SWEEP", help="A sweep file with levers, see scenarios/sweeps/.")],
    lang: Annotated[
        Language, typer.Option("--lang", help="Language of the page and of what is printed.")
    ] = Language.en,
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
    ends = ending(*(word(key, lang, place=place_of_runs) for key in ("stopped_kept", "finished_kept")))
    with ends, place.writing() as partial, RunStore(place_of_runs) as runs:
        from klyngesim.explorer.page import PAGE, write

        compile_model(quiet)
        with local(jobs or usable_cores()) as executor:
            found = _explored(plan, runs, executor, quiet)
        write(partial, found, lang.value)
    _tell(found, lang)
    typer.echo(word("page", lang, path=place.path / PAGE))


def _explored(plan: "Plan", store: "RunStore", executor: "Executor", quiet: bool) -> "Explored":
    from klyngesim.explorer.explored import explore as made
    from klyngesim.runs.jobs import Progress

    before, last = 0, Progress(0, 0, 0)
    with progress_line("runs", plan.runs, quiet) as show:

        def count(progress: "Progress") -> None:
            nonlocal before, last
            if progress.done < last.done:  # the next part has begun
                before += last.total
            last = progress
            if show is not None:
                show(Progress(before + progress.done, progress.failed, plan.runs))

        return made(plan, store, executor, count)


def _tell(found: "Explored", lang: Language) -> None:
    """How the surrogates do at held-out points; what the page shows in grey goes to stderr."""
    from klyngesim.report.labels import catalogue
    from klyngesim.report.numbers import number, percent
    from klyngesim.report.words import label

    for row in found.validation:
        kind = catalogue("explore.csv")[f"kind_{row.kind.replace(' ', '_')}"][lang.value]
        sizes = {"r2": number(row.r2, lang.value, 2), "share": percent(row.coverage, lang.value), "points": row.points}
        typer.echo(word("explore_row", lang, indicator=label(row.indicator, lang.value), kind=kind, **sizes))
    grey = [label(row.indicator, lang.value) for row in found.validation if not row.followed]
    if grey:
        note([word("explore_grey", lang, names=", ".join(grey))])
    failed = [*found.pairs.failures, *found.held_out.failures]
    if failed:
        note([word("explore_failed", lang, n=len(failed), first=failed[0])])
