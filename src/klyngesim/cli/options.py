"""Arguments and options that several commands have, each with one meaning and one text of help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from klyngesim.scenario.span import MOST_JOBS, MOST_SEEDS_EACH


class Language(StrEnum):
    """Language of figures, pages and what is printed."""

    en = "en"
    da = "da"


ScenarioArgument = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario file, or a shipped name.")]

JobsOption = Annotated[
    int | None, typer.Option("--jobs", min=1, max=MOST_JOBS, help="Processes; default: one per usable core.")
]

HoldsOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Holds in all runs; repeatable.")
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

LangOption = Annotated[Language, typer.Option("--lang", help="Language of the figures.")]

QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
