"""Reading files that anybody may have put there, and writing files that are there whole or not at all.

A file is looked at before it is opened, and never read without end: a pipe or a device may give no end of bytes, or
none for ever; a file may be larger than what it is taken for.

What is being written has a name that says so, and by whom, until it is whole. A process that is killed leaves such a
name behind. It holds the number of the process, the machine, and when the process began, so that what nobody is writing
any more is known without asking, and nothing else is ever removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

Record = TypeVar("Record")

_NAME = re.compile(
    r"\.?(?P<name>.+)\.partial-(?P<process>\d+)(?:-(?P<machine>[0-9a-f]{8})(?P<begun>[0-9a-f]{4})(?:-\d+)?)?"
)
_written = count()


class NotRead(OSError):
    """A file that is left alone: it is no regular file, or too large. ``strerror`` says which, in words."""


def read_bytes(path: Path, most: int, links: bool = True) -> bytes:
    """The content of a regular file.

    Args:
        path: the file.
        most: bytes that it may have.
        links: whether the path may be a symbolic link.

    Raises:
        NotRead: it is a directory, a pipe, a device, a link where none may be, or larger (errno EFBIG).
        OSError: it is not there, or cannot be read.
    """
    _look(path.stat(follow_symlinks=links), path, most)
    # A pipe that has taken the file's place meanwhile is opened at once as well, and refused.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - a number, not a path
        size = _look(os.fstat(file.fileno()), path, most)
        content = file.read(size + 1)
        if len(content) > size:  # it has grown, or says nothing of its size
            content += file.read(most - size)
    if len(content) > most:
        raise NotRead(errno.EFBIG, f"more than {_size(most)}", str(path))
    return content


def read_text(path: Path, most: int, links: bool = True) -> str:
    """The content of a regular file in UTF-8, with or without a byte order mark. Raises as `read_bytes`, ValueError."""
    return read_bytes(path, most, links).decode("utf-8-sig")


def read_json(path: Path, most: int, links: bool = True) -> Any:
    """What a JSON file holds. Raises as `read_bytes`, and ValueError if it is not JSON."""
    text = read_text(path, most, links)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _look(found: os.stat_result, path: Path, most: int) -> int:
    """The size of a file. NotRead as `read_bytes`."""
    mode = found.st_mode
    if not stat.S_ISREG(mode):
        words = "a directory" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "not a regular file"
        raise NotRead(errno.EINVAL, words, str(path))
    if found.st_size > most:
        raise NotRead(errno.EFBIG, _size(found.st_size), str(path))
    return found.st_size


def _size(count: int) -> str:
    """Such as ``12.3 MB``."""
    return f"{count / 1e6:.1f} MB"


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


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file, text in UTF-8, so that it is there whole or not at all, see `whole`."""
    with whole(path) as partial:
        partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def whole(path: Path, first: bool = False) -> Iterator[Path]:
    """A name beside a file to write it under: it is on the disk and has its own name when the block has ended.

    If the block or the disk fails, nothing is left, and a file that had the name before stays as it was; so it does
    with ``first``, whoever else writes it meanwhile.
    """
    partial = file_aside(path)
    try:
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        _named_first(partial, path) if first else partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def _named_first(partial: Path, path: Path) -> None:
    """Gives a file its name unless another one has it."""
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        partial.replace(path)
    partial.unlink(missing_ok=True)


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


def record(
    kind: type[Record], row: Mapping[str, str], parsers: Mapping[Any, Callable[[str], Any]], /, **columns: str
) -> Record:
    """A row of a table as a record.

    Args:
        kind: a class with an annotation for each of its fields.
        row: cells by column.
        parsers: what makes a field's value of its cell, by annotation; text stays as it is.
        columns: columns of fields that are called otherwise in the file.

    Raises:
        KeyError: a column is missing.
        ValueError: a parser refuses a cell.
    """
    hashable: Any = kind
    fields = _annotations(hashable)
    return kind(**{name: parsers.get(hint, str)(row[columns.get(name, name)]) for name, hint in fields.items()})


@cache
def _annotations(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
