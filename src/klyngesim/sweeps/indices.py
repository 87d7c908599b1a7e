"""Indices of a sweep: what an outcome depends on, by the method with which its points were laid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.streams import Floats
from klyngesim.sweeps.convergence import Estimate
from klyngesim.sweeps.design import Design
from klyngesim.sweeps.rows import DUMMY, Advance, Index

_PLACES = ("lowest_at", "highest_at")
"""Indices that are places and have no size to hold against the dummy's."""


@dataclass(frozen=True)
class Response:
    """What is analysed: an outcome of a scenario, or its rank, at every point.

    Attributes:
        outcome: its name.
        scenario: name of the scenario, or of the variant that differs from the baseline by these values.
        values: shape (n, R) for n points and R replicates, NaN for a failed run; replicate j has the same seed at
            every point, or one of two that the dummy chooses from.
    """

    outcome: str
    scenario: str
    values: Floats


def indices(
    design: Design, responses: Sequence[Response], seed: int, advance: Advance = lambda _: None
) -> list[tuple[Index, ...]]:
    """The indices of several outcomes of one design.

    Args:
        design: the points, n of them.
        responses: what they led to.
        seed: of the sweep; resampling has generators of its own.
        advance: called with outcomes that are done.

    Returns:
        For each outcome a row for every index and factor, in the order of the factors within an index.

    Raises:
        ValueError: values of another shape, points that are not those of the method, or a method that has no indices.
    """
    for one in responses:
        if one.values.ndim != 2 or len(one.values) != len(design):
            raise ValueError(f"values of shape {one.values.shape} do not belong to {len(design)} points")
    outcomes = [np.asarray(one.values, dtype=np.float64) for one in responses]
    found = design.method.estimates(design, outcomes, seed, advance)
    return [
        tuple(row for estimate in own for row in rows_of(design, one.outcome, one.scenario, estimate))
        for one, own in zip(responses, found, strict=True)
    ]


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
            method=design.method.name,
        )
        for place, parameter in enumerate(one.parameters)
    ]


def noise_floor(design: Design, found: Estimate) -> float:
    """How far from zero luck reaches: the far end of the dummy's interval, or its value without one; NaN if none.

    The dummy's value alone is one draw, and may be near zero by luck.
    """
    dummies = [factor.id for factor in design.factors if factor.kind == DUMMY]
    if not dummies or found.index in _PLACES or dummies[0] not in found.parameters:
        return float("nan")
    column = found.parameters.index(dummies[0])
    ends = [float(some[column]) for some in (found.values, found.low, found.high)]
    return max((abs(end) for end in ends if math.isfinite(end)), default=math.nan)
