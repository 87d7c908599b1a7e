"""Figure: the course of the main indicators over the years, each variant with the two bands of its difference.

A line is the baseline's mean (dashed) or that plus the mean paired difference; the bands lie around the same level, so
that a band which holds the dashed line holds no difference; it is cut off at zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from klyngesim.figures import style
from klyngesim.figures.panels import year_axis
from klyngesim.report import labels
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import Comparison, Year
from klyngesim.report.numbers import Lang, check_language, suffix_of, tick_labels
from klyngesim.report.parameter_words import translated
from klyngesim.results.directories import COMPARISON, read_manifest, read_tables
from klyngesim.results.indicators import indicator

NAME = "courses"

MONEY = "mio. kr."
"""The unit that an axis is told; that of the others is what they count."""

TABLES = ("paths.csv",)
"""Tables of the comparison that the figure is drawn from."""

SHOWN = (
    "participants_unique_year",
    "members",
    "projects_external_started",
    "projects_pilot_started",
    "external_private_mkr",
    "grant_spent_mkr",
)
"""Reach, members, depth, and the money of firms and of the public; none of them can be below zero."""

COLUMNS = ("indicator", "scenario", "year", "mean", "difference", "low", "high", "tenable_low", "tenable_high")

_COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY)
_PER_ROW = 3


def draw_courses(directory: Path, lang: str = "en") -> list[Path]:
    """Draws the figure of a comparison directory into its ``figures``, as PNG, SVG and CSV; returns their paths.

    Args:
        directory: holds manifest.json and the `TABLES`.
        lang: ``en`` or ``da``; Danish files carry the language in their name.

    Raises:
        InputError: the directory is not that of a comparison, or a table is missing.
        ValueError: unknown language.
    """
    language = check_language(lang)
    manifest = read_manifest(directory, COMPARISON)
    found = Comparison(directory, manifest, read_tables(directory, COMPARISON, TABLES, ()))
    target = directory / "figures"
    target.mkdir(exist_ok=True)
    with style.context():
        drawn = _draw(found, language)
        paths = style.save(drawn, target, f"{drawn.name}{suffix_of(language)}")
        drawn.figure.clear()
    return paths


def _draw(found: Comparison, lang: Lang) -> style.Drawn:
    baseline = found.manifest["baseline"]
    courses = {
        name: {one: found.course(one, name) for one in (baseline, *found.variants)}
        for name in SHOWN
        if found.course(baseline, name)
    }
    lines = max(1, math.ceil(len(courses) / _PER_ROW))
    figure = style.new_figure(13.0, 2.6 + 0.24 * len(found.variants) + 3.0 * lines)
    base_title = style.short(found.title(baseline, lang))
    title = labels.text("courses_title", lang).format(baseline=base_title)
    subtitle = labels.text("courses_subtitle", lang).format(baseline=base_title)
    windows = note_words.listed(map(note_words.span, found.windows), lang)
    footer = (
        labels.text("courses_axes", lang).format(windows=windows),
        labels.text("comparison_run", lang).format(
            id=found.manifest["comparison_id"], version=found.manifest["versions"]["klyngesim"]
        ),
    )
    bottom, top = style.frame(figure, title, subtitle, style.Footer(footer, ""))
    bottom += _legend(figure, found, lang, bottom)
    left, right, gap, heading = 0.75, 12.6, 0.75, 0.35
    width, height = (right - left - 2 * gap) / _PER_ROW, (top - bottom) / lines
    for place, (name, by_scenario) in enumerate(courses.items()):
        start, ceiling = left + place % _PER_ROW * (width + gap), top - place // _PER_ROW * height
        axes = style.room(figure, start, ceiling - height + 0.4, start + width, ceiling - heading)
        _panel(axes, name, by_scenario, found, lang)
    rows = tuple(
        (name, scenario, one.year, one.mean, *(_cell(part) for part in _parts(one)))
        for name, by_scenario in courses.items()
        for scenario, years in by_scenario.items()
        for one in years
    )
    return style.Drawn(NAME, figure, title, COLUMNS, rows)


def _parts(one: Year) -> tuple[float, ...]:
    return (one.difference, one.low, one.high, one.tenable_low, one.tenable_high)


def _cell(part: float) -> float | str:
    return "" if math.isnan(part) else part


def _panel(axes: Axes, name: str, courses: dict[str, list[Year]], found: Comparison, lang: Lang) -> None:
    money = f", {translated(MONEY, lang)}" if indicator(name).unit == MONEY else ""
    axes.set_title(f"{note_words.label(name, lang)}{money}", fontsize=10, weight="bold", loc="left")
    base = courses[found.manifest["baseline"]]
    level = {one.year: one.mean for one in base}
    first, *later = (tuple(map(int, (window[:4], window[-4:]))) for window in found.windows)
    axes.axvspan(first[0] - 0.5, first[1] + 0.5, color=style.GRID, alpha=0.7, zorder=0)
    for _, last in later:
        axes.axvspan(first[1] + 0.5, last + 0.5, color=style.SHADE, zorder=0)
    for variant, colour in zip(found.variants, _cycle(len(found.variants)), strict=True):
        years = [one for one in courses[variant] if not math.isnan(one.difference)]
        at = [one.year for one in years]
        for ends, alpha in ((("tenable_low", "tenable_high"), 0.13), (("low", "high"), 0.38)):
            # Tables have six digits, so that what is nothing may lie a little below.
            low, high = ([max(0.0, level[one.year] + getattr(one, end)) for one in years] for end in ends)
            if all(map(math.isfinite, (*low, *high))):
                axes.fill_between(at, low, high, color=colour, alpha=alpha, linewidth=0, zorder=2)
        means = [max(0.0, level[one.year] + one.difference) for one in years]
        axes.plot(at, means, color=colour, linewidth=1.8, zorder=3)
    axes.plot(list(level), list(level.values()), color=style.INK, linewidth=1.4, linestyle=(0, (4, 2)), zorder=4)
    year_axis(axes, list(level))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.set_ylim(bottom=max(0.0, axes.get_ylim()[0]))  # the margin around what touches zero would reach below it
    ticks = [float(tick) for tick in axes.get_yticks()]
    axes.set_yticks(ticks, tick_labels(ticks, lang), fontsize=8.5)
    axes.set_ylim(ticks[0], ticks[-1])
    axes.grid(axis="y", color=style.GRID, linewidth=0.8)
    axes.tick_params(axis="both", length=0)
    axes.spines["left"].set_visible(False)


def _cycle(count: int) -> Sequence[str]:
    """Colours of the variants; after the sixth they begin again, and the legend tells them in order."""
    return [_COLOURS[place % len(_COLOURS)] for place in range(count)]


def _legend(figure: Figure, found: Comparison, lang: Lang, bottom: float) -> float:
    """Names of the variants, one below the other; returns the height that they take, in inches."""
    width, height = figure.get_size_inches()
    colours = _cycle(len(found.variants))
    handles = [
        Line2D([], [], color=colour, linewidth=2.2, label=style.short(found.title(variant, lang)))
        for variant, colour in zip(found.variants, colours, strict=True)
    ]
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(style.MARGIN / width, bottom / height),
        frameon=False,
        fontsize=9,
        labelspacing=0.25,
        borderaxespad=0.0,
    )
    return 0.24 * len(handles) + 0.1
