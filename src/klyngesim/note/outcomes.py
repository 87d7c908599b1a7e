"""Tables of the note on what would come of a variant: who gains, for what money, when, and what it changes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from klyngesim.note import cells
from klyngesim.note.cells import Cell, Column, Part, Table
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import Comparison
from klyngesim.report.numbers import Lang
from klyngesim.report.words import label, span, word
from klyngesim.results.comparison import MAIN, SAME, SURE
from klyngesim.results.csv_tables import Row, value


def gains(found: Comparison, lang: Lang) -> Table:
    """Organisations and classes of firms that would gain or lose; those whose change is not sure are left out."""
    columns = columns_of(
        lang, "scenario", "window", "kind", "who", "what", "baseline_mean", "difference", "low", "high",
        "difference_pct", "verdict", above=("scenario", "window", "kind"),
    )  # fmt: skip
    parts = []
    for variant in found.variants:
        for window in found.windows:
            for kind in ("organisation", "firm class"):
                rows = tuple(
                    _gain(found, row, lang)
                    for row in found.of("gains.csv", scenario=variant, window=window, kind=kind)
                    if row["verdict"] in SURE
                )
                caption = word(
                    f"gains_{kind.replace(' ', '_')}", lang, title=found.title(variant, lang), window=span(window)
                )
                if rows:
                    parts.append(Part(caption, rows, window in found.windows[1:] or len(rows) > 15))
    return Table("gains", word("sheet_gains", lang), columns, tuple(parts))


def _gain(found: Comparison, row: Row, lang: Lang) -> tuple[Cell, ...]:
    kind = row["kind"]
    return (
        cells.words(row["scenario"], found.title(row["scenario"], lang)),
        cells.words(row["window"]),
        cells.words(kind, word(f"kind_{kind.replace(' ', '_')}", lang)),
        cells.words(row["who"], note_words.who(kind, row["who"], lang)),
        cells.words(row["what"], label(row["what"], lang)),
        *(cells.figure(row[column], lang) for column in ("baseline_mean", "mean_difference", "low", "high")),
        cells.figure(100.0 * value(row["relative"]), lang, 1),
        cells.verdict(row["verdict"], lang),
    )


def worth(found: Comparison, lang: Lang) -> Table:
    """Value for money: what the public would pay beyond the baseline, and what would come of it."""
    numbers = (
        "extra_public_mkr", "extra_low", "extra_high", "extra_outcome", "outcome_low", "outcome_high",
        "mkr_per_unit", "per_unit_low", "per_unit_high", "mkr_per_unit_all", "mkr_per_unit_baseline",
    )  # fmt: skip
    columns = columns_of(lang, "scenario", "window", "outcome", *numbers, "reading", above=("scenario", "window"))
    parts = []
    for variant in found.variants:
        for window in found.windows:
            rows = tuple(
                (
                    cells.words(variant, found.title(variant, lang)),
                    cells.words(window),
                    cells.words(row["outcome"], label(row["outcome"], lang)),
                    *(_money(row[column], lang) for column in numbers),
                    cells.sentence(row["reading"], lang),
                )
                for row in found.of("value.csv", scenario=variant, window=window)
            )
            caption = word("worth_of", lang, title=found.title(variant, lang), window=span(window))
            parts.append(Part(caption, rows, window in found.windows[1:]))
    return Table("value", word("sheet_value", lang), columns, tuple(parts))


def funders(found: Comparison, lang: Lang) -> Table:
    """What every funder would pay a year beyond the baseline, by window and by year."""
    numbers = ("baseline_mkr", "difference_mkr", "low_mkr", "high_mkr")
    columns = columns_of(lang, "scenario", "funder", "years", *numbers, "difference_kr", above=("scenario",))
    parts = []
    for variant in found.variants:
        rows = tuple(
            (
                cells.words(variant, found.title(variant, lang)),
                cells.words(row["funder"], label(row["funder"], lang)),
                cells.year(row["years"]) if row["years"].isdigit() else cells.words(row["years"], span(row["years"])),
                *(cells.figure(row[column], lang) for column in numbers),
                cells.figure(row["difference_kr"], lang, 0),
            )
            for row in found.of("funders.csv", scenario=variant)
        )
        parts.append(Part(word("funders_of", lang, title=found.title(variant, lang)), rows))
    return Table("funders", word("sheet_funders", lang), columns, tuple(parts))


def _money(text: str, lang: Lang) -> Cell:
    found = value(text)
    return cells.strength(text, lang) if abs(found) < 1.0 else cells.figure(found, lang)


def onset(found: Comparison, lang: Lang) -> Table:
    """The years in which every sure change would show."""
    columns = columns_of(
        lang, "scenario", "window", "indicator", "sign", "first_year", "last_year", "years_from_announced",
        above=("window",),
    )  # fmt: skip
    parts = []
    for window in found.windows:
        rows = tuple(
            (
                cells.words(row["scenario"], found.title(row["scenario"], lang)),
                cells.words(window),
                cells.words(row["indicator"], note_words.shown(row["indicator"], lang)),
                Cell(value(row["sign"]), word(f"sign_{row['sign']}", lang)),
                *(cells.year(row[column]) for column in ("first_year", "last_year")),
                cells.figure(row["years_from_announced"], lang, 0),
            )
            for row in found.of("onset.csv", window=window)
            if row["indicator"] not in SAME
        )
        parts.append(Part(word("onset_caption", lang, window=span(window)), rows, window in found.windows[1:]))
    return Table("onset", word("sheet_onset", lang), columns, tuple(parts))


def pareto(found: Comparison, lang: Lang) -> Table:
    """Objectives that pull in different directions, and which scenario no other one beats in all of them."""
    numbers = ("depth", "reach", "small_firms_points", "private_money", "public_cost")
    columns = columns_of(lang, "scenario", "window", *numbers, "undominated", above=("window",))
    parts = []
    for window in found.windows:
        rows = tuple(
            (
                cells.words(row["scenario"], found.title(row["scenario"], lang)),
                cells.words(window),
                *(_objective(row, name, lang) for name in numbers),
                cells.yes_no(row["undominated"], lang),
            )
            for row in found.of("pareto.csv", window=window)
        )
        parts.append(Part(word("pareto_caption", lang, window=span(window)), rows, window in found.windows[1:]))
    return Table("pareto", word("sheet_pareto", lang), columns, tuple(parts))


def _objective(row: Row, name: str, lang: Lang) -> Cell:
    # Small firms are a share: percentage points say more than a small fraction.
    if name == "small_firms_points":
        return cells.figure(100.0 * value(row["small_firms"]), lang)
    return cells.figure(row[name], lang)


def ranking(found: Comparison, lang: Lang) -> Table:
    """Order of the scenarios in the main indicators of the first window, with chances and regrets; all folded."""
    columns = columns_of(
        lang, "scenario", "window", "indicator", "rank", "share_in_rank", "prob_best", "expected_regret",
        above=("window", "indicator"),
    )  # fmt: skip
    window = found.windows[0]
    chances = {(row["scenario"], row["indicator"]): row for row in found.of("comparison.csv", window=window)}
    parts = []
    for name in MAIN:
        rows = []
        standing = list(found.of("ranking.csv", indicator=name, window=window))
        shared = Counter(row["rank"] for row in standing)
        for row in sorted(standing, key=lambda row: value(row["rank"])):
            chance = chances.get((row["scenario"], name))
            rows.append(
                (
                    cells.words(row["scenario"], found.title(row["scenario"], lang)),
                    cells.words(window),
                    cells.words(name, label(name, lang)),
                    cells.places(row["rank"], shared[row["rank"]], lang),
                    cells.figure(100.0 * value(row["share_of_pairs_in_rank"]), lang, 0),
                    # comparison.csv has the variants only: the baseline has no difference from itself.
                    cells.figure(100.0 * value(chance["prob_best"]) if chance else math.nan, lang, 0),
                    cells.figure(chance["expected_regret"] if chance else math.nan, lang),
                )
            )
        caption = word("ranking_caption", lang, indicator=label(name, lang), window=span(window))
        parts.append(Part(caption, tuple(rows), folded=True))
    return Table("ranking", word("sheet_ranking", lang), columns, tuple(parts))


def inputs(found: Comparison, lang: Lang) -> Table:
    """What every variant says otherwise than the baseline."""
    columns = columns_of(lang, "scenario", "path", "baseline_value", "value", above=("scenario",))
    parts = []
    for variant in found.variants:
        rows = tuple(
            (
                cells.words(variant, found.title(variant, lang)),
                cells.words(row["path"], kind="code"),
                cells.set_to(row["baseline_value"], lang),
                cells.set_to(row["value"], lang),
            )
            for row in found.of("inputs.csv", scenario=variant)
        )
        parts.append(Part(found.title(variant, lang), rows))
    return Table("inputs", word("sheet_inputs", lang), columns, tuple(parts))


def columns_of(lang: Lang, *keys: str, above: Iterable[str] = ()) -> tuple[Column, ...]:
    """Columns with their headings; those ``above`` stand in the captions of the page."""
    hidden = set(above)
    return tuple(Column(key, word(f"col_{key}", lang), key in hidden) for key in keys)


def one_part(caption: str, rows: Iterable[tuple[Cell, ...]]) -> tuple[Part, ...]:
    """A table in one part."""
    return (Part(caption, tuple(rows)),)
