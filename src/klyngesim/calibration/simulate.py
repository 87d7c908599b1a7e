"""Simulating candidates: parameter values in, one number per target out, batch by batch into the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.space import Space
from klyngesim.calibration.store import Store
from klyngesim.experiments.crew import Crew
from klyngesim.experiments.pool import WorkerPool
from klyngesim.experiments.runner import let_go
from klyngesim.scenario.template import Template
from klyngesim.streams import Floats, Ints

BATCH = 10
"""Candidates of a batch: a kill costs at most this many per process."""

Simulator = Callable[[Mapping[str, float], int], Floats]
"""``simulator(values, seed)`` gives the observables, shape (T,), NaN = not defined; picklable."""

Report = Callable[[str, int, int], None]
"""``report(stage, done, total)`` hears how far a stage is, in candidates."""


@dataclass(frozen=True)
class ModelSimulator:
    """The model itself: a scenario up to a quarter, observed as the targets ask.

    Attributes:
        template: the scenario up to that quarter.
        wanted: (observable, cluster) of every target.
    """

    template: Template
    wanted: tuple[tuple[str, str], ...]

    def __call__(self, values: Mapping[str, float], seed: int) -> Floats:
        """Observables of one run, shape (T,). ScenarioFaults if a value is not allowed."""
        from klyngesim.calibration.observables import observe
        from klyngesim.ecosystem.model import Ecosystem

        model = Ecosystem(self.template.at(values), seed)
        model.run()
        found = observe(model)
        let_go(model)
        return np.array([found[key] for key in self.wanted], dtype=np.float64)


@dataclass(frozen=True)
class Batch:
    """Some candidates with their seeds, and what simulates them."""

    simulator: Simulator
    values: tuple[dict[str, float], ...]
    seeds: tuple[tuple[int, ...], ...]


def simulate_batch(batch: Batch) -> tuple[Floats, float]:
    """Observables of shape (candidates, seeds, T), and the seconds that it took."""
    began = time.perf_counter()
    rows = [
        [batch.simulator(values, seed) for seed in seeds]
        for values, seeds in zip(batch.values, batch.seeds, strict=True)
    ]
    return np.array(rows, dtype=np.float64), time.perf_counter() - began


def simulate_stage(
    store: Store,
    stage: str,
    space: Space,
    seeds: Sequence[Sequence[int]],
    simulator: Simulator,
    targets: int,
    jobs: int = 1,
    report: Report | None = None,
) -> tuple[Floats, float]:
    """Simulates what is missing of a stage whose design is in the store.

    Args:
        store: holds the design; takes the results.
        stage: name of the stage.
        space: the fitted parameters.
        seeds: run seeds of every candidate, all of the same number.
        simulator: the model.
        targets: number of observables.
        jobs: processes; 1 = this one.
        report: hears the progress.

    Returns:
        observables of shape (candidates, seeds, targets), and computing time in seconds over all attempts.
    """
    points = store.design(stage)
    if points is None:
        raise ValueError(f"the store has no design for {stage}")
    shape = (len(points), len(seeds[0]), targets)
    _, done, _ = store.finished(stage, shape)
    missing = np.setdiff1d(np.arange(len(points)), done)
    total, finished = len(points), len(done)
    if report is not None:
        report(stage, finished, total)
    for first, values, seconds in _results(_batches(missing, points, space, seeds, simulator), jobs):
        store.add(stage, first, values, seconds)
        finished += len(values)
        if report is not None:
            report(stage, finished, total)
    found, _, seconds = store.finished(stage, shape)
    return found, seconds


def _batches(
    missing: Ints, points: Floats, space: Space, seeds: Sequence[Sequence[int]], simulator: Simulator
) -> list[tuple[int, Batch]]:
    """Runs of neighbouring candidates, none longer than `BATCH`."""
    found = []
    breaks = np.flatnonzero(np.diff(missing) > 1) + 1
    for run in np.split(missing, breaks):
        for place in range(0, len(run), BATCH):
            chosen = [int(number) for number in run[place : place + BATCH]]
            values = tuple(space.values(points[number]) for number in chosen)
            found.append((chosen[0], Batch(simulator, values, tuple(tuple(seeds[number]) for number in chosen))))
    return found


def _results(batches: list[tuple[int, Batch]], jobs: int) -> Iterator[tuple[int, Floats, float]]:
    """Results as they come: (first candidate, observables, seconds)."""
    if jobs <= 1:
        for first, batch in batches:
            yield (first, *simulate_batch(batch))
        return
    if not batches:
        return
    with WorkerPool(min(jobs, len(batches))) as pool:
        crew: Crew[tuple[int, Batch], tuple[Floats, float]] = Crew(pool, lambda at: pool.submit(simulate_batch, at[1]))
        for (first, _), future in crew.through(batches):
            yield (first, *future.result())
