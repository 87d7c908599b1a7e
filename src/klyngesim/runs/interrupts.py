"""Ctrl-C that never tears a file: it stops the runs, and what is finished is written as usual."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

HANG_UP: int | None = getattr(signal, "SIGHUP", None)
"""The signal of a terminal or a connection that has gone; None where there is none (Windows)."""


def heed_termination() -> None:
    """From here on a request to end means Ctrl-C.

    That is SIGTERM (a queue whose time is up, a machine shutting down) and SIGHUP (a connection that has gone), the
    latter unless it is ignored already, as by ``nohup``.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    if HANG_UP is not None and signal.getsignal(HANG_UP) is not signal.SIG_IGN:
        signal.signal(HANG_UP, _as_ctrl_c)


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    if number == HANG_UP:  # a shell and the system both send it, and the second one is no second Ctrl-C
        signal.signal(number, signal.SIG_IGN)
    # Not by raising SIGINT: shells have it ignored in what they start in the background.
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(number, frame)
    else:
        raise KeyboardInterrupt


class Interrupts:
    """While active, the first Ctrl-C is noted, or stops the run going on; a second one stops everything.

    Outside the main thread Python lets nobody handle signals, so there it does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._stops_here = False
        self._previous: Any = None

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *error: object) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """A stretch of work that may be stopped anywhere: here Ctrl-C raises KeyboardInterrupt at once."""
        if self.requested:
            raise KeyboardInterrupt
        self._stops_here = True
        try:
            yield
        except KeyboardInterrupt:
            self.requested = True
            raise
        finally:
            self._stops_here = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        again, self.requested = self.requested, True
        if again or self._stops_here:
            raise KeyboardInterrupt
