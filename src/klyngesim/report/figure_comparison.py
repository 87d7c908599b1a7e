"""Figure: what every variant differs from the baseline in, one panel for each main indicator.

A dot (and the number beside the panel) is the mean of paired differences in percent of the baseline, a line its 90 %
interval, the grey field what is too small to matter. A filled marker says better or worse, an open one too close to
call; each has a shape of its own, so that the verdict can be read without colours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from klyngesim.report import labels, saving, style
from klyngesim.report.directories import COMPARISON, read_manifest
from klyngesim.report.numbers import LANGUAGES, Lang, check_language, number, percent
from klyngesim.results.comparison import GUARD, MAIN
from klyngesim.results.indicators import indicator
from klyngesim.results.rowfiles import Row, read_table, value

NAME = "comparison"
PANELS = (*(name for name in MAIN if name != "social_capital"), GUARD)
"""Indicators shown, one panel each."""

COLUMNS = ("indicator", "window", "scenario", "relative", "low", "high", "verdict", "rests_on", "n_pairs")

_MARKS = {"better": ("^", style.GREEN), "worse": ("v", style.VERMILION), "too close to call": ("o", style.MUTED)}
_PER_ROW = 4
_ROW = 0.34


@dataclass(frozen=True)
class Bar:
    """One variant in one panel: relative difference with its interval, shares of the baseline."""

    scenario: str
    relative: float
    low: float
    high: float
    verdict: str
    rests_on: str
    n: int


def draw_comparison(directory: Path, lang: str = "en") -> list[Path]:
    """Draws the figure of a comparison directory into its ``figures``, as PNG, SVG and CSV; returns their paths.

    Args:
        directory: holds manifest.json and comparison.csv with precision.csv beside it.
        lang: ``en`` or ``da``; Danish files carry the language in their name.

    Raises:
        Unreadable: the directory is not that of a comparison.
        ValueError: unknown language.
        FileNotFoundError: a file is missing.
    """
    language = check_language(lang)
    manifest = read_manifest(directory, COMPARISON)
    window = manifest["windows"][0]
    panels = {name: _bars(directory, manifest, name, window) for name in PANELS}
    target = directory / "figures"
    target.mkdir(exist_ok=True)
    suffix = "" if language == LANGUAGES[0] else f"_{language}"
    with style.context():
        drawn = _draw(panels, manifest, window, language)
        paths = saving.save(drawn, target, f"{drawn.name}{suffix}")
        drawn.figure.clear()
    return paths


def _bars(directory: Path, manifest: Mapping[str, Any], name: str, window: str) -> list[Bar]:
    """The variants in the order of the manifest."""
    rows = _rows(directory / "comparison.csv", name, window)
    level = _rows(directory / "precision.csv", name, window)
    found = []
    for scenario in manifest["variants"]:
        row, base = rows[scenario], abs(value(level[scenario]["baseline_mean"]))
        middle, low, high = (
            value(row[column]) / base if base else math.nan for column in ("mean_difference", "low", "high")
        )
        found.append(Bar(scenario, middle, low, high, row["verdict"], row["rests_on"], int(row["n_pairs"])))
    return found


def _rows(path: Path, name: str, window: str) -> dict[str, Row]:
    return {row["scenario"]: row for row in read_table(path) if row["indicator"] == name and row["window"] == window}


def _draw(panels: Mapping[str, Sequence[Bar]], manifest: Mapping[str, Any], window: str, lang: Lang) -> style.Drawn:
    variants, titles = manifest["variants"], manifest["titles"]
    lines = math.ceil(len(panels) / _PER_ROW)
    each = _ROW * len(variants) + 0.3
    figure = style.new_figure(13.0, 2.9 + lines * (each + 0.75))
    first, last = window.split("-")
    title = labels.text("comparison_title", lang).format(
        baseline=titles[manifest["baseline"]][lang], first=first, last=last
    )
    subtitle = labels.text("comparison_subtitle", lang)
    bottom, top = style.frame(figure, title, subtitle, _footer(panels, manifest, lang))
    _legend(figure, lang, bottom)
    left, right, gap = 3.3, 12.15, 0.75
    width = (right - left - gap * (_PER_ROW - 1)) / _PER_ROW
    for place, (name, bars) in enumerate(panels.items()):
        column, line = place % _PER_ROW, place // _PER_ROW
        start, ceiling = left + column * (width + gap), top - 0.35 - line * (each + 0.75)
        axes = style.room(figure, start, ceiling - each, start + width, ceiling)
        names = [titles[bar.scenario][lang] for bar in bars] if column == 0 else None
        _panel(axes, name, bars, float(manifest["smallest_effect"]), names, lang)
    rows = tuple(
        (name, window, bar.scenario, bar.relative, bar.low, bar.high, bar.verdict, bar.rests_on, bar.n)
        for name, bars in panels.items()
        for bar in bars
    )
    return style.Drawn(NAME, figure, title, COLUMNS, rows)


def _panel(
    axes: Axes, name: str, bars: Sequence[Bar], effect: float, names: Sequence[str] | None, lang: Lang
) -> None:
    item = indicator(name)
    axes.set_title(style.wrap(item.label(lang), 2.2, 9.0, True), fontsize=9.0, weight="bold", loc="left")
    axes.axvspan(-100.0 * effect, 100.0 * effect, color=style.GRID, zorder=0)
    axes.axvline(0.0, color=style.MUTED, linewidth=0.8, zorder=1)
    least, most = -150.0 * effect, 150.0 * effect
    for place, bar in enumerate(bars):
        height = len(bars) - 1 - place
        if not math.isfinite(bar.relative):
            axes.text(0.0, height, labels.text("none", lang), ha="center", va="center", fontsize=8)
            continue
        mark, colour = _MARKS[bar.verdict]
        if math.isfinite(bar.low) and math.isfinite(bar.high):
            axes.plot([100.0 * bar.low, 100.0 * bar.high], [height, height], color=colour, linewidth=2.2, zorder=2)
            least, most = min(least, 100.0 * bar.low), max(most, 100.0 * bar.high)
        filled = colour if bar.verdict != "too close to call" else "white"
        axes.plot(100.0 * bar.relative, height, mark, color=colour, markerfacecolor=filled, markersize=6.5, zorder=3)
        # The number stands beside the panel: a variant that does very much leaves little room for the others.
        said = number(100.0 * bar.relative, lang, 1)
        edge = axes.get_yaxis_transform()
        axes.text(1.02, height, said, transform=edge, fontsize=8, color=colour, va="center", ha="left")
    margin = 0.08 * (most - least)
    axes.set_xlim(least - margin, most + margin)
    axes.set_ylim(-0.6, len(bars) - 0.4)
    axes.set_yticks(range(len(bars)))
    axes.tick_params(axis="y", length=0)
    written = [style.wrap(one, 2.9, 8.5) for one in reversed(names)] if names else [""] * len(bars)
    axes.set_yticklabels(written, fontsize=8.5)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: number(value, lang, 0 if abs(value) >= 1 or value == 0 else 1))
    axes.grid(axis="x", color=style.GRID, linewidth=0.6)
    axes.spines["left"].set_visible(False)


def _legend(figure: Any, lang: Lang, bottom: float) -> None:
    handles = [
        Line2D(
            [],
            [],
            color=colour,
            marker=mark,
            markerfacecolor=colour if word != "too close to call" else "white",
            linewidth=2.2,
            label=labels.text(f"verdict_{word.replace(' ', '_')}", lang),
        )
        for word, (mark, colour) in _MARKS.items()
    ]
    width, height = figure.get_size_inches()
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(style.MARGIN / width, bottom / height),
        ncols=3,
        frameon=False,
        fontsize=9,
    )


def _footer(panels: Mapping[str, Sequence[Bar]], manifest: Mapping[str, Any], lang: Lang) -> style.Footer:
    pairs = manifest["pairs"]["made"]
    what = labels.text(f"comparison_over_{manifest['over']}", lang)
    lines = [
        labels.text("comparison_interval", lang).format(
            n=number(pairs, lang, 0), effect=percent(manifest["smallest_effect"], lang), over=what
        ),
        labels.text("comparison_run", lang).format(
            id=manifest["comparison_id"], version=manifest["versions"]["klyngesim"]
        ),
    ]
    leaning = sum(bar.rests_on == "assumption" for bars in panels.values() for bar in bars)
    shown = sum(len(bars) for bars in panels.values())
    warning = labels.text("comparison_assumed", lang).format(
        leaning=number(leaning, lang, 0), shown=number(shown, lang, 0)
    )
    return style.Footer(tuple(lines), warning if leaning else "")
