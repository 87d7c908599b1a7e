"""The presets of a page: scenarios as exact pairs of runs, with the verdicts of a comparison, and where sliders go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from klyngesim.comparisons.differences import Paired, intervals
from klyngesim.comparisons.draws import CENTRAL
from klyngesim.comparisons.pairs import Runs, run_pairs
from klyngesim.errors import WorkError
from klyngesim.explorer.plan import Plan
from klyngesim.results.indicators import index
from klyngesim.results.windows import Band, Floats
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.runs.store import RunStore
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
from klyngesim.sweeps.lever_choice import standing


@dataclass(frozen=True)
class Preset:
    """A scenario on a button.

    Attributes:
        scenario: it.
        levers: values for the sliders, by parameter id; those that a slider does not reach are left out.
        beyond: parameters that it changes and no slider has, or has not so far.
        course: paired differences by year, shape (years, outcomes), with 90 % intervals.
        found: paired differences by indicator, means of the years that verdicts are on.
    """

    scenario: Scenario
    levers: Mapping[str, float]
    beyond: tuple[str, ...]
    course: Band
    found: Mapping[str, Paired]


@dataclass(frozen=True)
class Presets:
    """All presets, and the scenario that they are compared with.

    Attributes:
        presets: in the order of the file.
        today: outcomes of the scenario by year, mean over the pairs, shape (years, outcomes).
        runs: the comparison.
    """

    presets: tuple[Preset, ...]
    today: Floats
    runs: Runs


def run_presets(
    plan: Plan, store: RunStore | None, executor: Executor, on_progress: OnProgress | None = None
) -> Presets:
    """Runs them as ``klyngesim compare --over central`` does; what the store has is not run again.

    Raises:
        WorkError: a pair failed.
    """
    pairs = plan.keys.pairs
    runs = run_pairs(plan.templates, pairs, CENTRAL, store, executor, on_progress, at_least=pairs)
    if runs.failures:
        raise WorkError(f"{len(runs.failures)} of {pairs} pairs of the presets failed; the first: {runs.failures[0]}")
    columns = [index(name) for name in plan.sweep.file.outcomes]
    yearly = np.array([[run.yearly[:, columns] for run in own] for own in runs.measured])
    presets = []
    for place, template in enumerate(plan.templates[1:], start=1):
        own = {name: runs.paired(place, 0, name) for name in plan.sweep.file.outcomes}
        levers = dict(_levers(plan, template))
        course = intervals(yearly[0], yearly[place])
        presets.append(Preset(template.scenario, levers, tuple(_beyond(plan, template, levers)), course, own))
    return Presets(tuple(presets), yearly[0].mean(axis=0), runs)


def _levers(plan: Plan, template: Template) -> Iterator[tuple[str, float]]:
    """The levers that a scenario moves and that a slider reaches."""
    for one in plan.sweep.factors:
        if one.dated is not None and one.prior is not None:
            value = standing(template, one.id, one.dated)
            if value is not None and value != one.prior.mode and one.prior.low <= value <= one.prior.high:
                yield one.id, value


def _beyond(plan: Plan, template: Template, levers: Mapping[str, float]) -> Iterator[str]:
    """Parameters that it sets otherwise than the scenario, and that the sliders do not say."""
    base = plan.templates[0].scenario
    told: dict[str, None] = {}
    for lever in template.scenario.timeline:
        for key, value in lever.values.items():
            if value != base.values.get(key):
                told[key] = None
    changed = [key for key, value in template.scenario.values.items() if value != base.values[key]]
    yield from (key for key in (*changed, *told) if key not in levers)
