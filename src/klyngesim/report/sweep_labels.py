"""Words of a sweep's figures in English and Danish, from ``data/sweep_figures.csv``; labels of outcomes and units."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from io import StringIO

from klyngesim.report import note_words
from klyngesim.report.numbers import Lang
from klyngesim.results.indicators import IDS, indicator
from klyngesim.results.sweep import RANK


@cache
def words() -> dict[str, dict[Lang, str]]:
    """Every text by key and language. Raises ``ValueError`` for a key that stands twice."""
    found: dict[str, dict[Lang, str]] = {}
    content = files("klyngesim.report").joinpath("data/sweep_figures.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(StringIO(content)):
        if row["key"] in found:
            raise ValueError(f"sweep_figures.csv: {row['key']} stands twice")
        found[row["key"]] = {"en": row["en"], "da": row["da"]}
    return found


def text(key: str, lang: Lang, **fill: object) -> str:
    """A text by its key, filled in; raises ``KeyError`` for a key or a filling that does not exist."""
    said = words()[key][lang]
    return said.format(**fill) if fill else said


def outcome(name: str, lang: Lang) -> str:
    """Label of an indicator; of its ranks where the order of scenarios is analysed."""
    if name.startswith(RANK):
        return text("rank_of", lang, outcome=note_words.label(name.removeprefix(RANK), lang))
    return note_words.label(name, lang)


def unit(name: str, lang: Lang) -> str:
    """Unit of an indicator in the language; empty for what is none."""
    if name not in IDS:
        return ""
    own = indicator(name).unit
    return words()[f"unit {own}"][lang] if f"unit {own}" in words() else own


def index(name: str, lang: Lang) -> str:
    """What an index is called; an unknown one stays as it is."""
    return words()[f"index {name}"][lang] if f"index {name}" in words() else name
