"""The tables of the note: differences, what they lean on, and the report's claims; ``note_outcomes`` has the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from klyngesim.evidence.catalogue import policy_levers
from klyngesim.note import cells
from klyngesim.note.cells import Cell, Column, Part, Table
from klyngesim.note.outcomes import columns_of, funders, gains, inputs, one_part, onset, pareto, ranking, worth
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.numbers import MISSING, Lang
from klyngesim.report.words import label, place_in_report, shown, span, word
from klyngesim.results.comparison import FEWEST
from klyngesim.results.csv_tables import Row, value


def everything(found: Comparison, lang: Lang) -> tuple[Table, ...]:
    """Every table of the note, in the order of the page."""
    makers: Sequence[Callable[[Comparison, Lang], Table]] = (
        claims, differences, decomposition, breakeven, contested, robustness, gains, funders, worth, onset, pareto,
        ranking, inputs,
    )  # fmt: skip
    return tuple(make(found, lang) for make in makers)


def differences(found: Comparison, lang: Lang) -> Table:
    """Every sure change, main indicators, ties and guardrail, in every window; the page has a grid, see ``note``."""
    columns = columns_of(
        lang, "scenario", "window", "indicator", "difference_pct", "low_pct", "high_pct", "verdict", "rests_on",
        "n_pairs",
    )  # fmt: skip
    parts = []
    for window in found.windows:
        by = found.differences(window)
        rows = tuple(
            _difference(found, by[variant, name], lang)
            for name in found.order()
            for variant in found.variants
            if (variant, name) in by
        )
        parts.append(Part(window, rows, window in found.windows[1:]))
    return Table("comparison", word("sheet_comparison", lang), columns, tuple(parts))


def _difference(found: Comparison, one: Difference, lang: Lang) -> tuple[Cell, ...]:
    return (
        cells.words(one.scenario, found.title(one.scenario, lang)),
        cells.words(one.window),
        cells.words(one.indicator, shown(one.indicator, lang)),
        *(cells.figure(100.0 * share, lang, 1) for share in (one.relative, one.low, one.high)),
        cells.verdict(one.verdict, lang),
        cells.words(*_basis(one.assumed, lang)),
        cells.figure(one.n_pairs, lang, 0),
    )


def _basis(assumed: bool, lang: Lang) -> tuple[str, str]:
    basis = "assumption" if assumed else "data"
    return basis, word(f"rests_on_{basis}", lang)


def breakeven(found: Comparison, lang: Lang) -> Table:
    """Break-even strengths: those inside the evidence and clear first, the others folded."""
    columns = columns_of(
        lang, "scenario", "indicator", "parameter", "why", "evidence_low", "evidence_high", "breakeven", "status",
        "difference_low", "difference_high", "n_pairs", above=("scenario",),
    )  # fmt: skip
    parts = []
    for folded in (False, True):
        for variant in found.variants:
            rows = [
                row for row in found.of("breakeven.csv", scenario=variant) if (_status(row) == "inside") is not folded
            ]
            key = "breakeven_others" if folded else "breakeven_inside"
            caption = word(key, lang, title=found.title(variant, lang))
            parts.append(Part(caption, tuple(_strength(found, row, lang) for row in rows), folded))
    return Table("breakeven", word("sheet_breakeven", lang), columns, tuple(parts))


def _status(row: Row) -> str:
    if not row["breakeven"]:
        return "none"
    if row["inside_evidence"] != "yes":
        return "outside"
    return "unclear" if row["unclear"] == "yes" else "inside"


def _strength(found: Comparison, row: Row, lang: Lang) -> tuple[Cell, ...]:
    return (
        cells.words(row["scenario"], found.title(row["scenario"], lang)),
        cells.words(row["indicator"], label(row["indicator"], lang)),
        cells.words(row["parameter"], kind="code"),
        cells.sentence(row["why"], lang),
        *(cells.strength(row[column], lang) for column in ("evidence_low", "evidence_high", "breakeven")),
        cells.words(_status(row), word(f"status_{_status(row)}", lang)),
        *(cells.figure(row[column], lang) for column in ("difference_low", "difference_high")),
        cells.figure(row["n_pairs"], lang, 0),
    )


def contested(found: Comparison, lang: Lang) -> Table:
    """The assumed strengths behind every variant."""
    columns = columns_of(lang, "scenario", "parameter", "why")
    rows = tuple(
        (
            cells.words(row["scenario"], found.title(row["scenario"], lang)),
            cells.words(row["parameter"], kind="code"),
            cells.sentence(row["why"], lang),
        )
        for row in found.of("contested.csv")
    )
    return Table("contested", word("sheet_contested", lang), columns, one_part(word("sheet_contested", lang), rows))


def decomposition(found: Comparison, lang: Lang) -> Table:
    """What each part of a variant contributes; empty where no variant was run without its parts."""
    columns = columns_of(
        lang, "scenario", "part", "parameters", "indicator", "difference_pct", "contribution_pct", "low_pct",
        "high_pct", "n_pairs", above=("scenario",),
    )  # fmt: skip
    parts = []
    for variant in found.variants:
        rows = tuple(
            (
                cells.words(variant, found.title(variant, lang)),
                cells.words(row["part"], word("part_rest", lang) if row["part"] == "rest" else row["part"]),
                cells.words(row["parameters"], kind="code") if row["parameters"] else Cell(None, MISSING),
                cells.words(row["indicator"], label(row["indicator"], lang)),
                *(cells.figure(100.0 * value(row[one]), lang, 1) for one in ("whole", "contribution", "low", "high")),
                cells.figure(value(row["n_pairs"]), lang, 0),
            )
            for row in found.tables.get("decomposition.csv", ())
            if row["scenario"] == variant
        )
        if rows:
            caption = word("decomposition_of", lang, title=found.title(variant, lang))
            parts.append(Part(caption, rows, len(rows) > 15))
    return Table("decomposition", word("sheet_decomposition", lang), columns, tuple(parts))


def robustness(found: Comparison, lang: Lang) -> Table:
    """Switches under which a difference that is sure turns; empty where the comparison was not made under them."""
    columns = columns_of(lang, "scenario", "switch", "kind", "indicator", "difference", "low", "high")
    rows = []
    for row in found.tables.get("robustness.csv", ()):
        sure = value(row["n_pairs"]) >= FEWEST and (value(row["low"]) > 0.0 or value(row["high"]) < 0.0)
        if row["turns"] == "yes" and sure:
            rows.append(
                (
                    cells.words(row["scenario"], found.title(row["scenario"], lang)),
                    cells.words(row["switch"], kind="code"),
                    cells.words(row["kind"], word(f"switch_{'off' if row['kind'] == 'mechanism' else 'rival'}", lang)),
                    cells.words(row["indicator"], label(row["indicator"], lang)),
                    *(cells.figure(row[column], lang) for column in ("mean_difference", "low", "high")),
                )
            )
    return Table("robustness", word("sheet_robustness", lang), columns, one_part(word("turned", lang), rows))


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


def _chapter(lever: str, lang: Lang) -> str:
    """Where in the report a lever stands: a recommendation or a chapter."""
    place = next((one.reference for one in policy_levers() if one.id == lever), "")
    return place_in_report(place, lang) or MISSING


def _claim(found: Comparison, row: Row, lang: Lang) -> tuple[Cell, ...]:
    middle, low, high = (value(row[column]) for column in ("relative", "low", "high"))
    model, *ends = (cells.figure(100.0 * share, lang) for share in (middle, low, high))
    return (
        cells.words(row["scenario"], found.title(row["scenario"], lang)),
        cells.words(row["lever"]),
        cells.words(row["lines"], _chapter(row["lever"], lang)),
        cells.sentence(row["claim"], lang),
        cells.words(row["indicator"], label(row["indicator"], lang)),
        cells.words(row["expected"], word(f"expected_{row['expected']}", lang)),
        Cell(model.value, cells.with_interval(middle, low, high, lang)),
        *ends,
        cells.words(row["reading"], word(f"reading_{row['reading'].replace(' ', '_')}", lang)),
        cells.sentence(row["why"], lang),
    )
