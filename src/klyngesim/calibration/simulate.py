"""Simulating with parameter values: candidates batch by batch into the store, and draws for the judgement of the fit.

Seeds of the judgement are its own: nothing was fitted on them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.funnel_flows import Flows, flows
from klyngesim.calibration.store import Store
from klyngesim.priors import Space
from klyngesim.runs.executors import in_order, local
from klyngesim.runs.jobs import OnProgress, Progress
from klyngesim.runs.simulation import let_go
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
from klyngesim.streams import Floats, Ints

BATCH = 10
"""Candidates of a batch: a kill costs at most this many per process."""

Simulator = Callable[[Mapping[str, float], int], Floats]
"""``simulator(values, seed)`` gives the observables, shape (T,), NaN = not defined; picklable."""

Report = Callable[[str, Progress], None]
"""Called with a stage and how far it is, in candidates."""

FIRST_SEED = 2_000_001
"""Seed of the first run; draws follow one by one. Waves and correction of the calibration stay below."""

WINDOW = "period.end=2023Q4"

FOLLOWED = "period.end=2027Q4"
"""End of the runs that follow the cohorts of 2021-2023: an external project of four years that began last has ended."""

Settings = Mapping[str, Scalar]
"""Parameter values of a run, by id; ``clusters.made.ID`` for one organisation."""


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
        observed = observe(model)
        let_go(model)
        return np.array([observed[key] for key in self.wanted], dtype=np.float64)


@dataclass(frozen=True)
class Batch:
    """Some candidates with their seeds, the number of the first one, and what simulates them."""

    first: int
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
        report: called after every batch.

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
        report(stage, Progress(finished, 0, total))
    batches = _batches(missing, points, space, seeds, simulator)
    with local(min(jobs, len(batches))) as executor, closing(executor.outcomes(simulate_batch, batches)) as outcomes:
        for batch, future in outcomes:
            values, took = future.result()
            store.add(stage, batch.first, values, took)
            finished += len(values)
            if report is not None:
                report(stage, Progress(finished, 0, total))
    found, _, seconds = store.finished(stage, shape)
    return found, seconds


def _batches(
    missing: Ints, points: Floats, space: Space, seeds: Sequence[Sequence[int]], simulator: Simulator
) -> list[Batch]:
    """Runs of neighbouring candidates, none longer than `BATCH`."""
    found = []
    breaks = np.flatnonzero(np.diff(missing) > 1) + 1
    for run in np.split(missing, breaks):
        for start in range(0, len(run), BATCH):
            chosen = [int(number) for number in run[start : start + BATCH]]
            values = tuple(space.values(points[number]) for number in chosen)
            found.append(Batch(chosen[0], simulator, values, tuple(tuple(seeds[number]) for number in chosen)))
    return found


@dataclass(frozen=True)
class Run:
    """What is kept of one run: observables by target, shape (T,), and what became of its cohorts."""

    observed: Floats
    flows: Flows


@dataclass(frozen=True)
class Job:
    """A run to be made.

    Attributes:
        scenario: resolved, up to 2023Q4, or later if nothing is observed.
        seed: run seed.
        wanted: (observable, cluster) of every value that is kept.
    """

    scenario: Scenario
    seed: int
    wanted: tuple[tuple[str, str], ...]


def simulate(job: Job) -> Run:
    """Makes a run."""
    from klyngesim.calibration.observables import observe
    from klyngesim.ecosystem.model import Ecosystem

    model = Ecosystem(job.scenario, job.seed)
    result = model.run()
    observed = observe(model) if job.wanted else {}
    let_go(model)
    return Run(np.array([observed[key] for key in job.wanted]), flows(result))


def simulate_all(jobs: Sequence[Job], processes: int = 1, on_progress: OnProgress | None = None) -> list[Run]:
    """Makes runs, in the order of the jobs whatever the number of processes."""
    return [future.result() for _, future in in_order(simulate, jobs, processes, on_progress)]


def draws_of(
    draws: Sequence[Settings],
    wanted: Sequence[tuple[str, str]],
    template: Template,
    first_seed: int = FIRST_SEED,
) -> list[Job]:
    """One job per draw, each with a seed of its own. ScenarioFaults if a value is not allowed."""
    keys = tuple(wanted)
    return [Job(template.at(draw), first_seed + index, keys) for index, draw in enumerate(draws)]
