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

from klyngesim.calibration.chance import sobol
from klyngesim.calibration.emulator import Emulator, fit_emulator
from klyngesim.calibration.misfit import Yardstick
from klyngesim.calibration.sampling import Density, Walk, walk
from klyngesim.calibration.settings import CalibrationSettings, Chains
from klyngesim.calibration.waves import Pool, SpaceLeft, cut_with, describe, design, first_pool, learn_discrepancy
from klyngesim.streams import Floats

_TEMPER = 0.25  # power of the likelihood that the last wave is drawn from: about twice as wide as the posterior

Simulate = Callable[[str, Callable[[], Floats], Sequence[Sequence[int]]], tuple[Floats, Floats, float]]
"""``simulate(stage, wanted, seeds)``: candidates (``wanted()`` unless begun before), their bent runs, seconds."""


@dataclass(frozen=True)
class Matched:
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


def match(settings: CalibrationSettings, yardstick: Yardstick, simulate: Simulate) -> Matched:
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
    return Matched(left, pool, emulator, discrepancy, prior, candidates, fresh, reports)


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
