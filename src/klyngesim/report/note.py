"""The note of a comparison: one HTML page that needs nothing beside it, and its tables as CSV and xlsx."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from klyngesim.report import note_answer, note_cells, note_sweep, note_tables, note_words
from klyngesim.report import note_cells as cells
from klyngesim.report.comparison_data import OPTIONAL, Comparison
from klyngesim.report.note_answer import Answer, mark_of
from klyngesim.report.note_cells import Cell, Table
from klyngesim.report.note_words import word
from klyngesim.report.numbers import NBSP, Lang, check_language, number, suffix_of
from klyngesim.results import manifest as manifests
from klyngesim.results.drawing import attempt
from klyngesim.sweep.data import SweepData

PAGE = "note.html"
WORKBOOK = "tables.xlsx"
FOLDER = "tables"
_WIDE = 12  # panels of the figure that a page across has room for; more take one upright


@dataclass(frozen=True)
class GridCell:
    """A difference in the table of the main indicators; no verdict = not there."""

    text: str
    verdict: Cell | None
    mark: str
    target: str


@dataclass(frozen=True)
class GridRow:
    """One indicator over all variants."""

    label: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class Grid:
    """Main indicators by variants in one window."""

    caption: str
    rows: tuple[GridRow, ...]


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
    answers = note_answer.answers(found, lang)
    # A variant may lean on an assumed level alone: then there is no list to point to.
    targets = {one.variant: f"{'assumed' if one.assumptions else 'answer'}-{n}" for n, one in enumerate(answers, 1)}
    changed = found.changed()
    text = template.render(
        t=lambda key, **given: word(key, lang, **given),
        count=lambda rows: _count(len(rows), lang),
        file=lambda table: f"{FOLDER}/{table.name}.csv",
        lang=lang,
        css=Markup(_data("note.css")),
        manifest=found.manifest,
        baseline=found.title(found.manifest["baseline"], lang),
        questions=_questions(found, lang),
        limits=_limits(found, lang),
        changed=word("changed", lang, names=", ".join(changed)) if changed else "",
        answers=answers,
        answer_target=targets,
        claims_how=note_tables.how(found, lang),
        untested=note_tables.untested(found, lang),
        grids=[_grid(found, answers, targets, window, lang) for window in found.windows],
        figure=attempt(lambda: _figure(found, lang), "", undrawn),
        tall=len(found.order()) > _WIDE,
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


def _limits(found: Comparison, lang: Lang) -> list[str]:
    """What a reader must know first: settings of all runs, limits of the answers, and why the baseline moves."""
    moves = found.manifest.get("why_the_baseline_moves", {}).get(lang)
    said = [*note_words.in_all_runs(found.manifest, lang), *note_answer.limits(found, lang)]
    return [*said, moves] if moves else said


def _data(name: str) -> str:
    return files("klyngesim.report").joinpath(f"data/{name}").read_text(encoding="utf-8")


def _count(rows: int, lang: Lang) -> str:
    return word({1: "row"}.get(rows, "rows"), lang, n=number(rows, lang, 0)).replace(" ", NBSP)


def _questions(found: Comparison, lang: Lang) -> list[dict[str, Any]]:
    asked = found.manifest["questions"]
    return [
        {"title": found.title(name, lang), "phrase": note_words.phrase(asked.get(name) or "", lang)}
        for name in found.variants
    ]


def _grid(found: Comparison, answers: tuple[Answer, ...], targets: Mapping[str, str], window: str, lang: Lang) -> Grid:
    by = found.differences(window)
    rows = []
    for name in found.order():
        row = []
        for answer in answers:
            one = by.get((answer.variant, name))
            if one is None:
                row.append(GridCell("", None, "", ""))
                continue
            mark = mark_of(answer.assumptions, one.assumed)
            shown = cells.difference(one, lang)
            row.append(GridCell(shown, cells.verdict(one.verdict, lang), mark, targets[answer.variant]))
        rows.append(GridRow(note_words.shown(name, lang), tuple(row)))
    caption = word(
        "grid_caption",
        lang,
        baseline=found.title(found.manifest["baseline"], lang),
        window=note_words.span(window),
    )
    return Grid(caption, tuple(rows))


def _figure(found: Comparison, lang: Lang) -> str:
    """The figure as a data URI: the one in the directory, or drawn anew beside it."""
    from klyngesim.report.figure_comparison import NAME, draw_comparison

    suffix = suffix_of(lang)
    ready = found.directory / "figures" / f"{NAME}{suffix}.svg"
    if ready.is_file():
        return _uri(ready)
    with tempfile.TemporaryDirectory() as folder:
        for name in (manifests.FILE, "comparison.csv", "precision.csv"):
            shutil.copyfile(found.directory / name, Path(folder) / name)
        return _uri(next(path for path in draw_comparison(Path(folder), lang) if path.suffix == ".svg"))


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
    ]
