"""The runs that tell apart why a scenario moves: as it is, with an indexed grant, without failures, with both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.comparisons.draws import Lot
from klyngesim.comparisons.pairs import later, run_lots
from klyngesim.results.attribution import Attribution, attribute, years_after
from klyngesim.results.windows import Floats, complete_years
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.runs.store import RunStore

if TYPE_CHECKING:
    from klyngesim.scenario.scalars import Plain
    from klyngesim.scenario.schema import Scenario
    from klyngesim.scenario.template import Template

INDEXED: dict[str, Plain] = {"grant.indexation": 1}
NO_FAILURES: dict[str, Plain] = {"finance.failures": "off"}
VARIANTS: tuple[dict[str, Plain], ...] = ({}, INDEXED, NO_FAILURES, INDEXED | NO_FAILURES)
"""What is set, in the order of `attribute`."""


def told_apart(template: Template) -> str:
    """Why the movements of a scenario cannot be told apart; empty where they can."""
    scenario = template.scenario
    if years_after(years_of(scenario)) is None:
        return "the run does not hold 2021-2023 and three later years"
    held = sorted(template.held & (INDEXED | NO_FAILURES).keys())
    return f"{', '.join(held)} has a value by --set already" if held else ""


def years_of(scenario: Scenario) -> list[int]:
    """Complete years of a run."""
    return [int(year) for year in complete_years(scenario.start, scenario.quarters)]


def runs_needed(template: Template, seeds: int, known: Mapping[int, Floats] | None = None) -> int:
    """How many runs `attribution` makes; none where the parts cannot be told apart."""
    if told_apart(template):
        return 0
    return len(VARIANTS) * seeds - len(_seeds(template, seeds) & (known or {}).keys())


def attribution(
    template: Template,
    seeds: int,
    store: RunStore | None = None,
    executor: Executor = HERE,
    on_progress: OnProgress | None = None,
    known: Mapping[int, Floats] | None = None,
) -> list[Attribution]:
    """The parts of what moves in a scenario at the central values, on its first ``seeds`` seeds.

    Args:
        template: the scenario, which `told_apart` has nothing against.
        seeds: how many.
        store: where finished runs are kept and looked for.
        executor: where runs are made.
        on_progress: called after every run.
        known: the programme by year and indicator of seeds of which there are runs of the scenario as it is.
    """
    wanted, total = sorted(_seeds(template, seeds)), runs_needed(template, seeds, known)
    found: list[dict[int, Floats]] = []
    made = 0
    for values in VARIANTS:
        there = {} if values or known is None else {seed: known[seed] for seed in wanted if seed in known}
        lots = [Lot(seed, 0, {}) for seed in wanted if seed not in there]
        runs = run_lots([template], lots, values, store, executor, later(on_progress, made, total))
        made += len(lots)
        found.append(there | {lot.seed: run.yearly for lot, run in zip(runs.lots, runs.measured[0], strict=True)})
    # A seed that fails in one of the four counts in none.
    kept = [seed for seed in wanted if all(seed in runs for runs in found)]
    if not kept:
        return []
    return attribute(years_of(template.scenario), [np.stack([runs[seed] for seed in kept]) for runs in found])


def _seeds(template: Template, seeds: int) -> set[int]:
    return set(range(template.scenario.seed, template.scenario.seed + seeds))
