"""Figure of a sweep: how outcomes respond to the leading factors, with what single lines or points say.

Individual conditional expectations (Goldstein et al. 2015) as Borgonovo et al. 2022, "Sensitivity analysis of
agent-based models: a new protocol" (Computational and Mathematical Organization Theory 28) use them, adapted to
outcomes with luck: single lines are seeds where everything else stands still, and other factors where it does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from klyngesim.figures import panels, style
from klyngesim.report.numbers import Lang
from klyngesim.streams import Floats
from klyngesim.sweeps.data import SweepData, switch
from klyngesim.sweeps.figures import sheet as sheets
from klyngesim.sweeps.rows import DUMMY
from klyngesim.sweeps.words import outcome, text, unit

NAME = "sweep_curves"
LEAD = 4
"""Leading factors of every outcome."""

COLUMNS = ("outcome", "scenario", "parameter", "shown_as", "line", "factor_value", "outcome_value")

_BINS = 10
_FEW = 8
_MANY = 400


@dataclass(frozen=True)
class Curve:
    """Response to one factor: the mean line, single lines and points; x is the factor, y the outcome."""

    mean: tuple[tuple[float, float], ...]
    lines: tuple[tuple[tuple[float, float], ...], ...] = ()
    points: tuple[tuple[float, float], ...] = ()


def draw(found: SweepData, scenario: str, lang: Lang) -> style.Drawn | None:
    """The curves of one scenario, a row of panels for each outcome; None for a screening, or where nothing varies."""
    if not found.method.curves:
        return None
    each = {}
    for name in found.outcomes:
        leading = [one.parameter for one in found.leading(scenario, name) if one.parameter != DUMMY and one.value]
        if leading:
            each[name] = {one: curve(found, scenario, name, one) for one in leading[:LEAD]}
    if not each:
        return None
    across = max(len(one) for one in each.values())
    lead = text("curves_leading", lang, lead=across)
    how = text(f"curves_{found.method.words}", lang), f"{lead} {text('curves_read', lang)}"
    notes = sheets.small_print(found, lang, *how, dummy=False)
    title = text("curves_title", lang)
    width = sheets.WIDE if across > 2 else sheets.NARROW
    figure, rooms = sheets.sheet(
        title, sheets.about(found, scenario, lang), notes,
        count=len(each) * across, per_row=across, tall=1.6, left=0.62, width=width,
    )  # fmt: skip
    rows: list[tuple[str | int | float, ...]] = []
    for line, (name, curves) in enumerate(each.items()):
        reach = sheets.limits([y for one in curves.values() for _, y in _everything(one)])
        some = rooms[line * across : (line + 1) * across]
        for axes in some[len(curves) :]:
            axes.set_axis_off()
        for place, (axes, (parameter, one)) in enumerate(zip(some, curves.items(), strict=False)):
            _panel(axes, one, parameter, lang)
            axes.set_ylim(*reach)
            sheets.ticks(axes, "y", lang, 5)
            if not place:
                said, own = outcome(name, lang), unit(name, lang)
                said = said if said.lower() == own.lower() else f"{said}, {own}"
                panels.put(axes, said, (0, 1), (-40, 20), up="axes fraction", size=9.5, bold=True, va="bottom")
            rows += [(name, scenario, parameter, *row) for row in _rows(one)]
    return style.Drawn(f"{NAME}_{scenario}", figure, title, COLUMNS, tuple(rows))


def curve(found: SweepData, scenario: str, name: str, parameter: str) -> Curve:
    """The response of an outcome to one factor: mean line, single lines where the design has them, and points."""
    means, at = found.means(scenario, name), found.design[parameter]
    n, k, method = len(means), len(found.factors), found.method
    sets = method.lines(n, k, found.factors.index(parameter))
    if method.centred:
        (points,) = sets
        order = points[np.argsort(at[points], kind="stable")]
        seeds = found.values[scenario, name][order]
        lines = tuple(_line(at[order], seeds[:, seed]) for seed in range(seeds.shape[1]))
        return Curve(_line(at[order], means[order]), lines if len(lines) > 1 else ())
    apart = np.sort(method.independent(n, k))
    there = apart[~np.isnan(means[apart])]
    mean = _binned(at[there], means[there])
    lines = tuple(_line(at[points], means[points]) for points in sets)
    if not method.drawn:
        return Curve(mean, lines)  # which hold every point already
    return Curve(mean, tuple(line for line in lines if len(line) > 1), _line(at[there], means[there]))


def _line(x: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    return tuple((float(a), float(b)) for a, b in zip(x, y, strict=True) if math.isfinite(b))


def _binned(x: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    """Means by value where there are few values, else in bins with about as many points each."""
    own = np.unique(x)
    if len(own) <= _FEW:
        return tuple((float(one), float(y[x == one].mean())) for one in own)
    order = np.argsort(x, kind="stable")
    parts = np.array_split(order, max(3, min(_BINS, len(x) // 6)))
    return tuple((float(x[part].mean()), float(y[part].mean())) for part in parts)


def _everything(one: Curve) -> Iterator[tuple[float, float]]:
    yield from one.mean
    yield from one.points
    for line in one.lines:
        yield from line


def _rows(one: Curve) -> Iterator[tuple[str | int | float, ...]]:
    for x, y in one.mean:
        yield ("mean", "", x, y)
    for number, line in enumerate(one.lines, 1):
        for x, y in line:
            yield ("line", number, x, y)
    for x, y in one.points:
        yield ("point", "", x, y)


def _panel(axes: Axes, one: Curve, parameter: str, lang: Lang) -> None:
    many = len(one.points) + len(one.lines) > _MANY  # as pixels, or the SVG would be many megabytes
    if one.lines:
        parts = [list(line) for line in one.lines]
        lines = LineCollection(parts, colors=style.SKY, linewidths=0.7, alpha=0.6, zorder=2)
        lines.set_rasterized(many)
        axes.add_collection(lines)
    if one.points:
        x, y = zip(*one.points, strict=True)
        axes.plot(x, y, ".", color=style.MUTED, markersize=3, alpha=0.55, zorder=3, rasterized=many)
    x, y = zip(*one.mean, strict=True)
    axes.plot(x, y, "o-", color=style.BLUE, linewidth=2.0, markersize=3.5, zorder=4)
    axes.set_xlim(*sheets.limits([x for x, _ in _everything(one)]))
    if switch(parameter):
        axes.set_xlim(-0.3, 1.3)
        axes.set_xticks([0.0, 1.0], [text("off", lang), text("on", lang)], fontsize=8)
    else:
        sheets.ticks(axes, "x", lang, 4)
    panels.put(axes, parameter, (0, 1), (0, 5), up="axes fraction", size=8.4, colour=style.MUTED, va="bottom")
    axes.grid(color=style.GRID, linewidth=0.6)
    axes.set_axisbelow(True)
