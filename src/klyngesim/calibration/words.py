"""Words of calibration and validation in English and Danish (``data/validation.csv`` of the report)."""

from __future__ import annotations

from klyngesim.evidence.organisations import organisations
from klyngesim.report.labels import catalogue
from klyngesim.report.numbers import Lang

_FILE = "validation.csv"


def word(key: str, lang: Lang, **fill: object) -> str:
    """A text by its key, filled in; raises ``KeyError`` for a key or a filling that does not exist."""
    text = catalogue(_FILE)[key][lang]
    return text.format(**fill) if fill else text


def called(kind: str, id: str, lang: Lang) -> str:
    """What a group, transition, aim or verdict is called; one that no list has stays as it is."""
    known = catalogue(_FILE)
    return known[f"{kind} {id}"][lang] if f"{kind} {id}" in known else id


def aims(said: str, lang: Lang) -> str:
    """Aims that a group misses, or that it meets them, as `klyngesim.calibration.verdicts.judge` joins them."""
    return ", ".join(called("aim", one, lang) for one in said.split(", "))


def target(id: str, lang: Lang) -> str:
    """What a target is called: ``employees, MADE`` for ``employees.made``."""
    what, _, where = id.partition(".")
    known = catalogue(_FILE)
    if f"target {id}" in known or f"target {what}" not in known:
        return called("target", id, lang)
    return word(f"target {what}", lang, who={one.id: one.label for one in organisations()}.get(where, where))
