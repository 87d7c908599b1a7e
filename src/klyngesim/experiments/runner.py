"""Replicates of a scenario: one run per seed, in this process or in several, delivered in their order.

A replicate that fails becomes a ``Failure`` and costs the others nothing, even if its process dies without a
word.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klyngesim.experiments.crew import Crew
from klyngesim.experiments.interrupts import Interrupts
from klyngesim.experiments.pool import WorkerPool
from klyngesim.results.records import Failure, RunResult

if TYPE_CHECKING:
    from klyngesim.ecosystem.model import Ecosystem
    from klyngesim.scenario.schema import Scenario

Outcome = RunResult | Failure
Simulate = Callable[["Scenario", int, int], RunResult]
"""``simulate(scenario, seed, draw)``; with several processes it has to be a function that can be pickled."""

_AHEAD = 8  # runs per process that may be finished or under way beyond the one to be delivered next


@dataclass(frozen=True)
class Progress:
    """How far the replicates are: ``done`` of ``total``, ``failed`` of them without a result."""

    done: int
    failed: int
    total: int


@dataclass(frozen=True)
class Run:
    """One run to be made: a scenario, a seed, and the posterior draw that the scenario's parameters come from."""

    scenario: Scenario
    seed: int
    draw: int = 0


def run_once(scenario: Scenario, seed: int, draw: int = 0) -> RunResult:
    """One run of the model."""
    from klyngesim.ecosystem.model import Ecosystem

    model = Ecosystem(scenario, seed, draw)
    result = model.run()
    let_go(model)
    return result


def let_go(model: Ecosystem) -> None:
    """Frees the arrays of a model that has been run; it cannot be used any more.

    A Mesa model stands in circles of references, which Python opens when enough objects have gathered, not when
    enough memory has: a process that makes thousands of runs would hold several worlds at a time.
    """
    del model.world


def run_replicates(
    scenario: Scenario,
    seeds: Sequence[int],
    jobs: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    simulate: Simulate | None = None,
    interrupts: Interrupts | None = None,
    drawn: Sequence[tuple[int, Scenario]] = (),
) -> Generator[Outcome, None, None]:
    """A result or a failure for every seed, in the order of ``seeds``, whatever ``jobs`` is.

    ``drawn`` pairs seeds with posterior draws: the number of the draw and the scenario with its parameters, one for
    every seed; without it every seed runs ``scenario`` at the central values (draw 0).

    With ``jobs`` above 1 the runs go to that many new processes (spawn, one BLAS thread each). On Ctrl-C the
    runs under way are dropped and those finished are still delivered; then the iterator ends if
    ``interrupts`` was given (its ``requested`` says so), else KeyboardInterrupt is raised.
    """
    stop = interrupts or Interrupts()
    if drawn and len(drawn) != len(seeds):
        raise ValueError(f"{len(drawn)} draws for {len(seeds)} seeds: every seed needs one")
    pairs = drawn or [(0, scenario)] * len(seeds)
    runs = [Run(chosen, seed, draw) for seed, (draw, chosen) in zip(seeds, pairs, strict=True)]
    counter = _Counter(len(runs), on_progress)
    function = simulate or run_once
    jobs = min(jobs, len(runs))
    if jobs <= 1:
        yield from _here(runs, function, counter, stop)
    else:
        yield from _Elsewhere(runs, function, counter, stop, jobs).outcomes()
    if stop.requested and interrupts is None:
        raise KeyboardInterrupt


class _Counter:
    """Counts outcomes and tells whoever wants to know."""

    def __init__(self, total: int, listener: Callable[[Progress], None] | None) -> None:
        self._done = self._failed = 0
        self._total = total
        self._listener = listener

    def count(self, outcome: Outcome) -> None:
        self._done += 1
        self._failed += isinstance(outcome, Failure)
        if self._listener is not None:
            self._listener(Progress(self._done, self._failed, self._total))


def _here(runs: Sequence[Run], function: Simulate, counter: _Counter, stop: Interrupts) -> Iterator[Outcome]:
    """One run after the other in this process."""
    for run in runs:
        try:
            with stop.stopping():
                outcome = _attempt(function, run)
        except KeyboardInterrupt:
            return
        counter.count(outcome)
        yield outcome


class _Elsewhere:
    """Runs in several processes, delivered in their order."""

    def __init__(
        self, runs: Sequence[Run], function: Simulate, counter: _Counter, stop: Interrupts, jobs: int
    ) -> None:
        self._runs, self._function = runs, function
        self._counter, self._stop, self._jobs = counter, stop, jobs
        self._arrived: dict[int, Outcome] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """Outcomes in the order of the runs; on Ctrl-C those that are finished."""
        todo, following, stopped = deque(range(len(self._runs))), 0, False
        with WorkerPool(self._jobs) as pool:
            crew: Crew[int, Outcome] = Crew(pool, lambda at: pool.submit(_attempt, self._function, self._runs[at]))
            while following < len(self._runs) and not stopped:
                # Not far ahead of the one to be delivered next.
                while todo and crew.has_room and todo[0] < following + _AHEAD * self._jobs:
                    crew.hand_out(todo.popleft())
                try:
                    found = crew.arrived(self._stop.stopping)
                except KeyboardInterrupt:
                    found, stopped = crew.finished(), True
                    pool.kill()
                for at, future in found:
                    self._take(at, future)
                while following in self._arrived:
                    yield self._arrived.pop(following)
                    following += 1
        for at in sorted(self._arrived):
            yield self._arrived[at]

    def _take(self, at: int, future: Future[Outcome]) -> None:
        error = future.exception()
        outcome = _failure(self._runs[at], error) if error else future.result()
        self._arrived[at] = outcome
        self._counter.count(outcome)


def _attempt(function: Simulate, run: Run) -> Outcome:
    """One run, or the record of why there is none."""
    try:
        return function(run.scenario, run.seed, run.draw)
    except Exception as error:
        return _failure(run, error)


def _failure(run: Run, error: BaseException) -> Failure:
    """The record of a run that ended in this error."""
    kind, message = type(error).__name__, str(error)
    if isinstance(error, BrokenProcessPool):
        kind = "ProcessDied"
        message = "the process of this run ended without a word every time: killed, or out of memory"
    text = "".join(traceback.format_exception(error))
    return Failure(run.scenario.name, run.seed, run.draw, kind, message, text)
