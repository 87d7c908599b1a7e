"""Figure: progress and drop-out (Danish *frafald*) between the stages of the funnel.

One bar per stage, all of the same length: the moves out of the stage in a year, split by where they went and why.
Lengths are shares because the first stages hold a hundred times as many episodes as the last; the absolute number
stands at each bar. The first four stages are shown jointly, their parts as thin bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from klyngesim.figures import panels, style
from klyngesim.figures.panels import footer
from klyngesim.report import labels
from klyngesim.report.funnel import COLUMNS, EARLY, JOINT, OUTCOME, OUTCOMES, STAGES, Panel, panel, rows
from klyngesim.report.numbers import Lang, number
from klyngesim.report.run_data import RunData

NAME = "funnel"
COLOURS = {
    "on": style.GREEN,
    "back": style.SKY,
    "completed": style.SILVER,
    "rejected": style.VERMILION,
    "firm": style.YELLOW,
    "offer": style.ORANGE,
    "terms": style.PURPLE,
    "ended": style.MUTED,
    "elsewhere": style.BLUE,
}
"""Colour of each outcome."""

_THICK, _THIN = 0.74, 0.42


def draw(run: RunData, lang: Lang) -> style.Drawn:
    """The funnel in the years of the report and, side by side, in the last years of the run."""
    found = [panel(run, window) for window in run.windows()] if run.moves else []
    figure = style.new_figure(13.0, 8.6)
    title = _title(found, lang)
    notes = (labels.text("funnel_note_joint", lang), labels.text("funnel_note_rates", lang)) if found else ()
    subtitle = labels.text("funnel_subtitle", lang)
    bottom, top = style.frame(figure, title, subtitle, footer(run, lang, "mean", notes))
    if found:
        _legend(figure, lang, bottom)
    else:
        panels.say(style.room(figure, 0.35, bottom, 12.65, top), labels.text("not_recorded", lang))
    gap, left, right = 1.0, 3.0, 12.65
    each = (right - left - gap * (len(found) - 1)) / max(1, len(found))
    for i, one in enumerate(found):
        start = left + i * (each + gap)
        axes = style.room(figure, start, bottom + 0.95, start + each, top - 0.4)
        _bars(axes, one, lang, named=i == 0)
    return style.Drawn(NAME, figure, title, COLUMNS, rows(found))


def _title(found: Sequence[Panel], lang: Lang) -> str:
    known = [one for one in found if one.total(JOINT)]
    if not known:
        return labels.text("funnel_title_none", lang)
    shares = [number(100 * one.share(JOINT, "on"), lang, 1) for one in known]
    key = "funnel_title_two" if len(known) > 1 else "funnel_title"
    return labels.text(key, lang).format(
        first=shares[0], last=shares[-1], years1=known[0].period, years2=known[-1].period
    )


def _bars(axes: Axes, one: Panel, lang: Lang, named: bool) -> None:
    heights = [_THIN if stage in EARLY else _THICK for stage in STAGES]
    places = _places(heights)
    below = places[-1] - 0.9
    axes.set(xlim=(0.0, 1.0), ylim=(below - 0.5, places[0] + 0.72), xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)
    for stage, place, height in zip(STAGES, places, heights, strict=True):
        _bar(axes, one, stage, place, height, lang)
        if named:
            _name(axes, stage, place, lang)
    if named:
        _name(axes, OUTCOME, below, lang)
    _beside(axes, below, number(one.innovations, lang, 0), bold=True)
    panels.put(axes, labels.text("funnel_outcome", lang), (0.0, below), (0, 0), size=9, colour=style.MUTED)
    key = "per_year" if len(one.window) > 1 else "one_year"
    panels.panel_title(axes, labels.text(key, lang).format(years=one.period))
    column = labels.text("funnel_column", lang)
    panels.put(axes, column, (0, 1), (-8, 6), up="axes fraction", size=8, colour=style.MUTED, ha="right", va="bottom")


def _bar(axes: Axes, one: Panel, stage: str, place: float, height: float, lang: Lang) -> None:
    """The segments of one stage with their percentages where these fit, and the number of moves beside the bar."""
    inner = stage in EARLY
    size = 7.5 if inner else 9.0
    width, _ = panels.inches(axes)
    start = 0.0
    for outcome in OUTCOMES:
        share, colour = one.share(stage, outcome), COLOURS[outcome]
        if share > 0.0:
            axes.barh(place, share, height, left=start, color=colour, edgecolor="white", linewidth=0.7)
        text = number(100 * share, lang, 0)
        if style.text_width(text, size) + 0.06 <= share * width:
            black_or_white = style.readable_on(colour)
            axes.text(start + share / 2, place, text, ha="center", va="center", fontsize=size, color=black_or_white)
        elif outcome == "on" and not inner and one.total(stage):
            exact = number(100 * share, lang, 1)
            panels.put(axes, exact, (0.0, place + height / 2), (0, 2), size=9, colour=colour, bold=True, va="bottom")
        start += share
    total = one.total(stage)
    _beside(axes, place, number(total, lang, 0) if total else labels.text("none", lang), bold=not inner)


def _places(heights: Sequence[float]) -> list[float]:
    """Vertical centres from the top down, thin bars closer together than thick ones."""
    places = [0.0]
    for above, below in pairwise(heights):
        places.append(places[-1] - (above + below) / 2 - (0.1 if above == below == _THIN else 0.22))
    return places


def _beside(axes: Axes, place: float, text: str, bold: bool) -> None:
    panels.put(axes, text, (0.0, place), (-8, 0), size=9, bold=bold, ha="right")


def _name(axes: Axes, stage: str, place: float, lang: Lang) -> None:
    text = labels.text("funnel_joint", lang) if stage == JOINT else labels.stage(stage, lang)
    inner = stage in EARLY
    size, colour, shift = (9.0, style.MUTED, -176) if inner else (10.0, style.INK, -188)
    lines = style.wrap(text, 1.9, size, not inner)
    panels.put(axes, lines, (0.0, place), (shift, 0), size=size, colour=colour, bold=not inner)


def _legend(figure: Figure, lang: Lang, bottom: float) -> None:
    width, height = figure.get_size_inches()
    texts = {outcome: labels.text(f"outcome_{outcome}", lang) for outcome in OUTCOMES}
    figure.legend(
        handles=[Patch(color=COLOURS[outcome], label=text) for outcome, text in texts.items()],
        loc="lower left",
        bbox_to_anchor=(style.MARGIN / width, (bottom + 0.1) / height),
        ncols=3,
        frameon=False,
        fontsize=9,
        handlelength=1.1,
        handleheight=1.1,
        columnspacing=2.2,
        borderaxespad=0.0,
    )
