"""Figure of a sweep of one factor at a time: how far each factor alone moves an outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from klyngesim.figures import panels, style
from klyngesim.report.numbers import Lang
from klyngesim.sweeps.data import SweepData
from klyngesim.sweeps.figures import sheet as sheets
from klyngesim.sweeps.words import text

NAME = "sweep_tornado"
MOST = 20
"""Factors shown."""

COLUMNS = (
    "outcome", "scenario", "parameter", "rank", "centre", "lowest", "highest", "at_low", "at_high", "range",
    "range_low", "range_high", "noise_floor",
)  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One factor: means over its levels, and its range with the interval; in units of the outcome."""

    parameter: str
    centre: float
    lowest: float
    highest: float
    at_low: float
    at_high: float
    length: float
    low: float
    high: float
    floor: float
    above: bool


def draw(found: SweepData, scenario: str, lang: Lang) -> style.Drawn:
    """The tornado of one scenario, a panel for each outcome."""
    each = {name: bars(found, scenario, name) for name in found.outcomes}
    shown = {name: every[:MOST] for name, every in each.items()}
    per_row, left, width = sheets.shape(len(each), found.factors, 1.9)
    most = max(1, max(len(one) for one in shown.values()))
    interval = "tornado_interval" if found.replicates > 1 else "tornado_no_interval"
    notes = sheets.small_print(
        found,
        lang,
        f"{text('tornado_how', lang)} {text(interval, lang)}",
        sheets.cut(most, max(len(one) for one in each.values()), lang),
    )
    handles = [
        Line2D([], [], color=style.BLUE, marker="o", linewidth=0, label=text("tornado_low", lang)),
        Line2D([], [], color=style.VERMILION, marker="D", markersize=5, linewidth=0, label=text("tornado_high", lang)),
    ]
    title = text("tornado_title", lang)
    figure, rooms = sheets.sheet(
        title, sheets.about(found, scenario, lang), notes,
        count=len(each), per_row=per_row, tall=0.2 * most + 0.12, left=left, handles=handles, width=width,
    )  # fmt: skip
    rows: list[tuple[str | int | float, ...]] = []
    for axes, (name, some) in zip(rooms, shown.items(), strict=True):
        sheets.heading(axes, name, lang)
        _panel(axes, some, most, lang)
        for rank, one in enumerate(some, 1):
            numbers = (
                one.centre, one.lowest, one.highest, one.at_low, one.at_high, one.length, one.low, one.high, one.floor
            )  # fmt: skip
            rows.append((name, scenario, one.parameter, rank, *map(sheets.plain, numbers)))
    return style.Drawn(f"{NAME}_{scenario}", figure, title, COLUMNS, tuple(rows))


def bars(found: SweepData, scenario: str, outcome: str) -> list[Bar]:
    """The factors, longest bar first."""
    means = found.means(scenario, outcome)
    made = []
    for one in found.leading(scenario, outcome):
        (points,) = found.method.lines(len(means), len(found.factors), found.factors.index(one.parameter))
        held = means[points]
        if np.isnan(held).all():
            continue
        at = found.design[one.parameter][points]
        made.append(
            Bar(
                one.parameter, float(means[0]), float(np.nanmin(held)), float(np.nanmax(held)),
                float(held[at.argmin()]), float(held[at.argmax()]), one.value, one.low, one.high, one.noise_floor,
                one.above,
            )
        )  # fmt: skip
    return made


def _panel(axes: Axes, some: list[Bar], most: int, lang: Lang) -> None:
    if not some:
        panels.say(axes, text("nothing", lang))
        return
    for place, one in enumerate(some):
        colour = style.SKY if one.above else style.GRID
        axes.add_patch(Rectangle((one.lowest, place - 0.34), one.highest - one.lowest, 0.68, color=colour, zorder=2))
        if math.isfinite(one.low) and math.isfinite(one.high):
            ends = [one.lowest + one.low, one.lowest + one.high]
            axes.plot(ends, [place, place], color=style.INK, linewidth=1.0, zorder=3)
        axes.plot(one.at_low, place, "o", color=style.BLUE, markersize=4.2, zorder=4)
        axes.plot(one.at_high, place, "D", color=style.VERMILION, markersize=3.6, zorder=4)
    axes.axvline(some[0].centre, color=style.MUTED, linewidth=0.9, zorder=2.5)
    reach = [value for one in some for value in (one.lowest, one.highest, one.lowest + one.high, one.lowest + one.low)]
    axes.set_xlim(*sheets.limits(reach))
    sheets.names_of(axes, [one.parameter for one in some])
    axes.set_ylim(most - 0.4, -0.6)
    sheets.ticks(axes, "x", lang)
