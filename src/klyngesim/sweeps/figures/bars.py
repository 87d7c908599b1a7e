"""Figures of shares of variance and regression coefficients: bars with intervals against the noise floor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from klyngesim.figures import panels, style
from klyngesim.report.numbers import Lang, number
from klyngesim.sweeps.data import SweepData
from klyngesim.sweeps.figures import sheet as sheets
from klyngesim.sweeps.rows import ALL, DUMMY, Index
from klyngesim.sweeps.words import index, text

NAME = "sweep_bars"
SURROGATE = "sweep_surrogate"
MOST = 20
"""Factors shown, the dummy not counted."""

COLUMNS = ("outcome", "scenario", "parameter", "index", "value", "low", "high", "noise_floor", "samples")

_COLOURS = (style.BLUE, style.ORANGE)
_PALE = 0.3


@dataclass(frozen=True)
class Panel:
    """Bars of one outcome: an effect of each index for every factor, and what is said under the heading."""

    outcome: str
    names: tuple[str, ...]
    effects: dict[str, dict[str, Index]]
    under: str = ""


def draw(found: SweepData, scenario: str, lang: Lang) -> style.Drawn:
    """The bars of one scenario, a panel for each outcome: S1 and ST, src or main, as the method gives."""
    wanted = found.method.bars
    some = []
    for outcome in found.outcomes:
        effects = {name: {one.parameter: one for one in found.of(scenario, outcome, name)} for name in wanted}
        order = [one.parameter for one in found.leading(scenario, outcome)]
        some.append(Panel(outcome, _dummy_last(order), effects, _fit(found, scenario, outcome, lang)))
    kind = found.method.words
    how = f"{text(f'{kind}_how', lang)} {_floor(found, wanted[-1], lang)}"
    return _draw(found, scenario, some, wanted, f"{NAME}_{scenario}", text(f"{kind}_title", lang), how, lang)


def draw_surrogate(found: SweepData, scenario: str, lang: Lang) -> style.Drawn | None:
    """The Sobol' indices of a surrogate, where surrogate.csv has some of the scenario."""
    some, kinds = [], set()
    for outcome in found.outcomes:
        rows = [row for row in found.surrogate if (row.scenario, row.outcome) == (scenario, outcome) and row.index]
        floors = {row.index: row.value for row in rows if row.parameter == DUMMY}
        effects: dict[str, dict[str, Index]] = {"S1": {}, "ST": {}}
        for row in rows:
            points, floor = int(found.manifest["points"]), floors.get(row.index, math.nan)
            effects[row.index][row.parameter] = Index(
                outcome, scenario, row.parameter, row.index, row.value, row.low, row.high, points, math.nan, floor,
                row.method,
            )  # fmt: skip
        if rows:
            kinds.add(rows[0].kind)
            order = sorted(effects["ST"], key=lambda name: -effects["ST"][name].value)
            some.append(Panel(outcome, _dummy_last(order), effects, f"R² = {number(rows[0].r2, lang, 2)}"))
    if not some:
        return None
    said = " / ".join(text(f"kind {kind}", lang) for kind in sorted(kinds))
    how = f"{text('surrogate_how', lang, kind=said)} {_floor(found, 'ST', lang)}"
    title = text("surrogate_title", lang)
    return _draw(found, scenario, some, ("S1", "ST"), f"{SURROGATE}_{scenario}", title, how, lang)


def _floor(found: SweepData, of: str, lang: Lang) -> str:
    said = of if of in ("S1", "ST") else text("value", lang)
    return text("bars_floor", lang, index=said) if found.has_dummy else ""


def _dummy_last(order: Sequence[str]) -> tuple[str, ...]:
    kept = [name for name in order if name not in (DUMMY, ALL)][:MOST]
    return (*kept, *(name for name in order if name == DUMMY))


def _fit(found: SweepData, scenario: str, outcome: str, lang: Lang) -> str:
    """How much of the variance straight lines hold, where that is known."""
    held = found.of(scenario, outcome, "r2")
    if not held:
        return ""
    return f"R² = {number(held[0].value, lang, 2)} (n = {number(held[0].samples, lang, 0)})"


def _draw(
    found: SweepData,
    scenario: str,
    some: Sequence[Panel],
    wanted: Sequence[str],
    name: str,
    title: str,
    how: str,
    lang: Lang,
) -> style.Drawn:
    per_row, left, width = sheets.shape(len(some), found.factors, 1.9)
    most = max(1, max(len(one.names) for one in some))
    every = len(found.factors) - found.has_dummy
    notes = sheets.small_print(found, lang, how, sheets.cut(MOST, every, lang))
    handles = [Patch(color=colour, label=index(one, lang)) for one, colour in zip(wanted, _COLOURS, strict=False)]
    step = 0.27 if len(wanted) > 1 else 0.2
    figure, rooms = sheets.sheet(
        title, sheets.about(found, scenario, lang), notes,
        count=len(some), per_row=per_row, tall=step * most + 0.12, left=left, handles=handles, width=width,
    )  # fmt: skip
    rows: list[tuple[str | int | float, ...]] = []
    for axes, one in zip(rooms, some, strict=True):
        sheets.heading(axes, one.outcome, lang, one.under or " ")
        _panel(axes, one, wanted, most, lang)
        for parameter in one.names:
            for kind in wanted:
                effect = one.effects[kind].get(parameter)
                if effect is not None:
                    numbers = (effect.value, effect.low, effect.high, effect.noise_floor)
                    rows.append((one.outcome, scenario, parameter, kind, *map(sheets.plain, numbers), effect.samples))
    return style.Drawn(name, figure, title, COLUMNS, tuple(rows))


def _panel(axes: Axes, panel: Panel, wanted: Sequence[str], most: int, lang: Lang) -> None:
    if not panel.names:
        panels.say(axes, text("nothing", lang))
        return
    thick = 0.72 / len(wanted)
    reach = [0.0]
    for row, (kind, colour) in enumerate(zip(wanted, _COLOURS, strict=False)):
        for place, parameter in enumerate(panel.names):
            one = panel.effects[kind].get(parameter)
            if one is None:
                continue
            height = place + (row - (len(wanted) - 1) / 2) * thick
            axes.barh(height, one.value, thick * 0.92, color=colour, alpha=1.0 if one.above else _PALE, zorder=2)
            reach.append(one.value)
            if math.isfinite(one.low) and math.isfinite(one.high):
                axes.plot([one.low, one.high], [height, height], color=style.INK, linewidth=1.0, zorder=3)
                reach += [one.low, one.high]
    floor = next((one.noise_floor for one in panel.effects[wanted[-1]].values()), math.nan)
    if math.isfinite(floor):
        signed = any(one.value < 0.0 for one in panel.effects[wanted[-1]].values()) and len(wanted) == 1
        for at in (-floor, floor) if signed else (floor,):
            axes.axvline(at, color=style.MUTED, linestyle=":", linewidth=1.1, zorder=1)
    axes.axvline(0.0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.set_xlim(*sheets.limits(reach))
    sheets.names_of(axes, panel.names)
    axes.set_ylim(most - 0.4, -0.6)
    sheets.ticks(axes, "x", lang)
