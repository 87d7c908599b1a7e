"""Leave one out: participants and members of an organisation predicted without its own counts, beside benchmarks.

The model is given Table 2 (organisation effects, inherited relations and members follow from it), so that giving it
back says nothing. Here an organisation's counts are taken out everywhere:

- The draws of the posterior are weighed anew without the organisation's own elements in the likelihood, and with the
  sums of Table 2 over the other twelve in place of the sums over all. The overlaps, which no table prints without it,
  stay.
- What takes the place of its counts is drawn: around what the twelve tell, with the spread by which that rule misses
  them. Effects, inherited relations and members follow from the drawn counts; sizes and exporters are those of another
  organisation, drawn too. So the intervals hold the difference between organisations that no parameter knows.
- What is left of its own are inputs: grant, activities, group sizes, mix and stronghold.

Benchmarks know the same: the grant (Table 7), the seats (activities, mix and group sizes: Tables 2 and 6, Figure 10),
and the geometric mean of what the two say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from klyngesim.calibration.chance import generator
from klyngesim.calibration.misfit import Yardstick
from klyngesim.calibration.naive import Z90, firm_seats, proportional
from klyngesim.calibration.runs import Heard, Job, simulate_all
from klyngesim.calibration.targets import Target
from klyngesim.calibration.weights import effective, quantiles
from klyngesim.evidence import tables
from klyngesim.evidence.derived import table
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.template import Template
from klyngesim.streams import Floats, Ints

QUANTITIES = ("participants", "members")
CENTRE = {"participants": "grant and seats", "members": "grant"}
"""Benchmark that a held-out count is drawn around: nobody needs a seat to be a member."""

SUMS = {name: f"{name}_sum" for name in QUANTITIES}
"""Observable of the sum over organisations, by quantity."""

SUMS_OF = tuple((name, row.cluster) for name in QUANTITIES for row in tables.size_absolute())
"""What these sums are sums of."""

FIRST_SEED = 3_000_001
"""Seed of the first run; used nowhere else."""

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


def counts() -> tuple[tuple[str, ...], dict[str, Floats]]:
    """Organisations, and their counts by quantity (Table 2)."""
    rows = tables.size_absolute()
    ids = tuple(row.cluster for row in rows)
    return ids, {name: np.array([float(getattr(row, name)) for row in rows]) for name in QUANTITIES}


@cache
def means() -> tuple[Floats, Floats]:
    """Grants (Table 7, mio. kr.) and seats of firms that the model is given, by organisation, shape (13,)."""
    ids, _ = counts()
    grants = {row.cluster: row.grant for row in tables.finance()}
    return np.array([grants[name] for name in ids]), np.array([firm_seats()[name] for name in ids])


def benchmarks(observed: Floats) -> dict[str, Floats]:
    """What the other twelve organisations tell of each, by benchmark, from counts of shape (13,)."""
    grant, seats = (proportional(observed, given) for given in means())
    return {"grant": grant, "seats": seats, "grant and seats": np.sqrt(grant * seats)}


def drawn_counts(place: int, draws: int) -> dict[str, Floats]:
    """Counts in the place of those of an organisation, by quantity, shape (draws,).

    Log-normal around what the others tell of it, with the errors and their correlation that the same rules make over
    the others.
    """
    _, observed = counts()
    told = {name: benchmarks(observed[name])[CENTRE[name]] for name in QUANTITIES}
    errors = np.stack([np.delete(np.log(observed[name] / told[name]), place) for name in QUANTITIES])
    square = np.linalg.cholesky(errors @ errors.T / errors.shape[1])
    # Antithetic pairs keep the middle where it is, however few draws there are.
    half = generator(FIRST_SEED, f"counts of {place}").standard_normal((len(QUANTITIES), (draws + 1) // 2))
    error = square @ np.concatenate((half, -half), axis=1)[:, :draws]
    return {name: told[name][place] * np.exp(error[row]) for row, name in enumerate(QUANTITIES)}


def jobs(draws: Sequence[Mapping[str, Scalar]], wanted: Sequence[tuple[str, str]], template: Template) -> list[Job]:
    """Runs in which nobody is held out, and then with each organisation held out, all draws of the first one first.

    ``wanted``: what is kept of runs without anybody held out; of the others it is the counts of the organisation.
    """
    ids, _ = counts()
    found = [Job(template.at(draw), FIRST_SEED + number, tuple(wanted)) for number, draw in enumerate(draws)]
    shares = {name: table(name) for name in ("large_share", "medium_share", "export_share")}
    for place, organisation in enumerate(ids):
        others = [name for name in ids if name != organisation]
        like = generator(FIRST_SEED, f"likeness of {organisation}").integers(0, len(others), len(draws))
        instead = drawn_counts(place, len(draws))
        for number, draw in enumerate(draws):
            hidden = {f"{name}.total_2021_23": float(instead[name][number]) for name in QUANTITIES}
            hidden |= {f"participants.{name}": each[others[like[number]]] for name, each in shares.items()}
            values = {**draw, **{f"clusters.{organisation}.{name}": value for name, value in hidden.items()}}
            keys = tuple((name, organisation) for name in QUANTITIES)
            found.append(Job(template.at(values), FIRST_SEED + number, keys))
    return found


def weights_without(
    organisation: str, fitted: Sequence[Target], runs: Floats, discrepancy: Mapping[str, float]
) -> Floats:
    """Weights of draws when an organisation's own figures are taken out of the likelihood, shape (n,), sum 1.

    Args:
        organisation: that is held out.
        fitted: T targets of the likelihood.
        runs: what the draws gave for them and then for `SUMS_OF`, shape (n, T + 26), nobody held out.
        discrepancy: of the model by observable, standard deviations in tolerances.
    """
    ids, observed = counts()
    yardstick = Yardstick.of(fitted)
    left = 1.0 + np.array([discrepancy.get(target.observable, 0.0) for target in fitted]) ** 2
    terms = -0.5 * yardstick.miss(yardstick.bent(runs[:, : len(fitted)])) ** 2 / left
    taken = np.array([target.cluster == organisation or target.observable in SUMS.values() for target in fitted])
    change = -terms[:, taken].sum(axis=1)
    others = np.array([name != organisation for name in ids])
    each = runs[:, len(fitted) :].reshape(len(runs), len(QUANTITIES), len(ids))
    for row, name in enumerate(QUANTITIES):
        tolerance = next((one.tolerance for one in fitted if one.observable == SUMS[name]), None)
        if tolerance is not None:
            gap = np.log(each[:, row, others].sum(axis=1) / observed[name][others].sum())
            change -= 0.5 * (gap / tolerance) ** 2
    weight = np.exp(change - change.max())
    return np.asarray(weight / weight.sum())


def leave_one_out(
    draws: Sequence[Mapping[str, Scalar]],
    template: Template,
    fitted: Sequence[Target] = (),
    discrepancy: Mapping[str, float] | None = None,
    processes: int = 1,
    heard: Heard | None = None,
) -> tuple[tuple[HeldOut, ...], tuple[Score, ...]]:
    """Predicts every organisation without its own counts.

    Args:
        draws: parameter values of the posterior draws, at least two.
        template: of the scenario, up to 2023Q4.
        fitted: targets of the likelihood that the draws come from; none = they come from no likelihood.
        discrepancy: of the model by observable, standard deviations in tolerances.
        processes: worker processes.
        heard: hears the number of runs done.
    """
    ids, observed = counts()
    wanted = [*(target.key for target in fitted), *SUMS_OF]
    runs = [run.observed for run in simulate_all(jobs(draws, wanted, template), processes, heard)]
    predicted = np.stack(runs[len(draws) :]).reshape(len(ids), len(draws), len(QUANTITIES))
    weight = np.full((len(ids), len(draws)), 1.0 / len(draws))
    if fitted:
        held = np.stack(runs[: len(draws)])
        weight = np.stack([weights_without(name, fitted, held, discrepancy or {}) for name in ids])
    return judged(ids, observed, predicted, weight)


def judged(
    ids: Sequence[str], observed: Mapping[str, Floats], predicted: Floats, weight: Floats
) -> tuple[tuple[HeldOut, ...], tuple[Score, ...]]:
    """The judgement of predictions of shape (organisations, draws, quantities) with weights (organisations, draws)."""
    rows: list[HeldOut] = []
    scores: list[Score] = []
    for column, name in enumerate(QUANTITIES):
        pairs = zip(predicted[:, :, column], weight, strict=True)
        low, median, high = np.stack([quantiles(values, own, (0.05, 0.5, 0.95)) for values, own in pairs], axis=1)
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
                    effective=effective(weight[place]),
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
