"""What assumptions do to the level that holds as today: some smooth courses over the years, as far as runs show.

A run as today has more luck in it than a difference of two. Fitted year by year, luck would look like an effect that
jumps from year to year; an assumption holds in all years, so that what it does is a sum of the slowest cosines. How
many of them, how much they are shrunk, and whether there is anything at all is what does best on points left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from klyngesim.explorer.bases import Products
from klyngesim.explorer.surrogates import FOLDS, rounded, solved
from klyngesim.seeds import number_of
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.emulators import folds

_COURSES = 4
_SHRINKING = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)


def courses(years: int, count: int) -> Floats:
    """The slowest cosines of the years, at right angles and of length one, shape (years, count); the first is flat."""
    phases = np.pi * np.outer((np.arange(years) + 0.5) / years, np.arange(count))
    found = np.cos(phases)
    return np.asarray(found / np.sqrt((found**2).sum(axis=0)))


def level(basis: Products, coded: Floats, today: Floats, seed: int) -> Floats:
    """Weights of the functions of the assumptions, for what these add to the level as today, shape (m, years).

    The level where all are as usual is not asked of them: the mean of the points is taken off, and with it the luck by
    which other runs, as those of presets, are higher or lower.

    Args:
        basis: products of assumptions.
        coded: points, shape (n, k).
        today: level at the points, shape (n, years); a point with a NaN is left out.
        seed: of folds.
    """
    there = ~np.isnan(today).any(axis=1)
    features, wanted = basis(coded[there]), today[there]
    parts = folds(range(len(wanted)), FOLDS, number_of(seed, "folds of the level"))
    kept = [slow @ slow.T for slow in (courses(wanted.shape[1], count) for count in range(_COURSES + 1))]
    candidates = []
    for shrinking in _SHRINKING:
        answers, aim = _left_out(features, wanted, shrinking, parts)
        weights = _weights(features, wanted, shrinking)
        candidates += [(_error(answers, aim, some), weights @ some) for some in kept]
    return rounded(min(candidates, key=lambda one: one[0])[1])


def _left_out(features: Floats, wanted: Floats, shrinking: float, parts: Sequence[Ints]) -> tuple[Floats, Floats]:
    """Answers at every point from weights of the other folds, and what was wanted, less the mean of these."""
    answers, aim = np.empty_like(wanted), np.empty_like(wanted)
    for test in parts:
        train = np.setdiff1d(np.arange(len(wanted)), test)
        weights = _weights(features[train], wanted[train], shrinking)
        answers[test] = (features[test] - features[train].mean(axis=0)) @ weights
        aim[test] = wanted[test] - wanted[train].mean(axis=0)
    return answers, aim


def _weights(features: Floats, wanted: Floats, shrinking: float) -> Floats:
    """Of features and level less their means, shape (m, years)."""
    apart = features - features.mean(axis=0)
    return solved(apart, np.eye(apart.shape[1]), wanted - wanted.mean(axis=0), shrinking)


def _error(answers: Floats, aim: Floats, kept: Floats) -> float:
    """Sum of squares of what answers miss, of which only some courses are kept: a projection, shape (years, years)."""
    return float(((answers @ kept - aim) ** 2).sum())
