"""Regression on the points of a Latin hypercube or a table, where every point stands by itself.

Standardised regression coefficients say how many standard deviations the outcome moves with one of the factor, and r2
how much of the variance such straight lines hold; partial rank correlations do the same for any monotone response
(Helton, Johnson, Sallaberry and Storlie 2006, Reliability Engineering & System Safety 91; Marino, Hogue, Ray and
Kirschner 2008, Journal of Theoretical Biology 254).
"""

from __future__ import annotations

import numpy as np

from klyngesim.calibration.chance import generator
from klyngesim.experiments.sweeps.convergence import Estimate, change, interval, resampled, tied_ranks, varies
from klyngesim.experiments.sweeps.factors import Design
from klyngesim.results.sweep import ALL
from klyngesim.streams import Floats

_WORST_CONDITION = 1e10
_TINY = 1e-9


def point_indices(design: Design, means: Floats, seed: int) -> list[Estimate]:
    """``src`` and ``prcc`` of every factor, and ``r2`` of all together.

    Args:
        design: n points in random order; those of a table are put in one.
        means: outcome at every point, shape (n,), NaN where there is none.
        seed: of the resampling.

    Intervals are the middle 90 % of resamples of points. NaN where the outcome does not vary, where there are not
    more points than factors and a constant, and where factors of a table cannot be told apart; also for a factor
    that does not vary.
    """
    ids = tuple(factor.id for factor in design.factors)
    there = np.flatnonzero(~np.isnan(means))
    if design.method == "table":
        there = generator(seed, "sweep/order").permutation(there)
    x, y = heard(design)[there], means[there]
    found = _all(x, y)
    moved = change(found, lambda count: _all(x[:count], y[:count]), len(y))
    low, high = np.full((2, *found.shape), np.nan)
    if np.isfinite(found).any():
        low, high = interval(resampled(lambda drawn: _all(x[drawn], y[drawn]), len(y), seed, "points"))
    samples, k = np.full(len(ids), len(y)), len(ids)
    parts = (("src", ids, slice(0, k)), ("prcc", ids, slice(k, 2 * k)), ("r2", (ALL,), slice(2 * k, 2 * k + 1)))
    return [
        Estimate(name, whose, found[part], low[part], high[part], moved[part], samples[: len(whose)])
        for name, whose, part in parts
    ]


def heard(design: Design) -> Floats:
    """What a regression goes by, shape (n, k): the place; the value of a switch or whole number, which has steps."""
    found = design.places.copy()
    for column, factor in enumerate(design.factors):
        if factor.kind in ("switch", "whole"):
            found[:, column] = [factor.value(float(place)) for place in design.places[:, column]]
    return found


def regression(x: Floats, y: Floats) -> tuple[Floats, Floats, float]:
    """Least squares of a standardised outcome on standardised factors.

    Args:
        x: factors, shape (n, k).
        y: outcome, shape (n,).

    Returns:
        Coefficients, shape (k,); partial correlations, shape (k,), 0 for a factor to which the others leave nothing
        to explain; share of the variance that is explained. NaN where they are not determined.
    """
    n, k = x.shape
    coefficients, partial = np.full(k, np.nan), np.full(k, np.nan)
    live = np.array([varies(x[:, column]) for column in range(k)], dtype=bool)
    if n <= int(live.sum()) + 1 or not live.any() or not varies(y):
        return coefficients, partial, float("nan")
    scaled = (x[:, live] - x[:, live].mean(axis=0)) / x[:, live].std(axis=0)
    target = (y - y.mean()) / y.std()
    among, to = scaled.T @ scaled / n, scaled.T @ target / n
    if np.linalg.cond(among) > _WORST_CONDITION:
        return coefficients, partial, float("nan")
    inverse = np.linalg.inv(among)
    slopes = inverse @ to
    explained = min(1.0, max(0.0, float(slopes @ to)))
    left = 1.0 - explained if 1.0 - explained > _TINY else 0.0
    held = np.where(np.abs(slopes) > _TINY, slopes, 0.0)
    size = np.sqrt(held**2 + left * np.diag(inverse))
    coefficients[live] = slopes
    partial[live] = np.divide(held, size, out=np.zeros_like(held), where=size > 0.0)
    return coefficients, partial, explained


def _all(x: Floats, y: Floats) -> Floats:
    """Coefficients, partial rank correlations and explained share in a row, shape (2 k + 1,)."""
    coefficients, _, explained = regression(x, y)
    ranked = tied_ranks(np.column_stack([x, y]))
    _, partial, _ = regression(ranked[:, :-1], ranked[:, -1])
    return np.concatenate([coefficients, partial, [explained]])
