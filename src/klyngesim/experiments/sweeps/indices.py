"""Indices of a sweep: what an outcome depends on, by the method with which its points were laid."""

from __future__ import annotations

import numpy as np

from klyngesim.experiments.sweeps.by_blocks import morris_indices, sobol_indices
from klyngesim.experiments.sweeps.by_levels import grid_indices, oat_indices
from klyngesim.experiments.sweeps.by_points import point_indices
from klyngesim.experiments.sweeps.convergence import Estimate
from klyngesim.experiments.sweeps.factors import DUMMY, Design
from klyngesim.results.sweep import Index, point_means
from klyngesim.streams import Floats

_PLACES = ("lowest_at", "highest_at")
"""Indices that are places and have no size to be held against the dummy's."""


def indices(design: Design, outcome: str, scenario: str, values: Floats, seed: int) -> tuple[Index, ...]:
    """The indices of one outcome in one scenario.

    Args:
        design: the points, n of them.
        outcome: name of the outcome.
        scenario: name of the scenario.
        values: shape (n, R) for R replicates, NaN for a failed run; replicate j has the same seed at every point, or
            one of two that the dummy chooses from.
        seed: of the sweep; resampling has generators of its own.

    Returns:
        A row for every index and factor, in the order of the factors within an index.

    Raises:
        ValueError: values of another shape, points that are not those of the method, or a method that has no indices.
    """
    if values.ndim != 2 or len(values) != len(design):
        raise ValueError(f"values of shape {values.shape} do not belong to {len(design)} points")
    return tuple(row for one in _estimates(design, values, seed) for row in rows_of(design, outcome, scenario, one))


def rows_of(design: Design, outcome: str, scenario: str, one: Estimate) -> list[Index]:
    """The rows of one index, in the order of its parameters."""
    floor = noise_floor(design, one)
    return [
        Index(
            outcome=outcome,
            scenario=scenario,
            parameter=parameter,
            index=one.index,
            value=float(one.values[place]),
            low=float(one.low[place]),
            high=float(one.high[place]),
            samples=int(one.samples[place]),
            convergence=float(one.convergence[place]),
            noise_floor=floor,
            method=design.method,
        )
        for place, parameter in enumerate(one.parameters)
    ]


def noise_floor(design: Design, found: Estimate) -> float:
    """Value of an index for the dummy of a design; NaN where there is none."""
    dummies = [factor.id for factor in design.factors if factor.kind == DUMMY]
    if not dummies or found.index in _PLACES or dummies[0] not in found.parameters:
        return float("nan")
    return float(found.values[found.parameters.index(dummies[0])])


def _estimates(design: Design, values: Floats, seed: int) -> list[Estimate]:
    if design.method == "oat":
        return oat_indices(design, values, seed)
    if design.method == "grid":
        return grid_indices(design, values, seed)
    means = point_means(np.asarray(values, dtype=np.float64))
    if design.method in ("lhs", "table"):
        return point_indices(design, means, seed)
    if design.method == "sobol":
        return sobol_indices(design, means, seed)
    if design.method == "morris":
        return morris_indices(design, means, seed)
    raise ValueError(f"{design.method}: no method that has indices")
