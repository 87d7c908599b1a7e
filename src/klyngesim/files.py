"""Reading a file that anybody may have put there: it is looked at before it is opened, and never read without end.

A pipe or a device may give no end of bytes, or none for ever; a file may be larger than what it is taken for.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any


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
