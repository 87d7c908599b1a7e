"""Figure: nine small multiples of the programme over the years, with 90 % bands over replicates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from klyngesim.figures import panels, style
from klyngesim.figures.panels import footer, not_recorded
from klyngesim.report import labels
from klyngesim.report.numbers import Lang, number, usual_decimals, years
from klyngesim.report.run_data import REPORT_YEARS, Point, RunData

NAME = "time_series"
COLUMNS = ("panel", "indicator", "year", "mean", "low", "high", "n")
HEADLINE = "participants_unique_year"
TOTAL = "external_total_mkr"


@dataclass(frozen=True)
class Panel:
    """One small chart: its key in the labels and its lines as (indicator, colour); several lines carry their names."""

    key: str
    lines: tuple[tuple[str, str], ...]


EXTERNAL = Panel(
    "external",
    (
        ("external_public_mkr", style.SKY),
        ("external_eu_mkr", style.GREEN),
        ("external_private_mkr", style.VERMILION),
        ("external_other_mkr", style.PURPLE),
    ),
)
"""The sources of Table 7; where all four are recorded their total is drawn too."""

PANELS = (
    Panel("participants", ((HEADLINE, style.BLUE),)),
    Panel("members", (("members", style.BLUE),)),
    Panel("return", (("return_rate", style.BLUE),)),
    Panel("applications", (("applications_submitted", style.BLUE), ("applications_won", style.VERMILION))),
    Panel("projects", (("projects_pilot_started", style.BLUE), ("projects_external_started", style.VERMILION))),
    Panel("ties", (("ties_firm_institution", style.BLUE), ("ties_cluster", style.VERMILION))),
    Panel("grant", (("grant_spent_mkr", style.BLUE),)),
    EXTERNAL,
    Panel("social_capital", (("social_capital", style.BLUE),)),
)


def total(series: Sequence[Sequence[Point]]) -> tuple[Point, ...]:
    """Sum of the means of several series in the years that all of them have; it has no band of its own."""
    if not series or not all(series):
        return ()
    means = [{point.year: point.mean for point in points} for points in series]
    shared = sorted(set.intersection(*(set(by_year) for by_year in means)))
    sums = ((year, math.fsum(by_year[year] for by_year in means)) for year in shared)
    return tuple(Point(year, mean, math.nan, math.nan, series[0][0].n) for year, mean in sums)


def rows(run: RunData) -> tuple[tuple[str | int | float, ...], ...]:
    """Every point drawn, panel by panel."""
    return tuple(
        (panel.key, indicator, p.year, p.mean, p.low, p.high, p.n)
        for panel in PANELS
        for indicator, _, points in _lines(run, panel)
        for p in points
    )


def draw(run: RunData, lang: Lang) -> style.Drawn:
    """Nine panels in three rows: reach, depth, money and what carries them."""
    figure = style.new_figure(13.0, 11.4)
    title = _title(run, lang)
    extra = " ".join(filter(None, _notes(run, lang)))
    subtitle = labels.text("series_subtitle", lang).format(period=run.period)
    small_print = footer(run, lang, "band" if len(run.years) > 1 else "bars", (extra,))
    bottom, top = style.frame(figure, title, subtitle, small_print)
    left, right, gap_x, gap_y, heading = 0.85, 11.5, 1.7, 0.42, 0.52
    width = (right - left - 2 * gap_x) / 3
    height = (top - bottom - 0.32 - 2 * gap_y) / 3
    for i, panel in enumerate(PANELS):
        start, above = left + (i % 3) * (width + gap_x), top - (i // 3) * (height + gap_y)
        axes = style.room(figure, start, above - height, start + width, above - heading)
        _panel(axes, run, panel, lang)
    return style.Drawn(NAME, figure, title, COLUMNS, rows(run))


def _title(run: RunData, lang: Lang) -> str:
    found = [(window, run.mean(HEADLINE, window)) for window in run.windows()]
    known = [(years(window[0], window[-1]), number(mean, lang, 0)) for window, mean in found if math.isfinite(mean)]
    if not known:
        return labels.text("series_title_none", lang)
    key = "series_title" if len(known) > 1 else "series_title_one"
    return labels.text(key, lang).format(first=known[0][1], years1=known[0][0], last=known[-1][1], years2=known[-1][0])


def _notes(run: RunData, lang: Lang) -> tuple[str, ...]:
    drawn = [panel for panel in PANELS if _lines(run, panel)]
    missing = [f"line_{name}" for panel in drawn for name, _ in panel.lines if not run.points(name)]
    summed = any(name == TOTAL for name, _, _ in _lines(run, EXTERNAL))
    return (
        labels.text("note_report_years", lang) if _shaded(run) else "",
        labels.text("note_total", lang) if summed else "",
        not_recorded(lang, missing),
    )


def _shaded(run: RunData) -> bool:
    """Whether the report's years are a part of the axis worth telling from the rest."""
    return bool(run.years) and run.years[0] in REPORT_YEARS and run.years[-1] not in REPORT_YEARS


def _lines(run: RunData, panel: Panel) -> list[tuple[str, str, tuple[Point, ...]]]:
    """Lines of a panel as (indicator, colour, points); of the external money also the total."""
    found = [(indicator, colour, run.points(indicator)) for indicator, colour in panel.lines]
    if panel is EXTERNAL:
        found.append((TOTAL, style.INK, total([points for _, _, points in found])))
    return [line for line in found if line[2]]


def _panel(axes: Axes, run: RunData, panel: Panel, lang: Lang) -> None:
    lines = _lines(run, panel)
    panels.panel_title(axes, labels.text(f"panel_{panel.key}", lang), labels.text(f"unit_{panel.key}", lang))
    if not lines:
        panels.say(axes, labels.text("not_recorded", lang))
        return
    if _shaded(run):
        shaded = [year for year in run.years if year in REPORT_YEARS]
        axes.axvspan(shaded[0] - 0.5, shaded[-1] + 0.5, color=style.SHADE, zorder=0)
    for indicator, colour, points in lines:
        _line(axes, points, colour, dotted=indicator == TOTAL)
    panels.value_axis(axes, lang, max(_reach(p) for _, _, points in lines for p in points))
    panels.year_axis(axes, run.years)
    _end_tags(axes, lines, lang, named=len(panel.lines) > 1)


def _reach(point: Point) -> float:
    return point.high if point.banded else point.mean


def _line(axes: Axes, points: Sequence[Point], colour: str, dotted: bool) -> None:
    at, means = [p.year for p in points], [p.mean for p in points]
    banded = [p for p in points if p.banded]
    if len(points) == 1 and banded:
        axes.vlines(at[0], banded[0].low, banded[0].high, color=colour, linewidth=5, alpha=0.3)
    elif banded:
        low, high = [p.low for p in banded], [p.high for p in banded]
        axes.fill_between([p.year for p in banded], low, high, color=colour, alpha=0.22, linewidth=0)
    size = 2.8 if len(points) > 1 else 6.0
    axes.plot(at, means, color=colour, linewidth=1.6, linestyle=":" if dotted else "-", marker="o", markersize=size)


def _end_tags(axes: Axes, lines: Sequence[tuple[str, str, tuple[Point, ...]]], lang: Lang, named: bool) -> None:
    """Last values beside the panel, with their names when there are several."""
    decimals = usual_decimals(max(points[-1].mean for _, _, points in lines))
    found = []
    for indicator, colour, points in lines:
        value = number(points[-1].mean, lang, decimals)
        text = f"{value} {labels.text(f'line_{indicator}', lang)}" if named else value
        found.append(panels.Tag(points[-1].mean, text, colour))
    panels.tags(axes, found)
