"""The presets of a page: scenarios as exact pairs of runs, with the verdicts of a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from klyngesim.comparisons.differences import Paired, intervals
from klyngesim.comparisons.draws import CENTRAL
from klyngesim.comparisons.pairs import Runs, run_pairs
from klyngesim.errors import WorkError
from klyngesim.explorer.buttons import Button
from klyngesim.explorer.plan import Plan
from klyngesim.results.indicators import index
from klyngesim.results.windows import Band, Floats, mean
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.runs.store import RunStore


@dataclass(frozen=True)
class Preset:
    """A scenario on a button.

    Attributes:
        button: the scenario, and where it moves the sliders.
        course: paired differences by year, shape (years, outcomes), with 90 % intervals.
        found: paired differences by indicator, means of the years that verdicts are on.
    """

    button: Button
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
    for place, button in enumerate(plan.buttons, start=1):
        own = {name: runs.paired(place, 0, name) for name in plan.sweep.file.outcomes}
        presets.append(Preset(button, intervals(yearly[0], yearly[place]), own))
    return Presets(tuple(presets), mean(yearly[0]), runs)
