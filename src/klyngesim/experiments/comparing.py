"""The runs of a comparison: every scenario on the same lots, in batches, until the differences are known well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.evidence.organisations import organisation_ids
from klyngesim.experiments.lots import Lot, lots, under
from klyngesim.experiments.paired import Paired, paired
from klyngesim.experiments.pool import WorkerPool
from klyngesim.experiments.runner import Progress, run_once
from klyngesim.experiments.store import RunStore
from klyngesim.experiments.windows import Measured, Window, measure, windows_of
from klyngesim.results.indicators import index
from klyngesim.results.yearly import Floats
from klyngesim.scenario.loading import load

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

MAIN = (
    "participants_unique_year",
    "new_participants",
    "members",
    "applications_won",
    "projects_external_started",
    "external_private_mkr",
    "external_public_mkr",
    "social_capital",
)
"""Indicators whose intervals decide when there are pairs enough, and which figure and summary show."""

BATCH = 20
"""Pairs that are added before the intervals are looked at again."""

SMALLEST = "comparison.smallest_effect"
"""Parameter with the smallest effect of interest, as a share of the baseline's level."""

Heard = Callable[[Progress], None]


class ComparisonRefused(Exception):
    """Scenarios that cannot be compared; the text says why and what to do."""


@dataclass
class Runs:
    """All runs of a comparison.

    Attributes:
        scenarios: baseline first, at the central values.
        windows: what the runs were measured in.
        lots: one for each pair.
        measured: a list per scenario, a run for each lot.
        failures: lots that could not be run, with the reason; all scenarios leave them out.
        enough: whether the main intervals are narrower than the smallest effect of interest.
        skipped: lots whose assumed values did not fit together.
    """

    scenarios: tuple[Scenario, ...]
    windows: tuple[Window, ...]
    lots: list[Lot] = field(default_factory=list)
    measured: list[list[Measured]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    enough: bool = False
    skipped: int = 0

    @property
    def organisations(self) -> tuple[str, ...]:
        """Ids of the organisations, in the order of the rows."""
        return organisation_ids()

    @property
    def smallest_effect(self) -> float:
        """Smallest effect of interest, as a share of the baseline's level."""
        return float(self.scenarios[0].values[SMALLEST])

    def values(self, window: int, indicator: str, row: int = -1) -> Floats:
        """An indicator of the programme (or of organisation ``row``), shape (scenarios, pairs)."""
        column = index(indicator)
        return np.array([[run.indicators[window, row, column] for run in runs] for runs in self.measured])

    def paired(self, variant: int, window: int, indicator: str, row: int = -1) -> Paired:
        """The paired differences of a variant (1, 2, ...) from the baseline."""
        values = self.values(window, indicator, row)
        return paired(values[0], values[variant])

    def narrow(self) -> bool:
        """Whether every main interval of the first window is narrower than the smallest effect on either side."""
        if len(self.lots) < 2:
            return False
        for variant in range(1, len(self.scenarios)):
            for indicator in MAIN:
                found = self.paired(variant, 0, indicator)
                if found.n and found.half_width > self.smallest_effect * abs(found.baseline):
                    return False
        return True


def opened(sources: Sequence[str], settings: Sequence[str]) -> tuple[Scenario, ...]:
    """The scenarios at the central values, baseline first.

    Raises:
        ScenarioFaults: one of them is wrong.
        ComparisonRefused: there is no variant, or they differ in population, start or end, or two have one name.
    """
    if len(sources) < 2:
        raise ComparisonRefused("a comparison needs a baseline and at least one variant: compare BASELINE VARIANT...")
    scenarios = tuple(load(source, settings) for source in sources)
    base, names = scenarios[0], [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise ComparisonRefused(f"two scenarios are called {name}; in a comparison each needs a name of its own")
    for scenario in scenarios[1:]:
        for what in ("scale", "start", "end"):
            mine, theirs = getattr(scenario, what), getattr(base, what)
            if mine != theirs:
                raise ComparisonRefused(
                    f"{scenario.name} and {base.name} differ in {what} ({mine} and {theirs}), so their runs cannot be "
                    "paired; take the line out of the variant's file, or set one value for all with --set"
                )
    return scenarios


def run_pairs(
    sources: Sequence[str],
    settings: Sequence[str],
    pairs: int,
    over: str,
    store: RunStore | None = None,
    jobs: int = 1,
    heard: Heard | None = None,
    at_least: int = BATCH,
) -> Runs:
    """Runs every scenario on the same lots: first ``at_least`` pairs, then batches until it is enough or ``pairs``.

    Args:
        sources: files or shipped names, baseline first.
        settings: ``PATH=VALUE`` for all of them.
        pairs: most pairs.
        over: a word of `lots.OVER`.
        store: where finished runs are kept and looked for; None = nowhere.
        jobs: worker processes.
        heard: hears of every run that is done.
        at_least: pairs before the intervals are looked at.

    Raises:
        ScenarioFaults, ComparisonRefused: see `opened`.
        ValueError, FileNotFoundError: see `lots.lots`.
    """
    scenarios = opened(sources, settings)
    found = Runs(scenarios, windows_of(scenarios[0]), measured=[[] for _ in scenarios])
    coming = lots(over, pairs, scenarios[0].seed)
    total = pairs * len(scenarios)
    with workers(jobs) as pool:
        while len(found.lots) + len(found.failures) < pairs:
            room = min(BATCH if found.lots else max(2, at_least), pairs - len(found.lots) - len(found.failures))
            batch = _fitting(coming, room, sources, settings, found)
            if not batch:
                break
            _run_batch(batch, found, store, pool, heard, total)
            if len(found.lots) >= at_least and found.narrow():
                found.enough = True
                break
    return found


def run_lots(
    sources: Sequence[str],
    settings: Sequence[str],
    chosen: Sequence[Lot],
    store: RunStore | None = None,
    pool: WorkerPool | None = None,
    heard: Heard | None = None,
) -> Runs:
    """Runs every scenario on given lots, in a pool that is open already. Otherwise as `run_pairs`.

    Lots whose values do not fit together in a scenario are left out.
    """
    scenarios = opened(sources, settings)
    found = Runs(scenarios, windows_of(scenarios[0]), measured=[[] for _ in scenarios])
    batch = _fitting(iter(chosen), len(chosen), sources, settings, found)
    _run_batch(batch, found, store, pool, heard, len(chosen) * len(scenarios))
    return found


def workers(jobs: int) -> WorkerPool | _Here:
    """A pool as a context manager that gives None where one process is enough."""
    return WorkerPool(jobs) if jobs > 1 else _Here()


def _fitting(
    coming: Iterator[Lot], room: int, sources: Sequence[str], settings: Sequence[str], found: Runs
) -> list[tuple[Lot, list[Scenario]]]:
    """The next lots whose values fit together in every scenario."""
    batch: list[tuple[Lot, list[Scenario]]] = []
    for lot in coming:
        scenarios = under(lot, sources, settings)
        if scenarios is None:
            found.skipped += 1
        else:
            batch.append((lot, scenarios))
            if len(batch) == room:
                break
    return batch


class _Here:
    """Stands for a pool where there is one process only."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None


def _run_batch(
    batch: Sequence[tuple[Lot, Sequence[Scenario]]],
    found: Runs,
    store: RunStore | None,
    pool: WorkerPool | None,
    heard: Heard | None,
    total: int,
) -> None:
    """Adds the runs of a batch to what there is; a lot that fails in one scenario is left out of all."""
    before = (len(found.lots) + len(found.failures)) * len(found.scenarios)
    done: dict[tuple[int, int], Measured | Exception] = {}
    work: dict[tuple[int, int], tuple[Scenario, int, str]] = {}
    for place, (lot, scenarios) in enumerate(batch):
        for number, scenario in enumerate(scenarios):
            key = RunStore.key(scenario, lot.seed, found.windows)
            kept = store.get(key) if store is not None else None
            if kept is not None:
                done[place, number] = kept
            else:
                work[place, number] = (scenario, lot.seed, key)

    def tell() -> None:
        if heard is not None:
            failed = sum(isinstance(outcome, Exception) for outcome in done.values())
            heard(Progress(before + len(done), failed, total))

    tell()
    for at, outcome in _outcomes(work, found.windows, pool):
        if store is not None and isinstance(outcome, Measured):
            store.put(work[at][2], outcome)
        done[at] = outcome
        tell()
    for place, (lot, _) in enumerate(batch):
        outcomes = [done[place, number] for number in range(len(found.scenarios))]
        wrong = [
            f"{scenario.name}, seed {lot.seed}, draw {lot.draw}: {type(error).__name__}: {error}"
            for scenario, error in zip(found.scenarios, outcomes, strict=True)
            if isinstance(error, Exception)
        ]
        if wrong:
            found.failures.append("; ".join(wrong))
            continue
        found.lots.append(lot)
        for runs, outcome in zip(found.measured, outcomes, strict=True):
            assert isinstance(outcome, Measured)
            runs.append(outcome)


def _outcomes(
    work: dict[tuple[int, int], tuple[Scenario, int, str]], windows: tuple[Window, ...], pool: WorkerPool | None
) -> Iterator[tuple[tuple[int, int], Measured | Exception]]:
    """Measured runs, or what stopped them, as they come."""
    if pool is None:
        for at, (scenario, seed, _) in work.items():
            try:
                yield at, measured_run(scenario, seed, windows)
            except Exception as error:
                yield at, error
        return
    waiting: dict[Future[Measured], tuple[int, int]] = {
        pool.submit(measured_run, scenario, seed, windows): at for at, (scenario, seed, _) in work.items()
    }
    while waiting:
        finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in finished:
            at = waiting.pop(future)
            try:
                yield at, future.result()
            except Exception as error:
                yield at, error


def measured_run(scenario: Scenario, seed: int, windows: tuple[Window, ...]) -> Measured:
    """One run of the model, reduced to what a comparison keeps."""
    return measure(run_once(scenario, seed), windows)
