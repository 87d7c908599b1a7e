"""What a sweep file asks for besides indices: in which futures a variant loses, and Sobol indices by a surrogate."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from klyngesim.experiments.verdicts import direction
from klyngesim.results.indicators import indicator
from klyngesim.streams import Floats
from klyngesim.sweep.discovery import Discovery, discover
from klyngesim.sweep.prim import Box
from klyngesim.sweep.rows import Advance, DiscoveryRow, SurrogateRow, point_means
from klyngesim.sweep.runs import Swept
from klyngesim.sweep.surrogate import METHOD, surrogate_indices

_NO_INDEX = ("", "", math.nan, math.nan, math.nan, METHOD)


def losses(found: Swept) -> Iterator[tuple[str, str, Floats]]:
    """Outcome, variant, and the mean difference at every point, better upwards, shape (points,); NaN = failed."""
    for outcome in found.values:
        sign = direction(indicator(outcome))
        if sign:
            for scenario, values in found.compared(outcome).items():
                yield outcome, scenario, sign * point_means(values)


def number_of_extras(found: Swept) -> int:
    """Number of analyses that `discoveries` and `stand_ins` make where the sweep file asks for them."""
    file = found.sweep.file
    lost = sum(1 for _ in losses(found)) if file.discovery else 0
    return lost + (sum(len(found.compared(outcome)) for outcome in found.values) if file.surrogate else 0)


def discoveries(found: Swept, advance: Advance = lambda _: None) -> Iterator[DiscoveryRow]:
    """In which futures each variant loses to the baseline on each objective; failed points are left out."""
    for outcome, scenario, gain in losses(found):
        there = np.flatnonzero(~np.isnan(gain))
        one = Discovery(outcome, scenario, float("nan"), (), (), 0, "no point has an outcome")
        if len(there):
            design = found.design.part(there)
            one = discover(design, gain[there] < 0.0, outcome, scenario, seed=found.sweep.file.seed)
        yield from _rows(one)
        advance(1.0)


def _rows(one: Discovery) -> Iterator[DiscoveryRow]:
    views: tuple[tuple[str, tuple[Box, ...]], ...] = (("box", one.boxes), ("tree", one.tree_rules))
    for view, boxes in views:
        for number, box in enumerate(boxes, start=1):
            for limit in box.limits:
                yield DiscoveryRow(
                    one.outcome, one.scenario, one.points, one.share, view, number, box.coverage, box.density,
                    box.mass, limit.parameter, limit.low, limit.high, limit.quasi_p, limit.kind, "",
                )  # fmt: skip
    if not one.boxes:
        nothing = (math.nan, math.nan, math.nan, "", None, None, math.nan, "")
        yield DiscoveryRow(one.outcome, one.scenario, one.points, one.share, "box", 0, *nothing, one.why)


def stand_ins(found: Swept, advance: Advance = lambda _: None) -> Iterator[SurrogateRow]:
    """Sobol indices by a surrogate of each outcome and scenario, with its error on every row."""
    for outcome in found.values:
        for scenario, values in found.compared(outcome).items():
            yield from _stand_in(found, outcome, scenario, values)
            advance(1.0)


def _stand_in(found: Swept, outcome: str, scenario: str, values: Floats) -> Iterator[SurrogateRow]:
    try:
        one = surrogate_indices(found.design, point_means(values), found.sweep.file.seed)
    except ValueError as reason:
        # Too few points that are left, or an outcome that never moves, must not cost the runs.
        error = ("", math.nan, math.nan, math.nan, 0)
        yield SurrogateRow(outcome, scenario, *_NO_INDEX, *error, str(reason))
        return
    error = (one.chosen.kind, one.chosen.r2, one.chosen.rmse, one.chosen.rmse_of_mean, one.points)
    for row in one.rows:
        index = (row.parameter, row.index, row.value, row.low, row.high, row.method)
        yield SurrogateRow(outcome, scenario, *index, *error, "")
    if not one.usable:
        yield SurrogateRow(outcome, scenario, *_NO_INDEX, *error, one.why)
