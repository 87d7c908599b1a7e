"""The judgement of the fit: one row per target, one per group of patterns, beside the naive model.

A prediction is a simulated draw of the posterior with two errors on top: the target's tolerance, for the report's
figure is not exact either, and the model's discrepancy, what the draws leave unexplained between the values of one
kind of pattern (`misfit.unexplained`). Coverage without the discrepancy stands beside it. A printed value is met
when it lies in the 90 % interval of the predictions. A printed range is met when the median lies in it: a wider
interval never helps there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np

from klyngesim.calibration.naive import Guess
from klyngesim.calibration.targets import COUNTED, GROUPS, Target
from klyngesim.errors import InputError
from klyngesim.posterior import shipped_file
from klyngesim.streams import Floats

QUANTILES = (0.05, 0.95)
"""Ends of the 90 % interval."""

COVERAGE_AIM = (0.80, 0.97)
"""Share of a group's elements that 90 % intervals should cover."""

_ERROR_POINTS = 19
_NOISE = np.array([NormalDist().inv_cdf((k + 0.5) / _ERROR_POINTS) for k in range(_ERROR_POINTS)])


@dataclass(frozen=True)
class Fit:
    """One row of fit.csv; values in the target's unit, None = not defined.

    observed            printed value; observed_low, observed_high = printed range or bound
    median, low, high   of the predictions
    inside              whether the target is met
    bare_inside         whether it is met without the model's discrepancy
    standardised_error  median less the observed value (or the nearer end of the range) over the standard deviation of
                        predictions, on the target's scale; 0 inside a range
    naive_low, _high    90 % interval of the naive model; None where the element does not count
    miss                why it is missed without the discrepancy, in words; empty when it is met or does not count
    """

    target: str
    group: str
    role: str
    perimeter: str
    observed: float | None
    observed_low: float | None
    observed_high: float | None
    median: float
    low: float
    high: float
    inside: bool
    bare_inside: bool
    standardised_error: float
    naive_low: float | None
    naive_high: float | None
    source: str
    miss: str

    @property
    def counted(self) -> bool:
        """Whether it counts in the verdict."""
        return self.role in COUNTED


@dataclass(frozen=True)
class GroupFit:
    """One row of groups.csv: the counted elements of a group.

    coverage, naive_coverage  share of elements that are met by the model and by the naive model
    width, naive_width        mean width of the 90 % interval, in tolerances of the elements
    bare_coverage, bare_width the model's without its discrepancy: posterior, seeds and tolerance alone
    near                      elements that the median meets within the tolerance alone, however wide the interval is
    aim                       ``"met"``, ``"all inside"`` (100 %: so few elements cannot tell it from 97 %), or what is
                              missed: coverage below or above 80-97 %, or wider than naive; with ``"by width"`` where
                              fewer than half of the elements inside are near
    """

    group: str
    elements: int
    inside: int
    coverage: float
    width: float
    naive_coverage: float
    naive_width: float
    bare_coverage: float
    bare_width: float
    near: int
    aim: str


def predictions(draws: Floats, target: Target, discrepancy: float = 0.0) -> Floats:
    """Predictions of one target from its simulated draws, shape (n,) to (n * 19,), on the target's scale.

    ``discrepancy`` is a standard deviation in tolerances.
    """
    values = draws[np.isfinite(draws)]
    if target.scale == "log":
        values = np.log(values[values > 0.0])
    error = (target.tolerance or 0.0) * np.sqrt(1.0 + discrepancy * discrepancy)
    return np.asarray((values[:, None] + error * _NOISE).ravel())


def _back(value: float, target: Target) -> float:
    return float(np.exp(value)) if target.scale == "log" else float(value)


def _on_scale(value: float, target: Target) -> float:
    if target.scale == "linear":
        return value
    return float(np.log(value)) if value > 0.0 else -np.inf


def met(target: Target, median: float, low: float, high: float) -> bool:
    """Whether a median with its 90 % interval meets a target, all in the target's unit."""
    least, most = target.bounds
    if target.observed is not None:
        return bool(low <= target.observed <= high)
    return bool(least <= median <= most)


def _interval(predicted: Floats, target: Target) -> tuple[float, float, float]:
    """Median and ends of the 90 % interval, in the target's unit."""
    median, low, high = (_back(q, target) for q in np.quantile(predicted, (0.5, *QUANTILES)))
    return median, low, high


def fit_row(target: Target, draws: Floats, guess: Guess | None, miss: str, discrepancy: float = 0.0) -> Fit:
    """The judgement of one target from its simulated draws, shape (n,)."""
    predicted = predictions(draws, target, discrepancy)
    if len(predicted):
        median, low, high = _interval(predicted, target)
        least, most = (_on_scale(bound, target) for bound in target.bounds)
        centre, spread = _on_scale(median, target), float(predicted.std())
        gap = centre - min(max(centre, least), most)
        error = 0.0 if gap == 0.0 else gap / spread if spread > 0.0 else float(np.copysign(np.inf, gap))
    else:
        median = low = high = error = float("nan")
    bare = predictions(draws, target)
    bare_inside = len(bare) > 0 and met(target, *_interval(bare, target))
    return Fit(
        target=target.id,
        group=target.group,
        role=target.role,
        perimeter=target.perimeter,
        observed=target.observed,
        observed_low=target.low,
        observed_high=target.high,
        median=median,
        low=low,
        high=high,
        inside=met(target, median, low, high),
        bare_inside=bare_inside,
        standardised_error=error,
        naive_low=None if guess is None else guess.low,
        naive_high=None if guess is None else guess.high,
        source="; ".join(target.source),
        miss="" if bare_inside or not target.counts else miss,
    )


