"""The files of a store: one run in one file, that is there whole or not at all and tells whether it is still whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from klyngesim.experiments.windows import Measured
from klyngesim.results.yearly import Floats

ENTRY = re.compile(r"([0-9a-f]{64})\.npz")
"""File name of a finished run; the group is its key."""

FAILURE = re.compile(r"([0-9a-f]{64})\.failed\.json")
"""File name of the record of a run that failed; the group is its key."""

PARTIAL = re.compile(r"\.(?:[0-9a-f]{64}\.(?:npz|failed\.json)|store\.json)\.(\d+)-[0-9a-f]{8}")
"""File name of something that is being written; the group is the number of the process."""


_written = count()


class Damaged(Exception):
    """A file is not what was written; the text says what is wrong with it."""


@dataclass(frozen=True)
class About:
    """What a run is, for those who list a store.

    Attributes:
        scenario: name of the scenario that the run was first made for.
        seed: run seed.
        windows: labels of the windows.
        model: fingerprint of the model that made it.
    """

    scenario: str
    seed: int
    windows: tuple[str, ...]
    model: str


def unique(length: int) -> str:
    """Hex digits that nobody else comes upon: of machine, process, thread, moment and number."""
    here = (platform.node(), os.getpid(), threading.get_ident(), time.time_ns(), next(_written))
    return hashlib.sha256(repr(here).encode()).hexdigest()[:length]


def partial_of(path: Path) -> Path:
    """A name beside a file under which it can be written."""
    return path.with_name(f".{path.name}.{os.getpid()}-{unique(8)}")


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file under a partial name, makes sure that it is on the disk, and gives it its name.

    Raises:
        OSError: the disk refuses; then nothing is left.
    """
    partial = partial_of(path)
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def pack(key: str, run: Measured, about: About) -> bytes:
    """The file of a finished run."""
    arrays = _arrays(run)
    told = {"key": key, **_told(about), "sha256": _digest(arrays)}
    text = np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, about=text, **arrays)
    return file.getvalue()


def unpack(key: str, content: bytes) -> tuple[About, Measured]:
    """A finished run.

    Raises:
        Damaged: the content is not whole, was changed, or is that of another key.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            told = json.loads(found["about"].tobytes())
            run = Measured(found["indicators"], found["moves"], found["yearly"])
            about = _about(told)
            digest = told["sha256"]
    except Exception as error:  # a damaged archive raises whatever its bytes lead to
        raise Damaged(f"cut short or changed ({_brief(error)})") from error
    if digest != _digest(_arrays(run)):
        raise Damaged("changed (the numbers do not match their sha256)")
    _belongs(told, key)
    return about, run


def unpack_about(key: str, content: bytes) -> About:
    """What a finished run is, without its numbers. Raises as `unpack`, but does not look at the numbers."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            told = json.loads(found["about"].tobytes())
            about = _about(told)
    except Exception as error:  # as above
        raise Damaged(f"cut short or changed ({_brief(error)})") from error
    _belongs(told, key)
    return about


def pack_failure(key: str, text: str, about: About) -> bytes:
    """The file of a run that failed."""
    return json.dumps({"key": key, **_told(about), "traceback": text}, indent=1).encode()


def unpack_failure(key: str, content: bytes) -> tuple[About, str]:
    """What failed, and how it failed. Raises as `unpack`."""
    try:
        told = json.loads(content)
        about, text = _about(told), str(told["traceback"])
    except Exception as error:  # as above
        raise Damaged(f"cut short or changed ({_brief(error)})") from error
    _belongs(told, key)
    return about, text


def _arrays(run: Measured) -> dict[str, Floats]:
    return {"indicators": run.indicators, "moves": run.moves, "yearly": run.yearly}


def _digest(arrays: Mapping[str, Floats]) -> str:
    """Sha256 over the bytes of the arrays and what they are read by."""
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype.str} {array.shape}\0".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _told(about: About) -> dict[str, Any]:
    return {
        "scenario": about.scenario,
        "seed": about.seed,
        "windows": list(about.windows),
        "model": about.model,
    }


def _about(told: Mapping[str, Any]) -> About:
    windows = tuple(str(label) for label in told["windows"])
    return About(str(told["scenario"]), int(told["seed"]), windows, str(told["model"]))


def _belongs(told: Mapping[str, Any], key: str) -> None:
    if told.get("key") != key:
        raise Damaged("holds another run than its name says (renamed or copied)")


def _brief(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:120] or type(error).__name__
