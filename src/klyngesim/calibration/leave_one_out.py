"""Leave one out: participants and members of an organisation predicted without its own counts, beside benchmarks.

`calibration.held_out` says how an organisation is taken out. Benchmarks know what the model knows of it: the grant
(Table 7), the seats (activities, mix and group sizes: Tables 2 and 6, Figure 10), and the geometric mean of what the
two say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.held_out import (
    FIRST_SEED,
    QUANTITIES,
    SUMS_OF,
    benchmarks,
    counts,
    given_back,
    jobs_without,
    taken_by,
    weights_without,
)
from klyngesim.calibration.naive import Z90
from klyngesim.calibration.simulate import draws_of, simulate_all
from klyngesim.calibration.targets import Target
from klyngesim.runs.jobs import OnProgress
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.template import Template
from klyngesim.seeds import generator
from klyngesim.streams import Floats, Ints

WORST = 1.10
"""A log-RMSE above this multiple of a benchmark's is a failure; a lower one is reported, not required."""

MODEL = "model"
_BOOTSTRAPS = 2000


@dataclass(frozen=True)
class HeldOut:
    """One organisation and quantity, predicted without its own count.

    ``observed``: Table 2; ``median``, ``low``, ``high``: of draws and seeds (90 %), the difference between
    organisations included; ``inside``: whether the observed count lies between; ``effective``: how many equal draws
    the draws without the organisation are worth; ``grant``, ``seats``, ``both``: the benchmarks.
    """

    organisation: str
    quantity: str
    observed: float
    median: float
    low: float
    high: float
    inside: bool
    effective: float
    grant: float
    seats: float
    both: float


@dataclass(frozen=True)
class Score:
    """How well the model, or a benchmark, predicts organisations that it has not seen.

    ``predictor``: the model, or a benchmark. ``log_rmse``: over the organisations, with a bootstrap interval (90 %).
    ``coverage``: share of them inside their 90 % intervals; a benchmark's interval is its own error over the others.
    ``width``: mean width of these intervals, logarithm of high over low. ``ratio``: the model's log-RMSE over this
    one's with its own paired interval; ``verdict``: of the model against it, ``better``, ``no worse`` or ``worse`` by
    more than ten per cent, judged by the ratio itself. In the model's own row both are against the best benchmark.
    """

    quantity: str
    predictor: str
    log_rmse: float
    low: float
    high: float
    coverage: float
    width: float
    ratio: float
    ratio_low: float
    ratio_high: float
    verdict: str


def leave_one_out(
    draws: Sequence[Mapping[str, Scalar]],
    template: Template,
    number: int,
    fitted: Sequence[Target] = (),
    discrepancy: Mapping[str, float] | None = None,
    processes: int = 1,
    on_progress: OnProgress | None = None,
) -> tuple[tuple[HeldOut, ...], tuple[Score, ...]]:
    """Predicts every organisation without its own counts.

    Args:
        draws: parameter values of the posterior draws, at least two.
        template: of the scenario, up to 2023Q4.
        number: runs with each organisation held out, on draws taken by their weights without it.
        fitted: targets of the likelihood that the draws come from; none = they come from no likelihood.
        discrepancy: of the model by observable, standard deviations in tolerances.
        processes: worker processes.
        on_progress: called after every run.
    """
    ids, observed = counts()
    wanted = [*(target.key for target in fitted), *SUMS_OF]
    known = simulate_all(draws_of(draws, wanted, template, FIRST_SEED), processes, on_progress)
    runs = np.stack([run.observed for run in known])
    modelled = np.median(runs[:, len(fitted) :], axis=0).reshape(len(QUANTITIES), len(ids))
    weight = np.stack([weights_without(name, fitted, runs, discrepancy or {}) for name in ids])
    jobs = []
    for place in range(len(ids)):
        chosen = [draws[one] for one in taken_by(weight[place], number)]
        jobs += jobs_without(place, chosen, given_back(place, modelled), template)
    found = simulate_all(jobs, processes, on_progress)
    predicted = np.stack([run.observed for run in found]).reshape(len(ids), number, len(QUANTITIES))
    return judged(ids, observed, predicted, 1.0 / (weight * weight).sum(axis=1))


