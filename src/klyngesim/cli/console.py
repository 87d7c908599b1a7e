"""What a command says on stderr: notes, wrong input (exit code 2), a failed run (exit code 1)."""

from collections.abc import Iterable
from typing import NoReturn

import typer

FAILED = 1
REFUSED = 2


def refuse(message: str) -> NoReturn:
    """Say what is wrong with the input and end with exit code 2."""
    typer.echo(message, err=True)
    raise typer.Exit(REFUSED)


def fail(message: str) -> NoReturn:
    """Say what went wrong on the way and end with exit code 1."""
    typer.echo(message, err=True)
    raise typer.Exit(FAILED)


def note(sentences: Iterable[str]) -> None:
    """Say what a user has to know, each sentence once; the command goes on."""
    for sentence in dict.fromkeys(sentences):
        typer.echo(f"Note: {sentence}", err=True)
