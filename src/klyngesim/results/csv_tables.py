"""Tables as CSV files: records of one kind (dataclasses or named tuples) written, and read back as the same records."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from klyngesim.files import Record, record

Row = Mapping[str, str]
"""A row as it stands in the file, by column; see `value`."""


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Writes a CSV file in UTF-8 with line feeds; floats so that they read back to the same number."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_exact(path: Path, rows: Iterable[Any], kind: type[Any]) -> None:
    """Writes records as CSV with all digits."""
    names = [field.name for field in fields(kind)]
    write_csv(path, names, ([getattr(row, name) for name in names] for row in rows))


def write_table(path: Path, rows: Iterable[Any], kind: type[Any]) -> None:
    """Writes records (dataclasses of one kind) as CSV: numbers to six digits, None and NaN empty, yes and no."""
    cells = ([_cell(value) for value in asdict(row).values()] for row in rows)
    write_csv(path, [field.name for field in fields(kind)], cells)


def read_table(path: Path) -> tuple[Row, ...]:
    """The rows of a CSV file. OSError, UnicodeDecodeError and csv.Error as they come, the last also of a torn row."""
    with path.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise csv.Error(f"line {reader.line_num} has not as many cells as there are columns")
            rows.append(row)
        return tuple(rows)


def records(rows: Iterable[Row], kind: type[Record]) -> tuple[Record, ...]:
    """Rows of a file as the records that were written; columns that the kind does not have are passed over.

    Raises:
        KeyError: a column is missing.
        ValueError: a cell is not what the kind says.
    """
    return tuple(record(kind, row, _PARSERS) for row in rows)


def value(text: str) -> float:
    """A number of a table; NaN for an empty cell."""
    return float(text) if text else math.nan


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


_PARSERS: Mapping[Any, Callable[[str], Any]] = {
    int: int,
    float: value,
    bool: {"yes": True, "no": False}.__getitem__,
    float | None: lambda text: float(text) if text else None,
}
"""What makes a field's value of its cell."""
