"""What the figures of a sweep share: a sheet of panels as high as needed, small print, ticks of the language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from klyngesim.figures import panels, style
from klyngesim.report.numbers import Lang, number, tick_labels, years
from klyngesim.sweeps.data import SweepData
from klyngesim.sweeps.words import outcome, text, unit

WIDE, NARROW = 13.0, 9.0
_HEAD, _FOOT, _GAP = 0.62, 0.5, 0.35
_LEGEND = 0.3
SMALL = 7.8
"""Size of the factors' names."""


def sheet(
    title: str,
    subtitle: str,
    notes: Sequence[str],
    *,
    count: int,
    per_row: int,
    tall: float,
    left: float,
    right: float = 0.12,
    head: float = _HEAD,
    handles: Sequence[Artist] = (),
    width: float = WIDE,
) -> tuple[Figure, list[Axes]]:
    """A figure with panels of one size, as high as these and its texts need.

    Args:
        title: above.
        subtitle: below the title.
        notes: lines of the small print.
        count: number of panels.
        per_row: panels in a row.
        tall: height of a panel's axes, inches.
        left: room on the left of the axes for names, inches.
        right: room on their right, inches.
        head: room above each for its heading, inches.
        handles: of a legend over the small print.
        width: of the figure, inches.
    """
    footer = style.Footer(tuple(notes), "")
    draft = style.new_figure(width, 30.0)
    low, high = style.frame(draft, title, subtitle, footer)
    rows = math.ceil(count / per_row)
    block = head + tall + _FOOT
    height = 30.0 - high + low + rows * block + (_LEGEND if handles else 0.0)
    figure = style.new_figure(width, height)
    bottom, top = style.frame(figure, title, subtitle, footer)
    if handles:
        place = (style.MARGIN / width, bottom / height)
        figure.legend(handles=[*handles], loc="lower left", bbox_to_anchor=place, ncols=6, frameon=False, fontsize=8.5)
    each = (width - 2 * style.MARGIN - _GAP * (per_row - 1)) / per_row
    found = []
    for place_of in range(count):
        start = style.MARGIN + (place_of % per_row) * (each + _GAP)
        ceiling = top - head - (place_of // per_row) * block
        found.append(style.room(figure, start + left, ceiling - tall, start + each - right, ceiling))
    return figure, found


def shape(count: int, names: Sequence[str], least: float) -> tuple[int, float, float]:
    """Panels in a row, room for names on the left and width of the figure, so that axes are ``least`` inches wide."""
    left = max((style.text_width(name, SMALL) for name in names), default=0.5) + 0.18
    if count == 1:
        return 1, left, NARROW
    for per_row in (3, 2):
        if per_row <= count and (WIDE - 2 * style.MARGIN - _GAP * (per_row - 1)) / per_row - left >= least:
            return per_row, left, WIDE
    return (2, left, WIDE) if count > 1 else (1, left, NARROW)


def heading(axes: Axes, name: str, lang: Lang, under: str = "") -> None:
    """Label of an outcome above a panel, and below it in grey the unit, or what stands for it."""
    label = style.wrap(outcome(name, lang), panels.inches(axes)[0] + 1.2, 10, True)
    panels.panel_title(axes, label, under or unit(name, lang) or " ")


def about(found: SweepData, scenario: str, lang: Lang) -> str:
    """Whose numbers a figure shows, over which years."""
    title = style.short(found.scenario_title(scenario, lang))
    if found.baseline is None:
        return text("about_one", lang, scenario=title, years=window(found))
    base = style.short(found.scenario_title(found.baseline, lang))
    return text("about_difference", lang, scenario=title, baseline=base, years=window(found))


def about_all(found: SweepData, lang: Lang) -> str:
    """The same where all scenarios stand side by side."""
    if found.baseline is None:
        return about(found, found.scenarios[0], lang)
    base = style.short(found.scenario_title(found.baseline, lang))
    return text("about_all_differences", lang, baseline=base, years=window(found))


def window(found: SweepData) -> str:
    """Years that outcomes are means over."""
    first, _, last = str(found.manifest["window"]).partition("-")
    return years(int(first), int(last or first))


def small_print(found: SweepData, lang: Lang, *lines: str, dummy: bool = True) -> list[str]:
    """What the figure shows, then where the numbers are from."""
    n = found.replicates
    seeds = text("seed_one", lang) if n == 1 else text("seeds", lang, n=number(n, lang, 0))
    points = number(float(found.manifest["points"]), lang, 0)
    made = [text("foot_method", lang, method=text(f"method {found.method.name}", lang), points=points, seeds=seeds)]
    asked, failed = (int(found.manifest["runs"][key]) for key in ("asked", "failed"))
    if failed:
        made.append(text("foot_failed", lang, failed=number(failed, lang, 0), asked=number(asked, lang, 0)))
    if dummy:
        made.append(text("foot_dummy" if found.has_dummy else "foot_no_dummy", lang))
    version = found.manifest["versions"]["klyngesim"]
    sweep = text("foot_sweep", lang, title=style.short(found.title(lang)), id=found.id, version=version)
    return [*(line for line in lines if line), " ".join(made), text("foot_factors", lang), sweep]


def cut(shown: int, every: int, lang: Lang) -> str:
    """A line that says how many factors are not shown; empty if all are."""
    if shown >= every:
        return ""
    return text("foot_cut", lang, shown=number(shown, lang, 0), all=number(every, lang, 0))


def ticks(axes: Axes, way: Literal["x", "y"], lang: Lang, most: int = 4) -> None:
    """Few round ticks inside the limits that are set, with the numbers of the language."""
    low, high = axes.get_xlim() if way == "x" else axes.get_ylim()
    slack = 1e-9 * (high - low)
    wanted = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    places = [float(tick) for tick in wanted if low - slack <= tick <= high + slack]
    if way == "x":
        axes.set_xticks(places, tick_labels(places, lang), fontsize=8)
    else:
        axes.set_yticks(places, tick_labels(places, lang), fontsize=8)
    axes.tick_params(axis=way, length=2.5)


def limits(values: Sequence[float], margin: float = 0.06) -> tuple[float, float]:
    """Limits of an axis around some numbers, those that are none left out."""
    held = [one for one in values if math.isfinite(one)]
    if not held:
        return 0.0, 1.0
    low, high = min(held), max(held)
    room = (high - low) * margin or abs(high) * 0.05 or 1.0
    return low - room, high + room


def names_of(axes: Axes, names: Sequence[str]) -> None:
    """Names of factors down the side, the first at the top, at heights 0, 1, ... of an axis that runs down."""
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names, fontsize=SMALL, color=style.INK)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def plain(value: float) -> float | str:
    """A number for the CSV; empty where there is none."""
    return float(value) if math.isfinite(value) else ""
