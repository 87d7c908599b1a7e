"""Tables of the note: cells that know what they are worth and how people read them; as CSV and as a workbook."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import Difference
from klyngesim.report.numbers import MISSING, NBSP, Lang, number, percent
from klyngesim.results import csv_tables
from klyngesim.results.csv_tables import value

SHAPES = {
    "better": "\u25b2",
    "worse": "\u25bc",
    "no difference": "\u25c7",
    "uncertain": "\u25cb",
    "nothing changes": "\u2022",
    "": "\u00d7",
}
"""A shape for every verdict, the same as in the figure, so that it can be read without colours."""


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a table.

    Attributes:
        value: for machines: a number, a word of the comparison's tables, or None.
        text: for people, in their language.
        kind: number, text, code or verdict.
        lang: language of the text where it may be another one than the page's.
        shape: shape of a verdict.
    """

    value: float | str | None
    text: str
    kind: str = "text"
    lang: str = ""
    shape: str = ""

    @property
    def css(self) -> str:
        """Class of the cell on the page."""
        if self.kind == "verdict":
            return f"verdict {str(self.value or 'none').partition(' ')[0]}"
        return "text" if self.kind == "code" else self.kind


@dataclass(frozen=True)
class Column:
    """A column: its name for machines, its heading, and whether the heading of the part says it already."""

    key: str
    heading: str
    above: bool = False


@dataclass(frozen=True)
class Part:
    """Rows that belong together on the page; ``folded`` ones open on demand."""

    caption: str
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False


@dataclass(frozen=True)
class Table:
    """A table of the note; its parts are one below the other in the files."""

    name: str
    title: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...] = field(default=())

    @property
    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Rows of all parts."""
        for part in self.parts:
            yield from part.rows

    @property
    def numeric(self) -> frozenset[int]:
        """Places of the columns of numbers."""
        return frozenset(place for row in self.rows for place, cell in enumerate(row) if cell.kind == "number")

    @property
    def shown(self) -> tuple[int, ...]:
        """Places of the columns that the page shows."""
        return tuple(place for place, column in enumerate(self.columns) if not column.above)


def words(value: str, text: str | None = None, kind: str = "text") -> Cell:
    """A word, with another one for people if theirs differs."""
    return Cell(value, value if text is None else text, kind)


def sentence(text: str, lang: Lang) -> Cell:
    """A question or remark of the comparison, translated where the translation is known."""
    found = note_words.phrase(text, lang)
    return Cell(text, found.text, "text", found.lang)


def verdict(said: str, lang: Lang) -> Cell:
    """A verdict as word and shape."""
    return Cell(said or None, note_words.verdict(said, lang), "verdict", shape=SHAPES[said])


def yes_no(said: str, lang: Lang) -> Cell:
    """Yes or no."""
    return Cell(said, note_words.word(said, lang) if said in ("yes", "no") else said)


def figure(amount: float | str, lang: Lang, decimals: int | None = None) -> Cell:
    """A number with separators of the language; a dash where there is none."""
    found = value(amount) if isinstance(amount, str) else amount
    return Cell(found if math.isfinite(found) else None, number(found, lang, decimals), "number")


def places(rank: str, shared: int, lang: Lang) -> Cell:
    """A rank, or the places that ``shared`` equal ones have together: 2–3 for a mean rank of 2.5."""
    found = value(rank)
    if shared < 2 or not math.isfinite(found):
        return figure(found, lang, 0)
    half = (shared - 1) / 2.0
    return Cell(found, f"{found - half:.0f}–{found + half:.0f}", "number")


def strength(text: str, lang: Lang) -> Cell:
    """A value of a parameter: three digits that count, whatever its size."""
    found = value(text)
    if not math.isfinite(found):
        return figure(found, lang)
    exponent = Decimal(f"{found:.3g}").normalize().as_tuple().exponent
    return figure(found, lang, max(0, -int(exponent)))


def chance(text: str, lang: Lang) -> Cell:
    """A chance to three decimals; one that would round to nothing is only said to be smaller."""
    found = value(text)
    if math.isfinite(found) and found < 0.001:
        return Cell(found, f"< {number(0.001, lang, 3)}", "number")
    return figure(found, lang, 3)


def year(text: str) -> Cell:
    """A calendar year, which carries no thousand separator."""
    found = value(text)
    there = math.isfinite(found)
    return Cell(found if there else None, str(int(found)) if there else MISSING, "number")


def set_to(text: str, lang: Lang) -> Cell:
    """A value as a scenario has it: a number, a word, or nothing."""
    if not text:
        return Cell(None, MISSING)
    try:
        found = float(text)
    except ValueError:
        return Cell(text, text, "code")
    if not math.isfinite(found):
        return Cell(text, text, "code")
    return Cell(found, strength(text, lang).text)


def signed(share: float, lang: Lang, unit: bool = True) -> str:
    """A share as percent with its sign, one decimal."""
    if not math.isfinite(share):
        return MISSING
    shown = percent(share, lang, 1) if unit else number(100.0 * share, lang, 1)
    return f"+{shown}" if round(100.0 * share, 1) > 0.0 else shown


def with_interval(share: float, low: float, high: float, lang: Lang) -> str:
    """``−4.4 % (−4.9 to −4.0)``, which may only break before the interval; a dash where there is no number."""
    if not math.isfinite(low):
        return signed(share, lang)
    bounds = note_words.word("to", lang, low=signed(low, lang, False), high=signed(high, lang, False))
    return f"{signed(share, lang)} ({bounds.replace(' ', NBSP)})"


def difference(found: Difference, lang: Lang) -> str:
    """A difference with its interval. Where the baseline has nothing, there is no share of it: then in its own unit."""
    if math.isfinite(found.relative):
        return with_interval(found.relative, found.low, found.high, lang)
    if not math.isfinite(found.change):
        return MISSING
    plus = "+" if found.change > 0.0 else ""
    return note_words.word("from_nothing", lang, change=plus + number(found.change, lang))


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
        csv_tables.write_csv(path, columns, ([_plain(cell) for cell in row] for row in table.rows))
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
