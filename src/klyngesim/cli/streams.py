"""Standard output and standard error that end no command: closed, full, without a reader, or not in UTF-8.

What a stream cannot show is replaced by a question mark. A stream that takes no more is left alone from then on, and
the command goes on to its end, so that what it writes to files is whole. Then a full standard output is told in one
line and ends the command with exit code 1; a reader who left early (``| head``) is no fault.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TextIO

from klyngesim.errors import FAILED


def on_safe_streams(command: Callable[[], object]) -> NoReturn:
    """Calls a command with such streams in place of ``sys.stdout`` and ``sys.stderr``, and ends as it ends."""
    _fill_gaps()
    before = sys.stdout, sys.stderr
    output, errors = Stream(sys.stdout), Stream(sys.stderr)
    sys.stdout, sys.stderr = output, errors
    code: str | int | None = None
    try:
        try:
            command()
        except SystemExit as end:
            code = end.code
        output.flush()
        fault = output.fault
        if fault is not None and fault.errno != errno.EPIPE:
            errors.write(f"What was printed is not whole: standard output cannot be written ({fault.strerror}).\n")
            code = code or FAILED
    finally:
        errors.flush()
        sys.stdout, sys.stderr = before
    raise SystemExit(code)


class Stream(io.TextIOBase):
    """A stream of text that never fails.

    It has no ``buffer``, so that nobody writes past it in another encoding.

    Args:
        inner: an open stream on a file of the operating system.

    Attributes:
        fault: what ended it, None while it can be written.
    """

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner
        self.fault: OSError | None = None
        if isinstance(inner, io.TextIOWrapper):
            inner.reconfigure(errors="replace")

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream underneath."""
        return self._inner.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """What becomes of characters that the encoding lacks."""
        return self._inner.errors

    def write(self, text: str) -> int:
        """Writes text, to nowhere after a fault."""
        self._attempt(lambda: self._inner.write(text))
        return len(text)

    def flush(self) -> None:
        """Hands what was written to the operating system; one whose file was closed has handed everything over."""
        # Python flushes a stream once more when it forgets it, which may be after the file underneath was closed.
        if not self._inner.closed:
            self._attempt(self._inner.flush)

    def writable(self) -> bool:
        """Whether it is a stream to write to: always."""
        return True

    def isatty(self) -> bool:
        """Whether somebody watches."""
        return self._inner.isatty()

    def fileno(self) -> int:
        """The number that the operating system knows it by."""
        return self._inner.fileno()

    def _attempt(self, step: Callable[[], object]) -> None:
        try:
            step()
        except OSError as fault:
            self.fault = self.fault or fault
            # What is still in its buffer and whatever comes goes to nowhere, also at the end of the interpreter.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._inner.fileno())
            os.close(nowhere)


def _fill_gaps() -> None:
    """Opens to nowhere what was closed before the start: the next file opened would get its number and its text."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, so this one
            os.set_inheritable(opened, True)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end
