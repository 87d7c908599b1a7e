"""The page to explore as one file, and the tables behind it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from klyngesim.explorer.explored import Explored, Validation
from klyngesim.explorer.payload import payload, span, word
from klyngesim.explorer.surrogates import KINDS, SHRINKING
from klyngesim.report.numbers import Lang, check_language, number, percent
from klyngesim.results import manifest as manifests
from klyngesim.results.csv_tables import write_csv, write_table
from klyngesim.results.directories import PAGE as KIND
from klyngesim.results.hashing import json_hash
from klyngesim.results.indicators import indicator
from klyngesim.results.versions import git_state, package_version, versions
from klyngesim.runs.fingerprint import model_fingerprint

PAGE = "explore.html"
SCRIPTS = ("model.js", "charts.js", "page.js")


def write(target: Path, found: Explored, lang: str) -> dict[str, Any]:
    """Writes page, tables and manifest into a directory that is there; returns the manifest.

    Args:
        target: an empty directory.
        found: what the page shows.
        lang: ``en`` or ``da``.

    Raises:
        ValueError: unknown language.
        OSError: as it comes.
    """
    (target / PAGE).write_text(render(found, check_language(lang)), encoding="utf-8")
    write_table(target / "validation.csv", found.validation, Validation)
    write_csv(target / "points.csv", _columns(found), _points(found))
    manifest = describe(found)
    manifests.seal(target, manifest)
    return manifest


def page_id(found: Explored) -> str:
    """First 12 hex of the hash over the sweep, its scenarios, the presets, the model and the version."""
    scenarios = [template.scenario.resolved() for template in found.plan.templates]
    settings = found.plan.sweep.file.settings()
    identity = {"file": settings, "scenarios": scenarios, "model": model_fingerprint(), "version": package_version()}
    return json_hash(identity)[:12]


def describe(found: Explored) -> dict[str, Any]:
    """What the manifest says before the outputs are listed."""
    plan = found.plan
    inputs = (*plan.sweep.inputs, *(one for template in plan.templates for one in template.scenario.inputs))
    return {
        "format": KIND.format,
        "run_id": page_id(found),
        "name": plan.sweep.file.name,
        "sweep": plan.sweep.file.settings(),
        "warnings": list(plan.sweep.warnings),
        "titles": {template.scenario.name: dict(template.scenario.title) for template in plan.templates},
        "window": found.presets.runs.windows[0].label,
        "factors": [one.id for one in plan.sweep.factors],
        "points": {"fitted": len(found.pairs.seeds), "held_out": len(found.held_out.seeds)},
        "failed": [*found.pairs.failures, *found.held_out.failures],
        "model": model_fingerprint(),
        "versions": versions(),
        "git": git_state(),
        "inputs": [{"path": path, "sha256": digest} for path, digest in dict.fromkeys(inputs)],
    }


def render(found: Explored, lang: Lang) -> str:
    """The page as text."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    known = {**payload(found, lang), "id": page_id(found)}
    css, script = style(), code()
    sweep = found.plan.sweep
    return environment.from_string(_data("explorer", "explore.html.j2")).render(
        t=lambda key, **given: word(key, lang, **given),
        n=lambda value: _end(value, lang),
        lang=lang,
        title=sweep.file.title.get(lang) or sweep.file.name,
        css=Markup(css),
        script=Markup(script),
        style_hash=_hash(css),
        script_hash=_hash(script),
        data=Markup(_embedded(known)),
        sha=sweep.inputs[0][1],
        version=package_version(),
        model=model_fingerprint(),
        levers=known["levers"],
        levers_heading=_heading(found, lang),
        factors=known["factors"],
        presets=known["presets"],
        outcomes=[{**one, "heading_unit": _unit(one)} for one in known["outcomes"]],
        trade_off=known["trade_off"],
        years=span(found),
        validation=list(_tested(found.validation, lang)),
        tested=word("tested_how", lang, each=_each(found, lang), kinds=len(KINDS), degrees=len(SHRINKING)),
        each=_each(found, lang),
        unplaced=_unplaced(known),
        note=found.plan.keys.note.get(lang, ""),
        beside=found.plan.beside,
        made_runs=_made(found, lang),
        made_by=_made_by(found, lang),
    )


