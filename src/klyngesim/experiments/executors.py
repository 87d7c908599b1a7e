"""Many runs in this process, in several, or on a cluster: the same tasks give the same runs everywhere.

Runs come in any order, with their keys. At most a few per process are under way, so that ten thousand take no more
memory than ten.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from klyngesim.experiments.cluster import DaskCluster
from klyngesim.experiments.crew import Crew
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

    What dies with a process is tried again, see `Crew`.

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

    def outcomes(self) -> Outcomes:
        """Keys and outcomes as they come."""
        crew: Crew[Bundle, list[Done]] = Crew(self._pool, self._submit, lambda bundle: [(task,) for task in bundle])
        for bundle, future in crew.through(iter(self._waiting.next, ())):
            for task, done in zip(bundle, _done(future, bundle), strict=True):
                yield from self._waiting.delivered(task, done, self._store)

    def _submit(self, bundle: Bundle) -> Future[list[Done]]:
        return self._pool.submit(work, bundle, self._store, model_fingerprint(), self._measured)


def _done(future: Future[list[Done]], bundle: Bundle) -> list[Done]:
    """What came back; what could not be sent or brought back, or has killed its process, are failed runs."""
    try:
        return future.result()
    except (StoreFailed, ExecutorRefused):
        raise
    except BrokenProcessPool:
        return [Done(Failed.by_death(), kept=False)] * len(bundle)
    except Exception as error:
        return [Done(Failed.by(error), kept=False)] * len(bundle)
