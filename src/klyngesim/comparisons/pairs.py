"""A comparison: every scenario on the same draws, in batches, until the paired differences are known well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.comparisons.differences import Paired, paired
from klyngesim.comparisons.draws import Lot, lots, under
from klyngesim.errors import InputError
from klyngesim.evidence.organisations import organisation_ids
from klyngesim.results.comparison import FEWEST, MAIN
from klyngesim.results.indicators import index
from klyngesim.results.windows import Floats, Measured, Window, windows_of
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Executor, Failure, OnProgress, Progress
from klyngesim.runs.store import RunStore
from klyngesim.runs.tasks import Outcome, Task, run_tasks
from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.limits import require, seeds_fault, year_fault
from klyngesim.scenario.loading import read_template
from klyngesim.scenario.merging import require_held

if TYPE_CHECKING:
    from pathlib import Path

    from klyngesim.scenario.documents import Document
    from klyngesim.scenario.scalars import Plain
    from klyngesim.scenario.schema import Scenario
    from klyngesim.scenario.template import Template


SMALLEST = "comparison.smallest_effect"
"""Parameter with the smallest effect of interest, as a share of the baseline's level."""


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
        settings: ``PATH=VALUE`` that hold in all runs.
    """

    scenarios: tuple[Scenario, ...]
    windows: tuple[Window, ...]
    lots: list[Lot] = field(default_factory=list)
    measured: list[list[Measured]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    enough: bool = False
    skipped: int = 0
    settings: tuple[str, ...] = ()

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
        if len(self.lots) < FEWEST:
            return False
        for variant in range(1, len(self.scenarios)):
            for indicator in MAIN:
                found = self.paired(variant, 0, indicator)
                if found.n and found.half_width > self.smallest_effect * abs(found.baseline):
                    return False
        return True


def opened(sources: Sequence[str], settings: Sequence[str], seeds: int = 1) -> tuple[Template, ...]:
    """What is to be compared, baseline first; the files are not opened again.

    Args:
        sources: files or shipped names.
        settings: ``PATH=VALUE`` that hold in all of them.
        seeds: how many the comparison may take, from the baseline's first on.

    Raises:
        ScenarioFaults: everything that is wrong with any of them, settings that do not hold in all of them included,
            and what they lack to be measured: seeds, or a whole year.
        InputError: there is no variant, or they differ in population, start or end, or two have one name.
    """
    if len(sources) < 2:
        raise InputError("a comparison needs a baseline and at least one variant: compare BASELINE VARIANT...")
    templates: list[Template] = []
    documents: dict[Path, Document] = {}
    faults: list[Fault] = []
    for source in sources:
        try:
            templates.append(read_template(source, settings, documents=documents))
        except ScenarioFaults as wrong:
            faults += wrong.faults
    if faults:
        raise ScenarioFaults(faults)
    comparable(templates)
    require([seeds_fault(templates[0].origin("seed"), templates[0].scenario.seed, seeds)])
    return tuple(templates)


def comparable(templates: Sequence[Template]) -> None:
    """Checks that scenarios can be compared, and that what is set in all of them holds; raises as `opened`."""
    require_held(template.scenario for template in templates)
    require(year_fault(template) for template in templates)
    base, *variants = (template.scenario for template in templates)
    names = [base.name, *(scenario.name for scenario in variants)]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two scenarios are called {name}; in a comparison each needs a name of its own")
    for scenario in variants:
        for what in ("scale", "start", "end"):
            mine, theirs = getattr(scenario, what), getattr(base, what)
            if mine != theirs:
                raise InputError(
                    f"{scenario.name} and {base.name} differ in {what} ({mine} and {theirs}), so their runs cannot be "
                    "paired; take the line out of the variant's file, or set one value for all with --set"
                )


BATCH = 20
"""Pairs that are added before the intervals are looked at again."""


def run_pairs(
    templates: Sequence[Template],
    pairs: int,
    over: str,
    store: RunStore | None = None,
    executor: Executor = HERE,
    on_progress: OnProgress | None = None,
    at_least: int = BATCH,
) -> Runs:
    """Runs every scenario on the same lots: first ``at_least`` pairs, then batches until it is enough or ``pairs``.

    Args:
        templates: what is compared, baseline first, see `compared.opened`.
        pairs: most pairs.
        over: a word of `draws.OVER`.
        store: where finished runs are kept and looked for; None = nowhere.
        executor: where runs are made.
        on_progress: called after every run.
        at_least: pairs before the intervals are looked at.

    Raises:
        ValueError, FileNotFoundError: see `draws.lots`.
    """
    found = _no_runs([template.scenario for template in templates])
    found.settings = templates[0].settings
    coming = lots(over, pairs, found.scenarios[0].seed)
    total = pairs * len(templates)
    while len(found.lots) + len(found.failures) < pairs:
        room = min(BATCH if found.lots else max(2, at_least), pairs - len(found.lots) - len(found.failures))
        batch = _fitting(coming, room, templates, found)
        if not batch:
            break
        _run_batch(batch, found, store, executor, on_progress, total)
        if len(found.lots) >= at_least and found.narrow():
            found.enough = True
            break
    return found


def run_lots(
    templates: Sequence[Template],
    chosen: Sequence[Lot],
    values: Mapping[str, Plain] | None = None,
    store: RunStore | None = None,
    executor: Executor = HERE,
    on_progress: OnProgress | None = None,
) -> Runs:
    """Runs every scenario, with values set in all of them, on given lots.

    Lots whose values do not fit together in a scenario are left out.
    """
    found = _no_runs([template.at(values) for template in templates])
    batch = _fitting(iter(chosen), len(chosen), templates, found, values)
    _run_batch(batch, found, store, executor, on_progress, len(chosen) * len(templates))
    return found


def _no_runs(scenarios: Sequence[Scenario]) -> Runs:
    """What a comparison of scenarios begins with."""
    return Runs(tuple(scenarios), windows_of(scenarios[0]), measured=[[] for _ in scenarios])


def later(on_progress: OnProgress | None, before: int, total: int) -> OnProgress | None:
    """Tells of a part of the work as a part of the whole: ``before`` runs came first, of ``total``."""
    if on_progress is None:
        return None
    tell: OnProgress = on_progress
    return lambda part: tell(Progress(before + part.done, part.failed, total))


def _fitting(
    coming: Iterator[Lot],
    room: int,
    templates: Sequence[Template],
    found: Runs,
    values: Mapping[str, Plain] | None = None,
) -> list[tuple[Lot, list[Scenario]]]:
    """The next lots whose values fit together in every scenario."""
    batch: list[tuple[Lot, list[Scenario]]] = []
    for lot in coming:
        scenarios = under(lot, templates, values)
        if scenarios is None:
            found.skipped += 1
        else:
            batch.append((lot, scenarios))
            if len(batch) == room:
                break
    return batch


def _run_batch(
    batch: Sequence[tuple[Lot, Sequence[Scenario]]],
    found: Runs,
    store: RunStore | None,
    executor: Executor,
    on_progress: OnProgress | None,
    total: int,
) -> None:
    """Adds the runs of a batch to what there is; a lot that fails in one scenario is left out of all."""
    before = (len(found.lots) + len(found.failures)) * len(found.scenarios)
    done: dict[tuple[int, int], Outcome] = {}
    work: dict[str, Task] = {}
    places: dict[str, list[tuple[int, int]]] = {}
    for place, (lot, scenarios) in enumerate(batch):
        for number, scenario in enumerate(scenarios):
            key = RunStore.key(scenario, lot.seed, found.windows)
            work[key] = Task(key, scenario, lot.seed, found.windows)
            places.setdefault(key, []).append((place, number))

    def tell() -> None:
        if on_progress is not None:
            failed = sum(isinstance(outcome, Failure) for outcome in done.values())
            on_progress(Progress(before + len(done), failed, total))

    tell()
    with closing(run_tasks(work.values(), store, executor)) as outcomes_by_key:
        for key, outcome in outcomes_by_key:
            done.update(dict.fromkeys(places[key], outcome))
            tell()
    for place, (lot, _) in enumerate(batch):
        outcomes = [done[place, number] for number in range(len(found.scenarios))]
        wrong = [
            f"{scenario.name}, seed {lot.seed}, draw {lot.draw}: {outcome.reason}"
            for scenario, outcome in zip(found.scenarios, outcomes, strict=True)
            if isinstance(outcome, Failure)
        ]
        if wrong:
            found.failures.append("; ".join(wrong))
            continue
        found.lots.append(lot)
        for runs, outcome in zip(found.measured, outcomes, strict=True):
            assert isinstance(outcome, Measured)
            runs.append(outcome)
