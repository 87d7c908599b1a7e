"""The table that ``klyngesim compare`` ends with: what differs, how surely, and what the answer hangs on."""

import math
from typing import TYPE_CHECKING

from klyngesim.cli.console import screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.table import Table

    from klyngesim.experiments.breakeven import BreakEven
    from klyngesim.experiments.comparison_files import Made
    from klyngesim.experiments.decomposition import Contribution
    from klyngesim.experiments.differences import Paired
    from klyngesim.experiments.pairs import Runs
    from klyngesim.experiments.robustness import Robust
    from klyngesim.experiments.verdicts import Difference


def print_comparison(made: "Made", clusters: "Sequence[str]" = ()) -> None:
    """Prints for every variant its table, what its parts contribute and what turns its answer.

    With ``clusters`` only what differs in these organisations.
    """
    from klyngesim.experiments.contested import without_effect
    from klyngesim.experiments.verdicts import differences

    console, runs = screen(), made.runs
    if len(runs.lots) == 0:
        console.print("No pair of runs could be finished, so there is nothing to compare.")
        return
    idle, rows = without_effect(runs), list(differences(runs, made.tenable))
    for variant, scenario in enumerate(runs.scenarios[1:], start=1):
        title = f"{scenario.title['en']} compared with {runs.scenarios[0].title['en']}"
        if scenario.name in idle:
            console.print(f"{title}\n{_idle(idle[scenario.name], runs.windows[-1].last)}\n")
            continue
        if clusters:
            for cluster in clusters:
                console.print(_of_cluster(runs, variant, cluster, title))
            continue
        console.print(_table(runs, variant, [row for row in rows if row.scenario == scenario.name], title))
        name = scenario.name
        hangs, turned = _hangs_on(name, made.strengths), _turned_by(name, made.switched)
        for line in (*_made_of(name, made.contributions), *hangs, *turned):
            console.print(line)


def _idle(changed: "Mapping[str, str]", year: int) -> str:
    """What is said of a variant that changes nothing up to the end of a year."""
    same = f"  Nothing changes: every run equals the baseline's up to {year}"
    if not changed:
        return f"{same}, and the variant sets nothing otherwise by then."
    said = [f"{key} (needs {need})" if need else key for key, need in changed.items()]
    return f"{same}. No effect: {', '.join(said)}."


def _table(runs: "Runs", variant: int, rows: "Sequence[Difference]", title: str) -> "Table":
    """Every sure change, the largest first, then the other indicators that people are shown."""
    from klyngesim.report import note_words
    from klyngesim.results.comparison import in_order

    drawn = max((row.tenable_n for row in rows), default=0)
    table = _headed(runs, title, f"{_caption(runs, variant)} {_drawn(drawn)}")
    table.add_column("rests on")
    if drawn:
        table.add_column("over tenable assumptions")
    for name in in_order(rows):
        mine = [row for row in rows if row.indicator == name]
        cells = (_cell(runs.paired(variant, place, name)) for place in range(len(runs.windows)))
        said = _said(row.verdict for row in mine)
        wide = (_wide(mine[0], runs.paired(variant, 0, name).baseline),) if drawn else ()
        table.add_row(note_words.shown(name, "en"), *cells, said, mine[0].rests_on, *wide)
    return table


def _wide(row: "Difference", level: float) -> str:
    """``-3.0 to +9.1 %; better in 55 %, worse in 30 %`` of the first window's draws."""
    if not row.tenable_n or not level:
        return "-"
    low, high = (100.0 * end / abs(level) for end in (row.tenable_low, row.tenable_high))
    return (
        f"{low:+.1f} to {high:+.1f} %; better {100 * row.tenable_better:.0f} %, worse {100 * row.tenable_worse:.0f} %"
    )


def _drawn(draws: int) -> str:
    if not draws:
        return "The assumptions were not drawn: there is no second band."
    return (
        f"Over tenable assumptions: 90 % of {draws} pairs in which the assumptions that the variant hangs on are drawn "
        "over their ranges too, and the shares of them in which it is better or worse."
    )


def _of_cluster(runs: "Runs", variant: int, cluster: str, title: str) -> "Table":
    """What differs in one organisation."""
    from klyngesim.experiments.differences import verdict
    from klyngesim.experiments.verdicts import direction
    from klyngesim.report.note_words import who
    from klyngesim.results.indicators import indicator
    from klyngesim.results.windows import BY_ORGANISATION

    row = runs.organisations.index(cluster)
    caption = f"Mean difference per year in this organisation in percent of the baseline, {len(runs.lots)} pairs."
    table = _headed(runs, f"{title}: {who('organisation', cluster, 'en')}", caption)
    for name in BY_ORGANISATION:
        found = [runs.paired(variant, window, name, row) for window in range(len(runs.windows))]
        one = indicator(name)
        effects = (runs.smallest_effect * abs(each.baseline) for each in found)
        words = (verdict(each, direction(one), effect) for each, effect in zip(found, effects, strict=True))
        table.add_row(one.label_en, *map(_cell, found), _said(words) if direction(one) else "")
    return table