def judged(
    ids: Sequence[str], observed: Mapping[str, Floats], predicted: Floats, effective: Floats
) -> tuple[tuple[HeldOut, ...], tuple[Score, ...]]:
    """The judgement of predictions, shape (organisations, draws, quantities).

    ``effective``: how many equal draws those without the organisation are worth, shape (organisations,).
    """
    rows: list[HeldOut] = []
    scores: list[Score] = []
    for column, name in enumerate(QUANTITIES):
        low, median, high = np.quantile(predicted[:, :, column], (0.05, 0.5, 0.95), axis=1)
        told = benchmarks(observed[name])
        inside = (low <= observed[name]) & (observed[name] <= high)
        for place, organisation in enumerate(ids):
            rows.append(
                HeldOut(
                    organisation=organisation,
                    quantity=name,
                    observed=float(observed[name][place]),
                    median=float(median[place]),
                    low=float(low[place]),
                    high=float(high[place]),
                    inside=bool(inside[place]),
                    effective=float(effective[place]),
                    grant=float(told["grant"][place]),
                    seats=float(told["seats"][place]),
                    both=float(told["grant and seats"][place]),
                )
            )
        width = np.log(high / low)
        scores += scored(name, observed[name], median, float(inside.mean()), float(width.mean()))
    return tuple(rows), tuple(scores)


def scored(quantity: str, observed: Floats, median: Floats, coverage: float, width: float) -> list[Score]:
    """Scores of the model and of the benchmarks, the model first.

    Args:
        quantity: that is predicted.
        observed: counts of Table 2, shape (13,).
        median: what the model predicts, shape (13,).
        coverage: share of its intervals that hold the count.
        width: their mean width, logarithm of high over low.
    """
    own = np.log(median / observed)
    errors = {name: np.log(guess / observed) for name, guess in benchmarks(observed).items()}
    chance = generator(FIRST_SEED, f"leave-one-out {quantity}")
    picks = chance.integers(0, len(own), (_BOOTSTRAPS, len(own)))
    best = min(errors, key=lambda name: _rmse(errors[name]))
    found = [_score(quantity, MODEL, own, picks, coverage, width, _against(own, errors[best], picks))]
    for name, missed in errors.items():
        # A benchmark's interval is its own error over the other organisations.
        spread = Z90 * np.array([_rmse(np.delete(missed, place)) for place in range(len(missed))])
        covered, wide = float((np.abs(missed) <= spread).mean()), float(2.0 * spread.mean())
        found.append(_score(quantity, name, missed, picks, covered, wide, _against(own, missed, picks)))
    return found


def _rmse(errors: Floats) -> float:
    return float(np.sqrt(np.mean(errors * errors)))


def _resampled(errors: Floats, picks: Ints) -> Floats:
    """Root mean squares of resampled errors, shape (resamples,)."""
    return np.asarray(np.sqrt(np.mean(errors[picks] ** 2, axis=1)))


def _against(own: Floats, errors: Floats, picks: Ints) -> tuple[float, float, float]:
    """Ratio of the model's log-RMSE to another one's with its paired 90 % interval."""
    low, high = np.quantile(_resampled(own, picks) / _resampled(errors, picks), (0.05, 0.95)).tolist()
    return _rmse(own) / _rmse(errors), low, high


def _score(
    quantity: str, name: str, errors: Floats, picks: Ints, coverage: float, width: float,
    ratio: tuple[float, float, float],
) -> Score:  # fmt: skip
    low, high = np.quantile(_resampled(errors, picks), (0.05, 0.95)).tolist()
    verdict = "better" if ratio[0] < 1.0 else "no worse" if ratio[0] <= WORST else "worse"
    return Score(quantity, name, _rmse(errors), low, high, coverage, width, *ratio, verdict)
