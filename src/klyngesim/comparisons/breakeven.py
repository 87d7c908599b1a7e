"""Break-even: at which strength of a contested assumption a variant equals the baseline, and is that in the evidence?

For each contested parameter of a variant both scenarios run with the parameter at several strengths across its evidence
range, on the same seeds, everything else at its central value. Between the strengths the difference is interpolated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.comparisons.contested import Contested
from klyngesim.comparisons.differences import Paired
from klyngesim.comparisons.draws import Lot
from klyngesim.comparisons.pairs import later, run_lots
from klyngesim.comparisons.tenable import open_strengths
from klyngesim.results.comparison import MAIN
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.scenario.parameters import Parameter, registry
from klyngesim.scenario.scalars import nearest_step

if TYPE_CHECKING:
    from klyngesim.runs.store import RunStore
    from klyngesim.scenario.template import Template

STRENGTHS = 3
"""Strengths at which a parameter is tried, from one bound of its evidence to the other."""


@dataclass(frozen=True)
class BreakEven:
    """A row of breakeven.csv; see the contract.

    Attributes:
        evidence_low, evidence_high: bounds of the parameter in the registry.
        breakeven: strength at which the mean difference is zero, NaN if no strength tried or in line with them is.
        inside_evidence: whether it lies within the bounds.
        difference_low, difference_high: mean differences at the bounds.
        unclear: whether the differences at both bounds may be none, so that chance may have made the crossing.
        n_pairs: seeds at every strength.
        why: the question behind the parameter.
    """

    scenario: str
    indicator: str
    parameter: str
    evidence_low: float
    evidence_high: float
    breakeven: float
    inside_evidence: bool
    difference_low: float
    difference_high: float
    unclear: bool
    n_pairs: int
    why: str


def work_of(templates: Sequence[Template]) -> Mapping[str, list[tuple[int, Contested]]]:
    """Variants (1, 2, ...) that each contested parameter decides."""
    baseline, *variants = templates
    found: dict[str, list[tuple[int, Contested]]] = {}
    for variant, template in enumerate(variants, 1):
        for entry in open_strengths(template, baseline):
            found.setdefault(entry.parameter, []).append((variant, entry))
    return found


def runs_needed(work: Mapping[str, list[tuple[int, Contested]]], pairs: int) -> int:
    """Runs that `breakeven` makes."""
    return sum((len(variants) + 1) * STRENGTHS * pairs for variants in work.values())


def breakeven(
    templates: Sequence[Template],
    pairs: int,
    store: RunStore | None = None,
    executor: Executor = HERE,
    on_progress: OnProgress | None = None,
) -> Iterator[BreakEven]:
    """Break-even strengths of every variant, contested parameter and main indicator, in the first window.

    Args:
        templates: what is compared, baseline first, see `compared.opened`.
        pairs: seeds at every strength.
        store: where finished runs are kept and looked for.
        executor: where runs are made.
        on_progress: called after every run.
    """
    scenarios, work = [template.scenario for template in templates], work_of(templates)
    total, before = runs_needed(work, pairs), 0
    for name, variants in work.items():
        parameter = registry()[name]
        grid = strengths(parameter)
        chosen = [templates[0], *(templates[variant] for variant, _ in variants)]
        at: list[list[dict[str, Paired]]] = []
        for strength in grid:
            lots = [Lot(scenarios[0].seed + number, 0, {name: strength}) for number in range(pairs)]
            found = run_lots(chosen, lots, None, store, executor, later(on_progress, before, total))
            before += len(chosen) * pairs
            at.append([{key: found.paired(place, 0, key) for key in MAIN} for place in range(1, len(chosen))])
        for place, (variant, entry) in enumerate(variants):
            for indicator in MAIN:
                steps = [step[place][indicator] for step in at]
                yield _row(scenarios[variant].name, indicator, parameter, grid, steps, entry)


def strengths(parameter: Parameter) -> list[float]:
    """Strengths across the evidence of a parameter, ascending; on its steps where it has some."""
    assert parameter.low is not None and parameter.high is not None  # `contested` allows no others
    grid = np.linspace(parameter.low, parameter.high, STRENGTHS)
    return sorted({nearest_step(value, parameter.step) for value in grid.tolist()})


def _row(
    title: str, indicator: str, parameter: Parameter, grid: Sequence[float], found: Sequence[Paired], entry: Contested
) -> BreakEven:
    where = crossing(grid, [one.mean for one in found])
    low, high = grid[0], grid[-1]
    unclear = not (found[0].sign or found[-1].sign)
    return BreakEven(
        scenario=title,
        indicator=indicator,
        parameter=parameter.id,
        evidence_low=low,
        evidence_high=high,
        breakeven=where,
        inside_evidence=bool(low <= where <= high),
        difference_low=found[0].mean,
        difference_high=found[-1].mean,
        unclear=unclear,
        n_pairs=found[0].n,
        why=entry.why,
    )


def crossing(strength: Sequence[float], difference: Sequence[float]) -> float:
    """Where a difference that is known at ascending strengths is zero.

    Between two strengths of unlike sign it is interpolated, the first such place counts; where the sign never changes
    the line through the two ends is followed outside. NaN where the difference does not change with the strength.
    """
    if not any(difference):
        return math.nan
    points = list(zip(strength, difference, strict=True))
    for (one, here), (other, there) in pairwise(points):
        if not here:
            return one
        if here * there < 0.0:
            return one + (other - one) * here / (here - there)
    (first, low), *_, (last, high) = points
    if not high:
        return last
    slope = (high - low) / (last - first)
    return first - low / slope if slope else math.nan
