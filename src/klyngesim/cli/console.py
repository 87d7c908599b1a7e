"""What commands share: options, progress on stderr, and what they say.

Tables go to stdout; notes, wrong input (exit code 2) and failures (exit code 1) to stderr.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from klyngesim.cli import completion
from klyngesim.errors import FAILED, REFUSED, InputError, WorkError
from klyngesim.scenario.limits import MOST_JOBS, MOST_SEEDS_EACH

if TYPE_CHECKING:
    from rich.console import Console

    from klyngesim.results.drawing import Figures
    from klyngesim.runs.jobs import Progress


def screen(width: int = 160) -> "Console":
    """Stdout for tables, ``width`` characters wide where it is no terminal.

    Text comes out as it is written: brackets are no markup, ``:smile:`` is no emoji, numbers have no colours.
    """
    from rich.console import Console

    wide = None if sys.stdout.isatty() else width
    return Console(width=wide, markup=False, emoji=False, highlight=False)


def results(directory: Path, figures: "Figures", lang: "Language") -> None:
    """Say where results and figures are, and why there are no figures."""
    from klyngesim.cli.summary import word

    if figures.error is not None:
        typer.echo(word("no_figures", lang, why=figures.error), err=True)
    typer.echo(word("results", lang, path=directory))
    for path in figures.paths:
        if path.suffix == ".png":
            typer.echo(word("figure", lang, path=directory / path))


def refuse(message: str) -> NoReturn:
    """Say what is wrong with the input and end with exit code 2."""
    typer.echo(message, err=True)
    raise typer.Exit(REFUSED)


def fail(message: str) -> NoReturn:
    """Say what went wrong on the way and end with exit code 1."""
    typer.echo(message, err=True)
    raise typer.Exit(FAILED)


@contextmanager
def ending(stopped: str = "Stopped.", kept: str = "") -> Iterator[None]:
    """Ends the command where the work inside cannot go on, and says why.

    Args:
        stopped: what to say after Ctrl-C.
        kept: what to add to what went wrong.
    """
    try:
        yield
    except InputError as error:
        refuse(str(error))
    except WorkError as error:
        fail(f"{error}{kept}")
    except KeyboardInterrupt:
        fail(stopped)


def note_unused(settings: Iterable[str], instead: Mapping[str, str]) -> None:
    """Say which settings a command has no use for; ``instead`` says by path what counts in their place."""
    paths = [setting.partition("=")[0].strip() for setting in settings]
    note(f"--set: {path}: takes no effect here; {instead[path]}" for path in paths if path in instead)


def note(sentences: Iterable[str]) -> None:
    """Say what a user has to know, each sentence once; the command goes on."""
    for sentence in dict.fromkeys(sentences):
        typer.echo(f"Note: {sentence}", err=True)


@contextmanager
def progress_line(what: str, total: int, quiet: bool) -> "Iterator[Callable[[Progress], None] | None]":
    """A function that shows progress while the context lasts; None with ``quiet`` or without a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, rate="")

        def show(progress: "Progress") -> None:
            failed = f", {progress.failed} failed" if progress.failed else ""
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = f"{progress.done / elapsed:.2g} runs/s{failed}" if elapsed else ""
            bar.update(task, completed=progress.done, rate=rate)

        yield show


@contextmanager
def share_line(what: str, total: float, quiet: bool) -> "Iterator[Callable[[float], None]]":
    """A function to call with parts that are done; it shows their share of ``total`` and the time left.

    Nothing is shown with ``quiet`` or without a terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("left"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


def compile_model(quiet: bool) -> None:
    """Compiles the model if this version has not been yet, which takes one to two minutes, and shows how far it is.

    Ends the command where that cannot be done.
    """
    try:
        from klyngesim.compiled import CACHE, HOME, STAYS
    except ImportError as error:
        fail(str(error))
    from klyngesim.ecosystem.compiling import compile_loops, is_compiled

    if not STAYS:
        why = f"{HOME} cannot be written: the model is compiled anew by every command, for one to two minutes"
        note([f"{why}; set NUMBA_CACHE_DIR to a directory that can be written"])
    if is_compiled():
        return
    try:
        with share_line("Compiling the model, once for this version", 1.0, quiet) as advance:
            compile_loops(advance)
    except OSError as error:
        fail(f"{CACHE}: {error.strerror}; compiled code needs some 20 MB there")


class Language(StrEnum):
    """Language of figures, pages and what is printed."""

    en = "en"
    da = "da"


ScenarioArgument = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="A scenario file, or a shipped name.", autocompletion=completion.scenarios),
]

JobsOption = Annotated[
    int | None, typer.Option("--jobs", min=1, max=MOST_JOBS, help="Processes; default: one per usable core.")
]

HoldsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Holds in all runs; repeatable.",
        autocompletion=completion.settings,
    ),
]
"""Settings of commands that run more than the scenario as it is."""

KeptOption = Annotated[
    Path | None,
    typer.Option("--store", help="Directory of finished runs, made once and used again; default: runs/store."),
]

AttributionOption = Annotated[
    int | None,
    typer.Option(
        "--attribution",
        min=0,
        max=MOST_SEEDS_EACH,
        metavar="SEEDS",
        help="Seeds that tell why the (first) scenario moves, up to four runs each; default: 4 beside 4 seeds or more.",
    ),
]
ATTRIBUTED = 4
"""Seeds that tell apart why a scenario moves, unless asked otherwise."""


def attributed(asked: int | None, seeds: int) -> int:
    """Seeds that tell why a scenario moves: a command with fewer seeds of its own is not made to wait for them."""
    return asked if asked is not None else ATTRIBUTED * (seeds >= ATTRIBUTED)


FiguresOption = Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figures.")]

LangOption = Annotated[Language, typer.Option("--lang", help="Language of the figures and of what is printed.")]

TableLangOption = Annotated[Language, typer.Option("--lang", help="Language of what is printed.")]

QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
