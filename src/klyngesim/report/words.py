"""Words of the note in English and Danish, and the Danish for sentences that the scenarios have in English only.

``data/note.csv`` holds the words by key; ``data/note_phrases.csv`` questions and remarks by their English wording.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from klyngesim.evidence.organisations import organisations
from klyngesim.report import labels, parameter_words
from klyngesim.report.comparison_data import Comparison
from klyngesim.report.numbers import LANGUAGES, Lang
from klyngesim.results.comparison import GROSS_AND_NET, GUARD, SAME, settings_by_path
from klyngesim.results.indicators import IDS, indicator
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import resolve

_ENTERING = "ideas entering "


@dataclass(frozen=True)
class Phrase:
    """A sentence and the language that it is in, which may be English where a translation is missing."""

    text: str
    lang: Lang


def word(key: str, lang: Lang, **fill: object) -> str:
    """A word by its key, filled in; raises ``KeyError`` for a key or a filling that does not exist."""
    text = labels.catalogue("note.csv")[key][lang]
    if not fill:
        return text
    filled = text.format(**fill)
    return filled.replace("pct..", "pct.").replace("kr..", "kr.")  # an abbreviation ends a sentence with its own point


def phrase(text: str | Mapping[str, str], lang: Lang) -> Phrase:
    """A sentence in the language if its translation is known, else as it is, in English.

    Of a sentence that was written in several languages the one asked for, or the first.
    """
    if not isinstance(text, str):
        known = next(one for one in (lang, *LANGUAGES) if one in text)
        return Phrase(text[known], known)
    translated = labels.catalogue("note_phrases.csv", "en")
    if lang == "da" and text in translated:
        return Phrase(translated[text]["da"], "da")
    return Phrase(text, "en" if text else lang)


def label(id: str, lang: Lang) -> str:
    """Name of an indicator, or of one of the note's own measures; an unknown id stays as it is."""
    if id in IDS:
        return indicator(id).label(lang)
    if id.startswith(_ENTERING):
        return word("ideas_entering", lang, stage=labels.stage(id.removeprefix(_ENTERING), lang))
    measures = labels.catalogue("note.csv")
    return measures[f"measure_{id}"][lang] if f"measure_{id}" in measures else id


def shown(id: str, lang: Lang) -> str:
    """Name of an indicator in the first tables: with what it is there for, and what is always equal to it."""
    notes = {GUARD: "guardrail", GROSS_AND_NET[0]: "gross", GROSS_AND_NET[1]: "net"}
    equal = [label(other, lang) for other, own in SAME.items() if own == id]
    return " = ".join((label(id, lang), *equal)) + (f" ({word(notes[id], lang)})" if id in notes else "")


def day(date: datetime.date, lang: Lang) -> str:
    """A date as people write it: ``1 December 2026``, ``1. december 2026``."""
    return word("date", lang, day=date.day, month=word(f"month_{date.month}", lang), year=date.year)


def inside(indicator: str, lang: Lang) -> str:
    """Name of an indicator inside a sentence."""
    return lower(label(indicator, lang))


def lower(name: str) -> str:
    """A label inside a sentence: without the capital, unless it begins with an abbreviation (``EU``, ``FoU``)."""
    return name[:1].lower() + name[1:] if name[1:3].islower() else name


def baseline_as(found: Comparison, lang: Lang) -> str:
    """What the variants are compared with, inside a sentence: the rules of today, or a title in quotes."""
    name = found.manifest["baseline"]
    return word("as_today", lang) if name == "baseline" else word("quoted", lang, title=found.title(name, lang))


def span(window: str) -> str:
    """The years of a window as people write them: ``2025–2034``, or ``2025``."""
    return window.replace("-", "–")


def who(kind: str, id: str, lang: Lang) -> str:
    """Name of an organisation or a class of firms; an unknown id stays as it is."""
    if kind == "firm class":
        return labels.firm_class(id, lang)
    return {one.id: one.full_name for one in organisations()}.get(id, id)


def place_in_report(reference: str, lang: Lang) -> str:
    """Where a lever stands in the report: ``recommendation 1``, ``chapter 4, box 5 / summary``; headings stay."""
    return " / ".join(_place(one, lang) for one in reference.split(" / ")) if reference else ""


def _place(place: str, lang: Lang) -> str:
    if place.startswith("#"):
        return word("recommendation", lang, n=place[1:])
    chapter, *inside = re.split(r" (?=Boks|note)", place)
    named = word("chapter", lang, n=chapter.removeprefix("Ch. ")) if chapter.startswith("Ch. ") else chapter
    if chapter in ("Forord", "summary"):
        named = word({"Forord": "foreword"}.get(chapter, chapter), lang)
    marks = (re.sub("Boks|note", lambda mark: word(f"place_{mark[0].lower()}", lang), one) for one in inside)
    return ", ".join((named, *marks))


def verdict(said: str, lang: Lang) -> str:
    """A verdict in the language, as in the figure."""
    return labels.verdict(said, lang)


def listed(items: Iterable[str], lang: Lang) -> str:
    """``a, b and c``; items that hold commas are kept apart by semicolons."""
    found = list(items)
    if len(found) < 2:
        return "".join(found)
    apart = "; " if any(", " in item or ";" in item for item in found) else ", "
    return f"{apart.join(found[:-1])} {word('and', lang)} {found[-1]}"


def in_all_runs(manifest: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """A sentence on the settings that a comparison was made with, in words; none without any."""
    found = settings_by_path(manifest.get("settings", ()))
    if found:
        yield word("settings", lang, settings="; ".join(_spelled(*one, lang) for one in found.items()))


def set_by_id(settings: Iterable[str], lang: Lang, whose: str = "") -> list[tuple[str, str]]:
    """A row for the annex: the same settings as they are typed after ``--set``; none without any."""
    found = settings_by_path(settings)
    return (
        [(word("settings_by_id", lang) + whose, ", ".join(f"{key}={value}" for key, value in found.items()))]
        if found
        else []
    )


def unlike(sweep: Mapping[str, Any], manifest: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """A sentence on the settings in which a sweep and the comparison beside it differ; none if they do not.

    Args:
        sweep: manifest of the sweep.
        manifest: manifest of the comparison.
        lang: of the sentence.
    """
    its, ours = settings_by_path(sweep["sweep"].get("set", ())), settings_by_path(manifest.get("settings", ()))
    apart = [key for key in {**its, **ours} if its.get(key) != ours.get(key)]
    if apart:
        there, here = ([_spelled(key, one[key], lang) for key in apart if key in one] for one in (its, ours))
        nothing = word("settings_none", lang)
        said = {"sweep": listed(there, lang) or nothing, "comparison": listed(here, lang) or nothing}
        yield word("sweep_settings", lang, **said)


def _spelled(path: str, value: str, lang: Lang) -> str:
    """``membership fees relative to today's, MADE: 1.5`` for ``clusters.made.fees.level``, without an id."""
    own = path not in registry() and path.startswith("clusters.")
    _, who_id, key = path.split(".", 2) if own else ("", "", path)
    told = resolve(value)
    if key in registry() and isinstance(told, int | float | str):
        said = {"name": parameter_words.name(key, lang), "value": parameter_words.valued(key, told, lang)}
    else:
        known = labels.catalogue("note.csv")
        shown = value.replace(".", ",") if isinstance(told, float) and lang == "da" else value
        said = {"name": known[f"set_{key}"][lang] if f"set_{key}" in known else key, "value": shown}
    return word("set_of", lang, who=who("organisation", who_id, lang), **said) if own else word("set_to", lang, **said)
