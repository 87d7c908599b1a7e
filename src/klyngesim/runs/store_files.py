"""The files of a store: one run in one file, that is there whole or not at all and tells whether it is still whole."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import math
import os
import platform
import re
import threading
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klyngesim.files import NotRead, read_bytes
from klyngesim.results.windows import Floats, Measured

ENTRY = re.compile(r"([0-9a-f]{64})\.npz")
"""File name of a finished run; the group is its key."""

FAILURE = re.compile(r"([0-9a-f]{64})\.failed\.json")
"""File name of the record of a run that failed; the group is its key."""

PARTIAL = re.compile(r"\.(?:[0-9a-f]{64}\.(?:npz|failed\.json)|store\.json)\.(?:partial-)?(\d+)-[0-9a-f]{8}[0-9a-f-]*")
"""File name of something that is being written, also by earlier versions; the group is the number of the process."""
LARGEST = 16_000_000
"""Bytes of a file of a store, and of what is packed in one, at most; a run to 2044Q4 has 0.06 MB."""

_ARRAYS = ("indicators", "moves", "yearly", "organisations")
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


def pack(key: str, run: Measured, about: About) -> bytes:
    """The file of a finished run."""
    arrays = _arrays(run)
    told = {"key": key, **_told(about), "sha256": _digest(arrays)}
    text = np.frombuffer(json.dumps(told).encode(), dtype=np.uint8)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, about=text, **arrays)
    return file.getvalue()


def content_of(path: Path) -> bytes:
    """The bytes of a file of a store.

    Raises:
        Damaged: it is larger than any that a store writes.
        OSError: it is not there, cannot be read, or is none that a store has written: no regular file, or a link, or
            in a folder that is a link. Whatever a link leads to is somebody else's.
    """
    try:
        if path.parent.is_symlink():
            raise NotRead(errno.ELOOP, "in a folder that is a link", str(path))
        return read_bytes(path, LARGEST, links=False)
    except NotRead as error:
        if error.errno == errno.EFBIG:
            raise Damaged(f"larger than a run can be ({error.strerror})") from error
        raise


def unpack(key: str, content: bytes) -> tuple[About, Measured]:
    """A finished run.

    Raises:
        Damaged: the content is not whole, was changed, is that of another key, or says that it is larger than a run.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            told = json.loads(_member(archive, "about", np.uint8).tobytes())
            run = Measured(*(_member(archive, name, np.float64) for name in _ARRAYS))
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
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            told = json.loads(_member(archive, "about", np.uint8).tobytes())
            about = _about(told)
    except Exception as error:  # as above
        raise Damaged(f"cut short or changed ({_brief(error)})") from error
    _belongs(told, key)
    return about


def _member(archive: zipfile.ZipFile, name: str, kind: type[np.generic]) -> NDArray[Any]:
    """An array of an archive. ValueError if it says that it is larger than a run can be, or is not what it says."""
    found = archive.getinfo(f"{name}.npy")
    if found.file_size > LARGEST:
        raise ValueError(f"{name} unpacks to {found.file_size / 1e6:.0f} MB, more than a run can have")
    with archive.open(found) as packed:
        data = packed.read(found.file_size + 1)  # unpacks no further, whatever the archive says of itself
    header = io.BytesIO(data)
    if np.lib.format.read_magic(header) != (1, 0):
        raise ValueError(f"{name} is of another format")
    shape, by_column, dtype = np.lib.format.read_array_header_1_0(header)
    numbers = memoryview(data)[header.tell() :]
    if dtype != kind or math.prod(shape) * dtype.itemsize != len(numbers):
        raise ValueError(f"{name} does not hold what it says")
    return np.frombuffer(numbers, dtype).reshape(shape, order="F" if by_column else "C").copy()


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
    return {name: getattr(run, name) for name in _ARRAYS}


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
