"""Emulators: cheap stand-ins for the model, one per target, with an error found by cross-validation.

For every target three are tried: a quadratic in the parameters, a small neural network, and their mean; the one with
the smallest error on candidates left out of its training is kept. The networks of the folds stay together and answer
as one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from klyngesim.calibration.misfit import Expectation
from klyngesim.errors import InputError
from klyngesim.seeds import number_of
from klyngesim.streams import Floats, Ints

FOLDS = 5
_STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)  # of the ridge, relative to standardised features
_QUADRATIC, _NETWORK, _BOTH = 0, 1, 2
KINDS = ("quadratic", "network", "mean of both")
"""Words for what stands in for a target."""


def seed_noise(runs: Floats) -> Floats:
    """Variance of one run around its candidate's mean, shape (T,), pooled over candidates.

    Args:
        runs: on the bent scale, shape (candidates, seeds, T). With one seed per candidate there is no telling, and
            the noise stays part of the emulator's error: zeros.
    """
    if runs.shape[1] < 2:
        return np.zeros(runs.shape[2])
    return np.asarray(runs.var(axis=1, ddof=1).mean(axis=0))


@dataclass(frozen=True)
class Quadratic:
    """A fitted quadratic as plain numbers: a walk asks for a few points at a time, and checks cost more than answers.

    Attributes:
        weights: of linear terms, then of squares and products in the order of ``triu``, shape (F, T).
        constant: shape (T,).
    """

    weights: Floats
    constant: Floats

    @classmethod
    def of(cls, fitted: Pipeline) -> Quadratic:
        """The same quadratic, out of the pipeline that fitted it."""
        _, scaler, ridge = (step for _, step in fitted.steps)
        weights = np.atleast_2d(ridge.coef_) / scaler.scale_
        return cls(weights.T, np.asarray(ridge.intercept_ - weights @ scaler.mean_))

    def __call__(self, scaled: Floats) -> Floats:
        """Standardised targets, shape (n, T)."""
        first, second = np.triu_indices(scaled.shape[1])
        terms = np.concatenate((scaled, scaled[:, first] * scaled[:, second]), axis=1)
        return np.asarray(terms @ self.weights + self.constant)


@dataclass(frozen=True)
class Emulator:
    """Stands in for the model.

    Attributes:
        quadratic: fitted to all candidates, all targets at once.
        networks: one per fold, each trained without its fold.
        centre, spread: of the targets, shape (T,); targets are standardised for training.
        kind: which of `KINDS` answers for each target, shape (T,).
        error: cross-validated variance of the expectation on the bent scale, seed noise taken off, shape (T,).
        noise: variance of a single run, shape (T,).
        r2: share of the variance between left-out candidates that is explained, shape (T,).
    """

    quadratic: Quadratic
    networks: tuple[MLPRegressor, ...]
    centre: Floats
    spread: Floats
    kind: Ints
    error: Floats
    noise: Floats
    r2: Floats

    def __call__(self, points: Floats) -> Expectation:
        """What the model is expected to give at points of the unit cube, shape (n, D)."""
        scaled = 2.0 * points - 1.0
        flat = self.quadratic(scaled)
        mean = flat
        if (self.kind != _QUADRATIC).any():
            bent = np.mean([_forward(network, scaled) for network in self.networks], axis=0)
            mean = _chosen(self.kind, flat, bent)
        return Expectation(self.centre + self.spread * mean, self.error, self.noise)


def _chosen(kind: Ints, flat: Floats, bent: Floats) -> Floats:
    """The answers of the kinds chosen, shape (n, T)."""
    return np.where(kind == _QUADRATIC, flat, np.where(kind == _NETWORK, bent, 0.5 * (flat + bent)))


def _forward(network: MLPRegressor, scaled: Floats) -> Floats:
    """A network's answer without the checks of ``predict``, which cost more than the answer for a few points."""
    layer = scaled
    last = len(network.coefs_) - 1
    for number, (weights, bias) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        layer = layer @ weights + bias
        if number < last:
            layer = np.tanh(layer)
    return layer


def fit_emulator(points: Floats, runs: Floats, seed: int, purpose: str) -> Emulator:
    """An emulator of the runs of these candidates.

    Args:
        points: candidates in the unit cube, shape (n, D), n at least 2 x FOLDS.
        runs: on the bent scale, shape (n, seeds, T).
        seed: of the calibration.
        purpose: name of the stage, for the random numbers.
    """
    if len(points) < 2 * FOLDS:
        raise InputError(f"{len(points)} candidates are too few for an emulator; at least {2 * FOLDS} are needed")
    scaled = 2.0 * points - 1.0
    means = runs.mean(axis=1)
    centre, spread = means.mean(axis=0), np.maximum(means.std(axis=0), 1e-9)
    wanted = (means - centre) / spread
    left_out = np.zeros((2, *wanted.shape))
    networks = []
    chance = number_of(seed, f"folds of {purpose}")
    for train, test in KFold(FOLDS, shuffle=True, random_state=chance).split(scaled):
        left_out[0, test] = Quadratic.of(_quadratic().fit(scaled[train], wanted[train]))(scaled[test])
        networks.append(_network(scaled[train], wanted[train], chance))
        left_out[1, test] = _forward(networks[-1], scaled[test])
    answers = np.stack([_chosen(np.full(wanted.shape[1], kind), *left_out) for kind in range(len(KINDS))])
    squares = ((answers - wanted) ** 2).mean(axis=1)
    kind = np.argmin(squares, axis=0)
    best = squares[kind, np.arange(len(kind))]
    noise = seed_noise(runs)
    error = np.maximum(best * spread * spread - noise / runs.shape[1], 0.0)
    return Emulator(
        quadratic=Quadratic.of(_quadratic().fit(scaled, wanted)),
        networks=tuple(networks),
        centre=centre,
        spread=spread,
        kind=kind,
        error=error,
        noise=noise,
        r2=1.0 - best / np.maximum(wanted.var(axis=0), 1e-12),
    )


def _quadratic() -> Pipeline:
    """All squares and products of the parameters, shrunk as cross-validation asks."""
    ridge = RidgeCV(alphas=_STRENGTHS, alpha_per_target=True)
    return make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler(), ridge)


def _network(scaled: Floats, wanted: Floats, chance: int) -> MLPRegressor:
    """Two layers of 48, trained until it no longer learns, or for 400 rounds."""
    network = MLPRegressor(
        hidden_layer_sizes=(48, 48), activation="tanh", solver="lbfgs", alpha=1.0, max_iter=400, random_state=chance
    )
    with warnings.catch_warnings():
        # The rounds are a limit on purpose; cross-validation says how good the network is by then.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(scaled, wanted if wanted.shape[1] > 1 else wanted.ravel())