def fit_table(
    targets: Sequence[Target],
    draws: Floats,
    guesses: Mapping[str, Guess],
    misses: Mapping[str, str],
    discrepancy: Mapping[str, float] | None = None,
) -> tuple[Fit, ...]:
    """The judgement of every target.

    Args:
        targets: T targets.
        draws: simulated observables, shape (n, T); NaN = not defined in a run.
        guesses: naive model by target id.
        misses: explanation of a miss by target id.
        discrepancy: of the model by observable, standard deviations in tolerances; None = none.
    """
    known = discrepancy or {}
    return tuple(
        fit_row(
            target,
            draws[:, place],
            guesses.get(target.id),
            misses.get(target.id, ""),
            known.get(target.observable, 0.0) if target.counts else 0.0,
        )
        for place, target in enumerate(targets)
    )


def group_table(
    targets: Sequence[Target], fits: Sequence[Fit], bare: Sequence[Fit], guesses: Mapping[str, Guess]
) -> tuple[GroupFit, ...]:
    """The judgement of every group that has counted elements, in the order of `GROUPS`.

    ``fits`` and ``bare``: judgements with the model's discrepancy and without it.
    """
    found = []
    for group in GROUPS:
        pairs = [(t, f) for t, f in zip(targets, fits, strict=True) if t.group == group and t.counts]
        if not pairs:
            continue
        without = [f for t, f in zip(targets, bare, strict=True) if t.group == group and t.counts]
        inside = sum(fit.inside for _, fit in pairs)
        own = [_width(target, fit.low, fit.high) for target, fit in pairs]
        theirs = [guesses[target.id] for target, _ in pairs]
        naive = [_width(target, guess.low, guess.high) for (target, _), guess in zip(pairs, theirs, strict=True)]
        hits = sum(
            met(target, guess.value, guess.low, guess.high) for (target, _), guess in zip(pairs, theirs, strict=True)
        )
        number = len(pairs)
        coverage, width, naive_width = inside / number, float(np.mean(own)), float(np.mean(naive))
        near = sum(_near(target, fit.median) for target, fit in pairs)
        aim = judge(coverage, width, naive_width)
        if coverage >= COVERAGE_AIM[0] and 2 * near < inside:
            aim += ", by width"
        found.append(
            GroupFit(
                group=group,
                elements=number,
                inside=inside,
                coverage=coverage,
                width=width,
                naive_coverage=hits / number,
                naive_width=naive_width,
                bare_coverage=sum(fit.inside for fit in without) / number,
                bare_width=float(np.mean([_width(t, f.low, f.high) for (t, _), f in zip(pairs, without, strict=True)])),
                near=near,
                aim=aim,
            )
        )
    return tuple(found)


def _near(target: Target, median: float) -> bool:
    """Whether a median meets a target within its tolerance alone."""
    assert target.tolerance is not None
    middle, error = _on_scale(median, target), NormalDist().inv_cdf(QUANTILES[1]) * target.tolerance
    low, high = (_on_scale(bound, target) for bound in target.bounds)
    if target.observed is None:
        error = 0.0
    return bool(low - error <= middle <= high + error)


def judge(coverage: float, width: float, naive_width: float) -> str:
    """``"met"``, ``"all inside"``, or the aims that a group misses, joined by commas; see `GroupFit`."""
    missed = []
    if coverage < COVERAGE_AIM[0]:
        missed.append("coverage below 80 %")
    if COVERAGE_AIM[1] < coverage < 1.0:
        missed.append("coverage above 97 %")
    if width > naive_width:
        missed.append("wider than naive")
    return ", ".join(missed) or ("all inside" if coverage == 1.0 else "met")


def _width(target: Target, low: float, high: float) -> float:
    """Width of an interval in tolerances, on the target's scale; an end at or below 0 counts as one thousandth."""
    assert target.tolerance is not None
    if target.scale == "log":
        low, high = max(low, 1e-3), max(high, 1e-3)
    return (_on_scale(high, target) - _on_scale(low, target)) / target.tolerance


def read_misses(path: Path | None = None) -> dict[str, str]:
    """Why targets are missed, by target id, from calibration/misses.csv (columns target, why).

    Raises:
        ValueError: the file has other columns, a target twice, or an empty explanation.
    """
    place = shipped_file("misses.csv") if path is None else path
    with place.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        if next(reader, None) != ["target", "why"]:
            raise InputError(f"{place.name}:1: the columns are target,why")
        found: dict[str, str] = {}
        for row in reader:
            if len(row) != 2 or not row[0] or not row[1].strip() or row[0] in found:
                raise InputError(f"{place.name}:{reader.line_num}: a target that is not there yet, and a sentence")
            found[row[0]] = row[1].strip()
    return found
