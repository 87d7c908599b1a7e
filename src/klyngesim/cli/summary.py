"""The tables that ``klyngesim run`` and ``klyngesim sweep`` end with: headline figures, and what they depend on."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from klyngesim.cli.console import screen

if TYPE_CHECKING:
    from klyngesim.results.aggregate import YearAggregates
    from klyngesim.sweep.data import SweepData
    from klyngesim.sweep.rows import Index, NoiseRow


NOT_CALIBRATED = (
    "These are central assumptions, not the calibrated parameters (`--posterior N` takes N draws of those): levels are "
    "no forecast. `klyngesim params` says where each value comes from."
)

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


def print_summary(aggregates: "YearAggregates", drawn: bool = False) -> None:
    """Print the table on stdout; says so instead when the run covers no complete year.

    ``drawn`` says that every replicate has a draw of the calibrated parameters of its own.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from klyngesim.results.indicators import HEADLINES, indicator

    console = screen()
    chosen = windows(aggregates.years)
    if not chosen:
        console.print("The run covers no complete year, so there are no yearly figures to show.")
        return
    n, under = aggregates.n, ", calibrated parameters drawn for each" if drawn else ""
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        title=f"{aggregates.scenario}: the programme per year, mean of {n} replicates{under} (90 % band)"
        if n > 1
        else f"{aggregates.scenario}: the programme per year, one replicate{under} (no band)",
        title_justify="left",
        caption="Mean over the years of a column. Flows are sums of the year, stocks stand at its end.",
        caption_justify="left",
    )
    table.add_column("indicator")
    table.add_column("unit")
    for first, last in chosen:
        table.add_column(f"{first}-{last}" if first < last else str(first), justify="right")
    table.add_column("n", justify="right")
    for name in HEADLINES:
        item = indicator(name)
        bands = [aggregates.window(name, first, last) for first, last in chosen]
        cells = [_cell(float(found.mean), float(found.low), float(found.high), n) for found in bands]
        unit = f"{item.unit} a year" if item.kind == "flow" else item.unit
        table.add_row(item.label_en, unit, *cells, str(max(int(found.n) for found in bands)))
    console.print(table)


def _cell(mean: float, low: float, high: float, n: int) -> str:
    """``1,234 (1,200 to 1,270)``; a dash for what is not defined, no band where there is no spread to be seen."""
    if math.isnan(mean):
        return "-"
    digits = 0 if abs(mean) >= 100 else 1 if abs(mean) >= 10 else 2
    middle, lower, upper = (f"{value:,.{digits}f}" for value in (mean, low, high))
    return middle if n == 1 or lower == upper else f"{middle} ({lower} to {upper})"


LEAD = 5
"""Factors shown of every outcome."""


def print_sweep(directory: Path) -> None:
    """Prints the leading factors of every outcome, a table for each scenario, the noise, and where a variant loses.

    All of it is read from the directory of a finished sweep.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from klyngesim.report.note_sweep import sentences, ways
    from klyngesim.results.indicators import indicator
    from klyngesim.sweep.data import read
    from klyngesim.sweep.rows import DUMMY

    console = screen()
    data = read(directory)
    if data.manifest["runs"]["failed"] == data.manifest["runs"]["asked"]:
        console.print("No run could be finished, so nothing is known of what the outcomes depend on.")
        return
    for scenario in data.scenarios:
        table = Table(
            box=SIMPLE_HEAD,
            pad_edge=False,
            title=_title(data, scenario),
            title_justify="left",
            caption=_caption(data),
            caption_justify="left",
        )
        table.add_column("outcome")
        table.add_column("leading factor", no_wrap=True, overflow="fold")
        for name in (data.main_index, "90 % interval", "noise floor", "changes by"):
            table.add_column(name, justify="right")
        table.add_column("reading")
        for outcome in data.outcomes:
            label = indicator(outcome).label_en
            leading = [one for one in data.leading(scenario, outcome) if one.parameter != DUMMY][:LEAD]
            for rank, one in enumerate(leading):
                table.add_row(label if not rank else "", *_cells(one), end_section=one is leading[-1])
            if not leading:
                none = "no index: it does not vary, or there are too few points"
                table.add_row(label, none, "", "", "", "", "", end_section=True)
        console.print(table)
        for row in data.noise:
            if row.scenario == scenario:
                console.print(f"  {indicator(row.outcome).label_en}: {noise(row)}", soft_wrap=True)
    for line in (*ways(data, "en"), *sentences(data, "en")):
        console.print(line, soft_wrap=True)
    for fitted in data.surrogate:
        if fitted.why:
            whose = f"{indicator(fitted.outcome).label_en}, {data.scenario_title(fitted.scenario, 'en')}"
            console.print(f"No surrogate is used for {whose}: {fitted.why}", soft_wrap=True)
    if data.left_out:
        count = len(data.left_out)
        some = "1 parameter that was" if count == 1 else f"{count} parameters that were"
        console.print(f"{some} asked for could not be varied; left_out.csv says why.")


def noise(row: "NoiseRow") -> str:
    """What a row of noise.csv comes to, in a sentence without its subject."""
    from klyngesim.sweep.convergence import SMALL

    replicates, share, needed = row.replicates, row.noise_share, row.replicates_needed
    if replicates < 2:
        return "with one seed at each point, noise cannot be told from effects."
    if math.isnan(share):
        return "no two points differ."
    said = f"{100.0 * share:.1f} % of the variance between points is noise"
    if share < SMALL:
        return f"{said}; {replicates} seeds at each point are enough."
    if math.isinf(needed):
        return f"{said}; nothing but noise is seen, and no number of seeds is known to be enough."
    return f"{said}; {needed:,.0f} seeds at each point would bring it under {100 * SMALL:g} %."


def _title(data: "SweepData", scenario: str) -> str:
    whose = data.scenario_title(scenario, "en")
    if data.baseline is None:
        return whose
    return f"{whose}, difference from {data.scenario_title(data.baseline, 'en')}"


def _caption(data: "SweepData") -> str:
    floor = "There is no dummy."
    if data.has_dummy:
        floor = (
            "Noise floor: how far the same index of a dummy that changes the seeds alone reaches; what may be luck is "
            "not beyond it with its whole interval."
        )
    first, _, last = str(data.manifest["window"]).partition("-")
    return (
        f"{data.main_index}: {data.method.meaning}. {floor} "
        "Changes by: largest change if half or a quarter of the samples are used. "
        f"Mean per year {first if last in ('', first) else f'{first}-{last}'}."
    )


def _cells(one: "Index") -> tuple[str, str, str, str, str, str]:
    interval = f"{_number(one.low)} to {_number(one.high)}" if math.isfinite(one.low) else "-"
    reading = "larger than the dummy's" if one.above else "may be luck"
    if one.above and interval == "-":
        reading = "larger than the dummy's, without an interval"
    if math.isnan(one.noise_floor):
        reading = "no noise floor"
    return one.parameter, _number(one.value), interval, _number(one.noise_floor), _number(one.convergence), reading


def _number(value: float) -> str:
    """Three digits, whole ones of large numbers."""
    if not math.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
