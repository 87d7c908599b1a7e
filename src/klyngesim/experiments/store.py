"""Runs that were made once are not made again: measured runs on disk, found by everything that decides their numbers.

The name of an entry is a hash over the resolved scenario, the seed, the windows and the source of the model, so that
a changed model never meets numbers of the one before. Entries appear whole or not at all; a comparison that was
stopped goes on where it was, and two comparisons share what they have in common.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.experiments.windows import Measured, Window
from klyngesim.results.hashing import json_hash

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

FORMAT = "klyngesim-store/1"
"""Layout of a store."""

DEFAULT = Path("runs") / "store"
"""Where runs are kept when nobody says otherwise."""

_LABEL = "store.json"
_DECIDES = ("ecosystem", "evidence", "population", "results", "scenario", "streams.py", "exact.py")
_SAYS_ONLY = ("name", "title", "question", "source", "replicates", "seed")


class StoreRefused(Exception):
    """A directory cannot be used as a store; the text says why and what to type instead."""


class RunStore:
    """Measured runs in a directory.

    Args:
        root: the directory; made if it is not there.

    Raises:
        StoreRefused: the directory holds something else, was written in another format, or cannot be written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        label = root / _LABEL
        try:
            if label.is_file():
                found = json.loads(label.read_text(encoding="utf-8")).get("format")
                if found != FORMAT:
                    raise StoreRefused(f"--store {root}: written as {found}, this version reads {FORMAT}; name another")
            elif root.exists() and any(root.iterdir()):
                raise StoreRefused(f"--store {root}: holds something else; name an empty or a new directory")
            else:
                root.mkdir(parents=True, exist_ok=True)
                _whole(label, json.dumps({"format": FORMAT}).encode())
        except (OSError, ValueError, AttributeError) as error:
            raise StoreRefused(f"--store {root}: cannot be used ({error}); name another directory") from error

    @staticmethod
    def key(scenario: Scenario, seed: int, windows: tuple[Window, ...]) -> str:
        """Name of a run: whatever has no say in its numbers (name, title, replicates, ...) is left out."""
        decides = {key: value for key, value in scenario.resolved().items() if key not in _SAYS_ONLY}
        spans = [window.label for window in windows]
        return json_hash({"scenario": decides, "seed": seed, "windows": spans, "model": model_fingerprint()})

    def get(self, key: str) -> Measured | None:
        """A run, or None if there is none or its file is damaged."""
        try:
            with np.load(self._path(key), allow_pickle=False) as found:
                return Measured(found["indicators"], found["moves"], found["yearly"])
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def put(self, key: str, run: Measured) -> None:
        """Keeps a run. OSError if the disk refuses; then nothing half-written is left."""
        path = self._path(key)
        path.parent.mkdir(exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with partial.open("wb") as file:
                np.savez_compressed(file, indicators=run.indicators, moves=run.moves, yearly=run.yearly)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._root / key[:2] / f"{key}.npz"


@cache
def model_fingerprint() -> str:
    """Hash over the source and data of everything that decides the numbers of a run."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for name in _DECIDES:
        place = package / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.suffix in (".py", ".csv", ".json"):
                digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _whole(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)
