"""The section of the note on sweeps: figures, leading factors, noise, and where a variant loses."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from klyngesim.errors import InputError
from klyngesim.figures import style
from klyngesim.note import cells
from klyngesim.note.cells import Cell, Column, Part, Table
from klyngesim.report import words as note_words
from klyngesim.report.numbers import MISSING, Lang, number, years
from klyngesim.report.words import word
from klyngesim.results.drawing import attempt
from klyngesim.sweeps import direction_words
from klyngesim.sweeps import words as sweep_words
from klyngesim.sweeps.data import SweepData, discoveries
from klyngesim.sweeps.directions import directions
from klyngesim.sweeps.figures import draw
from klyngesim.sweeps.rows import DUMMY

LEAD = 5
"""Factors shown of every outcome."""


@dataclass(frozen=True)
class Picture:
    """A figure as a data URI with the words for those who do not see it, and a caption."""

    uri: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Shown:
    """One sweep on the page; ``minds`` were said when it was made and name ids, so that they stand in the annex."""

    title: str
    about: str
    warnings: tuple[str, ...]
    minds: tuple[str, ...]
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]


def shown(
    found: SweepData, manifest: Mapping[str, Any], lang: Lang, undrawn: Callable[[str], None] = lambda _: None
) -> Shown:
    """A sweep as the page shows it, beside the comparison of this manifest; ``undrawn`` is told why a figure fails."""
    made = number(float(found.manifest["points"]), lang, 0), number(found.replicates, lang, 0)
    first, _, last = str(found.manifest["window"]).partition("-")
    about = word(
        "sweep_about",
        lang,
        method=sweep_words.text(f"method {found.method.name}", lang),
        factors=number(len(found.factors) - found.has_dummy, lang, 0),
        points=made[0],
        replicates=made[1],
        window=years(int(first), int(last or first)),
    )
    warnings = []
    if found.manifest["model"] != manifest["model"]:
        warnings.append(word("sweep_other_model", lang))
    warnings += note_words.unlike(found.manifest, manifest, lang)
    if found.changed():
        warnings.append(word("sweep_changed", lang, names=", ".join(found.changed())))
    failed = int(found.manifest["runs"]["failed"])
    if failed:
        asked = number(float(found.manifest["runs"]["asked"]), lang, 0)
        warnings.append(word("sweep_failed", lang, failed=number(failed, lang, 0), asked=asked))
    surrogates = {(row.outcome, row.scenario): row.why for row in found.surrogate}
    if any(surrogates.values()):
        counts = sum(1 for why in surrogates.values() if why), len(surrogates)
        refused, asked = (number(float(count), lang, 0) for count in counts)
        warnings.append(word("sweep_no_surrogate", lang, refused=refused, asked=asked))
    minds = tuple(word("sweep_mind", lang, text=str(line)) for line in found.manifest.get("warnings", ()))
    return Shown(
        found.title(lang),
        about,
        tuple(warnings),
        minds,
        (*ways(found, lang, ids=False), *sentences(found, lang, ids=False)),
        tuple(table for table in tables((found,), lang) if table.parts),
        attempt(lambda: tuple(_pictures(found, lang)), (), undrawn, InputError),
    )


def ways(found: SweepData, lang: Lang, ids: bool = True) -> Iterator[str]:
    """Which way every outcome goes with the factors that lead, a sentence for each; with ``ids`` beside names."""
    for direction in directions(found):
        whose = _quoted(found.scenario_title(direction.scenario, lang), lang)
        yield direction_words.direction(direction, whose, found.baseline is not None, lang, ids)


def sentences(found: SweepData, lang: Lang, ids: bool = True) -> Iterator[str]:
    """What discovery found, a sentence or more for each outcome and variant; none where nothing was looked for.

    With ``ids`` parameters have them beside their names.
    """
    for one in discoveries(found):
        title = _quoted(found.scenario_title(one.scenario, lang), lang)
        yield sweep_words.sentence(replace(one, scenario=title), lang, ids)


def _quoted(title: str, lang: Lang) -> str:
    return f"»{title}«" if lang == "da" else f"“{title}”"


def tables(some: Sequence[SweepData], lang: Lang) -> tuple[Table, ...]:
    """Leading factors, noise, and the limits of the boxes where there are any; the rows of all sweeps."""
    found = (_leading(some, lang), _noise(some, lang))
    boxes = _boxes(some, lang)
    return (*found, boxes) if boxes.parts else found


def provenance(some: Sequence[SweepData], lang: Lang) -> list[tuple[str, str]]:
    """Ids of the sweeps, and what was set in all of their runs."""
    rows = []
    for one in some:
        rows.append((word("sweep_id", lang), f"{one.id} ({one.name})"))
        rows += note_words.set_by_id(one.manifest["sweep"].get("set", ()), lang, f" ({one.name})")
    return rows


def hashes(some: Sequence[SweepData]) -> list[dict[str, str]]:
    """Hashes of the sweeps' tables and runs, as their manifests have them."""
    return [
        {"path": f"{one.name} {one.id}: {entry['path']}", "sha256": str(entry["sha256"])}
        for one in some
        for entry in one.manifest.get("outputs", ())
        if "/" not in entry["path"]
    ]


