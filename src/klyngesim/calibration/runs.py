"""Simulating draws for the judgement of the fit: observables and cohorts of 2021-2023, in worker processes.

Seeds are the verdict's own: nothing was fitted on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.funnel_flows import Flows, flows
from klyngesim.experiments.crew import Crew
from klyngesim.experiments.pool import WorkerPool
from klyngesim.experiments.runner import let_go
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
from klyngesim.streams import Floats

FIRST_SEED = 2_000_001
"""Seed of the first run; draws follow one by one. Waves and correction of the calibration stay below."""

WINDOW = "period.end=2023Q4"

FOLLOWED = "period.end=2027Q4"
"""End of the runs that follow the cohorts of 2021-2023: an external project of four years that began last has ended."""

Settings = Mapping[str, Scalar]
"""Parameter values of a run, by id; ``clusters.made.ID`` for one organisation."""

OnProgress = Callable[[int, int], None]
"""``on_progress(done, total)`` after every run."""


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
    found = observe(model) if job.wanted else {}
    let_go(model)
    return Run(np.array([found[key] for key in job.wanted]), flows(result))


def simulate_all(jobs: Sequence[Job], processes: int = 1, on_progress: OnProgress | None = None) -> list[Run]:
    """Makes runs, in the order of the jobs whatever the number of processes."""
    if processes <= 1 or len(jobs) < 2:
        found = []
        for job in jobs:
            found.append(simulate(job))
            if on_progress is not None:
                on_progress(len(found), len(jobs))
        return found
    with WorkerPool(min(processes, len(jobs))) as pool:
        crew: Crew[int, Run] = Crew(pool, lambda at: pool.submit(simulate, jobs[at]))
        made: dict[int, Run] = {}
        for at, future in crew.through(range(len(jobs))):
            made[at] = future.result()
            if on_progress is not None:
                on_progress(len(made), len(jobs))
        return [made[at] for at in range(len(jobs))]


def draws_of(
    draws: Sequence[Settings],
    wanted: Sequence[tuple[str, str]],
    template: Template,
    first_seed: int = FIRST_SEED,
) -> list[Job]:
    """One job per draw, each with a seed of its own. ScenarioFaults if a value is not allowed."""
    keys = tuple(wanted)
    return [Job(template.at(draw), first_seed + place, keys) for place, draw in enumerate(draws)]
