"""The second band of a difference: the same pairs with the contested strengths of a variant drawn over their ranges.

The first band holds chance and the calibrated parameters, every assumption at the value in use. Here every assumption
that the variant's levers hang on is drawn as well, from its bounds in the registry, evenly and by a Latin hypercube.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.comparisons.contested import Contested, questions_of
from klyngesim.comparisons.differences import ranks, shares
from klyngesim.comparisons.draws import TENABLE, Lot, lots, strengths
from klyngesim.comparisons.pairs import Runs, later, run_lots
from klyngesim.results.windows import Floats
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.scenario.parameters import registry

if TYPE_CHECKING:
    from klyngesim.runs.store import RunStore
    from klyngesim.scenario.template import Template

SHARE = 0.90
"""Share of further draws that lie inside the second band, on average."""

DECIDING = 2
"""Assumptions that are named for deciding a difference."""


@dataclass(frozen=True)
class Tenable:
    """Pairs of one variant over its contested strengths.

    Attributes:
        runs: of the baseline and the variant, a pair for each draw.
        parameters: ids of the strengths that were drawn; every lot has their values.
    """

    runs: Runs
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """What the draws leave open of a difference.

    Attributes:
        low, high: band that `SHARE` of further draws lie in, on average; wider, not narrower, with few draws.
        better, worse, neither: shares of the draws in which the variant is that, by the smallest effect of interest.
        n: draws.
        deciding: up to `DECIDING` strengths with the rank correlation of the difference with each, the strongest first;
            only those beyond what luck alone would give.
    """

    low: float
    high: float
    better: float
    worse: float
    neither: float
    n: int
    deciding: tuple[tuple[str, float], ...]


NOTHING = Spread(*(float("nan"),) * 5, 0, ())
"""Where no draws were made, or nothing has a value in them."""


def open_strengths(variant: Template, baseline: Template) -> tuple[Contested, ...]:
    """The contested strengths that a variant's levers hang on, but those that a file or ``--set`` gives a value.

    What the user has set is no assumption, and no strength drawn or tried would reach it.
    """
    every = questions_of(variant.scenario, baseline.scenario)
    return tuple(entry for entry in every if entry.parameter not in variant.sets | baseline.sets)


def runs_needed(templates: Sequence[Template], pairs: int) -> int:
    """Runs that `tenable` makes."""
    return 2 * pairs * sum(bool(open_strengths(one, templates[0])) for one in templates[1:])


def tenable(
    templates: Sequence[Template],
    pairs: int,
    store: RunStore | None = None,
    executor: Executor = HERE,
    on_progress: OnProgress | None = None,
) -> Iterator[tuple[str, Tenable]]:
    """The draws of every variant that hangs on a contested strength, by its name.

    Args:
        templates: what is compared, baseline first, see `pairs.opened`.
        pairs: draws for each variant; those whose values do not fit together are left out.
        store: where finished runs are kept and looked for.
        executor: where runs are made.
        on_progress: called after every run.
    """
    baseline, *variants = templates
    usual = list(lots(TENABLE, pairs, baseline.scenario.seed))
    before, total = 0, runs_needed(templates, pairs)
    for variant in variants:
        # A calibrated strength has its draw already.
        names = [one.parameter for one in open_strengths(variant, baseline) if one.parameter not in usual[0].values]
        if names:
            drawn = list(_drawn(usual, names, baseline.scenario.seed))
            tell, before = later(on_progress, before, total), before + 2 * pairs
            yield (
                variant.scenario.name,
                Tenable(run_lots([baseline, variant], drawn, None, store, executor, tell), tuple(names)),
            )


def _drawn(usual: Sequence[Lot], names: Sequence[str], seed: int) -> Iterator[Lot]:
    """Lots with a value of each strength: those of a strength are the same whatever it is drawn together with."""
    columns = {name: strengths(registry()[name], len(usual), seed) for name in names}
    for place, lot in enumerate(usual):
        yield Lot(lot.seed, lot.draw, {**lot.values, **{name: values[place] for name, values in columns.items()}})


def spread(found: Tenable | None, window: int, indicator: str, direction: int, effect: float, row: int = -1) -> Spread:
    """What the draws leave open of a difference.

    Args:
        found: the draws of the variant; None = none were made.
        window: place of the window.
        indicator: id.
        direction: +1 where more is better, -1 where less is.
        effect: smallest effect of interest, a share of the baseline's level in each draw.
        row: an organisation; the last is the programme.
    """
    if found is None or not found.runs.lots:
        return NOTHING
    base, other = found.runs.values(window, indicator, row)
    there = ~np.isnan(base) & ~np.isnan(other)
    if not there.any():
        return NOTHING
    apart = (other - base)[there]
    better, worse = shares(base, other, direction, effect)
    low, high = (float(one) for one in predicted(apart))
    deciding = _deciding(found, there, apart)
    return Spread(low, high, better, worse, 1.0 - better - worse, len(apart), deciding)


def predicted(apart: Floats) -> Floats:
    """Band in which `SHARE` of further values lie on average, by the places of ordered ones; along the first axis."""
    ends = ((1.0 - SHARE) / 2.0, (1.0 + SHARE) / 2.0)
    return np.asarray(np.nanquantile(apart, ends, axis=0, method="weibull"), dtype=np.float64)


def _deciding(found: Tenable, there: Floats, apart: Floats) -> tuple[tuple[str, float], ...]:
    lots_there = [lot for lot, one in zip(found.runs.lots, there, strict=True) if one]
    least = 2.0 / len(apart) ** 0.5  # twice the deviation of a rank correlation of what is unrelated
    if np.ptp(apart) == 0.0 or least >= 1.0:
        return ()
    order, by_name = ranks(apart), {}
    for name in found.parameters:
        values = ranks(np.array([lot.values[name] for lot in lots_there]))
        if np.ptp(values):
            by_name[name] = float(np.corrcoef(order, values)[0, 1])
    sure = [(name, value) for name, value in by_name.items() if abs(value) >= least]
    return tuple(sorted(sure, key=lambda one: -abs(one[1]))[:DECIDING])
