"""Regression on the points of a Latin hypercube or a table, where every point stands by itself.

Standardised regression coefficients say how many standard deviations the outcome moves with one of the factor, and r2
how much of the variance such straight lines hold; partial rank correlations do the same for any monotone response
(Helton, Johnson, Sallaberry and Storlie 2006, Reliability Engineering & System Safety 91; Marino, Hogue, Ray and
Kirschner 2008, Journal of Theoretical Biology 254).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import (
    RESAMPLES,
    Estimate,
    change,
    interval,
    resampled,
    tied_ranks,
    varies,
)
from klyngesim.sweeps.design import Design, Method
from klyngesim.sweeps.rows import ALL, Advance, point_means

_WORST_CONDITION = 1e10
_TINY = 1e-9


class Scattered(Method):
    """A method whose points stand each by itself, all over the space."""

    main_index = "src"
    bars = ("src",)
    words = "points"

    def estimates(
        self, design: Design, outcomes: Sequence[Floats], seed: int, advance: Advance
    ) -> Iterator[list[Estimate]]:
        """``src`` and ``prcc`` of every factor, and ``r2`` of all together; see `Method.estimates`.

        Intervals are the middle 90 % of resamples of points, the same ones for all outcomes. NaN where the outcome does
        not vary, where there are not more points than factors and a constant, and where factors of a table cannot be
        told apart; also for a factor that does not vary.
        """
        if not outcomes:
            return
        means = np.stack([point_means(values) for values in outcomes], axis=1)
        found: list[list[Estimate]] = [[] for _ in outcomes]
        lacking, group = np.unique(np.isnan(means), axis=1, return_inverse=True)
        for number in range(lacking.shape[1]):
            # Factors are ranked and solved once for all outcomes that have the same points: most time goes there.
            members = np.flatnonzero(group.ravel() == number)
            there = self.in_random_order(np.flatnonzero(~lacking[:, number]), seed)
            estimates = _together(design, there, means[:, members], seed, advance)
            for member, own in zip(members.tolist(), estimates, strict=True):
                found[member] = own
        yield from found


def _together(design: Design, there: Ints, means: Floats, seed: int, advance: Advance) -> list[list[Estimate]]:
    """Estimates of outcomes that all have a value at the points ``there``, in random order, and nowhere else."""
    ids = tuple(factor.id for factor in design.factors)
    x, y = regressors(design)[there], means[there]
    outcomes = y.shape[1]
    found = _all(x, y)
    moved = change(found, lambda count: _all(x[:count], y[:count]), len(y))
    low, high = np.full((2, *found.shape), np.nan)
    if np.isfinite(found).any():

        def again(drawn: Ints) -> Floats:
            advance(outcomes / RESAMPLES)
            return _all(x[drawn], y[drawn])

        low, high = interval(resampled(again, len(y), seed, "points"))
    else:
        advance(outcomes)
    samples, k = np.full(len(ids), len(y)), len(ids)
    parts = (("src", ids, slice(0, k)), ("prcc", ids, slice(k, 2 * k)), ("r2", (ALL,), slice(2 * k, 2 * k + 1)))
    return [
        [
            Estimate(
                name, whose, found[part, one], low[part, one], high[part, one], moved[part, one], samples[: len(whose)]
            )
            for name, whose, part in parts
        ]
        for one in range(outcomes)
    ]


def regressors(design: Design) -> Floats:
    """What a regression goes by, shape (n, k): the place; the value of what goes in steps, switches among them."""
    found = design.places.copy()
    for column, factor in enumerate(design.factors):
        if factor.grain is not None:
            found[:, column] = [factor.value(float(place)) for place in design.places[:, column]]
    return found


def regression(x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Least squares of standardised outcomes on standardised factors.

    Args:
        x: factors, shape (n, k).
        y: outcomes, shape (n, m).

    Returns:
        Coefficients, shape (k, m); partial correlations, shape (k, m), 0 for a factor to which the others leave
        nothing to explain; share of the variance that is explained, shape (m,). NaN where they are not determined.
    """
    (n, k), m = x.shape, y.shape[1]
    coefficients, partial, explained = np.full((k, m), np.nan), np.full((k, m), np.nan), np.full(m, np.nan)
    live = np.array([varies(column) for column in x.T], dtype=bool)
    moved = np.array([varies(column) for column in y.T], dtype=bool)
    if n <= int(live.sum()) + 1 or not live.any() or not moved.any():
        return coefficients, partial, explained
    scaled, target = _standardised(x[:, live]), _standardised(y[:, moved])
    among = scaled.T @ scaled / n
    if np.linalg.cond(among) > _WORST_CONDITION:
        return coefficients, partial, explained
    inverse, to = np.linalg.inv(among), scaled.T @ target / n
    slopes = inverse @ to
    explained[moved] = np.clip((slopes * to).sum(axis=0), 0.0, 1.0)
    left = 1.0 - explained[moved]
    left = np.where(left > _TINY, left, 0.0)
    held = np.where(np.abs(slopes) > _TINY, slopes, 0.0)
    size = np.sqrt(held**2 + left * np.diag(inverse)[:, None])
    coefficients[np.ix_(live, moved)] = slopes
    partial[np.ix_(live, moved)] = np.divide(held, size, out=np.zeros_like(held), where=size > 0.0)
    return coefficients, partial, explained


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def _all(x: Floats, y: Floats) -> Floats:
    """Coefficients, partial rank correlations and explained share of every outcome, shape (2 k + 1, m)."""
    coefficients, _, explained = regression(x, y)
    _, partial, _ = regression(tied_ranks(x), tied_ranks(y))
    return np.concatenate([coefficients, partial, explained[None]])
