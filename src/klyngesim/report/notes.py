"""The small print under a figure: which run, how many replicates, what the band means, what it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from klyngesim.report import labels
from klyngesim.report.numbers import Lang, number
from klyngesim.report.rundata import RunData
from klyngesim.report.style import Footer, short

Spread = Literal["band", "bars", "mean"]
"""How a figure shows the spread over replicates: a band, error bars, or means alone."""


def footer(run: RunData, lang: Lang, spread: Spread, extra: tuple[str, ...] = ()) -> Footer:
    """Lines under a figure: its own notes first, then what every figure says of its run.

    The warning that the parameters are not calibrated is there unless the manifest says that they are.
    """
    about = labels.text("note_run", lang).format(
        title=short(run.title(lang)), period=run.period, count=_count(run, lang), run_id=run.run_id
    )
    source = labels.text("note_source", lang).format(version=run.version)
    runs = " ".join((*_spread(run, lang, spread), *_exceptions(run, lang)))
    lines = tuple(line for line in (*extra, runs, f"{about} {source}") if line)
    return Footer(lines, "" if run.calibrated else labels.text("note_uncalibrated", lang))


def not_recorded(lang: Lang, keys: Sequence[str]) -> str:
    """A note that names what the run's files do not have, by keys of the labels; empty when nothing is missing."""
    if not keys:
        return ""
    return labels.text("note_not_recorded", lang).format(names=", ".join(labels.text(key, lang) for key in keys))


def _count(run: RunData, lang: Lang) -> str:
    key = {0: "runs_none", 1: "runs_one"}.get(run.replicates, "runs_many")
    return labels.text(key, lang).format(n=number(run.replicates, lang, 0))


def _spread(run: RunData, lang: Lang, spread: Spread) -> list[str]:
    if not run.replicates:
        return []
    key = {1: "note_no_band"}.get(run.replicates, f"note_{spread}")
    drawn = [labels.text("note_drawn", lang)] if run.drawn else []
    return [labels.text(key, lang).format(n=number(run.replicates, lang, 0)), *drawn]


def _exceptions(run: RunData, lang: Lang) -> list[str]:
    """What makes this run less than a whole one: failed replicates, a smaller population, an unfinished year."""
    found = []
    if run.failures:
        key = {1: "note_failure"}.get(run.failures, "note_failures")
        found.append(labels.text(key, lang).format(failures=number(run.failures, lang, 0)))
    if run.scale < 1.0:
        found.append(labels.text("note_scale", lang).format(ratio=number(1.0 / run.scale, lang, 0)))
    found += [labels.text("note_partial", lang).format(year=year) for year in run.partial]
    return found
