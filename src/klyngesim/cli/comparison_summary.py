"""The table that ``klyngesim compare`` ends with: what differs, how surely, and what the answer hangs on."""

import math
from typing import TYPE_CHECKING

from klyngesim.cli.console import screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from klyngesim.experiments.breakeven import BreakEven
    from klyngesim.experiments.compared import Runs
    from klyngesim.experiments.paired import Paired
    from klyngesim.experiments.robustness import Robust

def print_comparison(runs: "Runs", strengths: "Sequence[BreakEven]", switched: "Sequence[Robust]" = ()) -> None:
    """Prints a table for every variant, the guardrail line and how many pairs are missing."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from klyngesim.experiments.paired import verdict
    from klyngesim.experiments.verdicts import direction, rests_on
    from klyngesim.results.comparison import GROSS_AND_NET, GUARD, SHOWN
    from klyngesim.results.indicators import indicator

    notes = {GUARD: " (guardrail)", GROSS_AND_NET[0]: " (gross)", GROSS_AND_NET[1]: " (net of background)"}
    console = screen()
    if len(runs.lots) == 0:
        console.print("No pair of runs could be finished, so there is nothing to compare.")
        return
    for variant in range(1, len(runs.scenarios)):
        table = Table(
            box=SIMPLE_HEAD,
            pad_edge=False,
            title=f"{runs.scenarios[variant].title['en']} compared with {runs.scenarios[0].title['en']}",
            title_justify="left",
            caption=_caption(runs, variant),
            caption_justify="left",
        )
        table.add_column("indicator")
        for window in runs.windows:
            table.add_column(f"difference {window.label}", justify="right")
        table.add_column("verdict")
        table.add_column("rests on")
        for name in SHOWN:
            found = [runs.paired(variant, place, name) for place in range(len(runs.windows))]
            way, effect = direction(indicator(name)), runs.smallest_effect
            words = [verdict(one, way, effect * abs(one.baseline)) for one in found]
            said = words[0] if len(set(words)) == 1 else " / ".join(words)
            label = indicator(name).label_en + notes.get(name, "")
            table.add_row(label, *(_cell(one) for one in found), said, rests_on(runs, variant, name))
        console.print(table)
        name = runs.scenarios[variant].name
        for line in (*_hangs_on(name, strengths), *_turned_by(name, switched)):
            console.print(line)


def _caption(runs: "Runs", variant: int) -> str:
    from klyngesim.results.comparison import MAIN

    found = [runs.paired(variant, 0, name) for name in MAIN]
    needed = [one.pairs_for(runs.smallest_effect * abs(one.baseline)) for one in found if one.n]
    most = max((value for value in needed if math.isfinite(value)), default=0.0)
    n = len(runs.lots)
    more = f" {most - n:,.0f} more pairs would make every interval narrower than that." if most > n else ""
    return (
        f"Mean difference per year in percent of the baseline, 90 % interval of the mean, {n} pairs. Too close to "
        f"call: the interval is not beyond the smallest effect of interest, {100 * runs.smallest_effect:g} %.{more}"
    )


def _cell(found: "Paired") -> str:
    """``+1.2 % (+0.3 to +2.1)``; zero where nothing differs, to the last bit."""
    if found.low == found.high == 0.0:
        return "0"
    if not found.baseline or math.isnan(found.mean):
        return "-"
    middle, low, high = (100.0 * value / abs(found.baseline) for value in (found.mean, found.low, found.high))
    return f"{middle:+.1f} % ({low:+.1f} to {high:+.1f})"


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
    found: dict[str, list[str]] = {}
    for row in switched:
        if row.scenario == variant and row.turns and (row.low > 0.0 or row.high < 0.0):
            how = "off" if row.kind == "mechanism" else "rival rule"
            found.setdefault(f"{row.switch} ({how})", []).append(row.indicator)
    return [f"  Turned by {switch}: {', '.join(names)}" for switch, names in found.items()]
