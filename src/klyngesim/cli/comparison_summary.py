"""The table that ``klyngesim compare`` ends with: what differs, how surely, and what the answer hangs on."""

import math
from typing import TYPE_CHECKING

from klyngesim.cli.console import Language, screen
from klyngesim.cli.summary import word, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table

    from klyngesim.comparisons.differences import Paired
    from klyngesim.comparisons.files import Made
    from klyngesim.comparisons.pairs import Runs
    from klyngesim.comparisons.verdicts import Difference


def print_comparison(made: "Made", clusters: "Sequence[str]" = (), lang: Language = Language.en) -> None:
    """Prints for every variant its question, its table, what its parts contribute and what turns its answer.

    With ``clusters`` only what differs in these organisations.
    """
    from klyngesim.cli.comparison_lines import idle, lines
    from klyngesim.comparisons.contested import without_effect
    from klyngesim.comparisons.verdicts import differences
    from klyngesim.report.words import phrase

    console, runs = screen(), made.runs
    if len(runs.lots) == 0:
        console.print(word("compare_none", lang))
        return
    without, rows = without_effect(runs), list(differences(runs, made.tenable))
    base = runs.scenarios[0].title[lang.value]
    for variant, scenario in enumerate(runs.scenarios[1:], start=1):
        title = word("compare_title", lang, variant=scenario.title[lang.value], baseline=base)
        if asked := phrase(scenario.question, lang.value).text.strip():
            title = f"{title}\n{asked}"
        if scenario.name in without:
            said = idle(without[scenario.name], runs.windows[-1].last, lang)
            console.print(f"{title}\n  {said}\n", soft_wrap=True)
            continue
        if clusters:
            for cluster in clusters:
                console.print(_of_cluster(runs, variant, cluster, title, lang))
            continue
        console.print(_table(runs, variant, [row for row in rows if row.scenario == scenario.name], title, lang))
        for line in lines(made, scenario.name, lang):
            console.print(f"  {line}", soft_wrap=True)


def _table(runs: "Runs", variant: int, rows: "Sequence[Difference]", title: str, lang: Language) -> "Table":
    """Every sure change, the largest first, then the other indicators that people are shown."""
    from klyngesim.report import words as note_words
    from klyngesim.results.comparison import in_order

    drawn = max((row.tenable_n for row in rows), default=0)
    said = word("compare_drawn", lang, n=drawn) if drawn else word("compare_not_drawn", lang)
    table = _headed(runs, title, f"{_caption(runs, variant, lang)} {said}", lang)
    table.add_column(word("compare_rests_on", lang))
    if drawn:
        table.add_column(word("compare_over", lang))
    for name in in_order(rows):
        mine = [row for row in rows if row.indicator == name]
        cells = (_cell(runs.paired(variant, place, name), lang) for place in range(len(runs.windows)))
        basis = note_words.word(f"rests_on_{mine[0].rests_on}", lang.value)
        wide = (_wide(mine[0], runs.paired(variant, 0, name).baseline, lang),) if drawn else ()
        verdicts = _said((row.verdict for row in mine), lang)
        table.add_row(note_words.shown(name, lang.value), *cells, verdicts, basis, *wide)
    return table


def _wide(row: "Difference", level: float, lang: Language) -> str:
    """``-3.0 to +9.1 %; better in 55 %, worse in 30 %`` of the first window's draws."""
    if not row.tenable_n or not level:
        return "-"
    low, high = (_points(end / abs(level), lang) for end in (row.tenable_low, row.tenable_high))
    shares = {"better": f"{100 * row.tenable_better:.0f}", "worse": f"{100 * row.tenable_worse:.0f}"}
    return word("compare_wide", lang, low=low, high=high, **shares)


def _of_cluster(runs: "Runs", variant: int, cluster: str, title: str, lang: Language) -> "Table":
    """What differs in one organisation."""
    from klyngesim.comparisons.differences import verdict
    from klyngesim.comparisons.verdicts import direction
    from klyngesim.report.words import who
    from klyngesim.results.indicators import indicator
    from klyngesim.results.windows import BY_ORGANISATION

    row = runs.organisations.index(cluster)
    caption = word("compare_cluster", lang, n=len(runs.lots))
    table = _headed(runs, f"{title}: {who('organisation', cluster, lang.value)}", caption, lang)
    for name in BY_ORGANISATION:
        found = [runs.paired(variant, window, name, row) for window in range(len(runs.windows))]
        one = indicator(name)
        effects = (runs.smallest_effect * abs(each.baseline) for each in found)
        words = (verdict(each, direction(one), effect) for each, effect in zip(found, effects, strict=True))
        cells = (_cell(each, lang) for each in found)
        table.add_row(one.label(lang.value), *cells, _said(words, lang) if direction(one) else "")
    return table


def _said(verdicts: "Iterable[str]", lang: Language) -> str:
    """Verdicts of the windows in words, once where they are the same."""
    from klyngesim.report import labels

    return " / ".join(dict.fromkeys(labels.verdict(one, lang.value) for one in verdicts))


def _headed(runs: "Runs", title: str, caption: str, lang: Language) -> "Table":
    """An empty table of differences in every window, with verdicts."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        title=title,
        title_justify="left",
        caption=caption,
        caption_justify="left",
    )
    table.add_column(word("indicator", lang))
    for window in runs.windows:
        table.add_column(word("compare_difference", lang, window=window.label), justify="right")
    table.add_column(word("compare_verdict", lang))
    return table


def _caption(runs: "Runs", variant: int, lang: Language) -> str:
    from klyngesim.results.comparison import FEWEST, MAIN

    found = [runs.paired(variant, 0, name) for name in MAIN]
    needed = [one.pairs_for(runs.smallest_effect * abs(one.baseline)) for one in found if one.n]
    most = max((value for value in needed if math.isfinite(value)), default=0.0)
    n = len(runs.lots)
    said = [word("compare_caption", lang, n=n, effect=written(f"{100 * runs.smallest_effect:g}", lang))]
    if n < FEWEST:
        said.append(word("compare_few", lang, fewest=FEWEST))
    if most > n:
        said.append(word("compare_more", lang, n=written(f"{most - n:,.0f}", lang)))
    return " ".join(said)


def _cell(found: "Paired", lang: Language) -> str:
    """``+1.2 % (+0.3 to +2.1)``; zero where nothing differs, to the last bit; the change itself without a level."""
    if found.equal:
        return "0"
    if math.isnan(found.mean):
        return "-"
    if not found.baseline:
        return word("compare_cell_zero", lang, change=written(f"{found.mean:+,.3g}", lang))
    middle, low, high = (_points(value / abs(found.baseline), lang) for value in (found.mean, found.low, found.high))
    return word("compare_cell", lang, middle=middle, low=low, high=high)


def _points(share: float, lang: Language) -> str:
    """A share in per cent with its sign, rounded as the note rounds it."""
    from klyngesim.note.cells import signed
    from klyngesim.report.numbers import MINUS

    return signed(share, lang.value, unit=False).replace(MINUS, "-")