def _embedded(known: dict[str, Any]) -> str:
    """Data as JSON; what a text holds must not end the element that they stand in."""
    text = json.dumps(known, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def _heading(found: Explored, lang: Lang) -> str:
    starts = {one.dated.start for one in found.plan.sweep.factors if one.dated is not None}
    return word("levers", lang, start=starts.pop()) if len(starts) == 1 else word("levers_dated", lang)


def _unit(outcome: dict[str, Any]) -> str:
    """Unit of a chart, where its name does not have it already."""
    unit: str = outcome["unit"]
    return "" if outcome["share"] or unit.lower() in outcome["name"].lower() else unit


def _tested(rows: Sequence[Validation], lang: Lang) -> Iterator[dict[str, str]]:
    for row in rows:
        yield {
            "name": indicator(row.indicator).label(lang),
            "kind": word(f"kind_{row.kind.replace(' ', '_')}", lang),
            "points": f"{row.fitted} / {row.points}",
            "r2": percent(row.r2, lang),
            "coverage": percent(row.coverage, lang),
            "years": percent(row.coverage_of_years, lang),
            "level": percent(row.level_r2, lang),
        }


def _each(found: Explored, lang: Lang) -> str:
    """What an exact point is, as an apposition."""
    replicates = found.plan.sweep.file.replicates
    return word("each" if replicates > 1 else "each_one", lang, replicates=replicates)


def _unplaced(known: dict[str, Any]) -> list[str]:
    """Numbers of the presets that have no value in one of the two outcomes that are weighed against each other."""
    places = known["trade_off"]
    return [
        str(number)
        for number, one in enumerate(known["presets"], start=1)
        if any(one["found"][place]["relative"] is None for place in places)
    ]


def _made(found: Explored, lang: Lang) -> str:
    plan, replicates = found.plan, found.plan.sweep.file.replicates
    seed, pairs = plan.templates[0].scenario.seed, plan.keys.pairs
    first, held_first = plan.first_seeds
    return word(
        "made_runs",
        lang,
        points=len(found.pairs.seeds),
        first=first,
        last=held_first - 1,
        held_out=len(found.held_out.seeds),
        held_first=held_first,
        held_last=held_first + len(plan.held_out) * replicates - 1,
        pairs=pairs,
        seed=seed,
        seed_last=seed + pairs - 1,
    )


def _made_by(found: Explored, lang: Lang) -> str:
    (file, sha), settings = found.plan.sweep.inputs[0], found.plan.sweep.file.set
    about = {"version": package_version(), "id": page_id(found), "model": model_fingerprint()[:12]}
    said = "; ".join(settings) or word("none", lang)
    return word("made_by", lang, file=file, sha=sha, settings=said, **about)


def _end(value: float, lang: Lang) -> str:
    """An end of a range, with as few decimals as it needs."""
    return number(value, lang, next((digits for digits in range(6) if abs(round(value, digits) - value) < 1e-9), 6))


def _columns(found: Explored) -> list[str]:
    ids = [one.id for one in found.plan.sweep.factors]
    outcomes = found.plan.sweep.file.outcomes
    return ["point", "set", "seed", *ids, *(f"{name} {side}" for name in outcomes for side in ("as today", "change"))]


def _points(found: Explored) -> Iterator[list[Any]]:
    """Every exact point: its values, and means of the window's years as today and changed by the levers."""
    window = list(found.window)
    for name, pairs in (("fitted", found.pairs), ("held out", found.held_out)):
        today, apart = pairs.today[:, window].mean(axis=1), pairs.difference[:, window].mean(axis=1)
        for point, seed in enumerate(pairs.seeds):
            sides = zip(today[point].tolist(), apart[point].tolist(), strict=True)
            outcomes = [f"{value:.6g}" for pair in sides for value in pair]
            yield [point, name, seed, *(f"{value:.10g}" for value in pairs.values[point].tolist()), *outcomes]


def style() -> str:
    """The style sheet: the note's, and the page's own."""
    return _data("note", "note.css") + _data("explorer", "explore.css")


def code() -> str:
    """The parts of the script as one."""
    return "".join(_data("explorer", name) for name in SCRIPTS)


def _data(room: str, name: str) -> str:
    return files(f"klyngesim.{room}").joinpath(f"data/{name}").read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a browser holds an inline style or script against."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
