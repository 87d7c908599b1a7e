"""Figure of scenario discovery: the points at which a variant loses, and the box in which these gather."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from klyngesim.figures import style
from klyngesim.report.numbers import Lang, percent
from klyngesim.report.words import label
from klyngesim.streams import Floats
from klyngesim.sweeps.data import SweepData, discoveries
from klyngesim.sweeps.discovery import Discovery
from klyngesim.sweeps.figures import sheet as sheets
from klyngesim.sweeps.prim import Box
from klyngesim.sweeps.words import text

NAME = "sweep_discovery"
COLUMNS = ("outcome", "scenario", "shown_as", "x_factor", "x", "y_factor", "y", "x_high", "y_high")

_SLACK = 0.002  # the file has six digits


def draw(found: SweepData, lang: Lang) -> Iterator[style.Drawn]:
    """A figure for every first box of discovery.csv."""
    for one in discoveries(found):
        if one.boxes and found.baseline is not None:
            yield _draw(found, one, one.boxes[0], lang)


def losses(found: SweepData, one: Discovery) -> Floats:
    """1 at the points at which the variant loses, 0 at the others, NaN where there is no run, shape (points,).

    Which way is better is not in the file, but the share of losses is: it is the way that comes nearer to it.
    """
    means = found.means(one.scenario, one.outcome)
    ways = [np.where(np.isnan(means), np.nan, sign * means < 0.0) for sign in (1.0, -1.0)]
    return min(ways, key=lambda way: abs(float(np.nanmean(way)) - one.share))


def _draw(found: SweepData, one: Discovery, box: Box, lang: Lang) -> style.Drawn:
    lost = losses(found, one)
    there = ~np.isnan(lost)
    share_drawn = float(lost[there].mean())
    whose = style.short(found.scenario_title(one.scenario, lang))
    title = text("box_title", lang, scenario=whose, outcome=label(one.outcome, lang))
    base = style.short(found.scenario_title(found.baseline or "", lang))
    share = {"coverage": percent(box.coverage, lang), "density": percent(box.density, lang)}
    more = [limit.parameter for limit in box.limits[2:]]
    notes = sheets.small_print(
        found,
        lang,
        text("box_how", lang, **share),
        text("box_apart", lang, drawn=percent(share_drawn, lang, 1), said=percent(one.share, lang, 1))
        if abs(share_drawn - one.share) > _SLACK
        else "",
        text("box_more", lang, names=", ".join(more)) if more else "",
        dummy=False,
    )
    handles = [
        Line2D([], [], color=style.VERMILION, marker="X", markersize=7, linewidth=0, label=text("box_loses", lang)),
        Line2D([], [], color=style.BLUE, marker="o", markerfacecolor="none", linewidth=0, label=text("box_wins", lang)),
    ]
    figure, (axes,) = sheets.sheet(
        title, text("box_about", lang, baseline=base, years=sheets.window(found)), notes,
        count=1, per_row=1, tall=4.4, left=0.9, handles=handles, width=sheets.NARROW,
    )  # fmt: skip
    first, second = box.limits[0], box.limits[1] if len(box.limits) > 1 else None
    x = found.design[first.parameter]
    y = found.design[second.parameter] if second else (np.arange(len(x)) + 0.5) / len(x)
    bad, good = lost == 1.0, lost == 0.0
    axes.plot(x[good], y[good], "o", color=style.BLUE, markerfacecolor="none", markersize=5, alpha=0.8, zorder=2)
    axes.plot(x[bad], y[bad], "X", color=style.VERMILION, markeredgecolor="white", markersize=7, zorder=3)
    wide, tall = sheets.limits(x.tolist()), sheets.limits(y.tolist())
    left, right = _ends(first.low, first.high, wide)
    low, high = _ends(second.low, second.high, tall) if second else tall
    axes.add_patch(
        Rectangle((left, low), right - left, high - low, fill=True, facecolor=style.YELLOW, alpha=0.2, zorder=1)
    )
    axes.add_patch(Rectangle((left, low), right - left, high - low, fill=False, edgecolor=style.INK, lw=1.6, zorder=4))
    axes.set_xlim(*wide)
    axes.set_ylim(*tall)
    axes.set_xlabel(first.parameter, fontsize=9)
    axes.set_ylabel(second.parameter if second else text("box_order", lang), fontsize=9)
    sheets.ticks(axes, "x", lang, 6)
    if second:
        sheets.ticks(axes, "y", lang, 6)
    else:
        axes.set_yticks([])
    names = first.parameter, second.parameter if second else ""
    rows: list[tuple[str | int | float, ...]] = [
        (one.outcome, one.scenario, "loses" if bad else "does not lose", names[0], float(a), names[1], float(b), "", "")
        for a, b, bad in zip(x[there], y[there], bad[there], strict=True)
    ]
    ends = (float(left), names[1], float(low), float(right), float(high))
    rows.append((one.outcome, one.scenario, "box", names[0], *ends))
    return style.Drawn(f"{NAME}_{one.scenario}_{one.outcome}", figure, title, COLUMNS, tuple(rows))


def _ends(low: float | None, high: float | None, reach: tuple[float, float]) -> tuple[float, float]:
    """A limit's ends, the axis' own where it has none."""
    return (reach[0] if low is None else low), (reach[1] if high is None else high)
