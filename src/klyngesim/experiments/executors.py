"""Many runs in this process, in several, or on a cluster: the same tasks give the same runs everywhere.

Runs come in any order, with their keys. At most a few per process are under way, so that ten thousand take no more
memory than ten.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from klyngesim.experiments.cluster import DaskCluster
from klyngesim.experiments.pool import WorkerPool
from klyngesim.experiments.store import RunStore, StoreFailed, model_fingerprint
from klyngesim.experiments.tasks import (
    Bundle,
    Done,
    Ending,
    Executor,
    ExecutorRefused,
    Failed,
    Measure,
    Outcome,
    Outcomes,
    Task,
    Waiting,
    measured_runs,
    work,
)

__all__ = [
    "DaskCluster",
    "Executor",
    "ExecutorRefused",
    "Failed",
    "InPool",
    "InProcess",
    "LocalProcesses",
    "Outcome",
    "Task",
    "measured_runs",
]

_QUEUED = 2  # bundles handed out per process, so that none waits while this process writes


@dataclass(frozen=True)
class InProcess(Ending):
    """One run after the other in this process.

    Attributes:
        measured: makes runs.
    """

    measured: Measure = measured_runs

    def run(self, tasks: Iterable[Task], store: RunStore | None) -> Outcomes:
        """See `Executor.run`."""
        return self._noted(self._outcomes(tasks, store))

    def _outcomes(self, tasks: Iterable[Task], store: RunStore | None) -> Outcomes:
        waiting = Waiting(tasks)
        while bundle := waiting.next():
            for task, done in zip(bundle, work(bundle, store, model_fingerprint(), self.measured), strict=True):
                yield from waiting.delivered(task, done, store)


@dataclass(frozen=True)
class InPool(Ending):
    """Runs in processes that are there already, and stay when it is done.

    A process that dies takes the others along; what they had in hand is then tried again, one at a time, so that it
    shows which run it was.

    Attributes:
        pool: an open pool, for nobody else meanwhile.
        measured: makes runs.
    """

    pool: WorkerPool
    measured: Measure = measured_runs

    def run(self, tasks: Iterable[Task], store: RunStore | None) -> Outcomes:
        """See `Executor.run`."""
        return self._noted(_Pooled(self.pool, Waiting(tasks), store, self.measured).outcomes())


@dataclass(frozen=True)
class LocalProcesses(Ending):
    """Runs in several processes of this machine, which are started for it and ended with it; otherwise as `InPool`.

    Attributes:
        jobs: processes.
        measured: makes runs.
    """

    jobs: int
    measured: Measure = measured_runs

    def run(self, tasks: Iterable[Task], store: RunStore | None) -> Outcomes:
        """See `Executor.run`."""
        return self._noted(self._outcomes(tasks, store))

    def _outcomes(self, tasks: Iterable[Task], store: RunStore | None) -> Outcomes:
        with WorkerPool(self.jobs) as pool:
            yield from _Pooled(pool, Waiting(tasks), store, self.measured).outcomes()


class _Pooled:
    """The runs of one call of `InPool`."""

    def __init__(self, pool: WorkerPool, waiting: Waiting, store: RunStore | None, measured: Measure) -> None:
        self._pool, self._waiting, self._store, self._measured = pool, waiting, store, measured
        self._running: dict[Future[list[Done]], Bundle] = {}
        self._suspects: deque[Task] = deque()

    def outcomes(self) -> Outcomes:
        """Keys and outcomes as they come."""
        while True:
            if self._suspects:
                task = self._suspects.popleft()
                yield from self._waiting.delivered(task, self._alone(task), self._store)
                continue
            self._hand_out()
            if not self._running and not self._suspects:
                return
            for task, done in self._arrived():
                yield from self._waiting.delivered(task, done, self._store)

    def _hand_out(self) -> None:
        """Keeps every process busy."""
        while len(self._running) < _QUEUED * self._pool.workers:
            bundle = self._waiting.next()
            if not bundle:
                return
            try:
                self._running[self._submit(bundle)] = bundle
            except BrokenProcessPool:
                self._suspects.extend(bundle)
                self._start_afresh()
                return

    def _arrived(self) -> list[tuple[Task, Done]]:
        """Waits for something and takes it in; nothing while there are suspects."""
        if self._suspects:
            return []
        finished, _ = wait(self._running, return_when=FIRST_COMPLETED)
        found: list[tuple[Task, Done]] = []
        broken = False
        for future in finished:
            bundle = self._running[future]
            try:
                found.extend(zip(bundle, _done(future, bundle), strict=True))
            except BrokenProcessPool:
                broken = True
                continue
            del self._running[future]
        if broken:
            self._start_afresh()
        return found

    def _alone(self, task: Task) -> Done:
        """One task while nothing else is under way; one of a bundle that was lost may be in the store by now."""
        try:
            return _done(self._submit((task,)), (task,))[0]
        except BrokenProcessPool:
            self._pool.renew()
            return Done(Failed.by_death(), kept=False)

    def _start_afresh(self) -> None:
        """A process has died: whatever was under way is suspect."""
        for bundle in self._running.values():
            self._suspects.extend(bundle)
        self._running.clear()
        self._pool.renew()

    def _submit(self, bundle: Bundle) -> Future[list[Done]]:
        return self._pool.submit(work, bundle, self._store, model_fingerprint(), self._measured)


def _done(future: Future[list[Done]], bundle: Bundle) -> list[Done]:
    """What came back; what could not be sent or brought back are failed runs."""
    try:
        return future.result()
    except (BrokenProcessPool, StoreFailed, ExecutorRefused):
        raise
    except Exception as error:
        return [Done(Failed.by(error), kept=False)] * len(bundle)
