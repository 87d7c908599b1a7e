"""The runs of a sweep: every point, scenario and seed, from the store or made now; a failed one is noted and passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from klyngesim.results.indicators import index
from klyngesim.results.windows import Floats, Window, windows_of
from klyngesim.runs.jobs import Executor, Failure, OnProgress, Progress
from klyngesim.runs.store import RunStore
from klyngesim.runs.tasks import Task, run_tasks
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.sweeps.design import SWITCHED, Design, Valued
from klyngesim.sweeps.file import Sweep
from klyngesim.sweeps.points import require_design, scenarios_of

Position = tuple[int, int, int]
"""Scenario, point, replicate."""


@dataclass
class SweepRuns:
    """What a sweep has made.

    Attributes:
        sweep: what was asked for.
        design: its points.
        window: years that outcomes are means over.
        values: outcomes of the programme, shape (scenarios, points, replicates) by indicator; NaN = failed.
        failures: reason by position.
        keys: name of every run in the store.
    """

    sweep: Sweep
    design: Design
    window: Window
    values: dict[str, Floats]
    failures: dict[Position, str] = field(default_factory=dict)
    keys: dict[Position, str] = field(default_factory=dict)

    def compared(self, outcome: str) -> dict[str, Floats]:
        """What is analysed, by scenario, shape (points, replicates).

        The outcome itself if there is one scenario; else every variant's difference from the baseline, paired by seed.
        """
        found, names = self.values[outcome], [scenario.name for scenario in self.sweep.scenarios]
        if len(names) == 1:
            return {names[0]: found[0]}
        return {name: found[place] - found[0] for place, name in enumerate(names) if place}


def design_of(sweep: Sweep) -> Design:
    """The points: those of the table, or laid by the method."""
    if sweep.fixed is not None:
        return sweep.fixed
    file = sweep.file
    priors = [factor.prior for factor in sweep.factors if factor.prior is not None]
    centre = {prior.id: prior.place(prior.mode) for prior in priors} if sweep.method.centred else {}
    return sweep.method.design(sweep.factors, file.samples or 0, file.seed, file.levels, centre)


def require_points(sweep: Sweep, file: str) -> None:
    """ScenarioFaults for points that cannot stand in a scenario of the sweep; ``file`` names the sweep."""
    require_design(design_of(sweep), sweep.templates, sweep.standing, file)


def run_sweep(
    sweep: Sweep,
    design: Design,
    store: RunStore | None,
    executor: Executor,
    on_progress: OnProgress | None = None,
) -> SweepRuns:
    """Makes what the store does not have, and gathers the outcomes.

    Points that come to the same scenario and seed are one run.

    Args:
        sweep: what to run.
        design: its points.
        store: where finished runs are kept and looked for; None = nowhere.
        executor: where runs are made.
        on_progress: called after every run.
    """
    shape = (len(sweep.scenarios), len(design), sweep.file.replicates)
    window = windows_of(sweep.scenarios[0])[0]
    found = SweepRuns(sweep, design, window, {name: np.full(shape, np.nan) for name in sweep.file.outcomes})
    columns = [index(name) for name in sweep.file.outcomes]
    waiting: dict[str, list[Position]] = {}
    # Of a run only the outcomes stay in memory: a sweep may have tens of thousands.
    known: dict[str, Floats | str] = {}
    done = 0

    def note(places: list[Position], outcome: Floats | str) -> None:
        nonlocal done
        for place in places:
            if isinstance(outcome, str):
                found.failures[place] = outcome
            else:
                for name, value in zip(found.values, outcome.tolist(), strict=True):
                    found.values[name][place] = value
        done += len(places)
        if on_progress is not None:
            on_progress(Progress(done, len(found.failures), sweep.runs))

    def tasks() -> Iterator[Task]:
        for place, outcome in _tasks(sweep, design, window):
            if isinstance(outcome, str):
                note([place], outcome)
                continue
            found.keys[place] = outcome.key
            if outcome.key in known:
                note([place], known[outcome.key])
            elif outcome.key in waiting:
                waiting[outcome.key].append(place)
            else:
                waiting[outcome.key] = [place]
                yield outcome

    for key, run in run_tasks(tasks(), store, executor):
        known[key] = run.traceback if isinstance(run, Failure) else run.indicators[0, -1, columns]
        note(waiting.pop(key), known[key])
    return found


def seed_of(sweep: Sweep, point: Valued, replicate: int) -> int:
    """Run seed of a replicate at a point: the same at all points, but for the two sets that the dummy chooses from."""
    other = any(factor.kind == "dummy" and value >= SWITCHED for factor, value in point)
    return sweep.file.seed + replicate + (sweep.file.replicates if other else 0)


def tasks_at(sweep: Sweep, point: Valued, window: Window) -> Iterator[tuple[int, int, Task]]:
    """The runs of a point, each with the places of its scenario and replicate; those of a seed follow one another.

    Raises:
        ScenarioFaults: the values cannot stand in a scenario.
    """
    scenarios = list(scenarios_of(point, sweep.templates, sweep.standing))
    for replicate in range(sweep.file.replicates):
        seed = seed_of(sweep, point, replicate)
        for place, scenario in enumerate(scenarios):
            yield place, replicate, Task(RunStore.key(scenario, seed, (window,)), scenario, seed, (window,))


def _tasks(sweep: Sweep, design: Design, window: Window) -> Iterator[tuple[Position, Task | str]]:
    """Every run, in the order of the points; a point that a scenario refuses is a failure, not a run."""
    for point in range(len(design)):
        try:
            for place, replicate, task in tasks_at(sweep, design.point(point), window):
                yield (place, point, replicate), task
        except ScenarioFaults as fault:
            for place in range(len(sweep.scenarios)):
                for replicate in range(sweep.file.replicates):
                    yield (place, point, replicate), str(fault)
