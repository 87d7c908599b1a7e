"""Recovery: data simulated from known parameters are put in the place of the report, and the parameters looked for.

The known parameters are candidates of the last wave, a fifth of them kept from the emulator that looks for them. One
of a candidate's runs, shaken by the targets' tolerances, is the data; the prior is the density that the last wave was
drawn from, so that 90 % intervals should hold the truth in nine cases of ten.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from klyngesim.calibration.emulator import Emulator, fit_emulator
from klyngesim.calibration.misfit import Expectation, Yardstick, bend, log_likelihood, straighten
from klyngesim.calibration.sampling import Density, walk
from klyngesim.calibration.settings import Recovery
from klyngesim.calibration.simulate import Report
from klyngesim.results.windows import LEVEL
from klyngesim.runs.jobs import Progress
from klyngesim.seeds import generator
from klyngesim.streams import Floats

STAGE = "recovery"
_KEPT_BACK = 5  # one candidate of so many is kept from the emulator


@dataclass(frozen=True)
class Trials:
    """Places of the truth in the posteriors: share of the draws below it, shape (trials, D)."""

    rank: Floats

    def inside(self) -> Floats:
        """Whether the central 90 % interval holds the truth, as 1 or 0, shape (trials, D)."""
        edge = (1.0 - LEVEL) / 2.0
        return ((self.rank >= edge) & (self.rank <= 1.0 - edge)).astype(np.float64)


def recover(
    prior: Density,
    yardstick: Yardstick,
    points: Floats,
    runs: Floats,
    work: Recovery,
    seed: int,
    report: Report | None = None,
) -> Trials:
    """Looks for known parameters.

    Args:
        prior: log density that the candidates were drawn from.
        yardstick: the targets.
        points: candidates of the last wave, shape (n, D).
        runs: on the bent scale, shape (n, seeds, T).
        work: number of trials and length of the chains.
        seed: of the calibration.
        report: called after every trial.
    """
    chance = generator(seed, STAGE)
    order = chance.permutation(len(points))
    back = order[: max(2, len(points) // _KEPT_BACK)]
    emulator = fit_emulator(points[order[len(back) :]], runs[order[len(back) :]], seed, STAGE)
    ranks = []
    for trial in range(work.trials):
        place = int(back[trial % len(back)])
        data = straighten(runs[place, trial // len(back) % runs.shape[1]])
        data = data + chance.standard_normal(data.shape)
        draws = _posterior(prior, yardstick, emulator, data, points, work, seed, f"trial {trial + 1}")
        ranks.append((draws < points[place]).mean(axis=0))
        if report is not None:
            report(STAGE, Progress(trial + 1, 0, work.trials))
    return Trials(np.array(ranks))


def _posterior(
    prior: Density,
    yardstick: Yardstick,
    emulator: Emulator,
    data: Floats,
    start: Floats,
    work: Recovery,
    seed: int,
    purpose: str,
) -> Floats:
    """Draws given the data, in tolerances from the report's values, shape (n, D)."""
    none = np.zeros(len(yardstick.kinds))
    # The data are numbers, whatever ranges the report prints.
    exact = replace(yardstick, below=np.zeros(len(yardstick)), above=np.zeros(len(yardstick)))

    def density(points: Floats) -> Floats:
        expected = emulator(points)
        shifted = Expectation(bend(straighten(expected.mean) - data), expected.error, expected.noise)
        slope = np.cosh(expected.mean / 2.0) / np.cosh(shifted.mean / 2.0)
        shifted = replace(shifted, error=slope * slope * expected.error, noise=slope * slope * expected.noise)
        return log_likelihood(shifted, exact, none) + prior(points)

    best = start[np.argsort(-density(start))[: work.walkers]]
    return walk(density, best, work.walkers, work.steps, work.burn_in, seed, purpose).flat


def report_of(trials: Trials, ids: tuple[str, ...]) -> dict[str, Any]:
    """What to report: coverage of the 90 % intervals in all and by parameter."""
    inside = trials.inside()
    by_parameter = inside.mean(axis=0)
    return {
        "trials": len(inside),
        "level": LEVEL,
        "coverage": round(float(inside.mean()), 4),
        "coverage_by_parameter": dict(zip(ids, by_parameter.round(4).tolist(), strict=True)),
    }
