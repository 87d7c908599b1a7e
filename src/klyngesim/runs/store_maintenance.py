"""Looking after a store: what is in it, what is damaged, and taking out what nothing will ask for again.

Only what a store has written itself is ever removed: files in its own folders under its own names.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from klyngesim.files import writer_of
from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.runs.store import LABEL, RunStore
from klyngesim.runs.store_files import (
    ENTRY,
    FAILURE,
    PARTIAL,
    About,
    Damaged,
    content_of,
    unpack,
    unpack_about,
    unpack_failure,
)

OLD = 3600.0
"""Seconds after which what another machine writes is taken for left behind: writing a run takes milliseconds."""

_FOLDER = re.compile(r"[0-9a-f]{2}")
_Kind = Literal["entry", "failure", "partial", "foreign"]


@dataclass(frozen=True)
class Entry:
    """A run in a store.

    Attributes:
        key: its name.
        about: what it is.
        size: bytes of its file.
        written: when it was kept, seconds since 1970.
        failure: traceback of a run that failed, None for one that is finished.
    """

    key: str
    about: About
    size: int
    written: float
    failure: str | None = None


@dataclass(frozen=True)
class Finding:
    """A file that is not as it should be.

    Attributes:
        path: the file.
        kind: ``damaged``; ``foreign``, not written by the store; ``partial``, being written or left half-written.
        reason: what is wrong, in words.
    """

    path: Path
    kind: Literal["damaged", "foreign", "partial"]
    reason: str


@dataclass(frozen=True)
class Removed:
    """What `gc` took out, in files and bytes."""

    other_models: int = 0
    damaged: int = 0
    partial: int = 0
    bytes: int = 0


def entries(store: RunStore) -> Iterator[Entry]:
    """Every run of a store that can be read, finished or failed, by key; the numbers are not looked at."""
    for path, kind, key in _files(store.root):
        try:
            if kind == "entry":
                content = content_of(path)
                yield Entry(key, unpack_about(key, content), len(content), path.stat().st_mtime)
            elif kind == "failure":
                content = content_of(path)
                about, size, failure = _failed(key, content)
                yield Entry(key, about, size, path.stat().st_mtime, failure)
        except (OSError, Damaged):
            continue


def has_other_models(store: RunStore) -> bool:
    """Whether runs of other versions of the model are there; a hundred are looked at, whichever come first."""
    return any(entry.about.model != model_fingerprint() for entry in islice(entries(store), 100))


def verify(store: RunStore) -> Iterator[Finding]:
    """Reads everything and names what is damaged, foreign or half-written. Nothing of it is ever read as a run."""
    for path, kind, key in _files(store.root):
        if kind == "foreign":
            yield Finding(path, "foreign", "not written by the store; `gc` leaves it alone")
        elif kind == "partial":
            left = _left_behind(path)
            reason = "left half-written; `gc` removes it" if left else "being written, or left less than an hour ago"
            yield Finding(path, "partial", reason)
        else:
            try:
                _check(path, kind, key)
            except FileNotFoundError:
                continue  # a failure that was mended meanwhile
            except OSError as error:
                yield Finding(path, "damaged", f"cannot be read ({error.strerror or error})")
            except Damaged as damage:
                yield Finding(path, "damaged", f"{damage}; it is made again when it is asked for")


def gc(store: RunStore, dry_run: bool = False) -> Removed:
    """Removes runs and failures of other versions of the model, damaged files, and what was left half-written.

    Args:
        store: the store; it may be in use meanwhile.
        dry_run: only count.
    """
    counts = dict.fromkeys(("other_models", "damaged", "partial", "bytes"), 0)
    for path, kind, key in _files(store.root):
        try:
            before = path.stat()
            why = _useless(path, kind, key)
            if why is None:
                continue
            if not dry_run:
                now = path.stat()
                if (now.st_ino, now.st_mtime_ns) != (before.st_ino, before.st_mtime_ns):
                    continue  # written anew meanwhile
                path.unlink()
        except OSError:
            continue  # gone, or not to be read or removed by us: it stays
        counts[why] += 1
        counts["bytes"] += before.st_size
    return Removed(**counts)


def _useless(path: Path, kind: _Kind, key: str) -> Literal["other_models", "damaged", "partial"] | None:
    """Why nothing will ask for a file again; None if something may. Raises OSError."""
    if kind == "foreign":
        return None
    if kind == "partial":
        return "partial" if _left_behind(path) else None
    try:
        return None if _check(path, kind, key).model == model_fingerprint() else "other_models"
    except Damaged:
        return "damaged"


def _files(root: Path) -> Iterator[tuple[Path, _Kind, str]]:
    """Everything in a store but its label: file, what it is by its name and place, and key."""
    for path in sorted(root.iterdir()):
        if path.name == LABEL:
            continue
        if _FOLDER.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            for file in sorted(path.iterdir()):
                yield (file, *_kind(file))
        elif PARTIAL.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield path, "partial", ""
        else:
            yield path, "foreign", ""


def _kind(file: Path) -> tuple[_Kind, str]:
    if file.is_symlink() or not file.is_file():
        return "foreign", ""
    if PARTIAL.fullmatch(file.name):
        return "partial", ""
    for pattern, kind in ((ENTRY, "entry"), (FAILURE, "failure")):
        match = pattern.fullmatch(file.name)
        if match and match[1].startswith(file.parent.name):
            return ("entry" if kind == "entry" else "failure"), match[1]
    return "foreign", ""


def _check(path: Path, kind: _Kind, key: str) -> About:
    """What a file is about. Raises OSError, Damaged."""
    content = content_of(path)
    return unpack(key, content)[0] if kind == "entry" else unpack_failure(key, content)[0]


def _failed(key: str, content: bytes) -> tuple[About, int, str]:
    about, text = unpack_failure(key, content)
    return about, len(content), text


def _left_behind(partial: Path) -> bool:
    """Whether nobody is writing a file under a partial name any more."""
    writer = writer_of(partial)
    runs = writer.runs if writer is not None else None
    try:
        return time.time() - partial.stat().st_mtime >= OLD if runs is None else not runs
    except OSError:
        return False
