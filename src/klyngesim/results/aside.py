"""Writing beside the place: what is being written has a name that says so, and by whom, until it is whole.

A process that is killed leaves such a name behind. It holds the number of the process, the machine, and when the
process began, so that what nobody is writing any more is known without asking, and nothing else is ever removed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(
    r"\.?(?P<name>.+)\.partial-(?P<process>\d+)(?:-(?P<machine>[0-9a-f]{8})(?P<begun>[0-9a-f]{4})(?:-\d+)?)?"
)
_written = count()


class Writer(NamedTuple):
    """Who writes something.

    Attributes:
        process: number of the process.
        machine: hash of the machine that it runs on; empty if the name does not say.
        begun: hash of when the process began.
    """

    process: int
    machine: str
    begun: str

    @property
    def runs(self) -> bool | None:
        """Whether it is still there; None if this machine cannot tell."""
        if self.machine != _machine() or os.name == "nt":  # there asking would end it
            return None
        try:
            os.kill(self.process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except OSError:  # it is somebody else's
            return True
        return _begun(self.process) in (self.begun, None)  # else its number has gone to another one


def directory_aside(path: Path) -> Path:
    """The name that a directory has while this process writes it."""
    return path.with_name(f"{path.name}.partial-{os.getpid()}-{_machine()}{_begun(os.getpid()) or '0000'}")


def file_aside(path: Path) -> Path:
    """A name that a file may have while this process writes it; another one at every call."""
    return path.with_name(f".{directory_aside(path).name}-{next(_written)}")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside a file to write it under: it is on the disk and has its own name when the block has ended.

    If the block or the disk fails, nothing is left, and a file that had the name before stays as it was.
    """
    partial = file_aside(path)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def writer_of(path: Path, name: str | None = None) -> Writer | None:
    """Who writes, or wrote, what has such a name, and if one is given for what name; None for any other name."""
    match = _NAME.fullmatch(path.name)
    if match is None or name not in (None, match["name"]):
        return None
    return Writer(int(match["process"]), match["machine"] or "", match["begun"] or "")


def remove_left_behind(folder: Path) -> None:
    """Removes the files in a folder that processes of this machine have left half-written."""
    for path in folder.glob(".*.partial-*"):
        writer = writer_of(path)
        if writer is not None and writer.runs is False and path.is_file():
            path.unlink(missing_ok=True)


@cache
def _machine() -> str:
    """Hash of what tells this machine, and the numbers of processes on it, from others."""
    try:
        numbers = str(Path("/proc/self/ns/pid").readlink())  # containers number their processes anew
    except OSError:
        numbers = ""
    return _hash(f"{platform.node()} {numbers}", 8)


def _begun(process: int) -> str | None:
    """Hash of when a process began, ``gone`` for one that has ended and is only listed; None if nobody says."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        state, *fields = told.rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return "gone" if state in "ZX" else _hash(fields[18], 4)


def _hash(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
