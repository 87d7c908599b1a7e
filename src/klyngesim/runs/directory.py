"""Where a run is written: a directory that appears whole, or not at all.

Everything is written into ``<out>.partial-<process>-<machine>`` beside the directory that was asked for, which is
renamed at the end. A process that is killed leaves a directory whose name says that it is not finished; the next one
that writes to the same place removes it and says so.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from klyngesim.errors import OutputFailed, OutputRefused
from klyngesim.files import directory_aside, writer_of

_notes = logging.getLogger(__name__)


class Place:
    """A claimed output directory.

    ``path`` is where the results will be, ``partial`` where they are written until ``publish``.
    """

    def __init__(self, out: Path) -> None:
        """Claim ``out``. OutputRefused if it exists or cannot be written; then nothing is left behind."""
        if not out.name or "\0" in out.name:
            raise OutputRefused(f"--out {str(out)!r}: not a name for a new directory")
        if any("\ud800" <= character <= "\udfff" for character in str(out)):
            raise OutputRefused(f"--out {str(out)!r}: not a name in UTF-8, which tables need; choose another --out")
        self.path = out
        self.partial = directory_aside(out)
        self._made: list[Path] = []
        try:
            if os.path.lexists(out):
                free = free_name(out)
                raise OutputRefused(
                    f"--out {out}: exists already and is not overwritten; "
                    f"choose another --out, for example {free}, or remove it first"
                )
            self._make_parents()
            self._tidy()
            self.partial.mkdir()
            self._try_writing()
        except OSError as error:
            self.discard()
            reason = f"cannot be written ({error.strerror}); choose another --out"
            raise OutputRefused(f"--out {out}: {reason}") from error

    def publish(self) -> None:
        """Give the finished directory its name. OutputFailed if somebody else took the name meanwhile."""
        free = free_name(self.path)
        self.partial.rename(free)
        if free != self.path:
            raise OutputFailed(f"{self.path} appeared during the runs; the results are in {free}")

    def discard(self) -> None:
        """Remove what was written, and the parent directories made for it."""
        shutil.rmtree(self.partial, ignore_errors=True)
        for directory in reversed(self._made):
            try:
                directory.rmdir()
            except OSError:
                return  # somebody else uses it by now

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """The directory to write into: gets its name when the block has ended, is removed when the block fails.

        OutputFailed where the disk refuses.
        """
        try:
            yield self.partial
        except BaseException as error:
            self.discard()
            if isinstance(error, OSError):
                raise OutputFailed(self.failure(error)) from error
            raise
        self.publish()

    def failure(self, error: Exception) -> str:
        """What to tell somebody whose disk is full."""
        return f"{self.path}: writing failed ({getattr(error, 'strerror', None) or error})"

    def _make_parents(self) -> None:
        missing = [parent for parent in self.path.parents if not parent.exists()]
        for directory in reversed(missing):
            directory.mkdir(exist_ok=True)
            self._made.append(directory)

    def _tidy(self) -> None:
        """Removes what processes that have ended left of the same directory; what others have there is only named."""
        for path in sorted(self.path.parent.glob("*.partial-*")):
            writer = writer_of(path, self.path.name)
            if writer is None:
                continue
            if writer.runs is False:
                shutil.rmtree(path, ignore_errors=True)
                _notes.warning("removed %s, which a process that has ended had left unfinished.", path)
            elif writer.runs:
                _notes.warning("process %d is writing the same results into %s.", writer.process, path)
            else:
                _notes.warning(
                    "%s is there, unfinished, of another machine or made by hand; remove it if nobody writes it.", path
                )

    def _try_writing(self) -> None:
        probe = self.partial / ".probe"
        probe.write_bytes(b"0")
        probe.unlink()


def free_name(path: Path) -> Path:
    """The path itself if nothing is there, else the first free one of ``path-2``, ``path-3``, ..."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate
