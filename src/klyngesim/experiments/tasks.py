"""A run as a piece of work: what to run, how it is done beside a store, and what comes of it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self
from weakref import WeakSet

from klyngesim.experiments.common_past import run_together
from klyngesim.experiments.store import RunStore, about, model_fingerprint
from klyngesim.experiments.windows import Measured, Window, measure
from klyngesim.scenario.past import parting

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


@dataclass(frozen=True)
class Failed:
    """A run that did not come to its end.

    Attributes:
        text: traceback as Python prints it, or what else there is to say.
        reason: class and text of the error, for a line.
    """

    text: str
    reason: str = ""

    @classmethod
    def by(cls, error: BaseException) -> Failed:
        """What an error leaves."""
        return cls("".join(traceback.format_exception(error)), f"{type(error).__name__}: {error}")

    @classmethod
    def by_death(cls) -> Failed:
        """What is left to say of a run whose process has died every time."""
        reason = "ProcessDied: the process of this run ended without a word every time: killed, or out of memory"
        return cls(reason, reason)


Outcome = Measured | Failed

Bundle = tuple[Task, ...]
"""Tasks that go to one process: of one seed and with a past in common, or a single one."""

Measure = Callable[[Bundle], Iterator[tuple[Task, Outcome]]]
"""Makes the runs of a bundle, in any order; one that other processes are to find has to be a function of a module."""


@dataclass(frozen=True)
class Done:
    """What comes back of a piece of work: the outcome, and whether the store has it already."""

    outcome: Outcome
    kept: bool


class ExecutorRefused(Exception):
    """Runs cannot be made in this way, or no longer; the text says why and what to do. Finished ones are kept."""


Outcomes = Generator[tuple[str, Outcome], None, None]
"""Keys and outcomes, as they come."""


class Executor(Protocol):
    """A way to make many runs; as a context manager it ends whatever it has under way."""

    def run(self, tasks: Iterable[Task], store: RunStore | None) -> Outcomes:
        """One key and outcome for every task, in whatever order they come.

        Tasks are taken from the iterable as they are needed. Runs that the store has are not made again; the others
        are in the store before they are delivered. A run that fails costs the others nothing. What was started is
        ended with the generator; one that is left early is closed by its executor's context, or by hand.

        Args:
            tasks: runs to be made; those with equal keys may be made once.
            store: where finished runs are looked for and kept; None = nowhere.

        Raises:
            StoreFailed: the store cannot be written any more.
            ExecutorRefused: nothing can be run in this way.
        """
        ...

    def __enter__(self) -> Executor: ...

    def __exit__(self, *error: object) -> None: ...


class Ending:
    """What executors have in common: the end of the context is the end of what is under way."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for outcomes in list(self._open):
            outcomes.close()

    @cached_property
    def _open(self) -> WeakSet[Outcomes]:
        return WeakSet()

    def _noted(self, outcomes: Outcomes) -> Outcomes:
        self._open.add(outcomes)
        return outcomes


def measured_runs(bundle: Bundle) -> Iterator[tuple[Task, Outcome]]:
    """Runs of the model, each reduced to what a store keeps as soon as it has ended."""
    for place, run in run_together([task.scenario for task in bundle], bundle[0].seed):
        task = bundle[place]
        yield task, Failed.by(run) if isinstance(run, Exception) else measure(run, task.windows)


def work(bundle: Bundle, store: RunStore | None, model: str, measured: Measure) -> list[Done]:
    """Finds runs in the store, or makes them and keeps each there as it ends, if the store can be seen from here.

    Args:
        bundle: the runs.
        store: a store of whoever asks, which may be another machine.
        model: fingerprint of the model that the keys were made for.
        measured: makes runs.

    Returns:
        What came of each run, in the order of the bundle.

    Raises:
        StoreFailed: the store cannot be written.
        ExecutorRefused: the model here is another one.
    """
    if model_fingerprint() != model:
        raise ExecutorRefused(
            "a worker has another version of the model than the command; install the same one everywhere, leave its "
            "files alone while it runs, and give the command again"
        )
    near = store if store is not None and store.is_here() else None
    found = {task.key: Done(run, kept=True) for task in bundle if near and (run := near.get(task.key)) is not None}
    missing = tuple(task for task in bundle if task.key not in found)
    for task, outcome in measured(missing) if missing else ():
        if near is not None:
            keep(near, task, outcome)
        found[task.key] = Done(outcome, kept=near is not None)
    return [found[task.key] for task in bundle]


def keep(store: RunStore, task: Task, outcome: Outcome) -> None:
    """Writes what came of a task. StoreFailed if the disk refuses."""
    what = about(task.scenario, task.seed, task.windows)
    if isinstance(outcome, Failed):
        store.put_failure(task.key, outcome.text, what)
    else:
        store.put(task.key, outcome, what)


class Waiting:
    """Tasks that are still to be handed out; one whose like is under way is not handed out a second time."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._coming = iter(tasks)
        self._following: Task | None = None
        self._under_way: dict[str, int] = {}

    def next(self) -> Bundle:
        """The next tasks: those that follow one another and have a past in common; empty if there are no more."""
        bundle: list[Task] = []
        while (task := self._look()) is not None and (not bundle or _akin(bundle[0], task)):
            self._following = None
            if task.key not in self._under_way:
                bundle.append(task)
            self._under_way[task.key] = self._under_way.get(task.key, 0) + 1
        return tuple(bundle)

    def _look(self) -> Task | None:
        """The task that comes next, which stays where it is."""
        if self._following is None:
            self._following = next(self._coming, None)
        return self._following

    def delivered(self, task: Task, done: Done, store: RunStore | None) -> list[tuple[str, Outcome]]:
        """What to deliver for a task that is done, kept by now: once for every task with its key."""
        if store is not None and not done.kept:
            keep(store, task, done.outcome)
        return [(task.key, done.outcome)] * self._under_way.pop(task.key)


def _akin(first: Task, other: Task) -> bool:
    """Whether two runs have a past in common."""
    return first.seed == other.seed and parting(first.scenario, other.scenario) > 0
