"""Tables of the note as text, one line a row, to be held against what stands in ``printed/``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from klyngesim.note import cells as note_cells
from klyngesim.note.cells import Cell, Table

PRINTED = Path(__file__).parent / "printed"
NBSP = "\u00a0"


def lines_of(name: str) -> list[str]:
    """What stands in ``printed/``."""
    return (PRINTED / name).read_text(encoding="utf-8").splitlines()


def tables_as_read(tables: Iterable[Table]) -> list[str]:
    """Titles, headings, captions and rows as people read them; see the marks.

    ``(folded)`` opens on demand, # heads numbers, and code stands between backticks.
    """
    lines = []
    for table in tables:
        headings = (f"{table.columns[place].heading}{' #' if place in table.numeric else ''}" for place in table.shown)
        lines += ["", f"## {table.title}", " | ".join(headings)]
        for part in table.parts:
            lines.append(f"# {part.caption}{' (folded)' if part.folded else ''}")
            for row in part.rows:
                lines.append(" | ".join(_as_read(row[place]) for place in table.shown))
    return [line.replace(NBSP, " ") for line in lines[1:]]


def _as_read(cell: Cell) -> str:
    mark = {"code": "`", "text": "", "number": "", "verdict": cell.shape}[cell.kind]
    return f"{mark}{cell.text}{mark if cell.kind == 'code' else ''}"


def tables_as_files(tables: Iterable[Table], folder: Path) -> list[str]:
    """All CSV files of the tables below one another, as machines read them."""
    paths = note_cells.write_csv(tables, folder)
    return "\n".join(f"# {path.name}\n{path.read_text(encoding='utf-8')}" for path in sorted(paths)).splitlines()
