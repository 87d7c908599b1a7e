"""What the ranking of variants depends on: indices of ranks, and where in the ranges a variant beats the baseline.

An effect may be large and leave the order of the variants alone, or small and turn it. The rank of a scenario is
therefore an outcome like any other. Regional sensitivity asks of every factor whether its places differ between the
points at which a variant wins and those at which it does not (Hornberger and Spear 1981, "An approach to the
preliminary analysis of environmental systems", Journal of Environmental Management 12; Saltelli et al. 2008, "Global
Sensitivity Analysis: The Primer", section 5.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from klyngesim.streams import Floats
from klyngesim.sweeps.convergence import Estimate, change, interval, resampled, tied_ranks
from klyngesim.sweeps.design import Design
from klyngesim.sweeps.indices import Response, rows_of
from klyngesim.sweeps.rows import ALL, RANK, Index, Regional

FIRST = "first"
"""Index: share of points at which a scenario is first; several that are equally good share a point."""


def ranks(values: Floats, sign: int) -> Floats:
    """Rank of every scenario at every point, shape (scenarios, points); 1 = best, equal ones share their mean.

    Args:
        values: shape (scenarios, points, replicates), NaN for a failed run.
        sign: +1 where more is better, -1 where less is.

    Means over the replicates in which every scenario has a value are ranked; NaN where there is none.
    """
    good = _good(values, sign)
    found = np.full(good.shape, np.nan)
    there = ~np.isnan(good).any(axis=0)
    found[:, there] = tied_ranks(-good[:, there])
    return found


@dataclass(frozen=True)
class Ranking:
    """Scenarios that one outcome puts in an order at every point.

    Attributes:
        design: the points, n of them.
        outcome: name of the outcome.
        names: of the scenarios, baseline first.
        values: shape (scenarios, n, replicates), NaN for a failed run; runs of a replicate are paired.
        sign: +1 where more is better, -1 where less is.

    Raises:
        ValueError: values that do not belong to the names and the points.
    """

    design: Design
    outcome: str
    names: Sequence[str]
    values: Floats
    sign: int

    def __post_init__(self) -> None:
        if self.values.ndim != 3 or self.values.shape[:2] != (len(self.names), len(self.design)):
            expected = f"{len(self.names)} x {len(self.design)} points"
            raise ValueError(f"values of shape {self.values.shape} do not belong to {expected}")

    def responses(self) -> list[Response]:
        """The rank of every scenario, 1 = best, as an outcome that is called ``rank of`` the outcome.

        Ranks have no replicates, so that their oat and grid indices have no intervals. Where a rank is the same at
        all points, indices that are shares of variance are NaN.
        """
        placed = ranks(self.values, self.sign)
        return [Response(RANK + self.outcome, name, own[:, None]) for name, own in zip(self.names, placed, strict=True)]

    def firsts(self, seed: int) -> list[Index]:
        """The index ``first`` of every scenario, with the parameter ``all``; seed: of the resampling."""
        return _firsts(self.design, RANK + self.outcome, self.names, ranks(self.values, self.sign), seed)

    def regional(self) -> list[Regional]:
        """A row of regional sensitivity for every variant and factor.

        Points of one Sobol' block or Morris trajectory share places; those that do not are gone by. With k factors
        one p in twenty is below 0.05 by chance.
        """
        good = _good(self.values, self.sign)
        return [
            row
            for name, own in zip(self.names[1:], good[1:], strict=True)
            for row in _regional(self.design, self.outcome, name, own - good[0])
        ]


def kolmogorov_smirnov(one: Floats, other: Floats) -> tuple[float, float]:
    """Largest distance between the distribution functions of two samples, and its chance were they the same.

    Args:
        one: shape (n,), n > 0.
        other: shape (m,), m > 0.

    The chance is the limit for large samples with the correction of Stephens 1970 (Journal of the Royal Statistical
    Society B 32(1)) at n m / (n + m); with ties, as on a grid, it is too large rather than too small.
    """
    steps = np.sort(np.concatenate([one, other]))
    below = [np.searchsorted(np.sort(sample), steps, side="right") / len(sample) for sample in (one, other)]
    distance = float(np.abs(below[0] - below[1]).max())
    root = (len(one) * len(other) / (len(one) + len(other))) ** 0.5
    return distance, float(special.kolmogorov((root + 0.12 + 0.11 / root) * distance))


def _good(values: Floats, sign: int) -> Floats:
    """Means, higher is better, over the replicates in which every scenario has a value, shape (scenarios, points)."""
    if sign not in (1, -1):
        raise ValueError(f"sign {sign}: neither +1 (more is better) nor -1")
    there = np.asarray(~np.isnan(values).any(axis=0), dtype=np.bool_)
    count = there.sum(axis=1)
    total = np.where(there[None], values, 0.0).sum(axis=2)
    return np.where(count[None] > 0, sign * total / np.maximum(count, 1)[None], np.nan)


def _firsts(design: Design, outcome: str, names: Sequence[str], placed: Floats, seed: int) -> list[Index]:
    """Share of points at which each scenario is first; blocks and trajectories are resampled as a whole."""
    leads = np.asarray(placed == placed.min(axis=0), dtype=np.float64)
    shares = np.where(np.isnan(placed), np.nan, leads / np.maximum(leads.sum(axis=0), 1.0))
    blocks = shares.reshape(len(names), -1, design.block)
    blocks = blocks[:, (~np.isnan(blocks[0])).any(axis=1)]
    count = blocks.shape[1]
    blocks = blocks[:, design.method.in_random_order(np.arange(count), seed)]
    value = low = high = moved = np.full(len(names), np.nan)
    if count > 0:
        value = _share(blocks)
    if count > 0 and design.method.drawn:
        low, high = interval(resampled(lambda drawn: _share(blocks[:, drawn]), count, seed, "firsts"))
        moved = change(value, lambda part: _share(blocks[:, :part]), count)
    samples = np.full(len(names), int((~np.isnan(placed[0])).sum()))
    estimate = Estimate(FIRST, (ALL,) * len(names), value, low, high, moved, samples)
    return [
        replace(row, scenario=name) for name, row in zip(names, rows_of(design, outcome, "", estimate), strict=True)
    ]


def _share(blocks: Floats) -> Floats:
    return np.asarray(np.nanmean(blocks, axis=(1, 2)), dtype=np.float64)


def _regional(design: Design, outcome: str, name: str, lead: Floats) -> list[Regional]:
    found = []
    for column, factor in enumerate(design.factors):
        rows = design.method.apart(design, column)
        rows = rows[~np.isnan(lead[rows])]
        wins, places = lead[rows] > 0.0, design.places[rows, column]
        share = float(wins.mean()) if len(rows) else float("nan")
        difference = distance = p = float("nan")
        if wins.any() and not wins.all() and float(places.std()) > 0.0:
            difference = float((places[wins].mean() - places[~wins].mean()) / places.std())
            distance, p = kolmogorov_smirnov(places[wins], places[~wins])
        found.append(Regional(outcome, name, factor.id, share, difference, distance, p))
    return found
