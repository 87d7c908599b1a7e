"""What was run: the runs, comparisons and sweeps in a directory, newest first, by what their manifests say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from klyngesim.files import read_json
from klyngesim.report.labels import text
from klyngesim.report.numbers import Lang
from klyngesim.report.parameter_words import name, valued
from klyngesim.results import manifest as manifests
from klyngesim.results.comparison import settings_by_path
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import resolve

FEW = 3
"""Differences that are told; of more it is said how many there are."""

UNFINISHED = ".partial-"
"""What the name of a directory has that is being written, or was left by a process that was killed."""

_NOT_TOLD = ("replicates", "seed")
_FRAME = ("period", "population")


@dataclass(frozen=True)
class Past:
    """A directory that a command has left.

    Attributes:
        directory: its path.
        when: when it was begun, or written where no beginning is recorded; local time.
        command: ``run``, ``compare`` or ``sweep``; empty for one that is not finished.
        title: of the scenario or the sweep; of a comparison those of its variants.
        difference: of the scenario from its root, or what was set in all runs.
        pairs: replicates, pairs of runs, or runs of a sweep; those that were asked for too where they are more.
        state: in a word how it ended.
    """

    directory: Path
    when: datetime
    command: str
    title: str
    difference: str
    pairs: str
    state: str


def past_runs(folder: Path, lang: Lang) -> list[Past]:
    """What lies in a folder or is the folder itself, newest first. OSError where it cannot be read."""
    found = []
    for path in [folder, *sorted(folder.iterdir())]:
        if path.is_dir() and (past := past_run(path, lang)) is not None:
            found.append(past)
    return sorted(found, key=lambda past: (past.when, str(past.directory)), reverse=True)


def past_run(directory: Path, lang: Lang) -> Past | None:
    """What a directory holds; None where it is none of a run, a comparison or a sweep, or cannot be read."""
    path = directory / manifests.FILE
    try:
        written = datetime.fromtimestamp((path if path.is_file() else directory).stat().st_mtime, UTC)
        if UNFINISHED in directory.name:
            return Past(directory, written.astimezone(), "", "", "", "", "unfinished")
        found = read_json(path, manifests.LARGEST)
        told = _READERS[str(found.get("format")).partition("/")[0]](found, lang)
        when = datetime.fromisoformat(found["begun"]) if "begun" in found else written
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Past(directory, when.astimezone(), *told)


def _run(found: Mapping[str, Any], lang: Lang) -> tuple[str, str, str, str, str]:
    seeds, changes = found["seeds"], [one for one in found["differences"] if one["path"] not in _NOT_TOLD]
    told = [(one["path"], one["value"]) for one in changes if not one["path"].endswith(".announced")]
    told.sort(key=lambda one: one[0].startswith(_FRAME))
    made = _of(len(seeds["finished"]), len(seeds["requested"]), lang)
    return "run", found["scenario"]["title"][lang], _few(told, lang), made, found["status"]


def _comparison(found: Mapping[str, Any], lang: Lang) -> tuple[str, str, str, str, str]:
    titles, pairs = found["titles"], found["pairs"]
    title = "; ".join(titles[name][lang] for name in found["variants"])
    state = "incomplete" if pairs["failed"] else "complete"
    settings = _few(list(settings_by_path(found["settings"]).items()), lang)
    return "compare", title, settings, _of(pairs["made"], pairs["made"] + len(pairs["failed"]), lang), state


def _sweep(found: Mapping[str, Any], lang: Lang) -> tuple[str, str, str, str, str]:
    file, runs = found["sweep"], found["runs"]
    title = (file.get("title") or {}).get(lang) or file["name"]
    settings = _few(list(settings_by_path(file.get("set", ())).items()), lang)
    state = "incomplete" if runs["failed"] else "complete"
    return "sweep", title, settings, _of(runs["asked"] - runs["failed"], runs["asked"], lang), state


def _page(found: Mapping[str, Any], lang: Lang) -> tuple[str, str, str, str, str]:
    file, points = found["sweep"], found["points"]
    title = (file.get("title") or {}).get(lang) or found["name"]
    settings = _few(list(settings_by_path(file.get("set", ())).items()), lang)
    made = points["fitted"] + points["held_out"]
    state = "incomplete" if found["failed"] else "complete"
    return "explore", title, settings, _of(made, made + len(found["failed"]), lang), state


_READERS = {
    "klyngesim-run": _run,
    "klyngesim-comparison": _comparison,
    "klyngesim-sweep": _sweep,
    "klyngesim-explore": _page,
}


def _of(made: int, asked: int, lang: Lang) -> str:
    return str(made) if made == asked else text("made_of", lang).format(made=made, asked=asked)


def _few(told: Sequence[tuple[str, Any]], lang: Lang) -> str:
    """The first of some settings in words, and how many more there are."""
    more = text("and_more", lang).format(n=len(told) - FEW) if len(told) > FEW else ""
    return "; ".join([*_words(told[:FEW], lang), *filter(None, [more])])


def _words(told: Sequence[tuple[str, Any]], lang: Lang) -> Iterator[str]:
    """``Length of a UFS grant period: 10 years from 2025Q1``."""
    for path, value in told:
        key = path.removeprefix("parameters.")
        head, _, rest = key.partition(".")
        when, who = "", ""
        if head == "timeline":
            when, _, key = rest.partition(".")
            who, _, own = key.partition(".")
            who, key = (who, own) if own in registry() else ("", key)
        elif head == "clusters":
            who, _, key = rest.partition(".")
        if key not in registry():
            yield f"{path} {value}"
            continue
        typed = resolve(value) if isinstance(value, str) else value
        shown = valued(key, typed, lang) if isinstance(typed, float | int | str) else text("not_set", lang)
        since = f" {text('since', lang).format(start=when)}" if when else ""
        yield f"{name(key, lang)}{f' ({who})' if who else ''}: {shown}{since}"
