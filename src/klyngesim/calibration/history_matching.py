"""History matching from the whole prior to where the targets point, wave by wave.

Every wave but the last is spread evenly over what the waves before have left of the prior, and its emulator cuts that
space again. The last wave goes where the emulator's posterior is, widened, so that the emulator that the posterior is
drawn from was trained there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klyngesim.calibration.emulator import KINDS, Emulator, fit_emulator
from klyngesim.calibration.misfit import Yardstick, discrepancies, implausibility, log_likelihood
from klyngesim.calibration.sampling import Density, Walk, walk
from klyngesim.calibration.settings import CalibrationSettings, Chains
from klyngesim.seeds import generator, sobol
from klyngesim.streams import Floats

_POOL = 1 << 15  # points in which the space left is measured
_WALKERS, _STEPS, _BURN_IN = 200, 300, 140  # of the walk that fills a pool
_TURNS, _SEARCH = 3, 80  # searches for the best fit, and steps of each
_SOFT = 0.1  # width of the walk's edge, in implausibility: lets walkers find their way in
_LEAST_SHARE = 0.05  # share of a pool that a cut has to leave


@dataclass(frozen=True)
class Cut:
    """What one wave rules out.

    Attributes:
        emulator: of the wave.
        discrepancy: of the model, as the wave sees it, by kind of pattern, shape (K,).
        limit: implausibility above which a point is given up.
    """

    emulator: Emulator
    discrepancy: Floats
    limit: float


@dataclass(frozen=True)
class SpaceLeft:
    """What the waves so far have left of the unit cube."""

    yardstick: Yardstick
    cuts: tuple[Cut, ...] = ()

    def excess(self, points: Floats) -> Floats:
        """How far points are beyond the strictest cut, shape (n,); 0 or below = still in."""
        worst = np.full(len(points), -np.inf)
        for cut in self.cuts:
            found = implausibility(cut.emulator(points), self.yardstick, cut.discrepancy)
            worst = np.maximum(worst, found.max(axis=1, initial=0.0) - cut.limit)
        return worst

    def contains(self, points: Floats) -> NDArray[np.bool_]:
        """Which points are still in, shape (n,)."""
        return np.asarray(self.excess(points) <= 0.0)

    def density(self, points: Floats) -> Floats:
        """Log density of an even spread over the space left: 0 inside, minus infinity outside, shape (n,)."""
        return np.where(self.contains(points), 0.0, -np.inf)

    def posterior(self, emulator: Emulator, discrepancy: Floats) -> Density:
        """Log density of the emulator's posterior: likelihood of the targets inside the space left."""

        def density(points: Floats) -> Floats:
            return log_likelihood(emulator(points), self.yardstick, discrepancy) + self.density(points)

        return density


@dataclass(frozen=True)
class Pool:
    """Points spread over the space left, and which share of the prior it is.

    ``share`` is an upper bound if ``bound`` is true: no point of the pool before was left.
    """

    points: Floats
    share: float
    bound: bool = False


def first_pool(dimensions: int, seed: int) -> Pool:
    """The whole prior."""
    return Pool(sobol(_POOL, dimensions, seed, "pool of the prior"), 1.0)


def cut_with(
    left: SpaceLeft, emulator: Emulator, pool: Pool, limit: float, seed: int, stage: str
) -> tuple[SpaceLeft, Pool, dict[str, Any]]:
    """Rules out what a wave's emulator finds implausible.

    Args:
        left: space left before.
        emulator: fitted to the wave.
        pool: points spread over ``left``.
        limit: the cut-off aimed at.
        seed: of the calibration.
        stage: name of the wave.

    Returns:
        the space left now, a pool spread over it, and what to report.
    """
    discrepancy = learn_discrepancy(left, emulator, pool, seed, stage)
    now = SpaceLeft(left.yardstick, (*left.cuts, Cut(emulator, discrepancy, limit)))
    excess = now.excess(pool.points)
    kept = float((excess <= 0.0).mean())
    fresh = _spread(now, pool.points[np.argsort(excess)[: 4 * _WALKERS]], seed, stage)
    beyond = now.excess(fresh)
    if (beyond <= 0.0).mean() < _LEAST_SHARE:
        # No point meets all kinds of pattern at once: keep the best of what there is, and say so.
        limit += float(np.quantile(beyond, _LEAST_SHARE))
        now = SpaceLeft(left.yardstick, (*left.cuts, Cut(emulator, discrepancy, limit)))
        # Earlier cuts stay as they were; points beyond those alone are let in for the search to go on from.
        beyond = np.minimum(now.excess(fresh), beyond - np.quantile(beyond, _LEAST_SHARE))
    share = pool.share * (kept if kept > 0.0 else 1.0 / len(pool.points))
    found = {
        "cut_off": round(limit, 3),
        "share_of_prior_left": share,
        "share_is_upper_bound": pool.bound or kept == 0.0,
        "discrepancy_sd": dict(zip(left.yardstick.kinds, np.sqrt(discrepancy).round(3).tolist(), strict=True)),
    }
    return now, Pool(fresh[beyond <= 0.0], share, pool.bound or kept == 0.0), found


def learn_discrepancy(left: SpaceLeft, emulator: Emulator, pool: Pool, seed: int, stage: str) -> Floats:
    """What the model itself leaves unexplained where it fits best, by kind of pattern, shape (K,), squared tolerances.

    Walkers look for the best fit under the discrepancy known so far, which is then reckoned anew, three times.
    """
    points = pool.points
    found = discrepancies(emulator(points), left.yardstick)
    for turn in range(_TURNS):
        density = left.posterior(emulator, found)
        start = points[np.argsort(-density(points))[:_WALKERS]]
        visited = walk(density, start, _WALKERS, _SEARCH, 0, seed, f"search {turn + 1} in {stage}").flat
        points = np.concatenate((start, visited[left.contains(visited)]))
        found = discrepancies(emulator(points), left.yardstick)
    return found


