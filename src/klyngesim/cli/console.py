"""Ways to end a command: wrong input is told on stderr with exit code 2, a failed run with 1."""

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
