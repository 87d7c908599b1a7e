"""MCMC in the unit cube with emcee: walkers that see a log density and say how well they mixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import emcee
import numpy as np

from klyngesim.seeds import generator, seeded_state
from klyngesim.streams import Floats

_FLOOR = -1e25
"""Log density of impossible points inside the cube: walkers that start there have to be able to leave."""

Density = Callable[[Floats], Floats]
"""Log density of points inside the unit cube, shape (n, D) to (n,)."""


@dataclass(frozen=True)
class Walk:
    """What the walkers visited.

    Attributes:
        points: shape (steps, walkers, D), burn-in left out.
        density: log density there, shape (steps, walkers).
        acceptance: share of accepted moves.
        autocorrelation: integrated autocorrelation time by parameter, in steps, shape (D,).
    """

    points: Floats
    density: Floats
    acceptance: float
    autocorrelation: Floats

    @property
    def flat(self) -> Floats:
        """All points, shape (steps x walkers, D)."""
        return np.asarray(self.points.reshape(-1, self.points.shape[-1]))

    @property
    def effective(self) -> float:
        """Number of independent points that the walk is worth, by its slowest parameter."""
        slowest = float(np.max(np.maximum(self.autocorrelation, 1.0)))
        return float(self.points.shape[0] * self.points.shape[1] / slowest)

    def thinned(self, count: int) -> Floats:
        """At most ``count`` points evenly spread over the walk, shape (<= count, D)."""
        flat = self.flat
        places = np.linspace(0, len(flat) - 1, min(count, len(flat))).round().astype(np.int64)
        return np.asarray(flat[places])


def inside_cube(points: Floats) -> Floats:
    """Whether points lie in the unit cube, as 1 or 0, shape (n,)."""
    return np.asarray(((points >= 0.0) & (points <= 1.0)).all(axis=1), dtype=np.float64)


def walk(density: Density, start: Floats, walkers: int, steps: int, burn_in: int, seed: int, purpose: str) -> Walk:
    """Walks through the unit cube.

    Args:
        density: log density, only ever asked inside the cube; minus infinity is allowed.
        start: points to start from, shape (n, D); walkers are spread over them, slightly shaken.
        walkers: number of walkers, even and at least 2 D.
        steps: steps of each walker, burn-in included.
        burn_in: steps left out.
        seed: of the calibration.
        purpose: what the walk is for; names its random numbers.
    """
    dimensions = start.shape[1]

    def guarded(points: Floats) -> Floats:
        found = np.full(len(points), -np.inf)
        inside = inside_cube(points) > 0.0
        if inside.any():
            found[inside] = np.maximum(_FLOOR, np.nan_to_num(density(points[inside]), nan=_FLOOR))
        return found

    shake = generator(seed, f"start of {purpose}")
    chosen = start[shake.integers(0, len(start), walkers)]
    first = np.clip(chosen + 1e-3 * shake.standard_normal(chosen.shape), 1e-6, 1.0 - 1e-6)
    moves = [(emcee.moves.DEMove(), 0.6), (emcee.moves.DESnookerMove(), 0.1), (emcee.moves.StretchMove(), 0.3)]
    sampler = emcee.EnsembleSampler(walkers, dimensions, guarded, moves=moves, vectorize=True)
    sampler.random_state = seeded_state(seed, purpose)
    sampler.run_mcmc(first, steps, skip_initial_state_check=True)
    points = np.asarray(sampler.get_chain(discard=burn_in))
    # Without a tolerance the time is an estimate even for short walks; too short ones underestimate it.
    time = emcee.autocorr.integrated_time(points, tol=0, quiet=True)
    return Walk(
        points=points,
        density=np.asarray(sampler.get_log_prob(discard=burn_in)),
        acceptance=float(np.mean(sampler.acceptance_fraction)),
        autocorrelation=np.nan_to_num(np.asarray(time), nan=float(steps)),
    )