def _spread(left: SpaceLeft, start: Floats, seed: int, stage: str) -> Floats:
    """Points spread evenly over the space left and a narrow edge around it, shape (n, D)."""
    walkers = max(_WALKERS, 4 * start.shape[1])

    def soft(points: Floats) -> Floats:
        return -0.5 * (np.maximum(0.0, left.excess(points)) / _SOFT) ** 2

    return walk(soft, start, walkers, _STEPS, _BURN_IN, seed, f"pool after {stage}").flat


def design(pool: Pool, count: int, seed: int, stage: str) -> Floats:
    """Candidates of the next wave, shape (<= count, D): different points of the pool."""
    points = np.unique(pool.points, axis=0)
    chosen = generator(seed, f"design of {stage}").permutation(len(points))[:count]
    return np.asarray(points[chosen])


def describe(emulator: Emulator, yardstick: Yardstick) -> dict[str, Any]:
    """What to report about an emulator."""
    order = np.argsort(emulator.r2)
    return {
        "r2_median": float(np.median(emulator.r2)),
        "r2_by_kind": {
            name: round(float(np.median(emulator.r2[yardstick.kind == place])), 4)
            for place, name in enumerate(yardstick.kinds)
        },
        "r2_worst": {yardstick.ids[place]: round(float(emulator.r2[place]), 4) for place in order[:5].tolist()},
        "kinds": {word: int((emulator.kind == code).sum()) for code, word in enumerate(KINDS)},
        "error_sd_median": float(np.median(np.sqrt(emulator.error))),
        "seed_sd_median": float(np.median(np.sqrt(emulator.noise))),
    }


_TEMPER = 0.25  # power of the likelihood that the last wave is drawn from: about twice as wide as the posterior

Simulate = Callable[[str, Callable[[], Floats], Sequence[Sequence[int]]], tuple[Floats, Floats, float]]
"""``simulate(stage, wanted, seeds)``: candidates (``wanted()`` unless begun before), their bent runs, seconds."""


@dataclass(frozen=True)
class Matching:
    """What the waves come to.

    Attributes:
        left: space left.
        pool: points spread over it.
        emulator: of the last wave.
        discrepancy: of the model, by kind of pattern, shape (K,).
        prior: log density that the last wave's candidates were drawn from.
        points: these candidates, shape (n, D).
        runs: their runs on the bent scale, shape (n, seeds, T).
        report: what to report of each wave.
    """

    left: SpaceLeft
    pool: Pool
    emulator: Emulator
    discrepancy: Floats
    prior: Density
    points: Floats
    runs: Floats
    report: list[dict[str, Any]]


def match(settings: CalibrationSettings, yardstick: Yardstick, simulate: Simulate) -> Matching:
    """Runs the waves of the settings."""
    dimensions, seed, last = len(settings.space), settings.seed, len(settings.waves) - 1
    left, pool = SpaceLeft(yardstick), first_pool(dimensions, seed)
    emulator: Emulator | None = None
    points = np.zeros((0, dimensions))
    runs = np.zeros((0, settings.seeds_per_candidate, len(yardstick)))
    reports: list[dict[str, Any]] = []
    prior: Density = left.density
    for wave, count in enumerate(settings.waves):
        stage = f"wave-{wave + 1}"
        focused = emulator is not None and wave == last
        if emulator is None:
            wanted = partial(sobol, count, dimensions, seed, stage)
        elif focused:
            posterior = left.posterior(emulator, learn_discrepancy(left, emulator, pool, seed, f"focus of {stage}"))
            prior = partial(_tempered, posterior)
            wanted = partial(focus, prior, pool, settings.chains, count, seed, stage)
        else:
            prior = left.density
            wanted = partial(design, pool, count, seed, stage)
        seeds = [settings.candidate_seeds(wave, candidate) for candidate in range(count)]
        candidates, fresh, seconds = simulate(stage, wanted, seeds)
        # Earlier candidates still in the running help the emulator; the others would only distract it.
        still = left.contains(points)
        points, runs = np.concatenate((points[still], candidates)), np.concatenate((runs[still], fresh))
        emulator = fit_emulator(points, runs, seed, stage)
        report = {
            "candidates": len(fresh),
            "in_emulator": len(points),
            "seconds_per_simulation": round(seconds / (len(fresh) * settings.seeds_per_candidate), 4),
        }
        if not focused:
            left, pool, found = cut_with(left, emulator, pool, settings.cut_off, seed, stage)
            report |= found
        reports.append({**report, **describe(emulator, yardstick)})
    assert emulator is not None  # settings have at least one wave
    discrepancy = learn_discrepancy(left, emulator, Pool(candidates, pool.share), seed, "posterior")
    return Matching(left, pool, emulator, discrepancy, prior, candidates, fresh, reports)


def _tempered(density: Density, points: Floats) -> Floats:
    """A log density, widened."""
    return _TEMPER * density(points)


def walk_from_pool(density: Density, pool: Pool, work: Chains, seed: int, purpose: str) -> Walk:
    """Walkers that start at the likeliest points of a pool."""
    best = pool.points[np.argsort(-density(pool.points))[: 4 * work.walkers]]
    return walk(density, best, work.walkers, work.steps, work.burn_in, seed, purpose)


def focus(density: Density, pool: Pool, work: Chains, count: int, seed: int, stage: str) -> Floats:
    """Candidates of the last wave, drawn from a density, shape (<= count, D)."""
    drawn = walk_from_pool(density, pool, work, seed, f"walk of {stage}")
    return design(Pool(drawn.flat, pool.share), count, seed, stage)
