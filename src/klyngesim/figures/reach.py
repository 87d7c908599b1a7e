"""Figure: whom the programme reaches, by class of firm, over the years and against all firms.

An entry is an episode that enters dissemination or internationalisation from outside or from contact.
Firm numbers by class come from the manifest (``population.firms_by_class``); without them only the programme's
side is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from klyngesim.figures import panels, style
from klyngesim.figures.panels import footer
from klyngesim.report import labels
from klyngesim.report.numbers import Lang, number, percent, tick_labels, years
from klyngesim.report.run_data import RunData

NAME = "reach_by_firm_class"
COLUMNS = ("panel", "firm_class", "period", "value")

COLOURS = {
    "micro": style.SKY,
    "small": style.BLUE,
    "medium": style.GREEN,
    "large": style.VERMILION,
    "foreign": style.PURPLE,
}
"""Classes of firms in the order shown."""

DANISH = tuple(name for name in COLOURS if name != "foreign")
LARGER = ("medium", "large")
_BEFORE = ("outside", "contacted")
_ACTIVITIES = ("dissemination", "internationalisation")


@dataclass(frozen=True)
class Reach:
    """Entries by class and year, their shares by class and window, and the shares of all Danish firms.

    Shares of Danish classes are of Danish firms; the share of foreign firms is of all entries.
    """

    years: tuple[int, ...]
    counts: Mapping[str, tuple[float, ...]]
    shares: Mapping[str, Mapping[str, float]]
    firms: Mapping[str, float]


def reach(run: RunData) -> Reach:
    """Counts entries; everything is empty when funnel.csv has none of a known class."""
    counts = dict.fromkeys(((name, year) for name in COLOURS for year in run.years), 0.0)
    found = False
    for move, count in run.moves.items():
        key = (move.firm_class, move.year)
        if key in counts and move.from_stage in _BEFORE and move.to_stage in _ACTIVITIES:
            counts[key] += count
            found = True
    if not found:
        return Reach(run.years, {}, {}, firm_shares(run))
    by_class = {name: tuple(counts[name, year] for year in run.years) for name in COLOURS}
    shares = {}
    for window in run.windows():
        sums = {name: math.fsum(counts[name, year] for year in window) for name in COLOURS}
        shares[years(window[0], window[-1])] = _shares(sums)
    return Reach(run.years, by_class, shares, firm_shares(run))


def firm_shares(run: RunData) -> dict[str, float]:
    """Share of each Danish class in all firms of the run, empty when the manifest does not have the numbers."""
    population = run.manifest.get("population")
    numbers = population.get("firms_by_class") if isinstance(population, Mapping) else None
    if not isinstance(numbers, Mapping) or not all(name in numbers for name in DANISH):
        return {}
    total = math.fsum(float(numbers[name]) for name in DANISH)
    return {name: float(numbers[name]) / total for name in DANISH} if total else {}


def _shares(sums: Mapping[str, float]) -> dict[str, float]:
    everybody = math.fsum(sums.values())
    danish = math.fsum(sums[name] for name in DANISH)
    of = {name: everybody if name == "foreign" else danish for name in sums}
    return {name: sums[name] / of[name] if of[name] else math.nan for name in sums}


def rows(found: Reach) -> tuple[tuple[str | int | float, ...], ...]:
    """Every point drawn: counts by year, shares by window, and shares of all firms."""
    points: list[tuple[str | int | float, ...]] = [
        ("entries", name, year, value)
        for name, values in found.counts.items()
        for year, value in zip(found.years, values, strict=True)
    ]
    points += [
        ("share_of_entries", name, period, value)
        for period, by_class in found.shares.items()
        for name, value in by_class.items()
    ]
    if found.counts:
        points += [("share_of_firms", name, "population", value) for name, value in found.firms.items()]
    return tuple(points)


def draw(run: RunData, lang: Lang) -> style.Drawn:
    """Lines over the years on the left, shares against business demography on the right."""
    found = reach(run)
    figure = style.new_figure(13.0, 7.4)
    title = _title(found, lang)
    extra = ("" if found.firms else labels.text("reach_note_missing", lang),)
    subtitle = labels.text("reach_subtitle", lang).format(period=run.period)
    bottom, top = style.frame(figure, title, subtitle, footer(run, lang, "mean", extra))
    base, ceiling = bottom + 0.35, top - 0.42
    time = style.room(figure, 0.85, base, 4.4, ceiling)
    panels.panel_title(time, labels.text("reach_over_time", lang), labels.text("reach_over_time_unit", lang))
    against = style.room(figure, 8.8, base + 0.35, 11.35, ceiling)
    panels.panel_title(against, labels.text("reach_against_firms", lang), labels.text("reach_against_firms_unit", lang))
    if found.counts:
        _lines(time, found, lang)
        _dots(against, found, lang)
    else:
        panels.say(time, labels.text("not_recorded", lang))
        panels.say(against, labels.text("not_recorded", lang))
    return style.Drawn(NAME, figure, title, COLUMNS, rows(found))


def _title(found: Reach, lang: Lang) -> str:
    period, shares = next(iter(found.shares.items()), ("", {}))
    share = math.fsum(shares.get(name, math.nan) for name in LARGER)
    if not math.isfinite(share):
        return labels.text("reach_title_none", lang)
    firms = math.fsum(found.firms.get(name, math.nan) for name in LARGER)
    against = labels.text("reach_against", lang).format(firms=percent(firms, lang, 1)) if found.firms else ""
    return labels.text("reach_title", lang).format(share=percent(share, lang), years1=period, against=against)


def _lines(axes: Axes, found: Reach, lang: Lang) -> None:
    size = 3.2 if len(found.years) > 1 else 7.0
    for name, values in found.counts.items():
        axes.plot(found.years, values, color=COLOURS[name], linewidth=1.8, marker="o", markersize=size)
    panels.value_axis(axes, lang, max(max(values) for values in found.counts.values()))
    panels.year_axis(axes, found.years)
    panels.tags(
        axes,
        [
            panels.Tag(values[-1], f"{number(values[-1], lang, 0)} {labels.firm_class(name, lang)}", COLOURS[name])
            for name, values in found.counts.items()
        ],
    )


def _dots(axes: Axes, found: Reach, lang: Lang) -> None:
    periods = list(found.shares)
    places = {name: float(-i) for i, name in enumerate(COLOURS)}
    for name, place in places.items():
        values = [found.shares[period][name] for period in periods]
        everything = [value for value in (*values, found.firms.get(name, math.nan)) if math.isfinite(value)]
        if everything:
            axes.hlines(place, min(everything), max(everything), color=style.SILVER, linewidth=2.5, zorder=1)
        for i, value in enumerate(values):
            last = i == len(values) - 1
            axes.plot(
                value,
                place,
                "o",
                markersize=8 if last else 12,
                markeredgewidth=1.8,
                markeredgecolor=COLOURS[name],
                color=COLOURS[name] if last else "white",
                zorder=3 + i,
            )
        if name in found.firms:
            axes.plot(found.firms[name], place, "D", markersize=7.5, color=style.INK, markeredgecolor="white", zorder=2)
        panels.put(axes, _ratio(found, name, values[-1], lang), (1.0, place), (8, 0), colour=style.MUTED)
    if found.firms:
        heading = labels.text("reach_ratio", lang).format(years=periods[-1])
        panels.put(axes, heading, (1.0, 1.0), (8, 0), up="axes fraction", colour=style.MUTED, va="top")
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(ticks, tick_labels([100 * tick for tick in ticks], lang), fontsize=8.5)
    axes.set(xlim=(-0.03, 1.0), ylim=(min(places.values()) - 0.5, 1.0))
    names = [labels.firm_class(name, lang) for name in places]
    axes.set_yticks(list(places.values()), names, fontsize=8.8, color=style.INK)
    axes.grid(axis="x", color=style.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)
    _legend(axes, periods, bool(found.firms), lang)


def _ratio(found: Reach, name: str, share: float, lang: Lang) -> str:
    """How many times its share of all firms a class has of the entries; empty when there is none."""
    firms = found.firms.get(name, 0.0)
    return number(share / firms, lang) if firms and math.isfinite(share) else ""


def _legend(axes: Axes, periods: Sequence[str], firms: bool, lang: Lang) -> None:
    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=7 if last else 10,
            markeredgewidth=1.8,
            markeredgecolor=style.MUTED,
            color=style.MUTED if last else "white",
            label=period,
        )
        for period, last in ((period, period == periods[-1]) for period in periods)
    ]
    if firms:
        label = labels.text("reach_all_firms", lang)
        handles.append(Line2D([], [], linestyle="", marker="D", markersize=7, color=style.INK, label=label))
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(-0.62, -0.07),
        ncols=3,
        frameon=False,
        fontsize=8.5,
        handletextpad=0.3,
        columnspacing=1.2,
        borderaxespad=0.0,
    )
