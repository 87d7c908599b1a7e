"""The table of the note on the report's claims: where the model would not go with them, then where it would."""

from __future__ import annotations

from klyngesim.report import note_cells as cells
from klyngesim.report.comparison_data import Comparison
from klyngesim.report.note_cells import Cell, Column, Part, Table
from klyngesim.report.note_outcomes import columns_of
from klyngesim.report.note_words import label, span, word
from klyngesim.report.numbers import Lang
from klyngesim.results.rowfiles import Row, value

ORDER = ("against", "not shown", "not modelled", "in line")
"""Readings of a claim, as the page has them."""
CAPTIONS = ("claims_apart", "claims_not_modelled", "claims_in_line")


def claims(found: Comparison, lang: Lang) -> Table:
    """Claims of every variant: those that the model is against or does not show first, then those in line."""
    # On the page the interval stands beside the difference; the files have its ends in columns of their own.
    columns = (
        *columns_of(lang, "scenario", "lever", "lines", "claim", "indicator", "expected", above=("scenario",)),
        Column("difference_pct", word("claims_model", lang)),
        *columns_of(lang, "low_pct", "high_pct", above=("low_pct", "high_pct")),
        Column("reading", word("claims_reading", lang)),
        Column("why", word("claims_why", lang)),
    )
    parts = []
    for caption, wanted in zip(CAPTIONS, (ORDER[:2], ORDER[2:3], ORDER[3:]), strict=True):
        for variant in found.variants:
            rows = tuple(
                _claim(found, row, lang)
                for reading in wanted
                for row in found.of("claims.csv", scenario=variant, reading=reading)
            )
            if rows:
                parts.append(Part(word(caption, lang, title=found.title(variant, lang)), rows))
    return Table("claims", word("sheet_claims", lang), columns, tuple(parts))


def untested(found: Comparison, lang: Lang) -> list[str]:
    """A line for every variant on whose levers the report claims nothing that could be tested."""
    return [
        word("claims_none", lang, title=found.title(variant, lang))
        for variant in found.variants
        if not list(found.of("claims.csv", scenario=variant))
    ]


def how(found: Comparison, lang: Lang) -> str:
    """How the claims are meant to be read."""
    return word("claims_how", lang, window=span(found.windows[0]))


def _claim(found: Comparison, row: Row, lang: Lang) -> tuple[Cell, ...]:
    middle, low, high = (value(row[column]) for column in ("relative", "low", "high"))
    model, *ends = (cells.figure(100.0 * share, lang) for share in (middle, low, high))
    return (
        cells.words(row["scenario"], found.title(row["scenario"], lang)),
        cells.words(row["lever"]),
        cells.words(row["lines"], row["lines"].replace("-", "–").replace(";", "; ")),
        cells.sentence(row["claim"], lang),
        cells.words(row["indicator"], label(row["indicator"], lang)),
        cells.words(row["expected"], word(f"expected_{row['expected']}", lang)),
        Cell(model.value, cells.with_interval(middle, low, high, lang)),
        *ends,
        cells.words(row["reading"], word(f"reading_{row['reading'].replace(' ', '_')}", lang)),
        cells.sentence(row["why"], lang),
    )
