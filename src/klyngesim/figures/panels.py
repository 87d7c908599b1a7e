"""Parts of a panel that all figures share: headings, axes, names beside lines and bars; and the small print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from klyngesim.figures.style import GRID, INK, MUTED, SHADE, Footer, short
from klyngesim.report import labels
from klyngesim.report.numbers import Lang, number, tick_labels
from klyngesim.report.run_data import RunData

_FEW_YEARS = 5
_YEAR_ROOM = 0.46
_TAG_ROOM = 0.165

Coordinates = Literal["data", "axes fraction"]


@dataclass(frozen=True)
class Tag:
    """A name or value beside the end of a line or bar: wanted height in data units, text, colour and sign."""

    at: float
    text: str
    colour: str
    sign: str = "■"


def put(
    axes: Axes,
    text: str,
    where: tuple[float, float],
    shift: tuple[float, float],
    *,
    across: Coordinates = "axes fraction",
    up: Coordinates = "data",
    size: float = 8.6,
    colour: str = INK,
    bold: bool = False,
    ha: Literal["left", "center", "right"] = "left",
    va: Literal["bottom", "center", "top"] = "center",
) -> None:
    """Writes text near a place of the axes, moved by some points, also outside the axes' edges.

    ``across`` and ``up`` say whether the place counts in data units or as a share of the axes' width and height.
    """
    axes.annotate(
        text,
        where,
        shift,
        xycoords=(across, up),
        textcoords="offset points",
        fontsize=size,
        color=colour,
        weight="bold" if bold else "normal",
        ha=ha,
        va=va,
        linespacing=1.15,
        annotation_clip=False,
    )


def panel_title(axes: Axes, title: str, unit: str = "") -> None:
    """Bold panel title with its unit in grey on the line below, both above the axes and flush left."""
    put(axes, title, (0, 1), (0, 17 if unit else 6), up="axes fraction", size=10, bold=True, va="bottom")
    if unit:
        put(axes, unit, (0, 1), (0, 5), up="axes fraction", size=8.5, colour=MUTED, va="bottom")


def say(axes: Axes, text: str) -> None:
    """Empties a panel and writes one sentence in its middle, for instance *not recorded*."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_facecolor(SHADE)
    put(axes, text, (0.5, 0.5), (0, 0), up="axes fraction", size=10, colour=MUTED, ha="center")


def value_axis(axes: Axes, lang: Lang, top: float) -> None:
    """A vertical axis from zero to the first tick above ``top``, with few light lines and numbers of the language."""
    locator = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10])
    ticks = [float(tick) for tick in locator.tick_values(0.0, 1.03 * top if top > 0 else 1.0)]
    axes.set_ylim(0.0, ticks[-1])
    axes.set_yticks(ticks, tick_labels(ticks, lang), fontsize=8.5)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="both", length=0)
    axes.spines["left"].set_visible(False)


def year_axis(axes: Axes, years: Sequence[int]) -> None:
    """A horizontal axis of calendar years: every one when there is room, else every other, third, ... of them."""
    step = max(1, math.ceil(len(years) * _YEAR_ROOM / inches(axes)[0]))
    shown = list(years)[::step]
    axes.set_xticks(shown, [str(year) for year in shown], fontsize=8.5)
    edge = max(0.6, (_FEW_YEARS - len(years)) / 2)  # a single bar should not fill the panel
    axes.set_xlim(min(years) - edge, max(years) + edge)


def inches(axes: Axes) -> tuple[float, float]:
    """Width and height of axes in inches."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    width, height = figure.get_size_inches()
    box = axes.get_position()
    return float(box.width * width), float(box.height * height)


def tags(axes: Axes, found: Sequence[Tag]) -> None:
    """Writes tags at the right edge of the axes, moved apart where they would overlap. Call when the axes are set."""
    bottom, top = axes.get_ylim()
    gap = (top - bottom) * _TAG_ROOM / inches(axes)[1]
    for tag, place in zip(found, spread([tag.at for tag in found], gap, bottom, top), strict=True):
        put(axes, tag.sign, (1.0, place), (2, 0), size=9, colour=tag.colour)
        put(axes, tag.text, (1.0, place), (14, 0))


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Moves label positions apart to at least ``gap``, keeping their order and, if there is room, inside the bounds."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = list(wanted)
    floor = low
    for i in order:
        placed[i] = floor = max(wanted[i], floor)
        floor += gap
    ceiling = high
    for i in reversed(order):
        placed[i] = ceiling = min(placed[i], ceiling)
        ceiling -= gap
    return placed


Spread = Literal["band", "bars", "mean"]
"""How a figure shows the spread over replicates: a band, error bars, or means alone."""


def footer(run: RunData, lang: Lang, spread: Spread, extra: tuple[str, ...] = ()) -> Footer:
    """Lines under a figure: its own notes first, then what every figure says of its run.

    The warning that the parameters are not calibrated is there unless the manifest says that they are.
    """
    about = labels.text("note_run", lang).format(
        title=short(run.title(lang)), period=run.period, count=_count(run, lang), run_id=run.run_id
    )
    source = labels.text("note_source", lang).format(version=run.version)
    runs = " ".join((*_spread(run, lang, spread), *_exceptions(run, lang)))
    lines = tuple(line for line in (*extra, runs, f"{about} {source}") if line)
    return Footer(lines, "" if run.calibrated else labels.text("note_uncalibrated", lang))


def not_recorded(lang: Lang, keys: Sequence[str]) -> str:
    """A note that names what the run's files do not have, by keys of the labels; empty when nothing is missing."""
    if not keys:
        return ""
    return labels.text("note_not_recorded", lang).format(names=", ".join(labels.text(key, lang) for key in keys))


def _count(run: RunData, lang: Lang) -> str:
    key = {0: "runs_none", 1: "runs_one"}.get(run.replicates, "runs_many")
    return labels.text(key, lang).format(n=number(run.replicates, lang, 0))


def _spread(run: RunData, lang: Lang, spread: Spread) -> list[str]:
    if not run.replicates:
        return []
    key = {1: "note_no_band"}.get(run.replicates, f"note_{spread}")
    drawn = [labels.text("note_drawn", lang)] if run.drawn else []
    return [labels.text(key, lang).format(n=number(run.replicates, lang, 0)), *drawn]


def _exceptions(run: RunData, lang: Lang) -> list[str]:
    """What makes this run less than a whole one: failed replicates, a smaller population, an unfinished year."""
    found = []
    if run.failures:
        key = {1: "note_failure"}.get(run.failures, "note_failures")
        found.append(labels.text(key, lang).format(failures=number(run.failures, lang, 0)))
    if run.scale < 1.0:
        found.append(labels.text("note_scale", lang).format(ratio=number(1.0 / run.scale, lang, 0)))
    found += [labels.text("note_partial", lang).format(year=year) for year in run.partial]
    return found
