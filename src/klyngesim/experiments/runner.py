"""Replicates of a scenario: one run per seed, in this process or in several, delivered in their order.

A replicate that fails becomes a ``Failure`` and costs the others nothing, even if its process dies without a
word.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klyngesim.experiments.interrupts import Interrupts
from klyngesim.experiments.pool import WorkerPool
from klyngesim.results.records import Failure, RunResult

if TYPE_CHECKING:
    from klyngesim.ecosystem.model import Ecosystem
    from klyngesim.scenario.schema import Scenario

Outcome = RunResult | Failure
Simulate = Callable[["Scenario", int, int], RunResult]
"""``simulate(scenario, seed, draw)``; with several processes it has to be a function that can be pickled."""

_QUEUED = 2  # runs handed out per process, so that none waits while this process writes
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
    """Runs in several processes. One that dies takes its pool along, so those runs are tried again alone."""

    def __init__(
        self, runs: Sequence[Run], function: Simulate, counter: _Counter, stop: Interrupts, jobs: int
    ) -> None:
        self._runs, self._function = runs, function
        self._counter, self._stop, self._jobs = counter, stop, jobs
        self._todo = deque(range(len(runs)))
        self._running: dict[Future[Outcome], int] = {}
        self._arrived: dict[int, Outcome] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """Outcomes in the order of the runs."""
        following = 0
        while following < len(self._runs):
            with WorkerPool(self._jobs) as pool:
                try:
                    while following < len(self._runs):
                        self._hand_out(pool, following)
                        with self._stop.stopping():
                            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
                        self._collect(done)
                        while following in self._arrived:
                            yield self._arrived.pop(following)
                            following += 1
                    return
                except BrokenProcessPool:
                    pool.kill()
                except KeyboardInterrupt:
                    self._keep_finished()
                    pool.kill()
                    break
            try:
                self._try_alone()
            except KeyboardInterrupt:
                break
        for place in sorted(self._arrived):
            yield self._arrived[place]

    def _hand_out(self, pool: WorkerPool, following: int) -> None:
        """Keep every process busy, without running far ahead of the one to be delivered next."""
        limit = following + _AHEAD * self._jobs
        while self._todo and len(self._running) < _QUEUED * self._jobs and self._todo[0] < limit:
            place = self._todo[0]
            self._running[pool.submit(_attempt, self._function, self._runs[place])] = place
            self._todo.popleft()

    def _collect(self, done: set[Future[Outcome]]) -> None:
        """Take in what has come; BrokenProcessPool if a process died, after taking in everything else."""
        broken = None
        for future in done:
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                broken = error
            else:
                place = self._running.pop(future)
                self._arrive(place, _failure(self._runs[place], error) if error else future.result())
        if broken is not None:
            raise broken

    def _keep_finished(self) -> None:
        """Take in the runs that were finished when Ctrl-C came."""
        with suppress(BrokenProcessPool):
            self._collect({future for future in self._running if future.done()})

    def _try_alone(self) -> None:
        """One at a time, in a process of their own, the runs that were under way when a process died."""
        suspects = sorted(self._running.values())
        self._running.clear()
        for place in suspects:
            try:
                with WorkerPool(1) as pool, self._stop.stopping():
                    outcome = pool.submit(_attempt, self._function, self._runs[place]).result()
            except BrokenProcessPool as error:
                outcome = _failure(self._runs[place], error)
            self._arrive(place, outcome)

    def _arrive(self, place: int, outcome: Outcome) -> None:
        self._arrived[place] = outcome
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
        message = "the process of this run ended without a word: killed, or out of memory"
    text = "".join(traceback.format_exception(error))
    return Failure(run.scenario.name, run.seed, run.draw, kind, message, text)
