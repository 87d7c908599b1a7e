"""Figures of the judgement: every counted element against its target, and drop-out before and after the data."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from klyngesim.calibration.dropout import EVERYBODY, INFORMED, NOT_IDENTIFIABLE, DropOut
from klyngesim.calibration.targets import Target
from klyngesim.calibration.verdicts import Fit
from klyngesim.calibration.words import called, word
from klyngesim.calibration.words import target as target_name
from klyngesim.figures import panels, style
from klyngesim.report import labels
from klyngesim.report.numbers import Lang, number, percent
from klyngesim.results.records import PROGRAMME

_EDGE = 12.0  # tolerances; what is further out is drawn at the edge
_COLUMNS = 3
_PERIOD = "2021–2023"


def draw_fit(targets: Sequence[Target], fits: Sequence[Fit], about: str, lang: Lang) -> style.Drawn:
    """Intervals of all counted elements, in tolerances from the printed figure, beside the naive model's.

    Args:
        targets: all targets.
        fits: their judgement, in the same order.
        about: sentence on draws and version for the footer.
        lang: of the figure.
    """
    pairs = [(target, fit) for target, fit in zip(targets, fits, strict=True) if target.counts]
    figure = style.new_figure(14.0, 10.5)
    inside, bare = sum(fit.inside for _, fit in pairs), sum(fit.bare_inside for _, fit in pairs)
    title = word("fit_title", lang, inside=inside, all=len(pairs), bare=bare)
    subtitle = word("fit_subtitle", lang, years=_PERIOD)
    bottom, top = style.frame(figure, title, subtitle, style.Footer((word("fit_note", lang), about), ""))
    each = math.ceil(len(pairs) / _COLUMNS)
    rows: list[tuple[str | int | float, ...]] = []
    width = (14.0 - 2 * style.MARGIN) / _COLUMNS
    for column in range(_COLUMNS):
        part = pairs[column * each : (column + 1) * each]
        left = style.MARGIN + column * width
        axes = style.room(figure, left + 2.05, bottom + 0.35, left + width - 0.15, top - 0.15)
        rows += _column(axes, part, each, lang)
    return style.Drawn(
        "fit",
        figure,
        title,
        ("target", "low", "median", "high", "naive_low", "naive_high", "met", "bare_met"),
        tuple(rows),
    )


def _column(
    axes: Axes, pairs: Sequence[tuple[Target, Fit]], length: int, lang: Lang
) -> list[tuple[str | int | float, ...]]:
    rows: list[tuple[str | int | float, ...]] = []
    axes.axvline(0.0, color=style.MUTED, linewidth=0.9)
    for place, (target, fit) in enumerate(pairs):
        own = [_distance(target, value) for value in (fit.low, fit.median, fit.high)]
        naive = [_distance(target, value) for value in (fit.naive_low, fit.naive_high)]
        colour = style.GREEN if fit.bare_inside else style.ORANGE if fit.inside else style.VERMILION
        axes.plot([_cut(value) for value in naive], [place, place], color=style.SILVER, linewidth=1.2, zorder=1)
        axes.plot([_cut(own[0]), _cut(own[2])], [place, place], color=colour, linewidth=4.0, solid_capstyle="butt")
        marker = "o" if abs(own[1]) <= _EDGE else (">" if own[1] > 0 else "<")
        axes.plot([_cut(own[1])], [place], marker, color=colour, markersize=4.5, markeredgecolor="white", zorder=3)
        panels.put(axes, target_name(target.id, lang), (0.0, place), (-6, 0), size=7.6, ha="right")
        rows.append((target.id, *own, *naive, _word(fit.inside), _word(fit.bare_inside)))
    axes.set(xlim=(-_EDGE, _EDGE), ylim=(length - 0.4, -0.6), yticks=[])
    axes.tick_params(axis="x", length=0, labelsize=8)
    axes.grid(axis="x", color=style.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(word("fit_axis", lang), fontsize=8)
    return rows


def _word(met: bool) -> str:
    return "yes" if met else "no"


def _distance(target: Target, value: float | None) -> float:
    """Distance from the printed figure, or the middle of the range, in tolerances on the target's scale."""
    low, high = target.bounds
    middle = low if math.isinf(high) else high if math.isinf(low) else (low + high) / 2.0
    assert target.tolerance is not None
    if value is None or math.isnan(value):
        return math.nan
    if target.scale == "log":
        return math.log(max(value, 1e-9) / middle) / target.tolerance
    return (value - middle) / target.tolerance


def _cut(value: float) -> float:
    return min(_EDGE, max(-_EDGE, value))


def draw_dropout(rows: Sequence[DropOut], about: str, lang: Lang) -> style.Drawn:
    """Drop-out at every transition, everybody together and by firm class, prior beside posterior."""
    figure = style.new_figure(13.0, 9.6)
    joint = next(row for row in rows if row.transition == "contacted_to_matchmaking" and _everybody(row))
    middle, low, high = (f"{100 * share:.0f}" for share in (joint.median, joint.low, joint.high))
    title = word("dropout_title", lang, middle=middle, low=low, high=high)
    subtitle = word("dropout_subtitle", lang, years=_PERIOD)
    notes = (word("dropout_note", lang), word("dropout_n", lang), about)
    bottom, top = style.frame(figure, title, subtitle, style.Footer(notes, ""))
    shown = [row for row in rows if row.organisation == PROGRAMME]
    axes = style.room(figure, 4.1, bottom + 0.35, 11.3, top - 0.1)
    data: list[tuple[str | int | float, ...]] = []
    for place, row in enumerate(shown):
        whole = _everybody(row)
        colour = {INFORMED: style.GREEN, NOT_IDENTIFIABLE: style.PURPLE}.get(row.verdict, style.ORANGE)
        axes.plot([row.prior_low, row.prior_high], [place, place], color=style.SILVER, linewidth=7 if whole else 4)
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=3.5 if whole else 1.8)
        axes.plot([row.median], [place], "o", color=colour, markersize=6 if whole else 4, markeredgecolor="white")
        name = called("transition", row.transition, lang) if whole else labels.firm_class(row.firm_class, lang)
        share = percent(row.still_there, lang)
        count = word("dropout_count", lang, n=number(row.episodes, lang, 0), share=share)
        panels.put(axes, count, (1.0, place), (8, 0), size=7.8, colour=style.MUTED)
        panels.put(axes, name, (0.0, place), (-8, 0), size=9 if whole else 7.8, bold=whole, ha="right")
        data.append(
            (
                row.transition,
                row.firm_class,
                row.episodes,
                row.still_there,
                row.prior_low,
                row.prior_high,
                row.low,
                row.median,
                row.high,
                row.verdict,
            )
        )
    axes.set(xlim=(0.0, 1.0), ylim=(len(shown) - 0.4, -0.6), yticks=[])
    ticks = [0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(ticks, [percent(share, lang) for share in ticks], fontsize=8.5)
    axes.grid(axis="x", color=style.GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", length=0)
    axes.spines["left"].set_visible(False)
    columns = (
        "transition", "firm_class", "episodes", "still_there", "prior_low", "prior_high", "low", "median", "high",
        "verdict",
    )  # fmt: skip
    return style.Drawn("dropout", figure, title, columns, tuple(data))


def _everybody(row: DropOut) -> bool:
    return row.firm_class == EVERYBODY and row.organisation == PROGRAMME
