"""What a sweep file asks for besides indices: in which futures a variant loses, and Sobol indices by a surrogate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from klyngesim.experiments.verdicts import direction
from klyngesim.results.indicators import indicator
from klyngesim.streams import Floats
from klyngesim.sweep.discovery import Discovery, discover
from klyngesim.sweep.prim import Box
from klyngesim.sweep.rows import Advance, point_means
from klyngesim.sweep.runs import Swept
from klyngesim.sweep.surrogate import surrogate_indices


@dataclass(frozen=True)
class Found:
    """A row of discovery.csv: an end of a box in which losses gather, or one without parameter where there is none.

    share, coverage, density, mass   0-1; view: ``box`` of PRIM or ``tree``; box: its number
    low, high                        in the factor's own unit, None = no end on that side; kind: of the factor
    why                              why there is no box
    """

    outcome: str
    scenario: str
    points: int
    share: float
    view: str
    box: int
    coverage: float | None
    density: float | None
    mass: float | None
    parameter: str
    low: float | None
    high: float | None
    quasi_p: float | None
    kind: str
    why: str


@dataclass(frozen=True)
class StandInRow:
    """A row of surrogate.csv: an index of a surrogate with its error, or why the surrogate is not used.

    r2, rmse   on points left out of its training; rmse in units of the outcome, rmse_of_mean of their mean alone
    """

    outcome: str
    scenario: str
    parameter: str
    index: str
    value: float | None
    low: float | None
    high: float | None
    method: str
    kind: str
    r2: float | None
    rmse: float | None
    rmse_of_mean: float | None
    points: int
    why: str


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


def discoveries(found: Swept, advance: Advance = lambda _: None) -> Iterator[Found]:
    """In which futures each variant loses to the baseline on each objective; failed points are left out."""
    for outcome, scenario, gain in losses(found):
        there = np.flatnonzero(~np.isnan(gain))
        one = Discovery(outcome, scenario, float("nan"), (), (), 0, "no point has an outcome")
        if len(there):
            design = found.design.part(there)
            one = discover(design, gain[there] < 0.0, outcome, scenario, seed=found.sweep.file.seed)
        yield from _rows(one)
        advance(1.0)


def _rows(one: Discovery) -> Iterator[Found]:
    views: tuple[tuple[str, tuple[Box, ...]], ...] = (("box", one.boxes), ("tree", one.tree_rules))
    for view, boxes in views:
        for number, box in enumerate(boxes, start=1):
            for limit in box.limits:
                yield Found(
                    one.outcome, one.scenario, one.points, one.share, view, number, box.coverage, box.density,
                    box.mass, limit.parameter, limit.low, limit.high, limit.quasi_p, limit.kind, "",
                )  # fmt: skip
    if not one.boxes:
        nothing = (None, None, None, "", None, None, None, "")
        yield Found(one.outcome, one.scenario, one.points, one.share, "box", 0, *nothing, one.why)


def stand_ins(found: Swept, advance: Advance = lambda _: None) -> Iterator[StandInRow]:
    """Sobol indices by a surrogate of each outcome and scenario, with its error on every row."""
    for outcome in found.values:
        for scenario, values in found.compared(outcome).items():
            yield from _stand_in(found, outcome, scenario, values)
            advance(1.0)


def _stand_in(found: Swept, outcome: str, scenario: str, values: Floats) -> Iterator[StandInRow]:
    try:
        one = surrogate_indices(found.design, point_means(values), found.sweep.file.seed)
    except ValueError as reason:
        # Too few points that are left, or an outcome that never moves, must not cost the runs.
        nothing = ("", "", None, None, None, "surrogate", "", None, None, None, 0)
        yield StandInRow(outcome, scenario, *nothing, str(reason))
        return
    error = (one.chosen.kind, one.chosen.r2, one.chosen.rmse, one.chosen.rmse_of_mean, one.points)
    for row in one.rows:
        index = (row.parameter, row.index, row.value, row.low, row.high, row.method)
        yield StandInRow(outcome, scenario, *index, *error, "")
    if not one.usable:
        yield StandInRow(outcome, scenario, "", "", None, None, None, "surrogate", *error, one.why)
