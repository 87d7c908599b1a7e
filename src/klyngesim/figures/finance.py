"""Figure: the programme's money by source and year, what the grant went to and what the private money consists of.

Sources are the indicators that correspond to Table 7 of the report; the two breakdowns come from the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from klyngesim.figures import panels, style
from klyngesim.figures.panels import footer, not_recorded
from klyngesim.report import labels
from klyngesim.report.numbers import Lang, mkr, number, percent, usual_decimals, years
from klyngesim.report.run_data import RunData, price_level

NAME = "finance_by_source"
COLUMNS = ("panel", "part", "year", "mkr")

SOURCES = {
    "grant": "grant_spent_mkr",
    "public": "external_public_mkr",
    "eu": "external_eu_mkr",
    "private": "external_private_mkr",
    "other": "external_other_mkr",
}
"""Source -> indicator, in the order of the stack from below."""

USES = {
    use: tuple(f"{funder}_{use}_{line}" for funder in ("ufs", "deb") for line in ("spent", "passed_on"))
    for use in ("partners", "activity", "admin")
}
"""Use of the grant -> its accounts in the ledger."""

INITIATIVES = "initiatives"
"""Further source, from the ledger: money of initiatives that is routed through the organisations (Danish *fyrtårne* and
the like, recommendation #2). It is no part of Table 7 and shown only where there is some."""

PRIVATE = {
    "fees": ("own_fees",),
    "sponsorship": ("own_sponsorship",),
    "foundations": ("own_foundations",),
    "project_cash": ("external_project_cash",),
}
"""Kind of private money -> its accounts in the ledger."""

WAGE_GROWTH = "prices.wage_growth"
"""Parameter that deflates the total; where a run does not have it, the figure stays in current prices and says so."""

REAL = "total_real"
_STACKS = (
    ("finance_sources", "source", (style.BLUE, style.SKY, style.GREEN, style.VERMILION, style.PURPLE, style.ORANGE)),
    ("finance_use", "use", style.tints(style.BLUE, len(USES))),
    ("finance_private", "private", style.tints(style.VERMILION, len(PRIVATE))),
)

Stack = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Money:
    """Million kr. by part and year of the three panels, and the total at the wage level of the report's years."""

    years: tuple[int, ...]
    stacks: Mapping[str, Stack]
    real: tuple[float, ...]


def money(run: RunData) -> Money:
    """Collects the yearly amounts; a part that the run has not recorded is left out."""
    sources = {name: _series(run, indicator) for name, indicator in SOURCES.items()}
    routed = _accounts(run, {INITIATIVES: ("own_initiatives",)})
    sources |= {name: values for name, values in routed.items() if any(values)}
    recorded = {name: values for name, values in sources.items() if any(map(math.isfinite, values))}
    growth = wage_growth(run)
    real: tuple[float, ...] = ()
    if growth is not None and all(map(math.isfinite, (value for values in sources.values() for value in values))):
        real = tuple(
            math.fsum(values[i] for values in sources.values()) / price_level(growth, year)
            for i, year in enumerate(run.years)
        )
    return Money(run.years, {"source": recorded, "use": _accounts(run, USES), "private": _accounts(run, PRIVATE)}, real)


def wage_growth(run: RunData) -> float | None:
    """Yearly growth of wages (0.03 = 3 %) in the run's scenario, None when it has no such parameter."""
    parameters = run.scenario.get("parameters")
    value = parameters.get(WAGE_GROWTH) if isinstance(parameters, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def rows(found: Money) -> tuple[tuple[str | int | float, ...], ...]:
    """Every block drawn, and the diamonds as panel ``source``, part ``total_real``."""
    blocks: list[tuple[str | int | float, ...]] = [
        (panel, part, year, value)
        for panel, stack in found.stacks.items()
        for part, values in stack.items()
        for year, value in zip(found.years, values, strict=True)
        if math.isfinite(value)
    ]
    blocks += [("source", REAL, year, value) for year, value in zip(found.years, found.real, strict=False)]
    return tuple(blocks)


def draw(run: RunData, lang: Lang) -> style.Drawn:
    """Stacked yearly bars: all sources on the left, the two breakdowns on the right."""
    found = money(run)
    figure = style.new_figure(13.0, 8.2)
    title = _title(run, lang)
    notes = (
        labels.text("finance_note_definition", lang),
        _price_note(run, found, lang),
        not_recorded(lang, [f"source_{name}" for name in SOURCES if name not in found.stacks["source"]]),
    )
    bottom, top = style.frame(figure, title, _subtitle(run, found, lang), footer(run, lang, "mean", notes))
    base, ceiling = bottom + 0.35, top - 0.42
    middle = (base + ceiling) / 2
    boxes = ((0.85, base, 6.2, ceiling), (8.95, middle + 0.42, 10.75, ceiling), (8.95, base, 10.75, middle - 0.42))
    for (heading, panel, colours), box in zip(_STACKS, boxes, strict=True):
        axes = style.room(figure, *box)
        panels.panel_title(axes, labels.text(heading, lang), labels.text("finance_unit", lang))
        _bars(axes, found, panel, colours, lang)
    return style.Drawn(NAME, figure, title, COLUMNS, rows(found))


def _series(run: RunData, indicator: str) -> tuple[float, ...]:
    values = {point.year: point.mean for point in run.points(indicator)}
    return tuple(values.get(year, math.nan) for year in run.years)


def _accounts(run: RunData, parts: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, ...]]:
    recorded = {account for _, account in run.ledger}
    return {
        part: tuple(math.fsum(run.ledger.get((year, account), 0.0) for account in accounts) for year in run.years)
        for part, accounts in parts.items()
        if recorded.intersection(accounts)
    }


def _zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _title(run: RunData, lang: Lang) -> str:
    known = []
    for window in run.windows():
        grant = run.mean(SOURCES["grant"], window)
        external = math.fsum(run.mean(SOURCES[name], window) for name in SOURCES if name != "grant")
        if grant > 0 and math.isfinite(external):
            known.append((years(window[0], window[-1]), number(external / grant, lang, 2)))
    if not known:
        return labels.text("finance_title_none", lang)
    key = "finance_title" if len(known) > 1 else "finance_title_one"
    return labels.text(key, lang).format(first=known[0][1], years1=known[0][0], last=known[-1][1], years2=known[-1][0])


def _subtitle(run: RunData, found: Money, lang: Lang) -> str:
    """Unit, period and the total of the last year; without the total when a source is not recorded."""
    stack = found.stacks["source"]
    total = math.fsum(values[-1] for values in stack.values()) if set(SOURCES) <= set(stack) else math.nan
    if not math.isfinite(total):
        return labels.text("finance_subtitle_none", lang)
    text = labels.text("finance_subtitle", lang)
    return text.format(period=run.period, total=mkr(total, lang, 0), year=found.years[-1])


def _price_note(run: RunData, found: Money, lang: Lang) -> str:
    growth = wage_growth(run)
    if growth is None or not found.real:
        return labels.text("finance_note_nominal", lang)
    return labels.text("finance_note_real", lang).format(growth=percent(growth, lang, 1), parameter=WAGE_GROWTH)


def _bars(axes: Axes, found: Money, panel: str, colours: Sequence[str], lang: Lang) -> None:
    stack = found.stacks[panel]
    if not stack:
        panels.say(axes, labels.text("not_recorded", lang))
        return
    names = {"source": (*SOURCES, INITIATIVES), "use": tuple(USES), "private": tuple(PRIVATE)}[panel]
    colour = dict(zip(names, colours, strict=True))
    base = [0.0] * len(found.years)
    decimals = usual_decimals(max(_zero(values[-1]) for values in stack.values()))
    tags = []
    for part, values in stack.items():
        heights = [_zero(value) for value in values]
        axes.bar(found.years, heights, 0.78, bottom=base, color=colour[part], edgecolor="white", linewidth=0.7)
        text = f"{number(heights[-1], lang, decimals)} {labels.text(f'{panel}_{part}', lang)}"
        tags.append(panels.Tag(base[-1] + heights[-1] / 2, text, colour[part]))
        base = [below + height for below, height in zip(base, heights, strict=True)]
    diamonds = found.real if panel == "source" else ()
    if diamonds:
        axes.plot(found.years, diamonds, "D", color=style.INK, markersize=4.5, markeredgecolor="white")
        real = labels.text("finance_real", lang)
        tags.append(panels.Tag(diamonds[-1], f"{number(diamonds[-1], lang, decimals)} {real}", style.INK, "◆"))
    panels.value_axis(axes, lang, max((*base, *diamonds)))
    panels.year_axis(axes, found.years)
    panels.tags(axes, tags)
