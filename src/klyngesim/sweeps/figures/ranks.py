"""Figure of a sweep: the rank of the leading factors in every outcome, and in the order of the scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from klyngesim.figures import panels, style
from klyngesim.report.numbers import MISSING, Lang
from klyngesim.sweeps.data import SweepData
from klyngesim.sweeps.figures import sheet as sheets
from klyngesim.sweeps.rows import DUMMY, RANK, Index
from klyngesim.sweeps.words import index, outcome, text

NAME = "sweep_ranks"
ORDER = "sweep_order"
LEAD = 5
"""Leading factors of every column that come into the figure."""

MOST = 30
"""Rows at the most."""

COLUMNS = ("outcome", "scenario", "parameter", "index", "rank", "value", "noise_floor", "above_floor")

_SHADES = tuple(style.tints(style.BLUE, 13)[step] for step in (0, 3, 5, 6, 7, 8, 9, 10, 11, 12))
_CELL = 0.235
_HEAD = 7.6


@dataclass(frozen=True)
class Column:
    """The factors of one outcome in one scenario, by rank."""

    scenario: str
    outcome: str
    ranked: dict[str, tuple[int, Index]]


def draw(found: SweepData, lang: Lang) -> style.Drawn:
    """Ranks of the factors in every outcome and scenario."""
    columns = [_column(found, scenario, name) for scenario in found.scenarios for name in found.outcomes]
    return _draw(found, columns, NAME, text("ranks_title", lang), sheets.about_all(found, lang), lang)


def draw_order(found: SweepData, lang: Lang) -> style.Drawn | None:
    """The same for the ranks of the scenarios; None where the sweep has one scenario, or no order that varies."""
    columns = [
        _column(found, scenario, RANK + name) for scenario in found.manifest["scenarios"] for name in found.outcomes
    ]
    columns = [one for one in columns if one.ranked]
    if not columns:
        return None
    about = text("about_order", lang, years=sheets.window(found))
    return _draw(found, columns, ORDER, text("order_title", lang), about, lang)


def _column(found: SweepData, scenario: str, name: str) -> Column:
    ranked = [one for one in found.leading(scenario, name) if one.parameter != DUMMY]
    return Column(scenario, name, {one.parameter: (place, one) for place, one in enumerate(ranked, 1)})


def rows_of(columns: Sequence[Column]) -> list[str]:
    """The leading factors of all columns, by their best rank, then by their mean one."""
    best: dict[str, int] = {}
    for column in columns:
        for name, (rank, _) in column.ranked.items():
            if rank <= LEAD:
                best[name] = min(rank, best.get(name, rank))

    def mean(name: str) -> float:
        places = [column.ranked[name][0] for column in columns if name in column.ranked]
        return sum(places) / len(places)

    return sorted(best, key=lambda name: (mean(name), best[name], name))[:MOST]


def _draw(found: SweepData, columns: Sequence[Column], name: str, title: str, subtitle: str, lang: Lang) -> style.Drawn:
    names = rows_of(columns)
    left = max((style.text_width(one, sheets.SMALL) for one in names), default=1.0) + 0.15
    parts = [part for one in columns for part in outcome(one.outcome, lang).split(" ")]
    longest = max((style.text_width(part, _HEAD) for part in parts), default=0.5)
    each = max(longest + 0.12, min(1.25, (sheets.WIDE - 2 * style.MARGIN - left) / max(1, len(columns))))
    width = max(sheets.NARROW, left + each * len(columns) + 2 * style.MARGIN)
    heads = [style.wrap(outcome(one.outcome, lang), each - 0.06, _HEAD) for one in columns]
    head = 0.15 * max((one.count("\n") + 1 for one in heads), default=1) + 0.1
    groups = _groups(columns)
    over = [
        style.wrap(style.short(found.scenario_title(scenario, lang)), count * each - 0.2, 8.6, True, most=6)
        for scenario, _, count in groups
    ]
    tall = 0.17 * max((one.count("\n") + 1 for one in over), default=1)
    how = "ranks_how" if found.has_dummy else "ranks_how_free"
    said = text(how, lang, lead=LEAD, index=index(found.main_index, lang))
    gaps = any(row not in column.ranked for column in columns for row in names)
    notes = sheets.small_print(found, lang, f"{said} {text('ranks_none', lang)}" if gaps else said)
    figure, (axes,) = sheets.sheet(
        title, subtitle, notes,
        count=1, per_row=1, tall=_CELL * max(1, len(names)) + head + tall, left=left,
        right=width - 2 * style.MARGIN - left - each * len(columns), head=0.0, width=width,
    )  # fmt: skip
    _grid(axes, columns, names)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(max(1, len(names)), -(head + tall) / _CELL)
    axes.set_yticks([row + 0.5 for row in range(len(names))], names, fontsize=sheets.SMALL, color=style.INK)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for place, one in enumerate(heads):
        panels.put(axes, one, (place + 0.5, -0.25), (0, 0), across="data", size=_HEAD, ha="center", va="bottom")
    for (_, first, count), one in zip(groups, over, strict=True):
        panels.put(
            axes, one, (first + 0.08, -head / _CELL - 0.15), (0, 0), across="data", size=8.6, bold=True, va="bottom"
        )
        axes.plot([first + 0.06, first + count - 0.06], [-head / _CELL] * 2, color=style.MUTED, linewidth=0.9)
    rows: list[tuple[str | int | float, ...]] = []
    for column in columns:
        for parameter in names:
            if parameter in column.ranked:
                rank, effect = column.ranked[parameter]
                numbers = (sheets.plain(effect.value), sheets.plain(effect.noise_floor))
                above = "yes" if effect.above else "no"
                rows.append((column.outcome, column.scenario, parameter, found.main_index, rank, *numbers, above))
    return style.Drawn(name, figure, title, COLUMNS, tuple(rows))


def _groups(columns: Sequence[Column]) -> list[tuple[str, int, int]]:
    """Scenario, first column and number of columns of every run of columns of one scenario."""
    found: list[tuple[str, int, int]] = []
    for place, column in enumerate(columns):
        if found and found[-1][0] == column.scenario:
            found[-1] = (column.scenario, found[-1][1], found[-1][2] + 1)
        else:
            found.append((column.scenario, place, 1))
    return found


def _grid(axes: Axes, columns: Sequence[Column], names: Sequence[str]) -> None:
    for across, column in enumerate(columns):
        for down, name in enumerate(names):
            place = (across + 0.03, down + 0.06)
            if name not in column.ranked:
                said, fill, ink = MISSING, style.SHADE, style.MUTED
            else:
                rank, effect = column.ranked[name]
                fill = _SHADES[min(rank, len(_SHADES)) - 1] if effect.above else style.SHADE
                said, ink = str(rank), style.readable_on(fill) if effect.above else style.MUTED
            axes.add_patch(Rectangle(place, 0.94, 0.88, color=fill, linewidth=0))
            axes.text(across + 0.5, down + 0.52, said, fontsize=8.2, color=ink, ha="center", va="center")
