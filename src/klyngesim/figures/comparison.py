"""Figure: what every variant differs from the baseline in, one panel for each sure change and main indicator.

A dot (and the number beside the panel) is the mean of paired differences in percent of the baseline, a line its 90 %
interval, a pale line where 90 % of the pairs lie over tenable assumptions, the grey field what is too small to
matter. Every verdict has a marker of its own, so that it can be
read without colours. A later window stands below the first one,
in a thinner line, where its verdict is another one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from klyngesim.figures import style
from klyngesim.report import labels
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import Comparison, Difference
from klyngesim.report.numbers import Lang, check_language, number, percent, suffix_of
from klyngesim.results.directories import COMPARISON, read_manifest, read_tables

NAME = "comparison"

TABLES = ("comparison.csv", "precision.csv")
"""Tables of the comparison that the figure is drawn from."""

COLUMNS = (
    *("indicator", "window", "scenario", "relative", "low", "high", "verdict", "rests_on", "n_pairs"),
    *("tenable_low", "tenable_high"),
)

Panel = Sequence[Sequence[Difference]]
"""For each variant its difference in the first window, and those of later ones that have another verdict."""

_MARKS = {
    "better": ("^", style.GREEN, style.GREEN),
    "worse": ("v", style.VERMILION, style.VERMILION),
    "no difference": ("D", style.MUTED, "white"),
    "uncertain": ("o", style.MUTED, "white"),
    "nothing changes": (".", style.MUTED, style.MUTED),
    "": ("x", style.MUTED, style.MUTED),
}
"""Marker, colour and filling by verdict; the shapes are those of the note."""

_PER_ROW = 4
_ROW = 0.34
_BETWEEN = 0.85  # inches between two rows of panels, for titles of three lines
_APART = 0.17  # half the distance between two windows of one variant, in rows


def draw_comparison(directory: Path, lang: str = "en") -> list[Path]:
    """Draws the figure of a comparison directory into its ``figures``, as PNG, SVG and CSV; returns their paths.

    Args:
        directory: holds manifest.json and the `TABLES`.
        lang: ``en`` or ``da``; Danish files carry the language in their name.

    Raises:
        InputError: the directory is not that of a comparison, or a table is missing.
        ValueError: unknown language.
    """
    language = check_language(lang)
    manifest = read_manifest(directory, COMPARISON)
    found = Comparison(directory, manifest, read_tables(directory, COMPARISON, TABLES, ()))
    target = directory / "figures"
    target.mkdir(exist_ok=True)
    suffix = suffix_of(language)
    with style.context():
        drawn = _draw(found, panels_of(found), language)
        paths = style.save(drawn, target, f"{drawn.name}{suffix}")
        drawn.figure.clear()
    return paths


def panels_of(found: Comparison) -> dict[str, Panel]:
    """What is drawn, by indicator in the order of the note's first table, variants in the order of the manifest."""
    first, *later = (found.differences(window) for window in found.windows)

    def bars(variant: str, name: str) -> list[Difference]:
        usual = first[variant, name]
        others = (window[variant, name] for window in later)
        return [usual, *(one for one in others if one.verdict != usual.verdict)]

    return {name: [bars(variant, name) for variant in found.variants] for name in found.order()}


def _draw(found: Comparison, panels: Mapping[str, Panel], lang: Lang) -> style.Drawn:
    lines = math.ceil(len(panels) / _PER_ROW)
    each = _ROW * len(found.variants) + 0.3
    figure = style.new_figure(13.0, 2.9 + lines * (each + _BETWEEN))
    baseline = style.short(found.title(found.manifest["baseline"], lang))
    title = labels.text("comparison_title", lang).format(baseline=baseline, window=note_words.span(found.windows[0]))
    subtitle = labels.text("comparison_subtitle", lang)
    shown = [one for panel in panels.values() for bars in panel for one in bars]
    bottom, top = style.frame(figure, title, subtitle, _footer(found, shown, lang))
    _legend(figure, {one.verdict for one in shown}, lang, bottom)
    left, right, gap = 3.3, 12.15, 0.75
    width = (right - left - gap * (_PER_ROW - 1)) / _PER_ROW
    for place, (name, panel) in enumerate(panels.items()):
        column, line = place % _PER_ROW, place // _PER_ROW
        start, ceiling = left + column * (width + gap), top - 0.45 - line * (each + _BETWEEN)
        axes = style.room(figure, start, ceiling - each, start + width, ceiling)
        names = [found.title(variant, lang) for variant in found.variants] if column == 0 else None
        _panel(axes, name, panel, found.effect, names, lang)
    rows = tuple(
        (
            *(one.indicator, one.window, one.scenario, one.relative, one.low, one.high, one.verdict),
            *("assumption" if one.assumed else "data", one.n_pairs),
            *((one.wide.low, one.wide.high) if one.wide and one.window == found.windows[0] else ("", "")),
        )
        for one in shown
    )
    return style.Drawn(NAME, figure, title, COLUMNS, rows)


