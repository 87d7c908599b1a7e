"""Fitting a rival rule anew: a rival is judged fairly only with parameters of its own.

The shipped posterior belongs to the rules in force. Around it, widened, candidates are run under the rival; an
emulator learns them, and draws of its posterior stand for the rival. This is shorter than the calibration (one wave,
one seed a candidate, no correction of what the emulator gets wrong), so that whoever is compared with a rival has to be
fitted in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from klyngesim.calibration.emulator import fit_emulator
from klyngesim.calibration.misfit import Yardstick, log_likelihood
from klyngesim.calibration.sampling import walk
from klyngesim.calibration.settings import CalibrationSettings, RivalFits
from klyngesim.calibration.simulate import draws_of, simulate_all
from klyngesim.calibration.targets import Target
from klyngesim.runs.jobs import OnProgress
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.template import Template
from klyngesim.seeds import generator
from klyngesim.streams import Floats

Values = Mapping[str, Scalar]
UnderRival = Callable[[Values], Values]
"""A draw's parameters with those that the rival sets."""


def refit(
    name: str,
    rival: UnderRival,
    draws: Sequence[Mapping[str, float]],
    template: Template,
    targets: Sequence[Target],
    discrepancy: Mapping[str, float],
    settings: CalibrationSettings,
    first_seed: int,
    processes: int = 1,
    on_progress: OnProgress | None = None,
) -> list[Values]:
    """Draws of the parameters that suit a rival, with what the rival sets; as many as ``draws``.

    Args:
        name: of the rival, for the random numbers.
        rival: sets the rule.
        draws: of the posterior of the rules in force, equally weighted.
        template: of the scenario, up to 2023Q4.
        targets: those with the role calibration are fitted.
        discrepancy: of the model by observable, standard deviations in tolerances, granted to the rival too.
        settings: of the calibration: fitted parameters, work and seed.
        first_seed: seed of the first candidate; nothing was fitted on it.
        processes: worker processes.
        on_progress: called after every run.
    """
    work = settings.rivals
    fitted = settings.fitted(targets)
    yardstick, space = Yardstick.of(fitted), settings.space
    points = widened(np.array([space.point(draw) for draw in draws]), work, settings.seed, name)
    values = [rival(space.values(point)) for point in points]
    jobs = draws_of(values, [target.key for target in fitted], template, first_seed)
    runs = yardstick.bent(np.stack([run.observed for run in simulate_all(jobs, processes, on_progress)]))
    emulator = fit_emulator(points, runs[:, None, :], settings.seed, name)
    left = np.array([discrepancy.get(kind, 0.0) ** 2 for kind in yardstick.kinds])
    low, high = points.min(axis=0), points.max(axis=0)

    def density(asked: Floats) -> Floats:
        # The emulator knows nothing beyond its candidates.
        inside = ((asked >= low) & (asked <= high)).all(axis=1)
        return np.where(inside, log_likelihood(emulator(asked), yardstick, left), -np.inf)

    start = points[np.argsort(-density(points))[: work.walkers]]
    drawn = walk(density, start, work.walkers, work.steps, work.burn_in, settings.seed, f"fit of {name}")
    return [rival(space.values(point)) for point in drawn.thinned(len(draws))]


def widened(points: Floats, work: RivalFits, seed: int, name: str) -> Floats:
    """Candidates around a posterior, shape (candidates, D): its draws, taken further from their mean, in the unit cube.

    ``points``: the draws, shape (n, D). Half a step of chance keeps candidates from the same draw apart.
    """
    chance = generator(seed, f"candidates of {name}")
    mean, spread = points.mean(axis=0), points.std(axis=0)
    chosen = points[chance.integers(0, len(points), work.candidates)]
    step = 0.5 * spread * chance.standard_normal(chosen.shape)
    return np.asarray(np.clip(mean + work.wider * (chosen - mean + step), 0.0, 1.0))
