"""The runs of a comparison: every scenario on the same lots, in batches, until the differences are known well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from klyngesim.experiments.compared import Runs
from klyngesim.experiments.lots import Lot, lots, under
from klyngesim.results.windows import Measured, windows_of
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Executor, Failure, OnProgress, Progress
from klyngesim.runs.store import RunStore
from klyngesim.runs.tasks import Outcome, Task, run_tasks

if TYPE_CHECKING:
    from klyngesim.scenario.scalars import Plain
    from klyngesim.scenario.schema import Scenario
    from klyngesim.scenario.template import Template

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
        over: a word of `lots.OVER`.
        store: where finished runs are kept and looked for; None = nowhere.
        executor: where runs are made.
        on_progress: called after every run.
        at_least: pairs before the intervals are looked at.

    Raises:
        ValueError, FileNotFoundError: see `lots.lots`.
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
