"""A run that was recorded, to be made again: its manifest holds the whole scenario, seeds and draws.

Files that have changed since do not matter. What this version of the model knows otherwise does, and is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from klyngesim.errors import InputError
from klyngesim.posterior import FILE as POSTERIOR
from klyngesim.posterior import read_posterior, shipped_input
from klyngesim.results.directories import RUN, read_manifest
from klyngesim.results.manifest import FILE
from klyngesim.results.versions import git_state, versions
from klyngesim.scenario.loading import mapping_template, shipped
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.schema import Change, Scenario
from klyngesim.scenario.template import Template

_COMMIT = 10  # characters of a commit that are shown


@dataclass(frozen=True)
class Recorded:
    """A run as its manifest has it.

    Attributes:
        template: the scenario, as it was resolved.
        drawn: a posterior draw and the scenario under it for every seed; none = the central values.
        fixed: parameters that no draw reaches.
        content: hashes of the tables that the run left, by file.
        remarks: what has to be known of it: the scenario's warnings, and what this version has otherwise.
    """

    template: Template
    drawn: list[tuple[int, Scenario]]
    fixed: tuple[str, ...]
    content: Mapping[str, str]
    remarks: tuple[str, ...]


def place_of(text: str) -> Path | None:
    """The directory of a run that is meant by it or by its manifest; None for anything else, a shipped name first."""
    path = Path(text)
    if text in shipped():
        return None
    if path.name == FILE:
        return path.parent
    return path if path.is_dir() else None


def recorded(directory: Path) -> Recorded:
    """Reads the manifest of a run.

    Raises:
        InputError: it is none of a run, or this version cannot make the run again; with everything that is in the way.
    """
    manifest = read_manifest(directory, RUN)
    path = str(directory / FILE)
    try:
        values: dict[str, Any] = manifest["scenario"]
        end, draws, inputs = values["period"]["end"], manifest["draws"], manifest["inputs"]
        faults = [*_unknown(path, values), *_undrawable(path, manifest)]
        if faults:
            raise InputError("\n".join(faults))
        # A run may have been cut short before a lever that its scenario announces: the end was set on top, and is here.
        data = {**values, "period": {"start": values["period"]["start"]}}
        template = mapping_template(data, path, [f"period.end={end}"])
        was = template.scenario
        scenario = replace(
            was,
            lineage=tuple(manifest["lineage"]),
            inputs=tuple((one["path"], one["sha256"]) for one in inputs if one["path"] != POSTERIOR),
            changes=tuple(Change(**one) for one in manifest["differences"]),
            warnings=tuple(manifest["warnings"]),
        )
        template = replace(template, scenario=scenario)
        fixed = tuple(manifest.get("fixed", ()))
        content, remarks = manifest["content"], (*manifest["warnings"], *_otherwise(path, manifest))
    except (KeyError, TypeError) as fault:
        raise InputError(f"{path}: a manifest of another version, {fault} is missing; {RUN.again}") from fault
    drawn = [(number, _under(template, number, fixed)) for number in draws] if any(draws) else []
    return Recorded(template, drawn, fixed, content, remarks)


def _under(template: Template, number: int, fixed: tuple[str, ...]) -> Scenario:
    """The scenario under a draw: what it sets itself stays, the rest comes from the draw."""
    draw = read_posterior()[number]
    found = template.at({key: value for key, value in draw.items() if key not in fixed})
    whole = template.scenario
    return replace(found, lineage=whole.lineage, inputs=whole.inputs, changes=whole.changes)


def _unknown(path: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Parameters of the manifest that this version does not have."""
    dated = [key for entry in values["timeline"] for key in entry["set"]]
    own = [key for cluster in values["clusters"].values() for key in cluster]
    gone = dict.fromkeys(key for key in (*values["parameters"], *own, *dated) if key not in registry())
    if gone:
        yield f"{path}: of another version: this one has no {', '.join(gone)}; `klyngesim params` lists what it has"


def _undrawable(path: str, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Why the draws of a run cannot be made again."""
    if not any(manifest["draws"]):
        return
    then = next((one["sha256"] for one in manifest["inputs"] if one["path"] == POSTERIOR), None)
    now = shipped_input()[1]
    if then != now:
        yield f"{path}: drawn from another posterior ({str(then)[:_COMMIT]}, here {now[:_COMMIT]}), so the draws differ"
    if "fixed" not in manifest:
        yield f"{path}: of another version: it does not say which parameters its draws leave alone"


def _otherwise(path: str, manifest: Mapping[str, Any]) -> Iterator[str]:
    """What made the run and is otherwise here, in a sentence; none where all is the same."""
    then, now = manifest["versions"], versions()
    found = [f"{name} {then[name]} (here {now.get(name, 'none')})" for name in then if then[name] != now.get(name)]
    commits = [str((one or {}).get("commit") or "")[:_COMMIT] for one in (manifest.get("git"), git_state())]
    if all(commits) and commits[0] != commits[1]:
        found.append(f"code {commits[0]} (here {commits[1]})")
    values = manifest["scenario"]
    held = {*values["parameters"], *(key for cluster in values["clusters"].values() for key in cluster)}
    if new := [key for key in registry() if key not in held]:
        found.append(f"without {', '.join(new)}, which have their defaults here")
    if found:
        yield f"{path}: made by another version, whose results may differ: {'; '.join(found)}"


def content_differs(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Tables whose content is not the same, by file."""
    return [name for name in sorted({**then, **now}) if then.get(name) != now.get(name)]
