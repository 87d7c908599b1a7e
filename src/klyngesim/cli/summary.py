"""The table that ``klyngesim run`` ends with: headline figures by year; and numbers as both languages write them."""

import math
from typing import TYPE_CHECKING

from klyngesim.cli.console import Language, screen

if TYPE_CHECKING:
    from klyngesim.results.aggregate import YearAggregates

_REPORT_ENDS = 2023
_LAST = 3


def windows(years: list[int]) -> list[tuple[int, int]]:
    """First and last year of the columns: the report's years, the year after, the last three of the run."""
    if not years:
        return []
    after, last = _REPORT_ENDS + 1, years[-1]
    found = [(years[0], min(_REPORT_ENDS, last))]
    if last >= after:
        found.append((after, after))
    if last > after:
        found.append((max(after + 1, last - _LAST + 1), last))
    return found


def word(key: str, lang: Language, **fill: object) -> str:
    """A text of ``data/summary.csv``, filled in; KeyError for a key that does not exist."""
    from klyngesim.report.labels import catalogue

    return catalogue("summary.csv")[key][lang.value].format(**fill)


def written(number: str, lang: Language) -> str:
    """A number with point and commas as the language has them."""
    return number if lang is Language.en else number.translate(str.maketrans(",.", ".,"))


def print_summary(aggregates: "YearAggregates", drawn: bool = False, lang: Language = Language.en) -> None:
    """Print the table on stdout; says so instead when the run covers no complete year.

    ``drawn`` says that every replicate has a draw of the calibrated parameters of its own.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from klyngesim.report.parameter_words import translated
    from klyngesim.results.indicators import HEADLINES, indicator

    console = screen()
    chosen = windows(aggregates.years)
    if not chosen:
        console.print(word("no_year", lang))
        return
    n, under = aggregates.n, word("under", lang) if drawn else ""
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        title=word("title_many" if n > 1 else "title_one", lang, scenario=aggregates.scenario, n=n, under=under),
        title_justify="left",
        caption=word("caption", lang),
        caption_justify="left",
    )
    table.add_column(word("indicator", lang))
    table.add_column(word("unit", lang))
    for first, last in chosen:
        table.add_column(f"{first}-{last}" if first < last else str(first), justify="right")
    table.add_column("n", justify="right")
    for name in HEADLINES:
        item = indicator(name)
        bands = [aggregates.window(name, first, last) for first, last in chosen]
        cells = [_cell(float(found.mean), float(found.low), float(found.high), n, lang) for found in bands]
        plain = translated(item.unit, lang.value)
        unit = word("a_year", lang, unit=plain) if item.kind == "flow" else plain
        table.add_row(item.label(lang.value), unit, *cells, str(max(int(found.n) for found in bands)))
    console.print(table)


def _cell(mean: float, low: float, high: float, n: int, lang: Language) -> str:
    """``1,234 (1,200 to 1,270)``; a dash for what is not defined, no band where there is no spread to be seen."""
    if math.isnan(mean):
        return "-"
    digits = 0 if abs(mean) >= 100 else 1 if abs(mean) >= 10 else 2
    middle, lower, upper = (written(f"{value:,.{digits}f}", lang) for value in (mean, low, high))
    return middle if n == 1 or lower == upper else word("band", lang, middle=middle, low=lower, high=upper)
