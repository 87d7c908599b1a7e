"""What was set in all runs of a comparison or sweep, whatever the scenarios' files say, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from klyngesim.report.note_words import listed, word
from klyngesim.report.numbers import Lang
from klyngesim.results.comparison import settings_by_path
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import resolve


def in_all_runs(manifest: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """A sentence on the settings that a comparison was made with, each with what it means; none without any."""
    found = settings_by_path(manifest.get("settings", ()))
    if found:
        yield word("settings", lang, settings="; ".join(_explained(*one, lang) for one in found.items()))


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
    """``fees.level = 1,5``: a decimal comma where the language has one."""
    number = isinstance(resolve(value), int | float)
    return f"{path} = {value.replace('.', ',') if number and lang == 'da' else value}"


def _explained(path: str, value: str, lang: Lang) -> str:
    """A setting with the note of its parameter, which is in English."""
    parameter = registry().get(path if path in registry() else ".".join(path.split(".")[2:]))
    if parameter is None or not parameter.note:
        return _spelled(path, value, lang)
    return word("setting", lang, setting=_spelled(path, value, lang), note=parameter.note)
