"""Progress lines of a command: how much is done and the time left, on stderr and only for somebody who watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from klyngesim.runs.jobs import Progress


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
    """Compiles the model if this version has not been yet, which takes about a minute, and shows how far it is.

    Ends the command where that cannot be done.
    """
    from klyngesim.cli.console import fail, note

    try:
        from klyngesim.compiled import CACHE, HOME, STAYS
    except ImportError as error:
        fail(str(error))
    from klyngesim.ecosystem.compiling import compile_loops, is_compiled

    if not STAYS:
        why = f"{HOME} cannot be written: the model is compiled anew by every command, which takes about a minute"
        note([f"{why}; set NUMBA_CACHE_DIR to a directory that can be written"])
    if is_compiled():
        return
    try:
        with share_line("Compiling the model, once for this version", 1.0, quiet) as advance:
            compile_loops(advance)
    except OSError as error:
        fail(f"{CACHE}: {error.strerror}; compiled code needs some 20 MB there")
