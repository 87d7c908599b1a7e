"""What the package knows, listed: parameters, levers, indicators, and the JSON Schema.

Rows are a table for the eye, or JSON, CSV or Markdown for programs and documents.
"""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klyngesim.cli.console import screen

if TYPE_CHECKING:
    from klyngesim.scenario.parameters import Parameter, Registry


class Format(StrEnum):
    """How a listing is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    md = "md"


_WIDEST = 16

FormatOption = Annotated[Format, typer.Option("--format", help="table for reading; json, csv or md with every column.")]


Row = Mapping[str, Any]


def print_rows(rows: Sequence[Row], shown: Sequence[str], form: Format, title: str, note: str) -> None:
    """Print rows that all have the same keys; ``shown`` are the columns of the table, others print them all.

    ``title`` and ``note`` head a Markdown listing. Empty cells are empty text or None.
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
        _print_table(rows, shown)


def _print_markdown(rows: Sequence[Row], title: str, note: str) -> None:
    columns = list(rows[0]) if rows else []
    print(f"# {title}\n\n{note}\n")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        cells = (_text(value).replace("|", "\\|").replace("\n", " ") for value in row.values())
        print(f"| {' | '.join(cells)} |")


def _print_table(rows: Sequence[Row], shown: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    # Without a terminal lines are as long as they need to be: what is cut off cannot be searched.
    wide = not sys.stdout.isatty()
    console = screen(10_000)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in shown:
        # The words at the end of a row get the room that is left on a narrow terminal.
        table.add_column(column, overflow="fold", max_width=None if wide or column in ("id", shown[-1]) else _WIDEST)
    for row in rows:
        table.add_row(*(Text(_text(row[column])) for column in shown))
    console.print(table)


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


def schema() -> None:
    """Print the JSON Schema.

    An editor completes and checks scenario files with it.
    """
    import json

    from klyngesim.scenario.schema import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False, allow_nan=False))


def indicators(form: FormatOption = Format.table) -> None:
    """List the indicators.

    What a run reports: unit, how it adds up, where the report speaks of it, and what is counted.
    """
    from dataclasses import asdict

    from klyngesim.results.indicators import INDICATORS

    print_rows(
        [asdict(item) for item in INDICATORS],
        shown=("id", "unit", "kind", "label_en", "definition"),
        form=form,
        title="Indicators",
        note="Written by `klyngesim indicators --format md`. A year of a flow is the sum of its quarters, of a "
        "stock the last quarter, of a yearly indicator the value at Q4, of a share the mean of the quarters. The "
        "programme (`all`) is the `sum` over organisations, or counted on its `own`. Direction: 1 more is better, "
        "-1 less is better, 0 neither.",
    )


def params(form: FormatOption = Format.table) -> None:
    """List the parameters.

    Every number and choice of the model: value, unit, bounds, grade, source and note.
    """
    from klyngesim.scenario.parameters import registry

    known = registry()
    print_rows(
        [_row(known, parameter, short=form in (Format.table, Format.md)) for parameter in known.values()],
        shown=("id", "value", "unit", "grade", "source", "note"),
        form=form,
        title="Parameters",
        note="Written by `klyngesim params --format md`. `default` is the value as the registry states it, often "
        "a reference to the evidence, and `value` the number behind it. Grades: printed in the report, computed "
        "from it, external source, inferred, assumed. `step` is the distance between allowed values, counted from "
        "zero; without one all in between are allowed. `neutral` is the value that switches the mechanisms off. A "
        "value `a to b` is a table with one value per organisation.",
    )


def _row(known: "Registry", parameter: "Parameter", short: bool) -> dict[str, Any]:
    value: Any = known.default(parameter.id)
    if short and isinstance(value, dict):
        value = f"{min(value.values()):.3g} to {max(value.values()):.3g}"
    return {
        "id": parameter.id,
        "unit": parameter.unit,
        "default": parameter.default,
        "value": value,
        "low": parameter.low,
        "high": parameter.high,
        "step": parameter.step,
        "choices": list(parameter.choices),
        "distribution": parameter.distribution,
        "grade": parameter.grade,
        "source": parameter.source,
        "scope": parameter.scope,
        "dated": "yes" if parameter.dated else "no",
        "levers": list(parameter.levers),
        "mechanisms": list(parameter.mechanisms),
        "neutral": parameter.neutral,
        "note": parameter.note,
    }


def levers(
    form: FormatOption = Format.table,
    report: Annotated[bool, typer.Option("--report", help="One row per lever of the report, modelled or not.")] = False,
) -> None:
    """List the levers.

    The parameters that the timeline of a scenario may set, with the ids of the report's levers.
    """
    if not report:
        print_rows(
            _dated(),
            shown=("id", "default", "allowed", "scope", "levers", "note"),
            form=form,
            title="Levers",
            note="Written by `klyngesim levers --format md`. Parameters that the timeline of a scenario may set from "
            "a quarter on. `levers` and `mechanisms` are ids of the report; the table below lists its levers.",
        )
    if report or form is Format.md:
        if not report:
            print()
        print_rows(
            _reported(),
            shown=("id", "reference", "what_changes", "set", "why"),
            form=form,
            title="Levers of the report",
            note="Every lever that the report names. `set` says which parameters set it and how: the value that the "
            "report names, or above or below today's. `why` says what has to be known of it, or why it is not "
            "modelled.",
        )


def _dated() -> list[dict[str, Any]]:
    from klyngesim.scenario.levers import levers as dated

    return [
        {
            "id": lever.id,
            "unit": lever.unit,
            "default": lever.default,
            "allowed": lever.allowed,
            "scope": lever.scope,
            "levers": list(lever.levers),
            "mechanisms": list(lever.mechanisms),
            "note": lever.note,
        }
        for lever in dated()
    ]


def _reported() -> list[dict[str, Any]]:
    from klyngesim.evidence.catalogue import policy_levers
    from klyngesim.scenario.levers import remarks, settings_of_levers

    ways, why = settings_of_levers(), remarks()
    return [
        {
            "id": lever.id,
            "reference": lever.reference,
            "type": lever.type,
            "what_changes": lever.what_changes,
            "parameters": list(ways.get(lever.id, {})),
            "set": "; ".join(f"{name} {way}" for name, way in ways.get(lever.id, {}).items()),
            "why": why.get(lever.id, ""),
        }
        for lever in policy_levers()
    ]
