"""What a calibration has simulated so far, kept so that a kill at any point costs the work under way and no more.

A store is a directory: ``store.json`` says which calibration it belongs to, a folder per stage holds the design
(``design.json``, the candidates) and one file per batch of finished candidates; ``NAME.result.json`` holds what a
stage without candidates found. Files are only ever added. Each is written beside its place and renamed, and carries
the hash of its content, so that a file is whole or not there; one that is neither is named, never repaired.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from klyngesim.errors import StoreCorrupt, StoreRefused
from klyngesim.files import read_text, remove_left_behind, write_whole
from klyngesim.results.hashing import json_hash
from klyngesim.streams import Floats, Ints

FORMAT = "klyngesim-calibration/1"
"""Version of the layout of a store."""

HEAD = "store.json"

_LARGEST = 500_000_000  # bytes of a file


class Store:
    """The store of one calibration.

    Args:
        directory: made if it is not there.
        identity: everything that the simulations depend on: settings, targets, registry, version of the package.

    Raises:
        StoreRefused: the directory belongs to something else or cannot be written.
        StoreCorrupt: a file is damaged.
    """

    def __init__(self, directory: Path, identity: Mapping[str, Any]) -> None:
        self.directory = directory
        self.key = json_hash(dict(identity))
        head = directory / HEAD
        if directory.exists() and not directory.is_dir():
            raise StoreRefused(f"{directory}: is a file; choose another --out, a directory of its own")
        for folder in (directory, *directory.glob("*/")):
            remove_left_behind(folder)
        if head.exists():
            self._compare(_read(head, "the store is of no use without it: remove the whole directory"), identity)
        elif directory.exists() and any(directory.iterdir()):
            raise StoreRefused(
                f"{directory}: holds files but no {HEAD}, so it is no calibration; choose another --out, "
                f"for example {directory.with_name(directory.name + '-2')}"
            )
        else:
            try:
                directory.mkdir(parents=True, exist_ok=True)
                _write(head, {"format": FORMAT, "key": self.key, "identity": dict(identity)})
            except OSError as error:
                reason = f"cannot be written ({error.strerror})"
                raise StoreRefused(f"{directory}: {reason}; choose another --out") from error

    def _compare(self, head: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
        if head.get("format") != FORMAT:
            raise StoreRefused(f"{self.directory}: a store of format {head.get('format')}, not {FORMAT}")
        if head.get("key") == self.key:
            return
        before = head.get("identity", {})
        changed = sorted(name for name in {*before, *identity} if before.get(name) != identity.get(name))
        raise StoreRefused(
            f"{self.directory}: the calibration in there differs in {', '.join(changed) or 'its key'} and is not "
            f"continued; choose another --out, or remove the directory to start anew"
        )

    def design(self, stage: str) -> Floats | None:
        """Candidates of a stage in the unit cube, shape (n, D); None before `begin`."""
        path = self.directory / stage / "design.json"
        if not path.exists():
            return None
        rest = f"remove the folder {path.parent} to repeat the stage"
        found = _read(path, rest)
        return np.array(_field(path, found, "points", rest), dtype=np.float64)

    def begin(self, stage: str, points: Floats) -> None:
        """Notes the candidates of a stage; they are kept as they are, whatever made them."""
        folder = self.directory / stage
        folder.mkdir(exist_ok=True)
        _write(folder / "design.json", {"key": self.key, "points": points.tolist()})

    def add(self, stage: str, first: int, values: Floats, seconds: float) -> None:
        """Keeps a finished batch.

        Args:
            stage: name of the stage.
            first: number of the batch's first candidate.
            values: observables, shape (candidates, seeds, T); NaN = not defined in that run.
            seconds: computing time of the batch.
        """
        rows = [[[None if np.isnan(x) else float(x) for x in run] for run in runs] for runs in values]
        body = {"key": self.key, "first": first, "values": rows, "seconds": round(seconds, 3)}
        _write(self.directory / stage / f"batch-{first:06d}.json", body)

    def finished(self, stage: str, shape: tuple[int, int, int]) -> tuple[Floats, Ints, float]:
        """Everything simulated of a stage.

        Args:
            stage: name of the stage.
            shape: candidates, seeds, targets.

        Returns:
            values of that shape (NaN where nothing is there), the numbers of the finished candidates, and the
            computing time in seconds.
        """
        done: list[int] = []
        values, seconds = np.full(shape, np.nan), 0.0
        for path in sorted((self.directory / stage).glob("batch-*.json")):
            rest = "remove this file to have its candidates simulated again"
            body = _read(path, rest)
            rows = np.array(_field(path, body, "values", rest), dtype=np.float64)
            first = int(_field(path, body, "first", rest))
            whole = rows.ndim == 3 and rows.shape[1:] == shape[1:] and first + len(rows) <= shape[0]
            if body.get("key") != self.key or not whole:
                raise StoreCorrupt(f"{path}: belongs to another calibration or stage; {rest}")
            values[first : first + len(rows)] = rows
            done += range(first, first + len(rows))
            seconds += float(_field(path, body, "seconds", rest))
        if len(set(done)) != len(done):
            raise StoreCorrupt(f"{self.directory / stage}: two batches hold the same candidate; remove one of them")
        return values, np.array(sorted(done), dtype=np.int64), seconds

    def result(self, name: str) -> Any:
        """What a stage without candidates found, None if it has not."""
        path = self.directory / f"{name}.result.json"
        if not path.exists():
            return None
        rest = "remove this file to repeat the stage"
        return _field(path, _read(path, rest), "result", rest)

    def keep(self, name: str, result: Any) -> None:
        """Keeps the result of a stage without candidates: plain data."""
        _write(self.directory / f"{name}.result.json", {"key": self.key, "result": result})


def _write(path: Path, body: Mapping[str, Any]) -> None:
    """A file with its own hash, there as a whole or not at all."""
    text = json.dumps(body, allow_nan=False)
    write_whole(path, json.dumps({"sha256": json_hash(dict(body))}) + "\n" + text + "\n")


def _read(path: Path, rest: str) -> dict[str, Any]:
    """The content of a file whose hash is right. StoreCorrupt says what to do about any other."""
    try:
        head, text = read_text(path, _LARGEST).splitlines()
        body = json.loads(text)
        if not isinstance(body, dict) or json.loads(head)["sha256"] != json_hash(body):
            raise ValueError("the content does not have the hash that it was written with")
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StoreCorrupt(f"{path}: damaged ({error}); {rest}, or choose another --out") from error
    return body


def _field(path: Path, body: Mapping[str, Any], name: str, rest: str) -> Any:
    if name not in body:
        raise StoreCorrupt(f"{path}: has no {name}; {rest}, or choose another --out")
    return body[name]
