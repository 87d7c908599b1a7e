"""The tables that ``klyngesim sweep`` ends with: what the outcomes depend on, and which way."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from klyngesim.cli.console import Language, screen
from klyngesim.cli.summary import word, written

if TYPE_CHECKING:
    from klyngesim.sweeps.data import SweepData
    from klyngesim.sweeps.rows import Index, NoiseRow

LEAD = 5
"""Factors shown of every outcome."""


def print_sweep(directory: Path, lang: Language = Language.en) -> None:
    """Prints the leading factors of every outcome, a table for each scenario, the noise, and where a variant loses.

    All of it is read from the directory of a finished sweep.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from klyngesim.note.sweep import sentences, ways
    from klyngesim.results.indicators import indicator
    from klyngesim.sweeps.data import read
    from klyngesim.sweeps.rows import DUMMY

    console = screen()
    data = read(directory)
    if data.manifest["runs"]["failed"] == data.manifest["runs"]["asked"]:
        console.print(word("sweep_none", lang))
        return
    for scenario in data.scenarios:
        table = Table(
            box=SIMPLE_HEAD,
            pad_edge=False,
            title=_title(data, scenario, lang),
            title_justify="left",
            caption=_caption(data, lang),
            caption_justify="left",
        )
        table.add_column(word("outcome", lang))
        table.add_column(word("leading", lang), no_wrap=True, overflow="fold")
        table.add_column(word("in_words", lang))
        for name in (data.main_index, *(word(key, lang) for key in ("interval", "noise_floor", "changes_by"))):
            table.add_column(name, justify="right")
        table.add_column(word("reading", lang))
        for outcome in data.outcomes:
            label = indicator(outcome).label(lang.value)
            leading = [one for one in data.leading(scenario, outcome) if one.parameter != DUMMY][:LEAD]
            for rank, one in enumerate(leading):
                table.add_row(label if not rank else "", *_cells(one, lang), end_section=one is leading[-1])
            if not leading:
                table.add_row(label, "", word("no_index", lang), *[""] * 5, end_section=True)
        console.print(table)
        for row in data.noise:
            if row.scenario == scenario:
                console.print(f"  {indicator(row.outcome).label(lang.value)}: {noise(row, lang)}", soft_wrap=True)
    for line in (*ways(data, lang.value), *sentences(data, lang.value)):
        console.print(line, soft_wrap=True)
    for fitted in data.surrogate:
        if fitted.why:
            title = data.scenario_title(fitted.scenario, lang.value)
            whose = f"{indicator(fitted.outcome).label(lang.value)}, {title}"
            console.print(word("no_surrogate", lang, whose=whose, why=fitted.why), soft_wrap=True)
    if data.left_out:
        count = len(data.left_out)
        console.print(word("left_out_one" if count == 1 else "left_out", lang, n=count))


def noise(row: "NoiseRow", lang: Language = Language.en) -> str:
    """What a row of noise.csv comes to, in a sentence without its subject."""
    from klyngesim.sweeps.convergence import SMALL

    replicates, share, needed = row.replicates, row.noise_share, row.replicates_needed
    if replicates < 2:
        return word("one_seed", lang)
    if math.isnan(share):
        return word("no_differ", lang)
    percent = " %" if lang is Language.en else " pct."
    said = word("share", lang, share=written(f"{100.0 * share:.1f}", lang) + percent)
    if share < SMALL:
        return word("enough", lang, share=said, n=replicates)
    if math.isinf(needed):
        return word("only_noise", lang, share=said)
    return word("more_seeds", lang, share=said, n=written(f"{needed:,.0f}", lang), small=f"{100 * SMALL:g}{percent}")


def _title(data: "SweepData", scenario: str, lang: Language) -> str:
    whose = data.scenario_title(scenario, lang.value)
    if data.baseline is None:
        return whose
    return word("difference", lang, variant=whose, baseline=data.scenario_title(data.baseline, lang.value))


def _caption(data: "SweepData", lang: Language) -> str:
    floor = word("dummy" if data.has_dummy else "no_dummy", lang)
    first, _, last = str(data.manifest["window"]).partition("-")
    means = word(f"means_{data.main_index}", lang)
    return word(
        "sweep_caption", lang, means=means, floor=floor, window=first if last in ("", first) else f"{first}-{last}"
    )


def _cells(one: "Index", lang: Language) -> tuple[str, ...]:
    """A factor by its id and in words, its index, and how that is to be read."""
    from klyngesim.report.parameter_words import factor

    low, high = (_number(value, lang) for value in (one.low, one.high))
    interval = word("from_to", lang, low=low, high=high) if math.isfinite(one.low) else "-"
    reading = "larger" if one.above else "luck"
    if one.above and interval == "-":
        reading = "larger_without"
    if math.isnan(one.noise_floor):
        reading = "no_floor"
    numbers = (_number(value, lang) for value in (one.value, one.noise_floor, one.convergence))
    value, floor, change = numbers
    called = factor(one.parameter, lang.value)
    words = "" if called == one.parameter else called
    return one.parameter, words, value, interval, floor, change, word(reading, lang)


def _number(value: float, lang: Language) -> str:
    """Three digits, whole ones of large numbers."""
    if not math.isfinite(value):
        return "-"
    return written(f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}", lang)
