"""Tables with colours and words: indicators, organisations and classes of firms by variant."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from klyngesim.note import cells
from klyngesim.note.cells import Cell
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.numbers import NBSP, Lang, number
from klyngesim.report.words import label, span, word
from klyngesim.results.comparison import SHOWN
from klyngesim.results.csv_tables import Row, value

WHO = (
    ("organisation", "participants_unique_year"),
    ("organisation", "members"),
    ("firm class", "ideas entering dissemination"),
)
"""What the page says of who gains and loses: takers and members by organisation, and ideas that come in by class."""


@dataclass(frozen=True)
class GridCell:
    """A difference: verdict, the change in its own unit and in per cent, and what is open about it.

    No verdict = not there.
    """

    verdict: Cell | None
    change: str = ""
    text: str = ""
    wide: str = ""


@dataclass(frozen=True)
class GridRow:
    """One line over all variants."""

    label: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class Grid:
    """Lines by variants."""

    caption: str
    first: str
    rows: tuple[GridRow, ...]


def main(found: Comparison, window: str, lang: Lang) -> Grid:
    """The main indicators in one window, those with a sure change first."""
    caption = word("grid_caption", lang, baseline=note_words.baseline_as(found, lang), window=span(window))
    return _grid(found, window, [name for name in found.order() if name in SHOWN], caption, lang)


def others(found: Comparison, lang: Lang) -> Grid:
    """Every other sure change, the largest first, in the first window."""
    window = found.windows[0]
    caption = word("grid_others", lang, window=span(window))
    return _grid(found, window, [name for name in found.order() if name not in SHOWN], caption, lang)


def _grid(found: Comparison, window: str, names: Iterable[str], caption: str, lang: Lang) -> Grid:
    by = found.differences(window)
    rows = tuple(
        GridRow(note_words.shown(name, lang), tuple(_difference(by.get((one, name)), lang) for one in found.variants))
        for name in names
    )
    return Grid(caption, word("col_indicator", lang), rows)


def _difference(one: Difference | None, lang: Lang) -> GridCell:
    if one is None:
        return GridCell(None)
    wide = ""
    if one.wide is not None and math.isfinite(one.wide.low):
        ends = [cells.signed(end, lang, False) for end in (one.wide.low, one.wide.high)]
        wide = word("grid_wide", lang, low=ends[0], high=ends[1]).replace(" ", NBSP)
    change = in_unit(one.change, lang) if math.isfinite(one.relative) else ""
    return GridCell(cells.verdict(one.verdict, lang), change, cells.difference(one, lang), wide)


def in_unit(change: float, lang: Lang) -> str:
    """A change in the indicator's own unit with its sign; empty where there is none, or too little for two decimals."""
    text = number(change, lang)
    if not math.isfinite(change) or not any(digit in text for digit in "123456789"):
        return ""
    return f"+{text}" if change > 0.0 else text


def gains(found: Comparison, lang: Lang) -> list[Grid]:
    """Who gains and loses in the first window: only lines in which a variant makes a sure difference."""
    window = found.windows[0]
    return [one for kind, what in WHO if (one := _who(found, kind, what, window, lang)).rows]


def _who(found: Comparison, kind: str, what: str, window: str, lang: Lang) -> Grid:
    rows: dict[str, dict[str, Row]] = {}
    for row in found.of("gains.csv", kind=kind, what=what, window=window):
        rows.setdefault(row["who"], {})[row["scenario"]] = row
    sure = {who: by for who, by in rows.items() if any(row["verdict"] in ("better", "worse") for row in by.values())}
    lines = tuple(
        GridRow(note_words.who(kind, who, lang), tuple(_gain(by, one, lang) for one in found.variants))
        for who, by in sure.items()
    )
    caption = word("who_caption", lang, what=label(what, lang), window=span(window))
    return Grid(caption, word("col_who", lang), lines)


def _gain(by: Mapping[str, Row], variant: str, lang: Lang) -> GridCell:
    row = by.get(variant)
    if row is None:
        return GridCell(None)
    change = in_unit(value(row["mean_difference"]), lang)
    return GridCell(cells.verdict(row["verdict"], lang), change, cells.signed(value(row["relative"]), lang))
