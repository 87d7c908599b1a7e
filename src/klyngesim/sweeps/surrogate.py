"""Sobol indices from a surrogate where the runs do not reach for direct ones.

A surrogate is fitted to the point means of a design that spreads over the space, and the indices are taken of the
surrogate, through SALib. It is never used silently: it is tested on points left out, every row says that it is a
surrogate's and how large the error is, and above a stated error there are no rows. Le Gratiet, Marelli & Sudret 2017
("Metamodel-based sensitivity analysis", Handbook of Uncertainty Quantification) describe the approach; the intervals
are those of Storlie, Swiler, Helton & Sallaberry 2009 (Reliability Engineering & System Safety 94(11)): outcomes are
drawn anew from the surrogate plus its residuals, and everything is done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.seeds import generator, number_of
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import Z
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.emulators import (
    FEWEST_POINTS,
    FOLDS,
    Emulator,
    Kind,
    coded,
    fit,
    folds,
    need_sklearn,
)
from klyngesim.sweeps.methods import sobol
from klyngesim.sweeps.methods.blocks import FEWEST

METHOD = "surrogate"
KINDS: tuple[Kind, ...] = ("gaussian process", "boosting")

LEAST_R2 = 0.8
"""Indices are shares of the variance. At a cross-validated R2 of 0.8 a fifth of the variance between points is not
accounted for and could belong to any factor or interaction, or to the noise of the runs; with more unaccounted for,
the order of factors of middling size is no longer known."""

REFITS = 40


@dataclass(frozen=True)
class Tested:
    """How a kind of surrogate did on points left out of its training, by cross-validation.

    Attributes:
        kind: gaussian process or boosting.
        r2: share of the variance that is explained against the mean of the training points; below 0 = worse than it.
        rmse: root mean square error, in units of the outcome.
        rmse_of_mean: the same of the mean of the training points, in units of the outcome.
        coverage: share of the points in their 90 % prediction intervals, 0-1; NaN for boosting, which has none.
    """

    kind: Kind
    r2: float
    rmse: float
    rmse_of_mean: float
    coverage: float


@dataclass(frozen=True)
class SurrogateIndex:
    """An index of a factor; a row.

    Attributes:
        parameter: factor id.
        index: S1 or ST.
        value: of the index of the surrogate, without unit.
        low, high: 90 % interval; it holds the error of the surrogate and of the sampling of the index.
        method: ``surrogate``.
        kind: of surrogate.
        r2: cross-validated share of the variance that the surrogate explains.
        rmse: cross-validated error, in units of the outcome.
    """

    parameter: str
    index: str
    value: float
    low: float
    high: float
    method: str
    kind: Kind
    r2: float
    rmse: float


@dataclass(frozen=True)
class Surrogate:
    """A surrogate's answer.

    Attributes:
        chosen: the kind with the smaller cross-validated error.
        tested: both kinds.
        usable: whether the chosen one's R2 reaches ``least_r2``.
        least_r2: what was asked.
        points: points with an outcome, which it stands on.
        rows: S1 of every factor, then ST; none if it is not usable.
        why: why it is not usable; empty if it is.
    """

    chosen: Tested
    tested: tuple[Tested, ...]
    usable: bool
    least_r2: float
    points: int
    rows: tuple[SurrogateIndex, ...]
    why: str = ""


def surrogate_indices(
    design: Design,
    values: Floats,
    seed: int,
    samples: int = 1024,
    least_r2: float = LEAST_R2,
    refits: int = REFITS,
) -> Surrogate:
    """Sobol indices of an outcome from a surrogate of it, if that is good enough.

    Args:
        design: the points, of an lhs or Sobol design.
        values: mean outcome at every point, shape (n,), NaN for a point without one.
        seed: of folds, fits and samples.
        samples: base samples of the indices, a power of two; the surrogate answers samples x (k + 2) times.
        least_r2: cross-validated R2 from which it is usable, see `LEAST_R2`.
        refits: refits to new outcomes for the intervals, two or more.

    Raises:
        ImportError: scikit-learn is not installed.
        ValueError: another design, too few points, an outcome that does not vary, or samples that are no power of two.
    """
    need_sklearn()
    kept, outcomes = _checked(design, values, samples, refits)
    places = coded(design.factors, design.places)[kept]
    left_out, tested = _cross_validated(design, places, outcomes, kept, seed)
    best = min(range(len(KINDS)), key=lambda at: tested[at].rmse)
    chosen = tested[best]
    if not chosen.r2 >= least_r2:
        why = (
            f"the better surrogate ({chosen.kind}) explains {chosen.r2:.2f} of the variance of points left out of its "
            f"training; {least_r2:.2f} is asked"
        )
        return Surrogate(chosen, tested, False, least_r2, len(outcomes), (), why)
    whole = fit(chosen.kind, places, outcomes, number_of(seed, "surrogate"))
    value, half = _indices(design.factors, whole, places, outcomes - left_out[best], seed, samples, refits)
    rows = tuple(
        SurrogateIndex(
            one.id,
            name,
            float(value[row, column]),
            float(value[row, column] - half[row, column]),
            float(value[row, column] + half[row, column]),
            METHOD,
            chosen.kind,
            chosen.r2,
            chosen.rmse,
        )
        for row, name in enumerate(("S1", "ST"))
        for column, one in enumerate(design.factors)
    )
    return Surrogate(chosen, tested, True, least_r2, len(outcomes), rows)


def _checked(design: Design, values: Floats, samples: int, refits: int) -> tuple[Ints, Floats]:
    """Rows with an outcome, shape (m,), and their outcomes, shape (m,)."""
    if not design.method.surrogate:
        said = f"a surrogate needs points spread over the space (lhs or sobol), not a design {design.method.name}"
        raise ValueError(said)
    if values.shape != (len(design),):
        raise ValueError(f"{len(design)} points need as many outcomes, not an array of shape {values.shape}")
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"{samples} samples; Sobol points need a power of two")
    if refits < 2:
        raise ValueError(f"{refits} refits; an interval needs two at the least")
    kept: Ints = np.flatnonzero(np.isfinite(values)).astype(np.int64)
    if len(kept) < FEWEST_POINTS:
        raise ValueError(f"{len(kept)} points with an outcome are too few; at least {FEWEST_POINTS} are needed")
    outcomes = values[kept]
    if float(np.ptp(outcomes)) <= 1e-12 * max(1.0, float(np.abs(outcomes).max())):
        raise ValueError("the outcome is the same at every point, so it depends on nothing")
    return kept, outcomes


def _cross_validated(
    design: Design, places: Floats, outcomes: Floats, kept: Ints, seed: int
) -> tuple[Floats, tuple[Tested, ...]]:
    """Answers at points left out, shape (kinds, m), and how good they are."""
    # Rows of a block share coordinates: a block is left out as a whole.
    size = design.block
    chance = number_of(seed, "folds of the surrogate")
    answers, means = np.empty((len(KINDS), len(outcomes))), np.empty(len(outcomes))
    within = np.full((len(KINDS), len(outcomes)), np.nan)
    for test in folds([int(row) // size for row in kept], FOLDS, chance):
        train = np.setdiff1d(np.arange(len(outcomes)), test)
        means[test] = outcomes[train].mean()
        for at, kind in enumerate(KINDS):
            model = fit(kind, places[train], outcomes[train], chance)
            answers[at, test] = model(places[test])
            spread = model.spread(places[test])
            if spread is not None:
                within[at, test] = np.abs(answers[at, test] - outcomes[test]) <= Z * spread
    of_mean = float(((means - outcomes) ** 2).mean())
    errors = ((answers - outcomes) ** 2).mean(axis=1)
    return answers, tuple(
        Tested(
            kind=kind,
            r2=float(1.0 - errors[at] / of_mean),
            rmse=float(np.sqrt(errors[at])),
            rmse_of_mean=float(np.sqrt(of_mean)),
            coverage=float(within[at].mean()),
        )
        for at, kind in enumerate(KINDS)
    )


def _indices(
    factors: Sequence[Factor], model: Emulator, places: Floats, residuals: Floats, seed: int, samples: int, refits: int
) -> tuple[Floats, Floats]:
    """S1 and ST, and half of the width of their intervals, each of shape (2, k).

    Residuals are those of points left out, so that the intervals have the error that the surrogate makes where it has
    not been. Half widths are of root mean square distances to the value itself: what a refit tends to miss is in them.
    """
    chance = generator(seed, "residuals of the surrogate")
    value = _sobol(factors, model, samples, number_of(seed, "samples of the surrogate"))
    expected, centred = model(places), residuals - residuals.mean()
    again = [
        _sobol(
            factors,
            model.again(places, expected + chance.choice(centred, len(centred))),
            samples,
            number_of(seed, f"samples of refit {number}"),
        )
        for number in range(refits)
    ]
    return value, np.asarray(Z * np.sqrt(((np.stack(again) - value) ** 2).mean(axis=0)))


def _sobol(factors: Sequence[Factor], model: Emulator, samples: int, chance: int) -> Floats:
    """S1 and ST of a surrogate, shape (2, k)."""
    ids = [one.id for one in factors]
    answers = model(coded(factors, sobol.laid(ids, samples, chance)))
    return sobol.shares(ids, answers.reshape(samples, -1), FEWEST, chance)[:2]