def _said(verdicts: "Iterable[str]") -> str:
    """Verdicts of the windows in words, once where they are the same."""
    from klyngesim.report import labels

    return " / ".join(dict.fromkeys(labels.verdict(one, "en") for one in verdicts))


def _headed(runs: "Runs", title: str, caption: str) -> "Table":
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
    table.add_column("indicator")
    for window in runs.windows:
        table.add_column(f"difference {window.label}", justify="right")
    table.add_column("verdict")
    return table


def _caption(runs: "Runs", variant: int) -> str:
    from klyngesim.results.comparison import FEWEST, MAIN

    found = [runs.paired(variant, 0, name) for name in MAIN]
    needed = [one.pairs_for(runs.smallest_effect * abs(one.baseline)) for one in found if one.n]
    most = max((value for value in needed if math.isfinite(value)), default=0.0)
    n = len(runs.lots)
    few = f" Fewer than {FEWEST} pairs say nothing, so there is no verdict." if n < FEWEST else ""
    more = f" {most - n:,.0f} more pairs would make every main interval narrower than that." if most > n else ""
    return (
        f"Mean difference per year in percent of the baseline, 90 % interval of the mean, {n} pairs; the largest sure "
        "change first. Better or worse: the whole interval lies beyond the smallest effect of interest, "
        f"{100 * runs.smallest_effect:g} %; no difference: all of it lies inside.{few}{more}"
    )


def _cell(found: "Paired") -> str:
    """``+1.2 % (+0.3 to +2.1)``; zero where nothing differs, to the last bit; the change itself without a level."""
    if found.equal:
        return "0"
    if math.isnan(found.mean):
        return "-"
    if not found.baseline:
        return f"{found.mean:+,.3g} (baseline 0)"
    middle, low, high = (100.0 * value / abs(found.baseline) for value in (found.mean, found.low, found.high))
    return f"{middle:+.1f} % ({low:+.1f} to {high:+.1f})"


_TOLD = ("participants_unique_year", "members", "projects_external_started")
"""Indicators whose parts are printed: reach, members, depth."""


def _made_of(variant: str, contributions: "Sequence[Contribution]") -> list[str]:
    """One line for each part of a variant: what the difference loses without it."""
    from klyngesim.experiments.decomposition import REST
    from klyngesim.report.note_words import shown

    mine = [row for row in contributions if row.scenario == variant and row.indicator in _TOLD]
    lines = []
    for part in dict.fromkeys(row.part for row in mine):
        rows = [row for row in mine if row.part == part]
        name = " ".join(dict.fromkeys((part, rows[0].parameters)))
        name = "the rest, parts only together and what no part sets" if part == REST else name
        told = [f"{shown(row.indicator, 'en')} {100.0 * row.contribution:+.1f}" for row in rows if row.n_pairs]
        lines.append(f"    {name}: {', '.join(told) or 'cannot be left out alone'}")
    pairs = max((row.n_pairs for row in mine), default=0)
    head = f"  Made of, in points of the difference ({pairs} pairs, each part left out in turn):"
    return [head, *lines] if mine else []


def _hangs_on(variant: str, strengths: "Sequence[BreakEven]") -> list[str]:
    """One line for each contested parameter whose evidence contains a break-even strength."""
    found: dict[str, list[str]] = {}
    ranges: dict[str, tuple[float, float, str]] = {}
    for row in strengths:
        if row.scenario == variant and row.inside_evidence and not row.unclear:
            found.setdefault(row.parameter, []).append(f"{row.indicator} at {row.breakeven:.3g}")
            ranges[row.parameter] = (row.evidence_low, row.evidence_high, row.why)
    return [
        f"  Hangs on {name} ({ranges[name][0]:g} to {ranges[name][1]:g}; {ranges[name][2]}): break-even for "
        + ", ".join(places)
        for name, places in found.items()
    ]


def _turned_by(variant: str, switched: "Sequence[Robust]") -> list[str]:
    """One line for each mechanism or rival rule under which a difference that is sure has the other sign."""
    from klyngesim.results.comparison import FEWEST

    found: dict[str, list[str]] = {}
    for row in switched:
        sure = row.n_pairs >= FEWEST and (row.low > 0.0 or row.high < 0.0)
        if row.scenario == variant and row.turns and sure:
            how = "off" if row.kind == "mechanism" else "rival rule"
            found.setdefault(f"{row.switch} ({how})", []).append(row.indicator)
    return [f"  Turned by {switch}: {', '.join(names)}" for switch, names in found.items()]