def _leading(some: Sequence[SweepData], lang: Lang) -> Table:
    columns = _columns(
        lang, "sweep", "scenario", "outcome", "rank", "parameter", "index", "value", "low", "high", "noise_floor",
        "above_floor", "convergence",
    )  # fmt: skip
    parts = []
    for one in some:
        for scenario in one.scenarios:
            rows: list[tuple[Cell, ...]] = []
            for outcome in one.outcomes:
                leading = [effect for effect in one.leading(scenario, outcome) if effect.parameter != DUMMY][:LEAD]
                for rank, effect in enumerate(leading, 1):
                    numbers = (effect.value, effect.low, effect.high, effect.noise_floor)
                    above = "yes" if effect.above else "no"
                    rows.append(
                        (
                            *_whose(one, scenario, outcome, lang),
                            cells.figure(rank, lang, 0),
                            cells.words(effect.parameter, kind="code"),
                            cells.words(effect.index, sweep_words.index(effect.index, lang)),
                            *(cells.strength(str(amount), lang) for amount in numbers),
                            cells.yes_no(above, lang) if one.has_dummy else Cell(None, MISSING),
                            cells.strength(str(effect.convergence), lang),
                        )
                    )
            title, index = one.scenario_title(scenario, lang), sweep_words.index(one.main_index, lang)
            parts.append(Part(word("sweep_leading", lang, title=title, lead=LEAD, index=index), tuple(rows)))
    return Table("sweep", word("sheet_sweep", lang), columns, tuple(parts))


def _noise(some: Sequence[SweepData], lang: Lang) -> Table:
    columns = _columns(
        lang, "sweep", "scenario", "outcome", "points", "replicates", "noise_share_pct", "replicates_needed"
    )
    parts = []
    for one in some:
        rows = tuple(
            (
                *_whose(one, row.scenario, row.outcome, lang),
                cells.figure(float(row.points), lang, 0),
                cells.figure(float(row.replicates), lang, 0),
                cells.figure(100.0 * row.noise_share, lang, 1),
                cells.figure(row.replicates_needed, lang, 0),
            )
            for row in one.noise
        )
        parts.append(Part(word("sweep_noise", lang), rows, True))
    return Table("sweep_noise", word("sheet_sweep_noise", lang), columns, tuple(parts))


def _boxes(some: Sequence[SweepData], lang: Lang) -> Table:
    columns = _columns(
        lang, "sweep", "scenario", "outcome", "share_pct", "coverage_pct", "density_pct", "parameter", "limit_low",
        "limit_high", "quasi_p",
    )  # fmt: skip
    parts = []
    for one in some:
        rows: list[tuple[Cell, ...]] = []
        for found in discoveries(one):
            for box in found.boxes:
                for limit in box.limits:
                    ends = ("" if end is None else str(end) for end in (limit.low, limit.high))
                    shares = (found.share, box.coverage, box.density)
                    rows.append(
                        (
                            *_whose(one, found.scenario, found.outcome, lang),
                            *(cells.figure(100.0 * share, lang, 1) for share in shares),
                            cells.words(limit.parameter, kind="code"),
                            *(cells.strength(end, lang) for end in ends),
                            cells.chance(str(limit.quasi_p), lang),
                        )
                    )
        if rows:
            parts.append(Part(word("sweep_boxes", lang), tuple(rows), True))
    return Table("sweep_boxes", word("sheet_sweep_boxes", lang), columns, tuple(parts))


def _whose(one: SweepData, scenario: str, outcome: str, lang: Lang) -> tuple[Cell, Cell, Cell]:
    return (
        cells.words(one.id),
        cells.words(scenario, one.scenario_title(scenario, lang)),
        cells.words(outcome, sweep_words.outcome(outcome, lang)),
    )


def _columns(lang: Lang, *keys: str) -> tuple[Column, ...]:
    """Columns by name; the heading of a part says the sweep and, with the factors, scenario and index."""
    above = ("sweep", "scenario", "index") if "rank" in keys else ("sweep",)
    return tuple(Column(key, word(f"sweep_col_{key}", lang), key in above) for key in keys)


def _pictures(found: SweepData, lang: Lang) -> Iterator[Picture]:
    """The figures, drawn from the tables as they are."""
    with style.context():
        for drawn in draw.figures(found, lang):
            page = BytesIO()
            about = {"Title": drawn.title, "Creator": "klyngesim", "Date": None}
            drawn.figure.savefig(page, format="svg", metadata=about)
            drawn.figure.clear()
            uri = f"data:image/svg+xml;base64,{base64.b64encode(page.getvalue()).decode('ascii')}"
            caption = word("sweep_figure", lang, title=drawn.title, name=drawn.name)
            yield Picture(uri, word("sweep_figure_alt", lang, title=drawn.title), caption)
