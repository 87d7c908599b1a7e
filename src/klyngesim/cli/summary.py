"""The table that ``klyngesim run`` ends with: the programme's headline figures by window of years."""

import math
from typing import TYPE_CHECKING

from klyngesim.cli.console import screen

if TYPE_CHECKING:
    from klyngesim.results.aggregate import YearAggregates

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
