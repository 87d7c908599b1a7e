"""manifest.json: what was run, with what, on what, and what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from klyngesim.files import read_json, write_whole
from klyngesim.results.hashing import file_hash, json_hash
from klyngesim.results.versions import git_state, package_version, versions

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

FORMAT = "klyngesim-run/1"
"""Version of the layout of a run directory."""

SWEEP_FORMAT = "klyngesim-sweep/1"
"""Version of the layout of a sweep directory, whose tables `klyngesim.sweeps` makes."""

PAGE_FORMAT = "klyngesim-explore/1"
"""Version of the layout of a directory with a page to explore, which `klyngesim.explorer` makes."""

FILE = "manifest.json"

CRATE = "ro-crate-metadata.json"
"""What `klyngesim verify --crate` writes beside it, for repositories of data; made of the manifest, and not in it."""

_HALF = re.compile("[\ud800-\udfff]")

LARGEST = 100_000_000
"""Bytes that a manifest may have: with ten thousand runs it has some MB."""

Status = Literal["complete", "incomplete", "interrupted", "failed"]
"""complete: every replicate; incomplete: some failed; interrupted: stopped by hand; failed: none finished."""


def run_id(scenario: Scenario, seeds: Sequence[int], draws: Sequence[int] = ()) -> str:
    """First 12 hex of the hash over the resolved scenario, the seeds, the posterior draws and the package version."""
    identity = {"scenario": scenario.resolved(), "seeds": list(seeds), "version": package_version()}
    if draws:
        identity["draws"] = list(draws)
    return json_hash(identity)[:12]


def status(finished: int, failed: int, interrupted: bool) -> Status:
    """In one word how the runs ended."""
    if interrupted:
        return "interrupted"
    if failed:
        return "incomplete" if finished else "failed"
    return "complete"


def describe(
    scenario: Scenario,
    seeds: Sequence[int],
    jobs: int,
    draws: Sequence[int] = (),
    calibrated: bool = False,
    inputs: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The part of the manifest that is known before anything runs.

    ``draws`` are the posterior draws of the seeds, in their order; none = the central values throughout. ``inputs``
    are name and sha256 of files that were read besides those of the scenario.
    """
    return {
        "format": FORMAT,
        "run_id": run_id(scenario, seeds, draws),
        "name": scenario.name,
        "scenario": scenario.resolved(),
        "lineage": list(scenario.lineage),
        "differences": scenario.differences(),
        "warnings": list(scenario.warnings),
        "calibrated": calibrated,
        "seeds": {"requested": list(seeds), "finished": []},
        "draws": list(draws) or [0],
        "jobs": jobs,
        "versions": versions(),
        "git": git_state(),
        "inputs": [{"path": path, "sha256": digest} for path, digest in (*scenario.inputs, *inputs)],
    }


def outputs(directory: Path) -> list[dict[str, Any]]:
    """Every file of the directory but the manifest, with sha256 and size, in order of path."""
    found = []
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.name != FILE:
            name = path.relative_to(directory).as_posix()
            found.append({"path": name, "sha256": file_hash(path), "bytes": path.stat().st_size})
    return found


def write(directory: Path, manifest: Mapping[str, Any]) -> None:
    """Write manifest.json; an earlier one is replaced in one step.

    Names of files that are not UTF-8, which Python has as half characters, have the codes of these there.
    """
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    text = _HALF.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)
    write_whole(directory / FILE, text)


def seal(directory: Path, manifest: dict[str, Any]) -> None:
    """Writes the manifest with the hashes of all files that are there by now."""
    manifest["outputs"] = outputs(directory)
    write(directory, manifest)


def read(directory: Path) -> dict[str, Any]:
    """The manifest of a run directory. FileNotFoundError or ValueError say why it is none."""
    path = directory / FILE
    if not path.is_file():
        raise FileNotFoundError(f"{directory}: no {FILE}, so this is not the directory of a finished run")
    found = read_json(path, LARGEST)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{path}: not a manifest of the format {FORMAT}")
    return found
