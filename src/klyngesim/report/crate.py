"""A finished directory as an RO-Crate: what its files are, and when, by what and from what they were made.

Tools for research data read the metadata, JSON-LD in one file of a fixed name, after the specification RO-Crate 1.1
(https://w3id.org/ro/crate/1.1) and its profile for what a program has made. All of it stands in the manifest already,
but for when a comparison or sweep was written, which is when its manifest was. The same directory has the same
metadata, to the last byte. What a publisher adds (authors, a DOI, another licence) stays: nothing is written over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from klyngesim.errors import InputError
from klyngesim.files import read_json, write_whole
from klyngesim.report.past_runs import Past, past_run
from klyngesim.results import manifest as manifests
from klyngesim.results.directories import Kind
from klyngesim.results.hashing import file_hash

SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = {
    "@id": "https://w3id.org/ro/wfrun/process/0.5",
    "@type": "CreativeWork",
    "name": "Process Run Crate",
    "version": "0.5",
}
LICENCE = {
    "@id": "https://spdx.org/licenses/MIT",
    "@type": "CreativeWork",
    "name": "MIT License",
    "description": "The licence of klyngesim, for the program and for what it writes.",
}
_FORMATS = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IDS = ("run_id", "comparison_id", "sweep_id")
_MADE = {"run": "runs", "compare": "pairs of runs", "sweep": "runs", "explore": "points"}

Entity = dict[str, Any]
"""A flat object of JSON-LD."""


def write_crate(directory: Path, kind: Kind, manifest: Mapping[str, Any]) -> Path:
    """Writes the metadata into a directory whose files are as they were left; returns their path.

    Args:
        directory: of a run, a comparison, a sweep or a page.
        kind: what it is of.
        manifest: its manifest.

    Raises:
        InputError: metadata of other words are there already, or the manifest lacks what they tell.
        OSError: the file cannot be written.
    """
    path = directory / manifests.CRATE
    text = json.dumps(crate(directory, kind, manifest), indent=2, ensure_ascii=False) + "\n"
    if path.exists() and path.read_bytes() != text.encode("utf-8"):
        raise InputError(f"{path}: is there already and says something else; remove it, and it is written anew")
    write_whole(path, text)
    return path


def crate(directory: Path, kind: Kind, manifest: Mapping[str, Any]) -> Entity:
    """The metadata; arguments as for `write_crate`. InputError if the manifest lacks what they tell."""
    past = past_run(directory, "en")
    if past is None:
        raise InputError(f"{directory / manifests.FILE}: lacks what the metadata tell; {kind.again}")
    files, inputs = list(_files(directory, manifest)), list(_inputs(manifest))
    programs = list(_software(manifest))
    description = _description(past, kind, manifest)
    making = {**_making(past, kind, files, inputs), "description": description, **_times(directory, manifest)}
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": _to(PROFILE),
        "name": f"{past.title} ({kind.name} {next(manifest[key] for key in _IDS if key in manifest)})",
        "description": description,
        "datePublished": making["endTime"],
        "license": _to(LICENCE),
        "hasPart": _to_all(files),
        "mentions": _to(making),
    }
    descriptor: Entity = {
        "@id": manifests.CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": _to(root),
    }
    # schema.org has sha256, and the context of 1.1 is older.
    context = [f"{SPECIFICATION}/context", {"sha256": "http://schema.org/sha256"}]
    graph = [descriptor, root, *files, making, *inputs, *programs, LICENCE, PROFILE]
    return {"@context": context, "@graph": graph}


def otherwise_in_crate(
    directory: Path, manifest: Mapping[str, Any]
) -> Iterator[tuple[str, Literal["unread", "others"]]]:
    """The metadata, with what is wrong, if they cannot be read or tell of other files than the manifest."""
    path = directory / manifests.CRATE
    if not path.exists():
        return
    try:
        graph = read_json(path, manifests.LARGEST)["@graph"]
        told = {one["@id"]: one.get("sha256") for one in graph if one["@type"] == "File"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        yield manifests.CRATE, "unread"
        return
    if told != {one["@id"]: one["sha256"] for one in _files(directory, manifest)}:
        yield manifests.CRATE, "others"


def _to(entity: Entity) -> Entity:
    return {"@id": entity["@id"]}


def _to_all(entities: Sequence[Entity]) -> Entity | list[Entity]:
    """References; a single one stands by itself, as the specification advises."""
    found = [_to(one) for one in entities]
    return found[0] if len(found) == 1 else found


def _description(past: Past, kind: Kind, manifest: Mapping[str, Any]) -> str:
    """One paragraph: what was simulated, how often, and what was set."""
    program = manifest["versions"]["klyngesim"]
    told = [f"A {kind.name} of klyngesim {program}, an agent-based simulation of the Danish cluster programme"]
    told += [f"{past.pairs} {_MADE[past.command]}, {past.state}"]
    return "; ".join([*told, *([past.difference] if past.difference else [])]) + ". Levels are no forecast."


def _files(directory: Path, manifest: Mapping[str, Any]) -> Iterator[Entity]:
    """Every file of the directory but the metadata, the manifest first."""
    own = directory / manifests.FILE
    yield _file(manifests.FILE, own.stat().st_size, file_hash(own))
    for one in manifest["outputs"]:
        yield _file(one["path"], one["bytes"], one["sha256"])


def _file(name: str, size: int, digest: str) -> Entity:
    return {
        "@id": quote(name),
        "@type": "File",
        "name": name,
        "contentSize": str(size),
        "encodingFormat": _FORMATS.get(Path(name).suffix, "application/octet-stream"),
        "sha256": digest,
    }


def _inputs(manifest: Mapping[str, Any]) -> Iterator[Entity]:
    """What was read; by name and hash, for it does not lie in the directory."""
    for number, one in enumerate(manifest["inputs"], start=1):
        yield {"@id": f"#input-{number}", "@type": "CreativeWork", "name": one["path"], "sha256": one["sha256"]}


def _software(manifest: Mapping[str, Any]) -> Iterator[Entity]:
    """The program, then Python and the libraries that make the numbers."""
    version, git = dict(manifest["versions"]), manifest["git"]
    own = version.pop("klyngesim")
    if git and git["commit"]:
        own += f", commit {git['commit']}" + (", with changes that no commit holds" if git["dirty"] else "")
    libraries = [_program(name, one) for name, one in version.items()]
    yield {**_program("klyngesim", own), "license": _to(LICENCE), "softwareRequirements": _to_all(libraries)}
    yield from libraries


def _program(name: str, version: str) -> Entity:
    return {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "version": version}


def _making(past: Past, kind: Kind, files: Sequence[Entity], inputs: Sequence[Entity]) -> Entity:
    """The command as an action: with what, from what, what came of it, and how it ended."""
    whole = past.state == "complete"
    status = "Completed" if whole else "Failed"
    return {
        "@id": "#making",
        "@type": "CreateAction",
        "name": kind.command,
        "instrument": {"@id": "#klyngesim"},
        "object": _to_all(inputs),
        "result": _to_all(files),
        "actionStatus": f"http://schema.org/{status}ActionStatus",
        **({} if whole else {"error": f"{past.state}: {past.pairs} {_MADE[past.command]}"}),
    }


def _times(directory: Path, manifest: Mapping[str, Any]) -> Entity:
    """When the command began and ended, in UTC; when the manifest was written, where it does not say."""
    if "begun" not in manifest:
        written = datetime.fromtimestamp((directory / manifests.FILE).stat().st_mtime, UTC)
        return {"endTime": written.isoformat(timespec="seconds")}
    begun = datetime.fromisoformat(manifest["begun"]).astimezone(UTC)
    ended = begun + timedelta(seconds=manifest["wall_seconds"])
    return {"startTime": begun.isoformat(), "endTime": ended.isoformat(timespec="seconds")}
