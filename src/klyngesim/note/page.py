"""The note of a comparison: one HTML page that needs nothing beside it, and its tables as CSV and xlsx."""

from __future__ import annotations

import base64
import datetime
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from klyngesim.note import answer as note_answer
from klyngesim.note import cells as note_cells
from klyngesim.note import grid as note_grid
from klyngesim.note import limits as note_limits
from klyngesim.note import sweep as note_sweep
from klyngesim.note import tables as note_tables
from klyngesim.note.cells import Table
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import OPTIONAL, Comparison
from klyngesim.report.numbers import NBSP, Lang, check_language, number, suffix_of
from klyngesim.report.words import word
from klyngesim.results import manifest as manifests
from klyngesim.results.comparison import GUARD
from klyngesim.results.drawing import attempt
from klyngesim.sweeps.data import SweepData

PAGE = "note.html"
WORKBOOK = "tables.xlsx"
FOLDER = "tables"


def write(
    found: Comparison,
    target: Path,
    lang: str,
    sweeps: Sequence[SweepData] = (),
    undrawn: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Writes the note of a comparison into a directory that is there; returns the paths, the page first.

    Args:
        found: the comparison; its directory is only read.
        target: an empty directory.
        lang: ``en`` or ``da``.
        sweeps: shown in a section of their own; their directories are only read.
        undrawn: called with why a figure could not be drawn; the page does without it.

    Raises:
        ValueError: unknown language.
        InputError: the runs of a sweep cannot be read.
        OSError: as it comes.
    """
    language = check_language(lang)
    tables = tuple(
        table
        for table in note_tables.everything(found, language)
        if f"{table.name}.csv" not in OPTIONAL or f"{table.name}.csv" in found.tables
    )
    if sweeps:
        tables = (*tables, *note_sweep.tables(sweeps, language))
    page = target / PAGE
    page.write_text(render(found, tables, language, sweeps, undrawn), encoding="utf-8")
    return [
        page,
        *note_cells.write_csv(tables, target / FOLDER),
        note_cells.write_xlsx(tables, target / WORKBOOK),
    ]


def render(
    found: Comparison,
    tables: tuple[Table, ...],
    lang: Lang,
    sweeps: Sequence[SweepData] = (),
    undrawn: Callable[[str], None] = lambda _: None,
) -> str:
    """The page as text; see `write`."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(_data("note.html.j2"))
    by_name: dict[str, Table | None] = {name.removesuffix(".csv"): None for name in OPTIONAL}
    by_name |= {table.name: table for table in tables}
    changed, said = found.changed(), note_limits.limits(found, lang)
    figures = Figures(found, lang, undrawn)
    text = template.render(
        t=lambda key, **given: word(key, lang, **given),
        count=lambda rows: _count(len(rows), lang),
        file=lambda table: f"{FOLDER}/{table.name}.csv",
        lang=lang,
        css=Markup(_data("note.css")),
        manifest=found.manifest,
        baseline=found.title(found.manifest["baseline"], lang),
        date=note_words.day(datetime.date.today(), lang),
        questions=_questions(found, lang),
        first_limits=said[: note_limits.FIRST],
        limits=said[note_limits.FIRST :],
        changed=word("changed", lang, names=", ".join(changed)) if changed else "",
        answers=note_answer.answers(found, lang),
        needs=_needs(found, lang),
        titles=[found.short_title(variant, lang) for variant in found.variants],
        grid=note_grid.main(found, found.windows[0], lang),
        others=note_grid.others(found, lang),
        folded=[note_grid.main(found, one, lang) for one in found.windows[1:]],
        gains=note_grid.gains(found, lang),
        guardrails=[one for variant in found.variants if (one := _guardrail(found, variant, lang))],
        claims_how=note_tables.how(found, lang),
        untested=note_tables.untested(found, lang),
        course=figures.uri(_courses),
        course_caption=word("course_caption", lang, baseline=note_words.baseline_as(found, lang)),
        figure=figures.uri(_compared),
        figure_caption=word("figure_caption", lang, window=note_words.span(found.windows[0])),
        tables=by_name,
        sources=_sources(found, lang),
        sweeps=[note_sweep.shown(one, found.manifest, lang, undrawn) for one in sweeps],
        provenance=[*_provenance(found, lang), *note_sweep.provenance(sweeps, lang)],
        hashes=[
            *(entry for entry in found.manifest.get("outputs", ()) if "/" not in entry["path"]),
            *note_sweep.hashes(sweeps),
        ],
    )
    return text.lstrip() + "\n"


def _data(name: str) -> str:
    return files("klyngesim.note").joinpath(f"data/{name}").read_text(encoding="utf-8")


def _count(rows: int, lang: Lang) -> str:
    return word({1: "row"}.get(rows, "rows"), lang, n=number(rows, lang, 0)).replace(" ", NBSP)


def _questions(found: Comparison, lang: Lang) -> list[dict[str, Any]]:
    asked = found.manifest["questions"]
    return [
        {"title": found.title(name, lang), "phrase": note_words.phrase(asked.get(name) or "", lang)}
        for name in found.variants
    ]


def _needs(found: Comparison, lang: Lang) -> list[tuple[str, str]]:
    """What a variant sets without any effect, with what it would need."""
    return [
        (found.title(variant, lang), "; ".join(f"{key} ({need})" if need else key for key, need in sets.items()))
        for variant, sets in found.manifest["nothing_changes"].items()
        if sets
    ]


def _guardrail(found: Comparison, variant: str, lang: Lang) -> str:
    one = found.differences(found.windows[0]).get((variant, GUARD))
    if one is None:
        return ""
    fill = {"title": found.short_title(variant, lang), "verdict": note_words.verdict(one.verdict, lang)}
    return word("guardrail_line", lang, difference=note_cells.difference(one, lang), **fill)


@dataclass(frozen=True)
class Picture:
    """A figure of a comparison: its name, the tables that it is drawn from, and the module that draws it."""

    name: str
    tables: tuple[str, ...]
    draw: Callable[[Path, str], list[Path]]


@dataclass(frozen=True)
class Figures:
    """The figures of a comparison for a page."""

    found: Comparison
    lang: Lang
    undrawn: Callable[[str], None]

    def uri(self, wanted: Callable[[], Picture]) -> str:
        """A figure as a data URI, the one in the directory or drawn anew beside it; empty if it cannot be drawn."""
        return attempt(lambda: self._drawn(wanted()), "", self.undrawn)

    def _drawn(self, picture: Picture) -> str:
        ready = self.found.directory / "figures" / f"{picture.name}{suffix_of(self.lang)}.svg"
        if ready.is_file():
            return _uri(ready)
        with tempfile.TemporaryDirectory() as folder:
            for name in (manifests.FILE, *picture.tables):
                shutil.copyfile(self.found.directory / name, Path(folder) / name)
            return _uri(next(path for path in picture.draw(Path(folder), self.lang) if path.suffix == ".svg"))


def _compared() -> Picture:
    """The differences. Matplotlib is slow to import, so only when it is drawn."""
    from klyngesim.figures import comparison as module

    return Picture(module.NAME, module.TABLES, module.draw_comparison)


def _courses() -> Picture:
    """The course over the years."""
    from klyngesim.figures import courses as module

    return Picture(module.NAME, module.TABLES, module.draw_courses)


def _uri(path: Path) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def _sources(found: Comparison, lang: Lang) -> list[dict[str, str]]:
    given = found.manifest["sources"]
    names = (found.manifest["baseline"], *found.variants)
    return [{"title": found.title(name, lang), "ids": ", ".join(given.get(name) or ())} for name in names]


def _provenance(found: Comparison, lang: Lang) -> list[tuple[str, str]]:
    manifest = found.manifest
    git = manifest.get("git")
    commit = word("no_commit", lang)
    if git:
        commit = str(git["commit"] or "–") + (f" ({word('dirty', lang)})" if git["dirty"] else "")
    seeds = sorted({int(lot["seed"]) for lot in manifest["lots"]})
    return [
        (word("comparison_id", lang), str(manifest["comparison_id"])),
        (word("versions", lang), ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())),
        (word("commit", lang), commit),
        (word("model", lang), str(manifest["model"])),
        (word("pairs", lang), number(manifest["pairs"]["made"], lang, 0)),
        (word("seeds", lang), "–".join(map(str, sorted({*seeds[:1], *seeds[-1:]})))),
        *note_words.set_by_id(manifest.get("settings", ()), lang),
    ]
