"""Words of the figures in English and Danish that the vocabulary of the results does not have, and their small print.

Sentences, headings and names lie in ``data/texts.csv`` (key, English, Danish; ``{...}`` is filled in by the figure).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Literal

from klyngesim.report.numbers import Lang, number
from klyngesim.report.run_data import RunData
from klyngesim.report.style import Footer, short
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGES, Word


@cache
def texts() -> dict[str, dict[Lang, str]]:
    """Every text by key and language. Raises ``ValueError`` for a key that stands twice."""
    found: dict[str, dict[Lang, str]] = {}
    content = files("klyngesim.report").joinpath("data/texts.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(StringIO(content)):
        if row["key"] in found:
            raise ValueError(f"texts.csv: {row['key']} stands twice")
        found[row["key"]] = {"en": row["en"], "da": row["da"]}
    return found


def text(key: str, lang: Lang) -> str:
    """A text by its key; raises ``KeyError`` for a key that does not exist."""
    return texts()[key][lang]


def _labels(words: Iterable[Word]) -> dict[str, dict[Lang, str]]:
    return {word.id: {"en": word.en, "da": word.da} for word in words}


_STAGES = _labels(STAGES)
_CLASSES = _labels(FIRM_CLASSES)


def stage(id: str, lang: Lang) -> str:
    """Name of a stage with a capital letter, for instance ``R&D application``; an unknown id stays as it is."""
    return _capital(_STAGES[id][lang]) if id in _STAGES else id


def firm_class(id: str, lang: Lang) -> str:
    """Name of a class of firms with a capital letter; an unknown id stays as it is."""
    return _capital(_CLASSES[id][lang]) if id in _CLASSES else id


def verdict(said: str, lang: Lang) -> str:
    """A verdict of a comparison in the language; an empty one is none."""
    return text(f"verdict_{said.replace(' ', '_') or 'none'}", lang)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


Spread = Literal["band", "bars", "mean"]
"""How a figure shows the spread over replicates: a band, error bars, or means alone."""


def footer(run: RunData, lang: Lang, spread: Spread, extra: tuple[str, ...] = ()) -> Footer:
    """Lines under a figure: its own notes first, then what every figure says of its run.

    The warning that the parameters are not calibrated is there unless the manifest says that they are.
    """
    about = text("note_run", lang).format(
        title=short(run.title(lang)), period=run.period, count=_count(run, lang), run_id=run.run_id
    )
    source = text("note_source", lang).format(version=run.version)
    runs = " ".join((*_spread(run, lang, spread), *_exceptions(run, lang)))
    lines = tuple(line for line in (*extra, runs, f"{about} {source}") if line)
    return Footer(lines, "" if run.calibrated else text("note_uncalibrated", lang))


def not_recorded(lang: Lang, keys: Sequence[str]) -> str:
    """A note that names what the run's files do not have, by keys of the labels; empty when nothing is missing."""
    if not keys:
        return ""
    return text("note_not_recorded", lang).format(names=", ".join(text(key, lang) for key in keys))


def _count(run: RunData, lang: Lang) -> str:
    key = {0: "runs_none", 1: "runs_one"}.get(run.replicates, "runs_many")
    return text(key, lang).format(n=number(run.replicates, lang, 0))


def _spread(run: RunData, lang: Lang, spread: Spread) -> list[str]:
    if not run.replicates:
        return []
    key = {1: "note_no_band"}.get(run.replicates, f"note_{spread}")
    drawn = [text("note_drawn", lang)] if run.drawn else []
    return [text(key, lang).format(n=number(run.replicates, lang, 0)), *drawn]


def _exceptions(run: RunData, lang: Lang) -> list[str]:
    """What makes this run less than a whole one: failed replicates, a smaller population, an unfinished year."""
    found = []
    if run.failures:
        key = {1: "note_failure"}.get(run.failures, "note_failures")
        found.append(text(key, lang).format(failures=number(run.failures, lang, 0)))
    if run.scale < 1.0:
        found.append(text("note_scale", lang).format(ratio=number(1.0 / run.scale, lang, 0)))
    found += [text("note_partial", lang).format(year=year) for year in run.partial]
    return found