def _panel(axes: Axes, name: str, panel: Panel, effect: float, names: Sequence[str] | None, lang: Lang) -> None:
    axes.set_title(style.wrap(note_words.shown(name, lang), 2.2, 9.0, True), fontsize=9.0, weight="bold", loc="left")
    axes.axvspan(-100.0 * effect, 100.0 * effect, color=style.GRID, zorder=0)
    axes.axvline(0.0, color=style.MUTED, linewidth=0.8, zorder=1)
    ends = [-150.0 * effect, 150.0 * effect]
    for place, bars in enumerate(panel):
        for step, one in enumerate(bars):
            apart = _APART * (1.0 - 2.0 * step / (len(bars) - 1)) if len(bars) > 1 else 0.0
            ends += _bar(axes, one, len(panel) - 1 - place + apart, step > 0, lang)
    margin = 0.08 * (max(ends) - min(ends))
    axes.set_xlim(min(ends) - margin, max(ends) + margin)
    axes.set_ylim(-0.6, len(panel) - 0.4)
    axes.set_yticks(range(len(panel)))
    axes.tick_params(axis="y", length=0)
    written = [style.wrap(one, 2.9, 8.5, most=2) for one in reversed(names)] if names else [""] * len(panel)
    axes.set_yticklabels(written, fontsize=8.5)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: number(value, lang, 0 if abs(value) >= 1 or value == 0 else 1))
    axes.grid(axis="x", color=style.GRID, linewidth=0.6)
    axes.spines["left"].set_visible(False)


def _bar(axes: Axes, one: Difference, height: float, later: bool, lang: Lang) -> list[float]:
    """Draws one difference; returns how far it reaches, in percent."""
    mark, colour, filled = _MARKS[one.verdict]
    # The number stands beside the panel: a variant that does very much leaves little room for the others.
    beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "fontsize": 7 if later else 8, "color": colour}
    if not math.isfinite(one.relative):
        said = labels.text("none", lang) if math.isnan(one.change) else _from_nothing(one, lang)
        axes.text(0.5, height, said, ha="center", va="center", **beside)
        return []
    reached = [100.0 * one.relative]
    if one.wide is not None and not later:
        ends = [100.0 * one.wide.low, 100.0 * one.wide.high]
        axes.plot(ends, [height, height], color=colour, alpha=0.28, linewidth=6.0, solid_capstyle="butt", zorder=1.5)
        drawn = ends
    else:
        drawn = []
    if math.isfinite(one.low) and math.isfinite(one.high):
        reached += [100.0 * one.low, 100.0 * one.high]
        axes.plot(reached[1:3], [height, height], color=colour, linewidth=1.0 if later else 2.2, zorder=2)
    axes.plot(reached[0], height, mark, color=colour, markerfacecolor=filled, markersize=4 if later else 6.5, zorder=3)
    axes.text(1.02, height, number(reached[0], lang, 1), ha="left", va="center", **beside)
    return [*reached, *drawn]


def _from_nothing(one: Difference, lang: Lang) -> str:
    return note_words.word("from_nothing", lang, change=number(one.change, lang))


def _legend(figure: Any, said: set[str], lang: Lang, bottom: float) -> None:
    handles = [
        Line2D(
            [],
            [],
            color=colour,
            marker=mark,
            markerfacecolor=filled,
            linewidth=2.2,
            label=labels.verdict(word, lang),
        )
        for word, (mark, colour, filled) in _MARKS.items()
        if word in said
    ]
    width, height = figure.get_size_inches()
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(style.MARGIN / width, bottom / height),
        ncols=len(_MARKS),
        frameon=False,
        fontsize=9,
    )


def tenable_line(found: Comparison, shown: Sequence[Difference], lang: Lang) -> str:
    """What the second band is, or why there is none."""
    key = "comparison_tenable" if any(one.wide for one in shown) else "comparison_no_tenable"
    return labels.text(key, lang).format(over=found.manifest["over"])


def _footer(found: Comparison, shown: Sequence[Difference], lang: Lang) -> style.Footer:
    manifest = found.manifest
    what = labels.text(f"comparison_over_{manifest['over']}", lang)
    lines = [
        labels.text("comparison_interval", lang).format(
            n=number(manifest["pairs"]["made"], lang, 0), effect=percent(found.effect, lang), over=what
        ),
        tenable_line(found, shown, lang),
        labels.text("comparison_run", lang).format(
            id=manifest["comparison_id"], version=manifest["versions"]["klyngesim"]
        ),
    ]
    later = [note_words.span(window) for window in found.windows[1:] if any(one.window == window for one in shown)]
    if later:
        lines.insert(1, labels.text("comparison_later", lang).format(window=note_words.listed(later, lang)))
    leaning = sum(one.assumed for one in shown)
    warning = labels.text("comparison_assumed", lang).format(
        leaning=number(leaning, lang, 0), shown=number(len(shown), lang, 0)
    )
    return style.Footer(tuple(lines), warning if leaning else "")
