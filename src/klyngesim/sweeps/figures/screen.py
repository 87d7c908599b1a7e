"""Figure of a Morris screening: mean size of every factor's effects against how they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from klyngesim.figures import panels, style
from klyngesim.report.numbers import Lang
from klyngesim.sweeps.data import SweepData
from klyngesim.sweeps.figures import sheet as sheets
from klyngesim.sweeps.rows import DUMMY
from klyngesim.sweeps.words import index, text

NAME = "sweep_screen"
NAMED, FEWEST = 10, 5
"""Leading factors that are named beside the panel: those above the noise floor, and a few whatever they are."""

COLUMNS = ("outcome", "scenario", "parameter", "rank", "mu_star", "mu_star_low", "mu_star_high", "sigma", "noise_floor")

_LIST = 0.17


@dataclass(frozen=True)
class Dot:
    """One factor, in units of the outcome."""

    parameter: str
    size: float
    low: float
    high: float
    spread: float
    floor: float
    above: bool


def draw(found: SweepData, scenario: str, lang: Lang) -> style.Drawn:
    """The screening of one scenario, a panel for each outcome; factors are numbered and named beside it."""
    each = {name: dots(found, scenario, name) for name in found.outcomes}
    names = max((style.text_width(f"10  {name}", sheets.SMALL) for name in found.factors), default=1.0)
    count = len(each)
    width = sheets.NARROW if count == 1 else sheets.WIDE
    notes = sheets.small_print(
        found, lang, text("screen_how", lang), text("screen_floor", lang) if found.has_dummy else ""
    )
    handles = [_handle("o", style.BLUE, text("screen_factor", lang))]
    if found.has_dummy:
        handles.append(_handle("D", style.VERMILION, text("screen_dummy", lang)))
    title = text("screen_title", lang)
    figure, rooms = sheets.sheet(
        title, sheets.about(found, scenario, lang), notes,
        count=count, per_row=min(2, count), tall=2.6, left=0.75, right=names + 0.35, handles=handles, width=width,
    )  # fmt: skip
    rows: list[tuple[str | int | float, ...]] = []
    for axes, (name, some) in zip(rooms, each.items(), strict=True):
        sheets.heading(axes, name, lang)
        _panel(axes, some, lang)
        for rank, one in enumerate(some, 1):
            numbers = (one.size, one.low, one.high, one.spread, one.floor)
            rows.append((name, scenario, one.parameter, rank, *map(sheets.plain, numbers)))
    return style.Drawn(f"{NAME}_{scenario}", figure, title, COLUMNS, tuple(rows))


def dots(found: SweepData, scenario: str, outcome: str) -> list[Dot]:
    """The factors, largest effects first."""
    spread = {one.parameter: one.value for one in found.of(scenario, outcome, "sigma")}
    return [
        Dot(
            one.parameter, one.value, one.low, one.high, spread.get(one.parameter, math.nan), one.noise_floor, one.above
        )
        for one in found.leading(scenario, outcome)
    ]  # fmt: skip


def _panel(axes: Axes, some: list[Dot], lang: Lang) -> None:
    if not some or max(one.size for one in some) <= 0.0:
        panels.say(axes, text("nothing", lang))
        return
    right = max(max(one.size, one.high if math.isfinite(one.high) else 0.0) for one in some) * 1.06
    top = max((one.spread for one in some if math.isfinite(one.spread)), default=0.0) * 1.12 or right
    axes.set_xlim(-0.03 * right, right)
    axes.set_ylim(-0.05 * top, top)
    equal = [0.0, min(right, top)]
    axes.plot(equal, equal, color=style.SILVER, linestyle="--", linewidth=0.9, zorder=1)
    if math.isfinite(some[0].floor):
        axes.axvline(some[0].floor, color=style.VERMILION, linestyle=":", linewidth=1.2, zorder=1)
    factors = [one for one in some if one.parameter != DUMMY]
    named = factors[: max(FEWEST, min(NAMED, sum(one.above for one in factors)))]
    for one in reversed(some):
        spread = one.spread if math.isfinite(one.spread) else 0.0
        if one.parameter == DUMMY:
            axes.plot(one.size, spread, "D", color=style.VERMILION, markersize=6.5, zorder=4)
            continue
        colour = style.BLUE if one.above else style.SILVER
        if one in named:
            if math.isfinite(one.low) and math.isfinite(one.high):
                ends = [max(one.low, 0.0), one.high]
                axes.plot(ends, [spread, spread], color=colour, linewidth=1.0, alpha=0.7, zorder=2)
            axes.plot(one.size, spread, "o", color=colour, markersize=11, markeredgecolor="white", zorder=5)
            ink = style.readable_on(colour)
            number = str(named.index(one) + 1)
            axes.text(one.size, spread, number, fontsize=7.2, color=ink, ha="center", va="center_baseline", zorder=6)
        else:
            axes.plot(one.size, spread, "o", color=colour, markersize=4, alpha=0.8, zorder=3)
    _names(axes, named, len(factors) - len(named), lang)
    axes.set_xlabel(index("mu_star", lang), fontsize=8.5)
    axes.set_ylabel(index("sigma", lang), fontsize=8.5)
    sheets.ticks(axes, "x", lang)
    sheets.ticks(axes, "y", lang)
    axes.grid(color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def _names(axes: Axes, named: list[Dot], others: int, lang: Lang) -> None:
    """The list beside the panel, from the top."""
    tall = panels.inches(axes)[1]
    for place, one in enumerate(named):
        colour = style.INK if one.above else style.MUTED
        where = (1.0, 1.0 - (place + 0.5) * _LIST / tall)
        said = f"{place + 1}  {one.parameter}"
        panels.put(axes, said, where, (8, 0), up="axes fraction", size=sheets.SMALL, colour=colour, bold=False)
    if others > 0:
        where = (1.0, 1.0 - (len(named) + 0.5) * _LIST / tall)
        said = text("screen_others", lang, n=others)
        panels.put(axes, said, where, (8, 0), up="axes fraction", size=sheets.SMALL, colour=style.MUTED)


def _handle(mark: str, colour: str, label: str) -> Line2D:
    return Line2D([], [], color=colour, marker=mark, linewidth=0, markersize=7, label=label)
