"""Words of the figures in English and Danish that the vocabulary of the results does not have.

Sentences, headings and names lie in ``data/texts.csv`` (key, English, Danish; ``{...}`` is filled in by the figure).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from io import StringIO

from klyngesim.report.numbers import Lang
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGES, Word


@cache
def catalogue(name: str, by: str = "key") -> dict[str, dict[Lang, str]]:
    """Texts of a file in ``data/`` by what stands in a column, and by language.

    Raises:
        ValueError: that stands twice, or a row has other columns than the first: a comma stands in no quotes.
    """
    found: dict[str, dict[Lang, str]] = {}
    content = files("klyngesim.report").joinpath(f"data/{name}").read_text(encoding="utf-8")
    for row in csv.DictReader(StringIO(content)):
        if row[by] in found:
            raise ValueError(f"{name}: {row[by]} stands twice")
        if None in row or None in row.values():
            raise ValueError(f"{name}: {row[by]} has other columns than the file")
        found[row[by]] = {"en": row["en"], "da": row["da"]}
    return found


def text(key: str, lang: Lang) -> str:
    """A text by its key; raises ``KeyError`` for a key that does not exist."""
    return catalogue("texts.csv")[key][lang]


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
