"""Jobs in worker processes, none of which is lost when a process dies.

A process that dies (killed, or out of memory) takes its pool along, and with it what the others were doing. All of that
is done again, one job at a time so that it shows which one it was, with pauses: what killed it may pass.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, TypeVar

from klyngesim.experiments.pool import WorkerPool

J = TypeVar("J")
R = TypeVar("R")

PAUSES = (0.2, 1.0, 3.0)
"""Seconds before each further attempt at a job whose process has died."""

_QUEUED = 2  # jobs handed out per process, so that none waits while this process writes


class Crew(Generic[J, R]):
    """What a pool of processes has in hand.

    Args:
        pool: an open pool, for nobody else meanwhile.
        submit: hands a job to the pool.
        parts: what a job falls into when it is done again.
    """

    def __init__(
        self,
        pool: WorkerPool,
        submit: Callable[[J], Future[R]],
        parts: Callable[[J], Iterable[J]] = lambda job: (job,),
    ) -> None:
        self._pool, self._submit, self._parts = pool, submit, parts
        self._running: dict[Future[R], J] = {}
        self._suspects: deque[J] = deque()

    @property
    def has_room(self) -> bool:
        """Whether another job would keep a process busy; never while it has to show which one killed its process."""
        return not self._suspects and len(self._running) < _QUEUED * self._pool.workers

    @property
    def is_busy(self) -> bool:
        """Whether something is to come."""
        return bool(self._running or self._suspects)

    def hand_out(self, job: J) -> None:
        """Gives a job to the processes."""
        self._running[self._start(job)] = job

    def through(self, jobs: Iterable[J]) -> Iterator[tuple[J, Future[R]]]:
        """Every job with its future, see `arrived`, in whatever order they come; jobs are taken as they are needed."""
        coming = iter(jobs)
        while True:
            while self.has_room and (job := next(coming, None)) is not None:
                self.hand_out(job)
            if not self.is_busy:
                return
            yield from self.arrived()

    def arrived(self, waiting: Callable[[], AbstractContextManager[None]] = nullcontext) -> list[tuple[J, Future[R]]]:
        """Waits for something, inside a context of the caller's, and returns the jobs that are done with their futures.

        The future of a job whose process has died every time holds BrokenProcessPool. May be empty.
        """
        if self._suspects:
            with waiting():
                future = self._alone(self._suspects[0])
            return [(self._suspects.popleft(), future)]
        with waiting():
            wait(self._running, return_when=FIRST_COMPLETED)
        found = self.finished()
        if any(future.done() and _died(future) for future in self._running):
            # Whatever was under way is suspect.
            for job in self._running.values():
                self._suspects.extend(self._parts(job))
            self._running.clear()
            self._pool.renew()
        return found

    def finished(self) -> list[tuple[J, Future[R]]]:
        """The jobs that are done by now, without waiting."""
        done = [future for future in self._running if future.done() and not _died(future)]
        return [(self._running.pop(future), future) for future in done]

    def _alone(self, job: J) -> Future[R]:
        """One job while nothing else is under way."""
        for pause in PAUSES:
            time.sleep(pause)
            future = self._start(job)
            wait([future])
            if not _died(future):
                break
            self._pool.renew()
        return future

    def _start(self, job: J) -> Future[R]:
        try:
            return self._submit(job)
        except BrokenProcessPool as error:
            broken: Future[R] = Future()
            broken.set_exception(error)
            return broken


def _died(future: Future[R]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)
