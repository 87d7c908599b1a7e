"""The tables of a directory as one xlsx workbook: a sheet for each, with units, notes and where it all is from.

The same directory gives the same bytes every time: no clock is read, and dates in the file are fixed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klyngesim.errors import InputError
from klyngesim.files import whole
from klyngesim.report.labels import catalogue, text
from klyngesim.report.numbers import Lang
from klyngesim.report.parameter_words import described, translated
from klyngesim.results.csv_tables import Row
from klyngesim.results.directories import KINDS, Kind, is_of, read_manifest, read_tables
from klyngesim.results.indicators import IDS, INDICATORS, indicator

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

MADE = datetime(2000, 1, 1)
"""The date that every workbook bears."""

MOST_ROWS = 1_000_000
"""Rows that a sheet has room for, below its note and its headings."""

INDICATED = ("indicator", "outcome")
"""Columns with ids of indicators."""

_SHEET = 31  # characters of a sheet's name
_WIDEST, _NARROWEST = 60, 8
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """A sheet.

    Attributes:
        name: at most 31 characters.
        note: what stands above the headings.
        columns: headings.
        rows: cells; numbers where every cell of a column is one or empty, None for an empty one.
    """

    name: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[float | str | None]]


def kind_of(directory: Path) -> Kind:
    """What a directory holds. InputError if it is none of a run, a comparison or a sweep."""
    for kind in KINDS:
        if is_of(directory, kind):
            return kind
    read_manifest(directory, KINDS[0])  # says what is wrong with it
    raise InputError(f"{directory}: not the directory of a run, a comparison or a sweep")


def sheets(directory: Path, lang: Lang) -> list[Sheet]:
    """The sheets of a directory: what it is, a sheet for every CSV table, and the indicators that these speak of.

    Raises:
        InputError: the directory is none of a run, a comparison or a sweep, or a table cannot be read or is too long.
    """
    kind = kind_of(directory)
    manifest = read_manifest(directory, kind)
    names = sorted(path.name for path in directory.glob("*.csv"))
    tables = read_tables(directory, kind, names, ())
    found = [_about(directory, kind, manifest, tables, lang)]
    for name, rows in tables.items():
        if len(rows) > MOST_ROWS:
            raise InputError(f"{directory / name}: {len(rows):,} rows, of which a sheet holds {MOST_ROWS:,}")
        found.append(_table(name, rows, lang))
    told = {row[column] for rows in tables.values() for row in rows for column in INDICATED if column in row}
    return [*found, _indicators(told, lang)]


def _about(
    directory: Path, kind: Kind, manifest: Mapping[str, Any], tables: Mapping[str, Sequence[Row]], lang: Lang
) -> Sheet:
    """What the workbook holds, from what, and what each of its sheets is."""
    version, commit = manifest["versions"].get("klyngesim", ""), (manifest.get("git") or {}).get("commit") or ""
    rows: list[tuple[str, str]] = [
        (text("book_directory", lang), directory.resolve().name),
        (text("book_command", lang), kind.command),
        *((text("book_scenario", lang), title) for title in _titles(manifest, lang)),
        *(
            (text("book_id", lang), str(manifest[key]))
            for key in ("run_id", "comparison_id", "sweep_id")
            if key in manifest
        ),
        (text("book_version", lang), " ".join(filter(None, ("klyngesim", version, commit[:10])))),
        (text("book_band", lang), text("book_band_means", lang)),
        *((text("book_remark", lang), remark) for remark in manifest.get("warnings", ())),
        *((_sheet_name(name), _note(name, lang)) for name in tables),
    ]
    return Sheet(text("book_about", lang), "", ("", ""), rows)


def _titles(manifest: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    if isinstance(manifest.get("scenario"), Mapping):
        yield manifest["scenario"]["title"][lang]
    for titles in manifest.get("titles", {}).values():
        yield titles[lang]


def _note(name: str, lang: Lang) -> str:
    """What a table holds and in which units; empty where nothing is said of it."""
    known = catalogue("workbook.csv")
    return known[name][lang] if name in known else ""


def _sheet_name(name: str) -> str:
    return name.removesuffix(".csv")[:_SHEET]


def _table(name: str, rows: Sequence[Row], lang: Lang) -> Sheet:
    """A table as it stands in its file; an indicator has its name and unit beside its id."""
    columns = list(rows[0]) if rows else []
    cells: dict[str, list[float | str | None]] = {}
    for column in columns:
        cells[column] = _column([row[column] for row in rows])
        if column in INDICATED:
            known = [indicator(row[column]) if row[column] in IDS else None for row in rows]
            cells[text("book_name", lang)] = [None if one is None else one.label(lang) for one in known]
            if "unit" not in columns:
                cells[text("book_unit", lang)] = [None if one is None else translated(one.unit, lang) for one in known]
    lines = list(zip(*cells.values(), strict=True))
    return Sheet(_sheet_name(name), _note(name, lang), list(cells), lines)


def _column(texts: Sequence[str]) -> list[float | str | None]:
    """Numbers where all of them are, so that a sheet can reckon with them; ids and words as they are."""
    if all(not one or _NUMBER.fullmatch(one) for one in texts):
        return [float(one) if one else None for one in texts]
    return [_FORBIDDEN.sub("", one) or None for one in texts]


def _indicators(told: set[str], lang: Lang) -> Sheet:
    """What the indicators of the tables are."""
    rows = [
        (one.id, one.label(lang), translated(one.unit, lang), described(one.definition, lang))
        for one in INDICATORS
        if one.id in told
    ]
    headings = ("indicator", text("book_name", lang), text("book_unit", lang), text("book_definition", lang))
    return Sheet(text("book_indicators", lang), "", headings, rows)


def write_xlsx(found: Sequence[Sheet], path: Path) -> None:
    """Writes a workbook, whole or not at all."""
    from xlsxwriter import Workbook

    with whole(path) as partial, Workbook(str(partial), {"constant_memory": True}) as book:
        book.set_properties({"created": MADE, "author": "klyngesim"})
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in found:
            _write(book, sheet, bold, wrapped)


def _write(book: Workbook, sheet: Sheet, bold: Format, wrapped: Format) -> None:
    page = book.add_worksheet(sheet.name)
    for place, width in enumerate(_widths(sheet)):
        page.set_column(place, place, width, wrapped if width == _WIDEST else None)
    line = 0
    if sheet.note:
        page.write_string(0, 0, sheet.note)
        line = 2
    if any(sheet.columns):
        for place, heading in enumerate(sheet.columns):
            page.write_string(line, place, heading, bold)
        line += 1
        page.freeze_panes(line, 0)
        if sheet.rows:
            page.autofilter(line - 1, 0, line - 1 + len(sheet.rows), len(sheet.columns) - 1)
    for number, row in enumerate(sheet.rows, start=line):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(number, place, cell)  # a text that begins with "=" is no formula
            elif cell is not None:
                page.write_number(number, place, cell)


def _widths(sheet: Sheet) -> Iterator[int]:
    """Width of every column in characters, by its first rows."""
    for place, heading in enumerate(sheet.columns):
        cells = (row[place] for row in sheet.rows[:200])
        longest = max([len(heading), *(len(str(cell)) for cell in cells if cell is not None)])
        yield min(_WIDEST, max(_NARROWEST, longest + 2))
