"""The tables of a note on disk: CSV for machines, one workbook for people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from klyngesim.report.note_cells import Cell, Table
from klyngesim.results import rowfiles

_WIDEST = 60
_SHEET = 31
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_csv(tables: Iterable[Table], directory: Path) -> list[Path]:
    """One file for each table: names of the columns and of words as in the comparison, decimal point, empty = none."""
    directory.mkdir()
    paths = []
    for table in tables:
        path = directory / f"{table.name}.csv"
        columns = [column.key for column in table.columns]
        rowfiles.write_csv(path, columns, ([_plain(cell) for cell in row] for row in table.rows))
        paths.append(path)
    return paths


def write_xlsx(tables: Iterable[Table], path: Path) -> Path:
    """One sheet for each table: headings and words in the language of the note, numbers as numbers."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table.title[:_SHEET])
        texts: list[list[float | str | None]] = [[column.heading for column in table.columns]]
        texts += [[_sheet(cell) for cell in row] for row in table.rows]
        for line, row in enumerate(texts, 1):
            for place, content in enumerate(row, 1):
                cell = sheet.cell(line, place)
                cell.value = content
                if isinstance(content, str):
                    cell.data_type = "s"  # a text that begins with "=" is no formula
        for place, column in enumerate(zip(*texts, strict=True), 1):
            head = sheet.cell(1, place)
            head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
            longest = max(len(str(content)) for content in column if content is not None)
            sheet.column_dimensions[get_column_letter(place)].width = min(_WIDEST, longest + 2)
        sheet.freeze_panes = "A2"
    book.save(path)
    return path


def rounded(value: float) -> float:
    """Six digits that count, as in every table of a comparison."""
    return float(f"{value:.6g}")


def _plain(cell: Cell) -> str:
    if cell.value is None:
        return ""
    return f"{cell.value:.6g}" if isinstance(cell.value, float | int) else cell.value


def _sheet(cell: Cell) -> float | str | None:
    if isinstance(cell.value, float | int):
        return rounded(cell.value)
    return None if cell.value is None else _FORBIDDEN.sub("", cell.text)
