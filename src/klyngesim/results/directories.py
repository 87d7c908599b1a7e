"""The directory of a finished comparison or sweep, read: its manifest, its tables, and what is not as it was left."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klyngesim.errors import InputError
from klyngesim.files import Record, read_json
from klyngesim.results import comparison
from klyngesim.results import manifest as manifests
from klyngesim.results.csv_tables import Row, read_table, records
from klyngesim.results.hashing import file_hash


@dataclass(frozen=True)
class Kind:
    """A kind of directory.

    Attributes:
        format: in the manifest; what stands before the slash tells kinds apart, what follows their versions.
        name: such as ``sweep``.
        command: makes one.
        usage: arguments of the command.
    """

    format: str
    name: str
    command: str
    usage: str

    @property
    def again(self) -> str:
        """How one is made, as the end of a message."""
        return f"`{self.command} {self.usage}` makes one"

    def is_said_by(self, form: object) -> bool:
        """Whether the format of a manifest is of this kind, in whatever version."""
        return str(form).partition("/")[0] == self.format.partition("/")[0]


RUN = Kind(manifests.FORMAT, "single run", "klyngesim run", "SCENARIO")
COMPARISON = Kind(comparison.FORMAT, "comparison", "klyngesim compare", "BASELINE VARIANT...")
SWEEP = Kind(manifests.SWEEP_FORMAT, "sweep", "klyngesim sweep", "FILE")
PAGE = Kind(manifests.PAGE_FORMAT, "page to explore", "klyngesim explore", "SWEEP")
KINDS = (RUN, COMPARISON, SWEEP, PAGE)


def is_of(directory: Path, kind: Kind) -> bool:
    """Whether a directory says of itself that it is of a kind, in whatever version."""
    try:
        found = read_json(directory / manifests.FILE, manifests.LARGEST)
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and kind.is_said_by(found.get("format"))


def any_manifest(directory: Path) -> tuple[Kind, dict[str, Any]]:
    """What a directory holds, and its manifest. InputError if it is none of ours, or of another version."""
    kind = next((one for one in KINDS if is_of(directory, one)), RUN)
    return kind, read_manifest(directory, kind)


def read_manifest(directory: Path, kind: Kind) -> dict[str, Any]:
    """The manifest of a directory. InputError if it is not of the kind, or of another version."""
    path = directory / manifests.FILE
    if not directory.exists():
        raise InputError(f"{directory}: there is no such directory; type that of a {kind.name}, {kind.again}")
    if not directory.is_dir():
        raise InputError(f"{directory}: a file, not a directory; type the directory of a {kind.name}, {kind.again}")
    if not path.is_file():
        raise InputError(f"{directory}: no {manifests.FILE} in it, so it is not that of a {kind.name}; {kind.again}")
    try:
        found = read_json(path, manifests.LARGEST)
    except (OSError, ValueError) as fault:
        raise InputError(f"{path}: cannot be read ({fault}); {kind.again}") from fault
    form = found.get("format") if isinstance(found, dict) else None
    for other in KINDS:
        if other != kind and other.is_said_by(form):
            raise InputError(f"{directory}: the directory of a {other.name}, not of a {kind.name}; {kind.again}")
    if form != kind.format or not isinstance(found, dict):
        said = f"format {form}" if form else "no format"
        raise InputError(f"{path}: {said}, but this version reads {kind.format}; {kind.again}")
    return found


def read_tables(
    directory: Path, kind: Kind, names: Iterable[str], optional: Iterable[str]
) -> dict[str, tuple[Row, ...]]:
    """Rows of the tables by file name, those of ``optional`` where they are there. InputError if one is not."""
    found = {}
    for name in (*names, *(name for name in optional if (directory / name).is_file())):
        path = need(directory, kind, name)
        try:
            found[name] = read_table(path)
        except (OSError, UnicodeDecodeError, csv.Error) as fault:
            raise InputError(f"{path}: cannot be read ({fault})") from fault
    return found


def read_records(
    directory: Path, tables: Mapping[str, tuple[Row, ...]], name: str, kind: type[Record]
) -> tuple[Record, ...]:
    """The rows of a table as records; none of one that is not there. InputError for a column or cell that is wrong."""
    try:
        return records(tables.get(name, ()), kind)
    except (KeyError, ValueError) as fault:
        raise InputError(f"{directory / name}: cannot be read ({fault})") from fault


def need(directory: Path, kind: Kind, name: str) -> Path:
    """Path of a file of the directory. InputError if it is not there."""
    path = directory / name
    if not path.is_file():
        raise InputError(f"{directory}: {name} is missing; make the {kind.name} again with `{kind.command}`")
    return path


def changed_files(directory: Path, manifest: Mapping[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    """Those of the files that are not as they were left, by the hashes in the manifest."""
    known = {entry["path"]: entry["sha256"] for entry in manifest.get("outputs", ())}
    return tuple(name for name in names if name in known and file_hash(directory / name) != known[name])
