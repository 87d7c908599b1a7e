"""Worker processes, and Ctrl-C that never tears a file: it stops the runs, and what is finished is written as usual.

Processes are started afresh (spawn), with one thread each, deaf to Ctrl-C, and gone when their parent is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any, ParamSpec, TypeVar

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


P = ParamSpec("P")
T = TypeVar("T")

THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "BLIS_NUM_THREADS",
)
"""Environment variables that say how many threads numerical libraries may start, read when numpy is."""


_FOR_THE_PARENT = {signal.SIGINT} if HANG_UP is None else {signal.SIGINT, HANG_UP}
"""Signals that reach every process of a terminal; what they mean is for the parent to say."""


def limit_threads() -> dict[str, str | None]:
    """Set every limit to one thread, for this process and those it starts; returns what was set before."""
    before = {name: os.environ.get(name) for name in THREAD_LIMITS}
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    return before


def usable_cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def call_packed(packed: bytes) -> Any:
    """Makes a call that came pickled from elsewhere: first one thread per library, then whatever it imports."""
    limit_threads()
    function, arguments = pickle.loads(packed)
    return function(*arguments)


class WorkerPool:
    """A process pool as a context manager. Leaving it by an exception ends the processes at once.

    Args:
        workers: most processes at a time.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._mine: set[BaseProcess] = set()
        self._others: set[BaseProcess] = set()
        self._environment: dict[str, str | None] = {}

    @property
    def workers(self) -> int:
        """Most processes at a time."""
        return self._workers

    def __enter__(self) -> WorkerPool:
        self._others = set(multiprocessing.active_children())
        self._environment = limit_threads()
        self._start()
        return self

    def _start(self) -> None:
        with _interrupts_held_back():  # the process that keeps account of semaphores starts here
            self._executor = ProcessPoolExecutor(
                self._workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
            )

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:
            self.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand work to a process. BrokenProcessPool if one has died."""
        with _interrupts_held_back():  # the first call starts the processes
            future = self._executor.submit(function, *args, **kwargs)
        self._count_mine()
        return future

    def renew(self) -> None:
        """Ends the processes and what was handed to them; the next call starts fresh ones."""
        self.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._mine.clear()
        self._start()

    def kill(self) -> None:
        """End the processes of this pool, whatever they are doing."""
        self._count_mine()  # a request to end may have come while they were being started
        for process in self._mine:
            process.terminate()
        # One that ends in the middle of handing a result back leaves half of it in the pipe, and the executor waits
        # for the rest for as long as anybody could still write it: this process could.
        results = getattr(self._executor, "_result_queue", None)
        if self._mine and results is not None:
            results._writer.close()

    def _count_mine(self) -> None:
        self._mine |= set(multiprocessing.active_children()) - self._others


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Processes started in here never see Ctrl-C, not even while they are still importing; we see it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_THE_PARENT)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """First thing in a worker."""
    for number in _FOR_THE_PARENT:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would otherwise wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
