"""Leave one out: participants and members of an organisation predicted without its own counts, beside the naive model.

The organisation effects of the model are worked out from Table 2, so that a fit of Table 2 says little. Here an
organisation's participants and members are taken out and replaced by what the other twelve count per krone of grant;
effects, inherited relations and inherited members follow from the replacement, its sizes from the mean of the others,
and nothing is known of its exporters. What is left of its own are inputs: grant, activities, group sizes, mix and
stronghold. The naive model is the replacement itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.chance import generator
from klyngesim.calibration.naive import log_rmse, proportional
from klyngesim.calibration.runs import Heard, Job, simulate_all
from klyngesim.evidence import tables
from klyngesim.evidence.derived import table
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.template import Template
from klyngesim.streams import Floats

QUANTITIES = ("participants", "members")
FIRST_SEED = 3_000_001
"""Seed of the first run; used nowhere else."""

WORST = 1.10
"""A log-RMSE above this multiple of the naive model's is a failure; a lower one is reported, not required."""

_BOOTSTRAPS = 2000


@dataclass(frozen=True)
class HeldOut:
    """One organisation and quantity, predicted without its own count.

    ``observed``: Table 2; ``median``, ``low``, ``high``: of draws and seeds (90 %), without the difference between
    organisations that no parameter knows, which `Score` measures; year effects, whose mean over the three years
    is 1, hardly widen it; ``naive``: in proportion to the grant.
    """

    organisation: str
    quantity: str
    observed: float
    median: float
    low: float
    high: float
    naive: float


@dataclass(frozen=True)
class Score:
    """Log-RMSE over the organisations with a bootstrap interval (90 %), of the model and of the naive model.

    ``ratio``: model over naive with its own paired interval; ``verdict``: ``better``, ``no worse`` or ``worse`` than
    naive by more than ten per cent, judged by the ratio itself.
    """

    quantity: str
    model: float
    model_low: float
    model_high: float
    naive: float
    naive_low: float
    naive_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    verdict: str


def counts() -> tuple[tuple[str, ...], dict[str, Floats], Floats]:
    """Organisations, their counts by quantity (Table 2), and their grants (Table 7, mio. kr.)."""
    rows = tables.size_absolute()
    ids = tuple(row.cluster for row in rows)
    grants = {row.cluster: row.grant for row in tables.finance()}
    found = {name: np.array([float(getattr(row, name)) for row in rows]) for name in QUANTITIES}
    return ids, found, np.array([grants[name] for name in ids])


def replacements() -> dict[str, Floats]:
    """The naive model's counts by quantity, shape (13,): each from the other twelve."""
    _, found, grants = counts()
    return {name: proportional(values, grants) for name, values in found.items()}


def without_effects(organisation: str) -> dict[str, float]:
    """What hides an organisation's own sizes and exporters: the mean of the others, and nothing known (0)."""
    found = {"participants.export_share": 0.0}
    for name in ("large_share", "medium_share"):
        others = [share for cluster, share in table(name).items() if cluster != organisation]
        found[f"participants.{name}"] = sum(others) / len(others)
    return found


def jobs(draws: Sequence[Mapping[str, Scalar]], template: Template) -> list[Job]:
    """Runs with each organisation held out in turn, all draws of the first organisation first."""
    ids, _, _ = counts()
    instead = replacements()
    found = []
    for place, organisation in enumerate(ids):
        hidden = {f"clusters.{organisation}.{name}.total_2021_23": float(instead[name][place]) for name in QUANTITIES}
        hidden |= {f"clusters.{organisation}.{name}": value for name, value in without_effects(organisation).items()}
        wanted = tuple((name, organisation) for name in QUANTITIES)
        for number, draw in enumerate(draws):
            found.append(Job(template.at({**draw, **hidden}), FIRST_SEED + number, wanted))
    return found


def leave_one_out(
    draws: Sequence[Mapping[str, Scalar]], template: Template, processes: int = 1, heard: Heard | None = None
) -> tuple[tuple[HeldOut, ...], tuple[Score, ...]]:
    """Predicts every organisation without its own counts.

    Args:
        draws: parameter values of the posterior draws, at least two.
        template: of the scenario, up to 2023Q4.
        processes: worker processes.
        heard: hears the number of runs done.
    """
    ids, observed, _ = counts()
    runs = simulate_all(jobs(draws, template), processes, heard)
    predicted = np.stack([run.observed for run in runs]).reshape(len(ids), len(draws), len(QUANTITIES))
    return judged(ids, observed, predicted)


def judged(
    ids: Sequence[str], observed: Mapping[str, Floats], predicted: Floats
) -> tuple[tuple[HeldOut, ...], tuple[Score, ...]]:
    """The judgement of predictions of shape (organisations, draws, quantities)."""
    instead = replacements()
    rows, scores = [], []
    for column, name in enumerate(QUANTITIES):
        low, median, high = np.quantile(predicted[:, :, column], (0.05, 0.5, 0.95), axis=1)
        for place, organisation in enumerate(ids):
            rows.append(
                HeldOut(
                    organisation=organisation,
                    quantity=name,
                    observed=float(observed[name][place]),
                    median=float(median[place]),
                    low=float(low[place]),
                    high=float(high[place]),
                    naive=float(instead[name][place]),
                )
            )
        scores.append(score(name, np.log(median / observed[name]), np.log(instead[name] / observed[name])))
    return tuple(rows), tuple(scores)


def score(quantity: str, model: Floats, naive: Floats) -> Score:
    """Root mean square of log errors, shape (13,), with intervals from resampled organisations."""
    chance = generator(FIRST_SEED, f"leave-one-out {quantity}")
    picks = chance.integers(0, len(model), (_BOOTSTRAPS, len(model)))
    one, other = (np.sqrt(np.mean(errors[picks] ** 2, axis=1)) for errors in (model, naive))
    own, theirs = (log_rmse(np.exp(errors), np.ones(len(errors))) for errors in (model, naive))
    ratio = own / theirs
    intervals = [tuple(np.quantile(values, (0.05, 0.95)).tolist()) for values in (one, other, one / other)]
    (low, high), (naive_low, naive_high), (ratio_low, ratio_high) = intervals
    verdict = "better" if ratio < 1.0 else "no worse" if ratio <= WORST else "worse"
    return Score(quantity, own, low, high, theirs, naive_low, naive_high, ratio, ratio_low, ratio_high, verdict)
