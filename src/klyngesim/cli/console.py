"""What a command says: tables on stdout; notes, wrong input (exit code 2) and failures (exit code 1) on stderr."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from klyngesim.results.drawing import Figures

from klyngesim.errors import FAILED, REFUSED, InputError, WorkError


def screen(width: int = 160) -> "Console":
    """Stdout for tables, ``width`` characters wide where it is no terminal.

    Text comes out as it is written: brackets are no markup, ``:smile:`` is no emoji, numbers have no colours.
    """
    from rich.console import Console

    wide = None if sys.stdout.isatty() else width
    return Console(width=wide, markup=False, emoji=False, highlight=False)


def results(directory: Path, figures: "Figures") -> None:
    """Say where results and figures are, and why there are no figures."""
    if figures.error is not None:
        typer.echo(f"No figures: {figures.error}. The tables are whole.", err=True)
    typer.echo(f"Results: {directory}")
    for path in figures.paths:
        if path.suffix == ".png":
            typer.echo(f"Figure:  {directory / path}")


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
