"""Executors of this machine: the same jobs give the same results in this process and in several.

A process that dies (killed, or out of memory) takes its pool along, and with it what the others were doing. All of that
is done again, one job at a time so that it shows which one it was, with pauses: what killed it may pass.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Generic, TypeVar

from klyngesim.errors import ProcessDied
from klyngesim.runs.jobs import Ending, Known, OnProgress, Outcomes, Progress, alone, done, failed
from klyngesim.runs.pool import Interrupts, WorkerPool

J = TypeVar("J")
R = TypeVar("R")

PAUSES = (0.2, 1.0, 3.0)
"""Seconds before each further attempt at a job whose process has died."""

_QUEUED = 2  # jobs handed out per process, so that none waits while this process writes
_AHEAD = 8  # jobs per process that may be finished or under way beyond the one to be delivered next


class InProcess(Ending):
    """One job after the other in this process.

    Args:
        interrupts: if given, its first Ctrl-C ends the outcomes instead of being raised.
    """

    def __init__(self, interrupts: Interrupts | None = None) -> None:
        self._interrupts = interrupts

    def outcomes(
        self,
        function: Callable[[J], R],
        jobs: Iterable[J | Known[J, R] | None],
        parts: Callable[[J], Sequence[J]] = alone,
    ) -> Outcomes[J, R]:
        """See `Executor.outcomes`."""
        return self._noted(self._outcomes(function, jobs))

    def _outcomes(self, function: Callable[[J], R], jobs: Iterable[J | Known[J, R] | None]) -> Outcomes[J, R]:
        stopping = self._interrupts.stopping if self._interrupts is not None else nullcontext
        for job in jobs:
            if isinstance(job, Known):
                yield job.job, done(job.result)
            elif job is not None:
                try:
                    with stopping():
                        future = _attempt(function, job)
                except KeyboardInterrupt:
                    if self._interrupts is None:
                        raise
                    return
                yield job, future


class LocalProcesses(Ending):
    """Jobs in several processes of this machine, which its context starts and ends.

    Args:
        jobs: processes.
        interrupts: if given, its first Ctrl-C ends the outcomes, after what is finished, instead of being raised.
    """

    def __init__(self, jobs: int, interrupts: Interrupts | None = None) -> None:
        self._pool = WorkerPool(jobs)
        self._interrupts = interrupts

    def __enter__(self) -> LocalProcesses:
        self._pool.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._pool.__exit__(*error)

    def outcomes(
        self,
        function: Callable[[J], R],
        jobs: Iterable[J | Known[J, R] | None],
        parts: Callable[[J], Sequence[J]] = alone,
    ) -> Outcomes[J, R]:
        """See `Executor.outcomes`."""
        return self._noted(_Crew(self._pool, function, parts, self._interrupts).through(jobs))


HERE = InProcess()
"""This process, for whoever is given no other executor."""


def local(processes: int, interrupts: Interrupts | None = None) -> InProcess | LocalProcesses:
    """So many processes of this machine; one is this one."""
    return LocalProcesses(processes, interrupts) if processes > 1 else InProcess(interrupts)


def in_order(
    function: Callable[[J], R],
    jobs: Sequence[J],
    processes: int = 1,
    on_progress: OnProgress | None = None,
    interrupts: Interrupts | None = None,
) -> Outcomes[J, R]:
    """Every job with what came of it, in the order of the jobs; after a Ctrl-C of ``interrupts`` those that are done.

    Args:
        function: does a job; with several processes one that can be pickled.
        jobs: what is to be done; none is begun far ahead of the one to be delivered next, so that few results wait.
        processes: most processes.
        on_progress: called after every job.
        interrupts: see `InProcess`.
    """
    arrived: dict[int, Future[R]] = {}
    following = finished = failures = 0
    processes = min(processes, len(jobs))

    def coming() -> Iterator[tuple[int, J] | None]:
        for numbered in enumerate(jobs):
            while numbered[0] >= following + _AHEAD * processes:
                yield None
            yield numbered

    with local(processes, interrupts) as executor:
        for (number, _), future in executor.outcomes(partial(_of_numbered, function), coming()):
            arrived[number] = future
            finished += 1
            failures += future.exception() is not None
            if on_progress is not None:
                on_progress(Progress(finished, failures, len(jobs)))
            while following in arrived:
                yield jobs[following], arrived.pop(following)
                following += 1
    for number in sorted(arrived):
        yield jobs[number], arrived[number]


def _of_numbered(function: Callable[[J], R], numbered: tuple[int, J]) -> R:
    return function(numbered[1])


def _attempt(function: Callable[[J], R], job: J) -> Future[R]:
    try:
        return done(function(job))
    except Exception as error:
        return failed(error)


class _Crew(Generic[J, R]):
    """What a pool of processes, for nobody else meanwhile, has in hand."""

    def __init__(
        self,
        pool: WorkerPool,
        function: Callable[[J], R],
        parts: Callable[[J], Sequence[J]],
        interrupts: Interrupts | None,
    ) -> None:
        self._pool, self._function, self._parts, self._interrupts = pool, function, parts, interrupts
        self._running: dict[Future[R], J] = {}
        self._suspects: deque[J] = deque()

    def through(self, jobs: Iterable[J | Known[J, R] | None]) -> Outcomes[J, R]:
        """See `Executor.outcomes`; the future of a job whose process has died every time holds `ProcessDied`."""
        try:
            yield from self._outcomes(iter(jobs))
        except GeneratorExit:
            if self._running:
                self._pool.renew()
            raise

    def _outcomes(self, coming: Iterator[J | Known[J, R] | None]) -> Outcomes[J, R]:
        while True:
            while self._has_room and (job := next(coming, None)) is not None:
                if isinstance(job, Known):
                    yield job.job, done(job.result)
                else:
                    self._running[self._start(job)] = job
            if not self._running and not self._suspects:
                return
            try:
                arrived = self._arrived()
            except KeyboardInterrupt:
                if self._interrupts is None:
                    raise
                yield from self._finished()
                self._pool.kill()
                return
            yield from arrived

    @property
    def _has_room(self) -> bool:
        """Whether another job would keep a process busy; never while it has to show which one killed its process."""
        return not self._suspects and len(self._running) < _QUEUED * self._pool.workers

    def _arrived(self) -> list[tuple[J, Future[R]]]:
        """Waits for something and returns the jobs that are done; may be empty."""
        if self._suspects:
            with self._stopping():
                future = self._alone(self._suspects[0])
            return [(self._suspects.popleft(), future)]
        with self._stopping():
            wait(self._running, return_when=FIRST_COMPLETED)
        arrived = self._finished()
        if any(future.done() and _died(future) for future in self._running):
            # Whatever was under way is suspect.
            for job in self._running.values():
                self._suspects.extend(self._parts(job))
            self._running.clear()
            self._pool.renew()
        return arrived

    def _stopping(self) -> AbstractContextManager[None]:
        return self._interrupts.stopping() if self._interrupts is not None else nullcontext()

    def _finished(self) -> list[tuple[J, Future[R]]]:
        """The jobs that are done by now, without waiting."""
        finished = [future for future in self._running if future.done() and not _died(future)]
        return [(self._running.pop(future), future) for future in finished]

    def _alone(self, job: J) -> Future[R]:
        """One job while nothing else is under way."""
        for pause in PAUSES:
            time.sleep(pause)
            future = self._start(job)
            wait([future])
            if not _died(future):
                return future
            self._pool.renew()
        return failed(ProcessDied())

    def _start(self, job: J) -> Future[R]:
        try:
            return self._pool.submit(self._function, job)
        except BrokenProcessPool as error:
            return failed(error)


def _died(future: Future[R]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)
