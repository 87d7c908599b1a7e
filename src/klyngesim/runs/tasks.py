"""Runs as a store keeps them: measured in windows, looked for before they are made, and kept as they end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klyngesim.errors import ExecutorRefused, StoreFailed
from klyngesim.results.windows import Measured, Window, measure
from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.runs.jobs import Executor, Failure, Known
from klyngesim.runs.simulation import run_together
from klyngesim.runs.store import RunStore, about
from klyngesim.scenario.schema import parting

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario


@dataclass(frozen=True)
class Task:
    """One run to be made.

    Attributes:
        key: what a store calls it, see `RunStore.key`.
        scenario: resolved.
        seed: run seed.
        windows: what it is measured in.
    """

    key: str
    scenario: Scenario
    seed: int
    windows: tuple[Window, ...]


Outcome = Measured | Failure

Bundle = tuple[Task, ...]
"""Tasks that go to one process: of one seed and with a past in common, or a single one."""

Measure = Callable[[Bundle], Iterator[tuple[Task, Outcome]]]
"""Makes the runs of a bundle, in any order; one that other processes are to find has to be a function of a module."""


@dataclass(frozen=True)
class Done:
    """What comes back of a task: the outcome, and whether the store has it already."""

    outcome: Outcome
    kept: bool


def measured_runs(bundle: Bundle) -> Iterator[tuple[Task, Outcome]]:
    """Runs of the model, each reduced to what a store keeps as soon as it has ended."""
    for index, run in run_together([task.scenario for task in bundle], bundle[0].seed):
        task = bundle[index]
        yield task, Failure.by(run) if isinstance(run, Exception) else measure(run, task.windows)


def run_tasks(
    tasks: Iterable[Task], store: RunStore | None, executor: Executor, measured: Measure = measured_runs
) -> Generator[tuple[str, Outcome], None, None]:
    """One key and outcome for every task, in whatever order they come.

    Tasks are taken from the iterable as they are needed. Runs that the store has are not made again; the others are in
    the store before they are delivered. A run that fails costs the others nothing.

    Args:
        tasks: runs to be made; those with equal keys may be made once.
        store: where finished runs are looked for and kept; None = nowhere.
        executor: where they are made.
        measured: makes the runs of a bundle.

    Raises:
        StoreFailed: the store cannot be written any more.
        ExecutorRefused: nothing can be run in this way.
    """
    waiting = _Waiting(tasks, store)
    work = _Work(store, model_fingerprint(), measured)
    with closing(executor.outcomes(work, waiting.bundles(), _singly)) as outcomes:
        for bundle, future in outcomes:
            for task, done in zip(bundle, _done(future, bundle), strict=True):
                if store is not None and not done.kept:
                    _keep(store, task, done.outcome)
                yield from [(task.key, done.outcome)] * waiting.delivered(task)


@dataclass(frozen=True)
class _Work:
    """Makes the runs of a bundle and keeps each in the store as it ends, if the store can be seen from there.

    Attributes:
        store: a store of whoever asks, which may be another machine.
        model: fingerprint of the model that the keys were made for.
        measured: makes runs.
    """

    store: RunStore | None
    model: str
    measured: Measure

    def __call__(self, bundle: Bundle) -> list[Done]:
        """What came of each run, in the order of the bundle. StoreFailed, or ExecutorRefused for another model."""
        if model_fingerprint() != self.model:
            raise ExecutorRefused(
                "a worker has another version of the model than the command; install the same one everywhere, leave "
                "its files alone while it runs, and give the command again"
            )
        near = self.store if self.store is not None and self.store.is_here() else None
        found: dict[str, Done] = {}
        for task, outcome in self.measured(bundle):
            if near is not None:
                _keep(near, task, outcome)
            found[task.key] = Done(outcome, kept=near is not None)
        return [found[task.key] for task in bundle]


def _done(future: Future[list[Done]], bundle: Bundle) -> list[Done]:
    """What came back; what could not be sent or brought back, or has ended its process, are failed runs."""
    try:
        return future.result()
    except (StoreFailed, ExecutorRefused):
        raise
    except Exception as error:
        return [Done(Failure.by(error), kept=False)] * len(bundle)


def _singly(bundle: Bundle) -> Sequence[Bundle]:
    return [(task,) for task in bundle]


def _keep(store: RunStore, task: Task, outcome: Outcome) -> None:
    """Writes what came of a task. StoreFailed if the disk refuses."""
    what = about(task.scenario, task.seed, task.windows)
    if isinstance(outcome, Failure):
        store.put_failure(task.key, outcome.traceback, what)
    else:
        store.put(task.key, outcome, what)


class _Waiting:
    """Tasks that are still to be handed out; one whose like is under way is not handed out a second time."""

    def __init__(self, tasks: Iterable[Task], store: RunStore | None) -> None:
        self._coming = iter(tasks)
        self._store = store
        self._following: Task | None = None
        self._under_way: dict[str, int] = {}

    def bundles(self) -> Iterator[Bundle | Known[Bundle, list[Done]]]:
        """Tasks that follow one another and have a past in common; those that the store has are known."""
        while self._look() is not None:
            bundle: list[Task] = []
            while (task := self._look()) is not None and (not bundle or _akin(bundle[0], task)):
                self._following = None
                if task.key not in self._under_way:
                    bundle.append(task)
                self._under_way[task.key] = self._under_way.get(task.key, 0) + 1
            missing = []
            for task in bundle:
                kept = self._store.get(task.key) if self._store is not None else None
                if kept is None:
                    missing.append(task)
                else:
                    yield Known((task,), [Done(kept, kept=True)])
            if missing:
                yield tuple(missing)

    def _look(self) -> Task | None:
        """The task that comes next, which stays where it is."""
        if self._following is None:
            self._following = next(self._coming, None)
        return self._following

    def delivered(self, task: Task) -> int:
        """Notes that a task is done; how many there were with its key."""
        return self._under_way.pop(task.key)


def _akin(first: Task, other: Task) -> bool:
    """Whether two runs have a past in common."""
    return first.seed == other.seed and parting(first.scenario, other.scenario) > 0
