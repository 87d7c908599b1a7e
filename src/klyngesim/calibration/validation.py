"""Everything that ``klyngesim validate`` works out: fit, groups, inputs and drop-out, from draws on fresh seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from klyngesim.calibration.dropout import DropOut, dropout_table, swept
from klyngesim.calibration.inputs import Input, input_table
from klyngesim.calibration.leave_one_out import HeldOut, Score, leave_one_out
from klyngesim.calibration.misfit import Yardstick, unexplained
from klyngesim.calibration.naive import naive
from klyngesim.calibration.rivals import REFITTED, RIVALS, Rival, rivals
from klyngesim.calibration.settings import CalibrationSettings, read_settings
from klyngesim.calibration.simulate import FIRST_SEED, FOLLOWED, WINDOW, draws_of, simulate_all
from klyngesim.calibration.targets import Target, read_targets
from klyngesim.calibration.verdicts import Fit, GroupFit, fit_table, group_table, read_misses
from klyngesim.ecosystem.build import build
from klyngesim.errors import InputError
from klyngesim.evidence.organisations import organisation_ids
from klyngesim.posterior import pick, read_discrepancy, read_posterior
from klyngesim.priors import Space
from klyngesim.results.csv_tables import write_table
from klyngesim.runs.jobs import OnProgress
from klyngesim.scenario.loading import read_template
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.template import Template
from klyngesim.seeds import sobol
from klyngesim.streams import Floats

Values = Mapping[str, float]

AGAIN = 20
"""Runs at the central values, which tell what luck alone does."""

DEEP = 30
"""Draws of the leave-one-out and of the rivals, which run thirteen and seven times as often as the rest."""


@dataclass(frozen=True)
class Basis:
    """What a judgement stands on, read once.

    template     of the scenario, up to 2023Q4
    followed     the same to the quarter up to which cohorts are followed
    targets      all of them, with the reasons of those that are missed
    settings     of the calibration
    discrepancy  of the model by observable that draws were weighed with, None when there is no posterior
    """

    template: Template
    followed: Template
    targets: tuple[Target, ...]
    misses: Mapping[str, str]
    settings: CalibrationSettings
    discrepancy: Mapping[str, float] | None

    def draws(self, count: int) -> list[Values]:
        """Parameter values of ``count`` draws of the shipped posterior.

        Without a posterior every draw has the central values of the registry, and only the seeds differ.
        Raises ValueError when more draws are asked for than there are.
        """
        if self.discrepancy is None:
            return [{} for _ in range(count)]
        draws = read_posterior()
        return [draws[number] for number in pick(count)]


def read_basis() -> Basis:
    """What the baseline is judged by. InputError for faults of targets, posterior or settings."""
    try:
        read_posterior()
        discrepancy = read_discrepancy()
    except FileNotFoundError:
        discrepancy = None
    template, followed = (read_template("baseline", [end]) for end in (WINDOW, FOLLOWED))
    return Basis(template, followed, read_targets(), read_misses(), read_settings(), discrepancy)


@dataclass(frozen=True)
class Depth:
    """What needs many more runs: organisations held out with their scores, and rival rules with the null model."""

    held_out: tuple[HeldOut, ...]
    scores: tuple[Score, ...]
    rivals: tuple[Rival, ...]


@dataclass(frozen=True)
class Validation:
    """What was found.

    targets   all targets; fits, one row each in the same order
    inputs    what the model is given, in a table of its own: to give it back is no sign of a fit
    groups    judgement by group
    dropout   drop-out table
    unexplained  discrepancy of the model by observable as these draws show it, standard deviations in tolerances
    draws     number of draws; calibrated = False when there is no posterior and seeds alone differ
    """

    targets: tuple[Target, ...]
    fits: tuple[Fit, ...]
    inputs: tuple[Input, ...]
    groups: tuple[GroupFit, ...]
    dropout: tuple[DropOut, ...]
    unexplained: Mapping[str, float]
    draws: int
    calibrated: bool


def validate(basis: Basis, count: int, processes: int = 1, on_progress: OnProgress | None = None) -> Validation:
    """Simulates the draws and judges them.

    Args:
        basis: what they are judged by.
        count: draws of the posterior, at least two; as many of the prior are simulated for the drop-out table.
        processes: worker processes.
        on_progress: called after every run.

    Raises:
        ValueError: too few or too many draws.
    """
    if count < 2:
        raise InputError(f"--draws {count}: an interval needs at least 2 draws")
    targets, template = basis.targets, basis.template
    guesses = naive(targets)
    draws, fitted = basis.draws(count), basis.settings.space.ids
    deep = swept(registry(), tuple(fitted))
    after, before = _with_prior(draws, deep), _prior(count, [*fitted, *deep])
    keys = [target.key for target in targets]
    jobs = draws_of(draws, keys, template)
    jobs += draws_of(after, (), basis.followed, FIRST_SEED + count)
    jobs += draws_of(before, (), basis.followed, FIRST_SEED + 2 * count)
    jobs += draws_of([{}] * AGAIN, keys, template, FIRST_SEED + 3 * count)
    runs = simulate_all(jobs, processes, on_progress)
    observed = np.stack([run.observed for run in runs[:count]])
    again = np.stack([run.observed for run in runs[3 * count :]])
    left = _unexplained(basis, observed, again)
    fits = fit_table(targets, observed, guesses, basis.misses, left)
    bare = fit_table(targets, observed, guesses, basis.misses)
    funnel = [run.flows for run in runs]
    return Validation(
        targets=targets,
        fits=fits,
        inputs=input_table(targets, observed, build(template.scenario, FIRST_SEED)),
        groups=group_table(targets, fits, bare, guesses),
        dropout=dropout_table(funnel[count : 2 * count], funnel[2 * count : 3 * count], organisation_ids()),
        unexplained=left,
        draws=count,
        calibrated=basis.discrepancy is not None,
    )


def runs_needed(count: int) -> int:
    """Runs that `validate` takes."""
    return 3 * count + AGAIN


def _unexplained(basis: Basis, observed: Floats, again: Floats) -> dict[str, float]:
    """What the fitted kinds of pattern leave unexplained, from draws and repeated runs, each of shape (n, T)."""
    if basis.discrepancy is None:
        return {}
    fitted = basis.settings.fitted(basis.targets)
    columns, yardstick = [basis.targets.index(target) for target in fitted], Yardstick.of(fitted)
    left = unexplained(yardstick.bent(observed[:, columns]), yardstick.bent(again[:, columns]), yardstick)
    return dict(zip(yardstick.kinds, np.sqrt(left).tolist(), strict=True))


def deepen(basis: Basis, found: Validation, processes: int = 1, on_progress: OnProgress | None = None) -> Depth:
    """Leave-one-out, rival rules and null model on at most `DEEP` of the draws that were judged. Raises as `validate`.

    ``on_progress`` is called with the runs of the leave-one-out, then those of the rivals.
    """
    count = found.draws
    draws = basis.draws(min(count, DEEP))
    # Where nothing was fitted, rivals are not fitted either.
    settings = None if basis.discrepancy is None else basis.settings
    fitted = () if settings is None else settings.fitted(basis.targets)
    known = basis.discrepancy or {}
    pool = basis.draws(count)
    held_out, scores = leave_one_out(pool, basis.template, len(draws), fitted, known, processes, on_progress)
    tried = rivals(basis.template, basis.targets, draws, known, found.unexplained, processes, on_progress, settings)
    return Depth(held_out, scores, tried)


def deep_runs(basis: Basis, count: int) -> int:
    """Runs that `deepen` takes."""
    draws = len(basis.draws(min(count, DEEP)))
    if basis.discrepancy is None:
        return count + draws * (len(organisation_ids()) + 1 + len(RIVALS))
    # The rules in force are fitted anew beside the rivals.
    fitted = len(RIVALS) + len(REFITTED)
    return count + draws * (len(organisation_ids()) + 1 + fitted) + fitted * basis.settings.rivals.candidates


def _with_prior(draws: Sequence[Values], deep: Sequence[str]) -> list[Values]:
    """The draws, with the parameters of the deeper stages drawn from their priors."""
    space = Space.of(deep, registry())
    points = sobol(len(draws), len(space), FIRST_SEED, "deep")
    return [{**draw, **space.values(point)} for draw, point in zip(draws, points, strict=True)]


def _prior(count: int, names: Sequence[str]) -> list[Values]:
    """Draws of the prior of everything: the fitted parameters and those of the deeper stages."""
    space = Space.of(names, registry())
    return [space.values(point) for point in sobol(count, len(space), FIRST_SEED, "prior")]


def write(found: Validation, depth: Depth | None, directory: Path) -> list[Path]:
    """Writes the tables into a directory; returns their paths.

    fit.csv, inputs.csv, groups.csv and dropout.csv, and with a depth held_out.csv, leave_one_out.csv and rivals.csv.
    """
    tables: list[tuple[str, Sequence[object], type[object]]] = [
        ("fit.csv", [fit for fit in found.fits if fit.role != "input"], Fit),
        ("inputs.csv", found.inputs, Input),
        ("groups.csv", found.groups, GroupFit),
        ("dropout.csv", found.dropout, DropOut),
    ]
    if depth is not None:
        tables += [
            ("held_out.csv", depth.held_out, HeldOut),
            ("leave_one_out.csv", depth.scores, Score),
            ("rivals.csv", depth.rivals, Rival),
        ]
    for name, rows, kind in tables:
        write_table(directory / name, rows, kind)
    return [directory / name for name, _, _ in tables]
