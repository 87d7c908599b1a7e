"""An organisation that is not known: draws weighed without its figures, and counts drawn in the place of its own.

The model is given Table 2 (organisation effects, inherited relations and members follow from it). To predict an
organisation that it has not seen, its counts are taken out everywhere:

- The draws of the posterior are weighed anew without the organisation's own elements in the likelihood, and with the
  sums of Table 2 over the other twelve in place of the sums over all. The overlaps, which no table prints without it,
  stay. Draws are taken by these weights.
- What takes the place of its counts is drawn around what the twelve tell of it, with the spread by which they differ
  from what is told of them. The model gives back only part of such a difference, because rooms are full or empty;
  that part is taken from the twelve too, and what is drawn is spread as much wider. Effects, inherited relations and
  members follow from the drawn counts; sizes and exporters are those of another organisation, drawn too.
- What is left of its own are inputs: grant, activities, group sizes, mix and stronghold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from klyngesim.calibration.misfit import Yardstick
from klyngesim.calibration.naive import firm_seats, proportional
from klyngesim.calibration.simulate import Job
from klyngesim.calibration.targets import Target
from klyngesim.evidence import tables
from klyngesim.evidence.derived import table
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.template import Template
from klyngesim.seeds import generator
from klyngesim.streams import Floats, Ints

QUANTITIES = ("participants", "members")
CENTRE = {"participants": "grant and seats", "members": "grant"}
"""Benchmark that a count is drawn around: nobody needs a seat to be a member."""

SUMS = {name: f"{name}_sum" for name in QUANTITIES}
"""Observable of the sum over organisations, by quantity."""

SUMS_OF = tuple((name, row.cluster) for name in QUANTITIES for row in tables.size_absolute())
"""What these sums are sums of, quantity by quantity."""

FIRST_SEED = 3_000_001
"""Seed of the first run; used nowhere else."""

_LEAST_PART = 0.25
"""Least part of a difference that the model is taken to give back: what is drawn is at most four times as wide."""


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


def differences(place: int) -> tuple[Floats, Floats]:
    """What is told of an organisation, shape (2,), and how the others differ from what is told of them, (2, 12).

    Rows are `QUANTITIES`; differences are logarithms of the observed over the told count.
    """
    _, observed = counts()
    told = np.stack([benchmarks(observed[name])[CENTRE[name]] for name in QUANTITIES])
    seen = np.stack([observed[name] for name in QUANTITIES])
    return told[:, place], np.delete(np.log(seen / told), place, axis=1)


def given_back(place: int, modelled: Floats) -> Floats:
    """Part of a difference between the other organisations that the model gives back, by quantity, shape (2,).

    ``modelled``: counts that the model gives when it knows all of them, shape (2, 13). Least squares through zero.
    """
    _, observed = counts()
    _, wanted = differences(place)
    told = np.stack([benchmarks(observed[name])[CENTRE[name]] for name in QUANTITIES])
    found = np.delete(np.log(modelled / told), place, axis=1)
    part = (found * wanted).sum(axis=1) / (wanted * wanted).sum(axis=1)
    return np.asarray(np.clip(part, _LEAST_PART, 1.0))


def drawn_counts(place: int, number: int, part: Floats) -> Floats:
    """Counts in the place of those of an organisation, shape (2, number); log-normal.

    Around what the others tell of it, with the covariance of the differences that they show, as much wider as the model
    gives back less of them (`given_back`).
    """
    told, differ = differences(place)
    differ = differ / part[:, None]
    square = np.linalg.cholesky(differ @ differ.T / differ.shape[1])
    # Antithetic pairs keep the middle where it is, however few draws there are.
    half = generator(FIRST_SEED, f"counts of {place}").standard_normal((len(told), (number + 1) // 2))
    drawn = square @ np.concatenate((half, -half), axis=1)[:, :number]
    return np.asarray(told[:, None] * np.exp(drawn))


def weights_without(
    organisation: str, fitted: Sequence[Target], runs: Floats, discrepancy: Mapping[str, float]
) -> Floats:
    """Weights of draws when an organisation's own figures are taken out of the likelihood, shape (n,), sum 1.

    Args:
        organisation: that is held out.
        fitted: T targets of the likelihood; none = the draws come from no likelihood, and all weigh the same.
        runs: what the draws gave for them and then for `SUMS_OF`, shape (n, T + 26), nobody held out.
        discrepancy: of the model by observable, standard deviations in tolerances.
    """
    if not fitted:
        return np.full(len(runs), 1.0 / len(runs))
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


def taken_by(weight: Floats, number: int) -> Ints:
    """Places of ``number`` draws taken by weight, without chance: each as often as its weight asks for, within one."""
    reached = np.cumsum(weight) / weight.sum() * number
    often = np.diff(np.rint(np.append(0.0, reached))).astype(np.int64)
    return np.repeat(np.arange(len(weight)), often)


def jobs_without(place: int, draws: Sequence[Mapping[str, Scalar]], part: Floats, template: Template) -> list[Job]:
    """Runs in which an organisation is held out, one per draw; its counts are kept."""
    ids, _ = counts()
    organisation, others = ids[place], [name for name in ids if name != ids[place]]
    shares = {name: table(name) for name in ("large_share", "medium_share", "export_share")}
    chance = generator(FIRST_SEED, f"likeness of {organisation}")
    like, order = chance.integers(0, len(others), len(draws)), chance.permutation(len(draws))
    instead = drawn_counts(place, len(draws), part)
    keys = tuple((name, organisation) for name in QUANTITIES)
    found = []
    for number, draw in enumerate(draws):
        hidden = {f"{name}.total_2021_23": float(instead[row, order[number]]) for row, name in enumerate(QUANTITIES)}
        hidden |= {f"participants.{name}": each[others[like[number]]] for name, each in shares.items()}
        values = {**draw, **{f"clusters.{organisation}.{name}": value for name, value in hidden.items()}}
        found.append(Job(template.at(values), FIRST_SEED + number, keys))
    return found
