"""Rows as commands list them, whatever they are of.

They are a table for the eye, or JSON, CSV or Markdown for programs and documents.
"""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from klyngesim.cli.console import Language, screen


class Format(StrEnum):
    """How a listing is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    md = "md"


_WIDEST = 16

FormatOption = Annotated[Format, typer.Option("--format", help="table for reading; json, csv or md with every column.")]


Row = Mapping[str, Any]


def print_rows(
    rows: Sequence[Row], shown: Sequence[str], form: Format, title: str, note: str, lang: Language = Language.en
) -> None:
    """Print rows that all have the same keys; ``shown`` are the columns of the table, others print them all.

    ``title`` and ``note`` head a Markdown listing, ``lang`` is the language of the headings of a table. Empty cells are
    empty text or None.
    """
    if form is Format.json:
        import json

        print(json.dumps([dict(row) for row in rows], indent=2, ensure_ascii=False, allow_nan=False))
    elif form is Format.csv:
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows[0] if rows else shown)
        writer.writerows([_text(value) for value in row.values()] for row in rows)
    elif form is Format.md:
        _print_markdown(rows, title, note)
    else:
        _print_table(rows, shown, lang)


def _print_markdown(rows: Sequence[Row], title: str, note: str) -> None:
    columns = list(rows[0]) if rows else []
    print(f"# {title}\n\n{note}\n")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        cells = (_text(value).replace("|", "\\|").replace("\n", " ") for value in row.values())
        print(f"| {' | '.join(cells)} |")


def _print_table(rows: Sequence[Row], shown: Sequence[str], lang: Language) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    # Without a terminal lines are as long as they need to be: what is cut off cannot be searched.
    wide = not sys.stdout.isatty()
    console = screen(10_000)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in shown:
        # The words at the end of a row get the room that is left on a narrow terminal.
        table.add_column(
            heading(column, lang), overflow="fold", max_width=None if wide or column in ("id", shown[-1]) else _WIDEST
        )
    for row in rows:
        cells = ((column, _text(row[column])) for column in shown)
        table.add_row(*(Text(_called(f"{column} {text}", text, lang)) for column, text in cells))
    console.print(table)


def heading(column: str, lang: Language) -> str:
    """What a column is headed in a table: its key in English, a word in Danish; what no list has stays as it is."""
    return _called(column, column, lang)


def _called(key: str, otherwise: str, lang: Language) -> str:
    from klyngesim.report.labels import catalogue

    known = catalogue("headings.csv")
    return known[key][lang.value] if key in known else otherwise


def _text(value: Any) -> str:
    """A cell as text: nothing for None, ids separated by spaces, numbers that read back the same."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(f"{key}={item}" for key, item in value.items())
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
