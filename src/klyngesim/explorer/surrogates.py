"""Surrogates of what levers change, year by year: fitted to exact pairs, tested on others, with a band of their own.

Of the two kinds of `bases` the one whose weights do better on points left out of them is taken, and with it how much
these are shrunk; both on the mean of the years that verdicts are on. What is left over at points left out of the
weights is the error of the surrogate and the luck of a pair together, and makes the band. It is nothing at as today and
grows with how far levers are moved.

A little of every point is in what it is left out of: the lengths of a Gaussian process and its centres are those of all
points, and the choice is made on the same points as the band. How far to trust the band is therefore said by points
that had no part in anything: `explored.Validation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from klyngesim.explorer.bases import Basis, Coding, Process, Products
from klyngesim.results.windows import LEVEL
from klyngesim.seeds import generator, number_of
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.emulators import fit, folds

Kind = Literal["quadratic", "gaussian process"]
KINDS: tuple[Kind, ...] = ("quadratic", "gaussian process")

LEAST_R2 = 0.8
"""Share of the variance of held-out points that a surrogate has to explain, or its chart is grey."""

CENTRES = 80
"""Centres of a Gaussian process at the most: more would not make the page more accurate than it is long."""

DIGITS = 7
"""Digits of a weight, here as on the page, so that both give the same."""

_NEAR = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Lengths of a move of the levers, coded, from which a band may grow no longer in proportion; see `growth`."""

FOLDS = 20
"""Parts of the points, each left out once: small ones, so that what is left over is that of nearly all points."""

SHRINKING = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""How much weights are shrunk, of which the one is taken that does best on points left out."""


@dataclass(frozen=True)
class Surrogate:
    """What stands for the model in one indicator.

    Attributes:
        indicator: id.
        kind: of surrogate.
        basis: functions of coded points.
        weights: of these functions, in units of the indicator, shape (m, years).
        half: half of the band's width where `growth` is one, by year, shape (years,).
        half_window: the same of the mean of the window's years.
        near: of `growth`.
        r2: share of the variance of left-out points that it explains, of the mean of the window's years.
        points: to which it is fitted, those with a value.
    """

    indicator: str
    kind: Kind
    basis: Basis
    weights: Floats
    half: Floats
    half_window: float
    near: float
    r2: float
    points: int

    def __call__(self, coded: Floats) -> Floats:
        """Expected difference from as today, shape (n, years)."""
        return np.asarray(self.basis(coded) @ self.weights)


def moved(coded: Floats, levers: int) -> NDArray[np.bool_]:
    """Where a lever is moved, shape (n,): it may be drawn at its value of today, and such points say nothing."""
    return np.asarray(coded[:, :levers].any(axis=1))


def growth(coded: Floats, levers: int, near: float) -> Floats:
    """How much wider or narrower the band is at points, 0 at as today, shape (n,).

    It grows with the length of the levers' move, in proportion while that is well below ``near`` and hardly any more
    when it is well above.
    """
    length = np.sqrt((coded[:, :levers] ** 2).sum(axis=1))
    return np.asarray(length / (length + near))


def _near(coded: Floats, levers: int, left_over: Floats) -> float:
    """The growth under which what is left over is likeliest, as Laplace's distribution has it."""
    if not left_over.any():
        return _NEAR[0]

    def unlikely(near: float) -> float:
        share = growth(coded, levers, near)
        return float(np.log(share).mean() + np.log((left_over / share).mean()))

    return min(_NEAR, key=unlikely)


def _quantile(values: Floats) -> Floats:
    """Along the first axis, what the next of such values is below with the level of the band, shape (...)."""
    return np.asarray(np.quantile(values, LEVEL, axis=0, method="weibull"))


def fitted(
    indicator: str, coding: Coding, coded: Floats, difference: Floats, window: Sequence[int], seed: int
) -> Surrogate:
    """The surrogate of one indicator.

    Args:
        indicator: id.
        coding: of the factors.
        coded: points, shape (n, k); centres are drawn from all of them, so that all outcomes have the same.
        difference: at the points, shape (n, years); a point with a NaN is left out.
        window: places of the years that verdicts are on.
        seed: of folds and lengths.
    """
    centres = rounded(coded[generator(seed, "centres of the page").permutation(len(coded))[:CENTRES]])
    there = ~np.isnan(difference).any(axis=1)
    coded, difference = coded[there], difference[there]
    aim = difference[:, window].mean(axis=1)
    parts = folds(range(len(aim)), FOLDS, number_of(seed, "folds of the page"))
    candidates: list[tuple[float, Kind, Basis, float, Floats]] = []
    for kind, basis in zip(KINDS, _bases(coding, centres, coded, aim, seed), strict=True):
        features, penalty = basis(coded), basis.penalty
        for shrinking in SHRINKING:
            answers = _left_out(features, penalty, difference, shrinking, parts)
            error = float(((answers[:, window].mean(axis=1) - aim) ** 2).mean())
            candidates.append((error, kind, basis, shrinking, answers))
    error, kind, basis, shrinking, answers = min(candidates, key=lambda one: one[0])
    away = moved(coded, coding.levers)
    left_over = np.abs(answers - difference)[away]
    left_window = np.abs(answers[:, window].mean(axis=1) - aim)[away]
    near = _near(coded[away], coding.levers, left_window)
    share = growth(coded[away], coding.levers, near)
    return Surrogate(
        indicator=indicator,
        kind=kind,
        basis=basis,
        weights=rounded(solved(basis(coded), basis.penalty, difference, shrinking)),
        half=rounded(_quantile(left_over / share[:, None])),
        half_window=float(rounded(_quantile(left_window / share))),
        near=near,
        r2=explained(answers[:, window].mean(axis=1), aim),
        points=len(aim),
    )


def _bases(coding: Coding, centres: Floats, coded: Floats, aim: Floats, seed: int) -> tuple[Basis, Basis]:
    """Both kinds; the lengths of a Gaussian process are those of the sweeps' own."""
    model = fit("gaussian process", coded, aim, number_of(seed, "lengths of the page"))
    process = Process(centres, rounded(model.lengths), coding.levers)
    return Products.of_levers(coding.levers, coded.shape[1]), process


def solved(features: Floats, penalty: Floats, wanted: Floats, shrinking: float) -> Floats:
    """Weights of least squares, shrunk, shape (m, years)."""
    gram = features.T @ features + shrinking * len(features) * penalty
    return np.asarray(np.linalg.solve(gram, features.T @ wanted))


def _left_out(features: Floats, penalty: Floats, wanted: Floats, shrinking: float, parts: Sequence[Ints]) -> Floats:
    """Answers at every point from weights of the other folds, shape (n, years)."""
    found = np.empty_like(wanted)
    for test in parts:
        train = np.setdiff1d(np.arange(len(wanted)), test)
        found[test] = features[test] @ solved(features[train], penalty, wanted[train], shrinking)
    return found


def explained(answers: Floats, wanted: Floats) -> float:
    """Share of the variance of points that answers explain; below 0 = worse than the mean of the points."""
    return float(1.0 - ((answers - wanted) ** 2).sum() / max(((wanted - wanted.mean()) ** 2).sum(), 1e-300))


def rounded(values: Floats) -> Floats:
    """Numbers to as many digits as the page has."""
    return np.asarray(np.vectorize(lambda value: float(f"{value:.{DIGITS}g}"), otypes=[np.float64])(values))
