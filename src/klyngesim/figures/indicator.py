"""Figure: one indicator over the years for several scenarios, with the bands of their runs."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from klyngesim.figures import panels, style
from klyngesim.report import labels
from klyngesim.report.courses import Course
from klyngesim.report.numbers import Lang, number, suffix_of, tick_labels, usual_decimals, years
from klyngesim.report.run_data import REPORT_YEARS
from klyngesim.results.indicators import indicator as known
from klyngesim.results.records import PROGRAMME
from klyngesim.scenario.parameters import registry

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY, style.YELLOW)
"""Colours of the scenarios in the order in which they are named; what they are held against is black and dashed."""

MOST = len(COLOURS) + 1
"""Scenarios that a figure can tell apart."""

COLUMNS = ("scenario", "title", "directory", "indicator", "unit", "cluster", "year", "mean", "low", "high", "n")

_NAMES = 3.6
"""Inches beside the axes for what the lines are."""


def draw(courses: Sequence[Course], indicator: str, cluster: str, lang: Lang) -> style.Drawn:
    """One panel; a line with a band for every course, named at its end. ValueError for more than `MOST`."""
    if len(courses) > MOST:
        raise ValueError(f"{len(courses)} scenarios; a figure tells {MOST} apart")
    figure = style.new_figure(11.5, 6.4)
    about = known(indicator)
    every = sorted({point.year for course in courses for point in course.points})
    whose = _whose(cluster, lang)
    title = labels.text("plot_title", lang).format(
        indicator=about.label(lang), whose=whose, years=years(every[0], every[-1])
    )
    unit = labels.catalogue("sweep_figures.csv")[f"unit {about.unit}"][lang]
    subtitle = labels.text(f"plot_{about.kind}", lang).format(unit=unit)
    bottom, top = style.frame(figure, title, subtitle, _footer(courses, every, lang))
    axes = style.room(figure, 0.95, bottom + 0.3, 11.5 - _NAMES, top - 0.1)
    if every[0] in REPORT_YEARS and every[-1] not in REPORT_YEARS:
        axes.axvspan(every[0] - 0.5, REPORT_YEARS[-1] + 0.5, color=style.SHADE, zorder=0)
    colours = iter(COLOURS)
    drawn = [(course, style.INK if course.baseline and _bases(courses) == 1 else next(colours)) for course in courses]
    for course, colour in drawn:
        _line(axes, course, colour)
    _value_axis(axes, courses, lang)
    panels.year_axis(axes, every)
    _names(axes, drawn, lang)
    rows = tuple(_rows(courses, indicator, about.unit, cluster, lang))
    name = f"{indicator}{'' if cluster == PROGRAMME else f'_{cluster}'}{suffix_of(lang)}"
    return style.Drawn(name, figure, title, COLUMNS, rows)


def _bases(courses: Sequence[Course]) -> int:
    return sum(course.baseline for course in courses)


def _whose(cluster: str, lang: Lang) -> str:
    if cluster == PROGRAMME:
        return labels.text("plot_programme", lang)
    from klyngesim.evidence.organisations import organisation

    return organisation(cluster).full_name if cluster in registry().organisations else cluster


def _rows(
    courses: Sequence[Course], indicator: str, unit: str, cluster: str, lang: Lang
) -> Sequence[tuple[str | int | float, ...]]:
    """Every point that is drawn."""
    found = []
    for course in courses:
        about = (course.scenario, course.title(lang), str(course.directory), indicator, unit, cluster)
        found += [(*about, point.year, point.mean, point.low, point.high, point.n) for point in course.points]
    return found


def _footer(courses: Sequence[Course], every: Sequence[int], lang: Lang) -> style.Footer:
    """What band and dashes mean, how many runs there are, and what they are from."""
    counts = sorted({point.n for course in courses for point in course.points})
    n = number(counts[-1], lang, 0) if counts[0] == counts[-1] else years(counts[0], counts[-1])
    band = labels.text("note_band" if counts[-1] > 1 else "note_no_band", lang).format(n=n)
    shaded = every[0] in REPORT_YEARS and every[-1] not in REPORT_YEARS
    ids = ", ".join(dict.fromkeys(course.id for course in courses))
    smallest = min(course.scale for course in courses)
    extra = (
        labels.text("note_scale", lang).format(ratio=number(1.0 / smallest, lang, 0)) if smallest < 1.0 else "",
        labels.text("note_report_years", lang) if shaded else "",
        labels.text("plot_dashed", lang) if _bases(courses) == 1 else "",
    )
    lines = (" ".join(filter(None, (band, *extra))), labels.text("plot_from", lang).format(ids=ids))
    uncalibrated = any(course.calibrated is False for course in courses)
    return style.Footer(lines, labels.text("note_uncalibrated", lang) if uncalibrated else "")


def _line(axes: Axes, course: Course, colour: str) -> None:
    points, dashed = course.points, colour == style.INK
    banded = [point for point in points if point.banded]
    if banded:
        low, high = [point.low for point in banded], [point.high for point in banded]
        axes.fill_between(
            [point.year for point in banded], low, high, color=colour, alpha=0.08 if dashed else 0.18, linewidth=0
        )
    at, means = [point.year for point in points], [point.mean for point in points]
    axes.plot(at, means, color=colour, linewidth=1.8, linestyle="--" if dashed else "-", marker="o", markersize=2.8)


def _value_axis(axes: Axes, courses: Sequence[Course], lang: Lang) -> None:
    """From zero; where something lies below it, from there."""
    points = [point for course in courses for point in course.points]
    top = max(point.high if point.banded else point.mean for point in points)
    least = min(point.low if point.banded else point.mean for point in points)
    panels.value_axis(axes, lang, top)
    if least < 0.0:
        ticks = [float(tick) for tick in MaxNLocator(nbins=5).tick_values(least, max(top, 0.0))]
        axes.set_ylim(ticks[0], ticks[-1])
        axes.set_yticks(ticks, tick_labels(ticks, lang), fontsize=8.5)


def _names(axes: Axes, drawn: Sequence[tuple[Course, str]], lang: Lang) -> None:
    """Last value and title of every line beside its end; two of one title are told apart by their directories."""
    titles = [course.title(lang) for course, _ in drawn]
    decimals = usual_decimals(max(abs(course.points[-1].mean) for course, _ in drawn))
    found = []
    for (course, colour), title in zip(drawn, titles, strict=True):
        named = f"{title} ({course.directory.name})" if titles.count(title) > 1 else title
        text = f"{number(course.points[-1].mean, lang, decimals)} {named}"
        found.append(panels.Tag(course.points[-1].mean, style.wrap(text, _NAMES - 0.4, 8.6, most=1), colour))
    panels.tags(axes, found)
