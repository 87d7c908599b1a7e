"""``klyngesim runs``: what was run, when, and what came of it."""

from pathlib import Path
from typing import Annotated

import typer

from klyngesim.cli.console import Language, TableLangOption, refuse
from klyngesim.cli.listing import Format, FormatOption, print_rows
from klyngesim.cli.summary import word

RUNS = Path("runs")
"""Where commands leave what was given no other place."""


def runs(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to look.")] = RUNS,
    form: FormatOption = Format.table,
    lang: TableLangOption = Language.en,
) -> None:
    """List what was run.

    Runs, comparisons and sweeps in a directory, newest first: when, what, how it differs, how many runs or pairs, and
    how it ended.
    """
    from klyngesim.report.past_runs import past_runs

    try:
        found = past_runs(folder, lang.value)
    except OSError as error:
        refuse(f"{folder}: {error.strerror}; type the directory that commands have left their results in")
    rows = [
        {
            "when": f"{past.when:%Y-%m-%d %H:%M}",
            "command": past.command,
            "title": past.title,
            "difference": past.difference,
            "pairs": past.pairs,
            "state": past.state,
            "directory": str(past.directory),
        }
        for past in found
    ]
    columns = ("when", "command", "title", "difference", "pairs", "state", "directory")
    if not rows and form is Format.table:
        typer.echo(word("runs_none", lang, folder=folder), err=True)
        return
    print_rows(rows, columns, form, "Runs", f"What was run, in {folder}.", lang)
