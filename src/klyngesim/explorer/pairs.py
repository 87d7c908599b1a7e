"""The exact runs behind a page: at every point the levers moved and as today, on one seed, year by year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.errors import WorkError
from klyngesim.results.indicators import index
from klyngesim.results.windows import complete_years, windows_of
from klyngesim.runs.jobs import Executor, Failure, OnProgress, Progress
from klyngesim.runs.store import RunStore
from klyngesim.runs.tasks import Task, run_tasks
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.limits import require
from klyngesim.scenario.schema import Scenario
from klyngesim.streams import Floats
from klyngesim.sweeps.design import Design
from klyngesim.sweeps.file import Sweep
from klyngesim.sweeps.points import numbers_and_switches, pulled

MOVED, TODAY = 0, 1


@dataclass(frozen=True)
class Pairs:
    """Pairs of runs at n points; what failed in either run is left out.

    Attributes:
        values: of every factor, in its own unit, shape (n, factors).
        moved: outcomes by complete year with the levers moved, shape (n, years, outcomes); mean over the point's seeds.
        today: the same with all levers as today.
        seeds: first seed of every point, shape (n,).
        failures: reasons of points that are left out.
    """

    values: Floats
    moved: Floats
    today: Floats
    seeds: tuple[int, ...]
    failures: tuple[str, ...]

    @property
    def difference(self) -> Floats:
        """What the levers change, shape (n, years, outcomes)."""
        return self.moved - self.today


def run_points(
    sweep: Sweep,
    design: Design,
    first_seed: int,
    store: RunStore | None,
    executor: Executor,
    on_progress: OnProgress | None = None,
) -> Pairs:
    """Runs every point with its levers moved and as today; what the store has is not run again.

    Every point has seeds of its own, so that luck averages out over points instead of being learnt with them.

    Args:
        sweep: of one scenario, with levers.
        design: the points.
        first_seed: of the first point; each takes as many as the sweep has replicates.
        store: where finished runs are kept and looked for; None = nowhere.
        executor: where runs are made.
        on_progress: called after every run.

    Raises:
        WorkError: more than a tenth of the points failed.
    """
    tasks: dict[str, Task] = {}
    places: dict[str, list[tuple[int, int, int]]] = {}
    for point, seed, replicate in _seeded(sweep, design, first_seed):
        for side, task in enumerate(_pair(sweep, design, point, seed)):
            tasks[task.key] = task
            places.setdefault(task.key, []).append((side, point, replicate))
    columns = [index(name) for name in sweep.file.outcomes]
    found: dict[tuple[int, int, int], Floats] = {}
    failed: dict[int, str] = {}
    done = 0
    for key, run in run_tasks(tasks.values(), store, executor):
        for place in places.pop(key):
            done += 1
            if isinstance(run, Failure):
                failed.setdefault(place[1], f"point {place[1]}: {run.reason}")
            else:
                found[place] = run.yearly[:, columns]
        if on_progress is not None:
            on_progress(Progress(done, len(failed), 2 * len(design) * sweep.file.replicates))
    kept = [point for point in range(len(design)) if point not in failed]
    if len(failed) > len(design) / 10:
        raise WorkError(f"{len(failed)} of {len(design)} points failed; the first: {next(iter(failed.values()))}")
    replicates = range(sweep.file.replicates)
    moved, today = (
        np.array([np.mean([found[side, point, one] for one in replicates], axis=0) for point in kept])
        for side in (MOVED, TODAY)
    )
    values = np.array([[design.values(point)[one.id] for one in design.factors] for point in kept])
    seeds = tuple(first_seed + point * sweep.file.replicates for point in kept)
    return Pairs(values, moved, today, seeds, tuple(failed.values()))


def require_values(sweep: Sweep, store: RunStore | None, executor: Executor) -> None:
    """Refuses outcomes that have no value in some year as today: a run on the first seed tells, before the others.

    Raises:
        ScenarioFaults: names them and the years.
        WorkError: the run failed.
    """
    (scenario,) = sweep.scenarios
    ((_, run),) = run_tasks([_task(sweep, scenario, scenario.seed)], store, executor)
    if isinstance(run, Failure):
        raise WorkError(f"{scenario.name}, seed {scenario.seed}, failed: {run.reason}")
    years = complete_years(scenario.start, scenario.quarters)
    found = []
    for place, name in enumerate(sweep.file.outcomes):
        without = [str(year) for year, value in zip(years, run.yearly[:, index(name)], strict=True) if np.isnan(value)]
        if without:
            reason = f"it has no value as today in {', '.join(without)}, and a chart has all years"
            allowed = "an outcome with a value in every year, such as members (klyngesim indicators)"
            found.append(Fault(sweep.inputs[0][0], f"outcomes[{place}]", name, allowed, reason=reason))
    require(found)


def _seeded(sweep: Sweep, design: Design, first_seed: int) -> Iterator[tuple[int, int, int]]:
    """Point, seed and replicate of every pair."""
    for point in range(len(design)):
        for replicate in range(sweep.file.replicates):
            yield point, first_seed + point * sweep.file.replicates + replicate, replicate


def _pair(sweep: Sweep, design: Design, point: int, seed: int) -> Sequence[Task]:
    """Both runs, one after the other, so that their common past is simulated once."""
    (template,) = sweep.templates
    valued = design.point(point)
    numbers, _ = numbers_and_switches(valued, sweep.standing)
    scenarios = (template.at(pulled(valued, template), numbers), template.at({}, numbers))
    return [_task(sweep, one, seed) for one in scenarios]


def _task(sweep: Sweep, scenario: Scenario, seed: int) -> Task:
    """A run, measured in the years that verdicts are on, as in a comparison."""
    windows = windows_of(sweep.scenarios[0])[:1]
    return Task(RunStore.key(scenario, seed, windows), scenario, seed, windows)
