"""The drop-out table: how many episodes drop out at each transition, how sure that is, and what it rests on.

It counts the episodes that entered a stage in 2021-2023, each followed until it has left the stage or the run ends;
the share that is still there is stated beside every rate and counts as neither.

The report prints no drop-out rate. Fitted parameters have their posterior; the parameters of the deeper stages, which
no figure informs, keep their prior on both sides. What the data have told is then the difference between the columns
``prior`` and ``posterior``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.funnel_flows import TRANSITIONS, Flows, Transition
from klyngesim.errors import InputError
from klyngesim.results.records import PROGRAMME
from klyngesim.results.vocabulary import FIRM_CLASSES
from klyngesim.scenario.parameters import Registry
from klyngesim.streams import Floats

EVERYBODY = "all"
"""Firm class of a row that holds all classes."""

INFORMED, PRIOR_DRIVEN, NOT_IDENTIFIABLE = "informed by data", "prior-driven", "not identifiable"
VERDICTS = (INFORMED, PRIOR_DRIVEN, NOT_IDENTIFIABLE)

NARROWER = 0.5
"""A rate is informed by data when its posterior interval is at most this share of the prior one, on the logit scale."""

SWEPT = ("idea.", "match.", "matched.", "application.", "calls.", "pilot.", "project.", "external.competed_share")
"""Beginnings of the ids of parameters of the deeper stages: swept over their priors whenever they are not fitted."""


@dataclass(frozen=True)
class DropOut:
    """One row of dropout.csv: of the episodes that entered in 2021-2023 and have left the stage, who dropped out.

    firm_class, organisation  what is counted, ``"all"`` = everybody
    episodes                  median number of episodes that entered, those that are still there included
    still_there               median share of them that are still there as the run ends, 0-1
    median, low, high         drop-out 0-1 with its 90 % interval over the posterior
    prior_median, _low, _high the same over the prior
    width_ratio               width of the posterior interval over the prior one, both on the logit scale
    verdict                   one of `VERDICTS`
    as_registered             median drop-out when steps that the programme does not register count as dropping out;
                              None where the step is always, or never, registered
    per_tenth_hidden          change of drop-out, in percentage points, for ten percentage points more of applications
                              and external projects that are hidden (least squares over the posterior draws)
    """

    transition: str
    firm_class: str
    organisation: str
    episodes: float
    still_there: float
    median: float
    low: float
    high: float
    prior_median: float
    prior_low: float
    prior_high: float
    width_ratio: float
    verdict: str
    as_registered: float | None
    per_tenth_hidden: float


def swept(registry: Registry, fitted: Sequence[str]) -> tuple[str, ...]:
    """Ids of the parameters of the deeper stages that have a prior and are not fitted."""
    return tuple(
        one.id
        for one in registry.values()
        if one.id.startswith(SWEPT)
        and one.id not in fitted
        and one.distribution in ("uniform", "loguniform", "triangular")
        and one.scope == "programme"
        and one.step is None
    )


def logit(rate: Floats) -> Floats:
    """Log odds."""
    return np.asarray(np.log(rate / (1.0 - rate)))


def rates(on: Floats, out: Floats) -> Floats:
    """Drop-out from counts, half an episode added to either side (Jeffreys), so that none is 0 or 1."""
    return np.asarray((out + 0.5) / (on + out + 1.0))


def verdict(transition: Transition, width_ratio: float) -> str:
    """The verdict on a transition whose posterior interval has this width relative to the prior one."""
    if not transition.identifiable:
        return NOT_IDENTIFIABLE
    return INFORMED if width_ratio <= NARROWER else PRIOR_DRIVEN


def hidden_share(run: Flows) -> float:
    """Share of a run's applications and projects that the programme does not register."""
    steps = run.applications.sum() + run.pilots.sum() + run.external.sum()
    return float((run.hidden.sum() + run.external.sum()) / steps) if steps else 0.0


def dropout_table(
    posterior: Sequence[Flows], prior: Sequence[Flows], organisations: Sequence[str]
) -> tuple[DropOut, ...]:
    """Every transition for everybody, by firm class and by organisation.

    Raises:
        ValueError: fewer than two draws on a side.
    """
    if min(len(posterior), len(prior)) < 2:
        raise InputError("an interval needs at least two draws of the posterior and two of the prior")
    hidden = np.array([hidden_share(run) for run in posterior])
    found = []
    for place, transition in enumerate(TRANSITIONS):
        cells: list[tuple[str, str, tuple[slice | int, slice | int]]] = [
            (EVERYBODY, PROGRAMME, (slice(None), slice(None)))
        ]
        cells += [(word.id, PROGRAMME, (slice(None), code)) for code, word in enumerate(FIRM_CLASSES)]
        cells += [(EVERYBODY, name, (code, slice(None))) for code, name in enumerate(organisations)]
        for firm_class, organisation, where in cells:
            after, before = _counts(posterior, place, where), _counts(prior, place, where)
            still = np.array([run.open[place][where].sum() for run in posterior])
            found.append(_row(transition, firm_class, organisation, after, before, still, hidden, posterior, where))
    return tuple(found)


def _counts(runs: Sequence[Flows], place: int, where: tuple[slice | int, slice | int]) -> tuple[Floats, Floats]:
    """Episodes that went on and that dropped out, by draw."""
    return (
        np.array([run.on[place][where].sum() for run in runs]),
        np.array([run.out[place][where].sum() for run in runs]),
    )


def _row(
    transition: Transition,
    firm_class: str,
    organisation: str,
    after: tuple[Floats, Floats],
    before: tuple[Floats, Floats],
    still: Floats,
    hidden: Floats,
    posterior: Sequence[Flows],
    where: tuple[slice | int, slice | int],
) -> DropOut:
    now, then = rates(*after), rates(*before)
    low, median, high = (float(q) for q in np.quantile(now, (0.05, 0.5, 0.95)))
    prior_low, prior_median, prior_high = (float(q) for q in np.quantile(then, (0.05, 0.5, 0.95)))
    width = float(np.diff(logit(np.array([low, high])))[0])
    prior_width = float(np.diff(logit(np.array([prior_low, prior_high])))[0])
    ratio = width / prior_width if prior_width > 0.0 else float("inf")
    spread = hidden - hidden.mean()
    varies = float((spread * spread).sum())
    slope = float((spread * now).sum()) / varies if varies > 1e-12 else 0.0
    return DropOut(
        transition=transition.id,
        firm_class=firm_class,
        organisation=organisation,
        episodes=float(np.median(after[0] + after[1] + still)),
        still_there=float(np.median(still / np.maximum(after[0] + after[1] + still, 1.0))),
        median=median,
        low=low,
        high=high,
        prior_median=prior_median,
        prior_low=prior_low,
        prior_high=prior_high,
        width_ratio=ratio,
        verdict=verdict(transition, ratio),
        as_registered=_as_registered(posterior, after, where) if transition.id == "matchmaking_to_depth" else None,
        # Ten points of hidden share, in percentage points: 0.1 * 100.
        per_tenth_hidden=10.0 * slope,
    )


def _as_registered(
    runs: Sequence[Flows], counts: tuple[Floats, Floats], where: tuple[slice | int, slice | int]
) -> float:
    """Median drop-out from matchmaking when hidden applications count as drop-out."""
    unseen = []
    for run in runs:
        share = np.where(run.applications > 0.0, run.hidden / np.maximum(run.applications, 1.0), 0.0)
        unseen.append(float((run.applied * share[:, None])[where].sum()))
    lost = np.array(unseen)
    return float(np.median(rates(counts[0] - lost, counts[1] + lost)))
