"""The years of a comparison: every scenario's course and its paired differences, and the kroner of every funder."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.comparisons.differences import intervals, to_nothing
from klyngesim.comparisons.tenable import Tenable, predicted
from klyngesim.comparisons.verdicts import NO_DRAWS
from klyngesim.results.indicators import IDS
from klyngesim.results.windows import BY_ORGANISATION, Floats, band, complete_years
from klyngesim.results.windows import mean as mean_of

if TYPE_CHECKING:
    from klyngesim.comparisons.pairs import Runs

PROGRAMME = "all"
"""The programme as a whole in the column of organisations, as in the tables of a run."""

FUNDERS = (
    "grant_spent_mkr",
    "external_public_mkr",
    "external_eu_mkr",
    "external_private_mkr",
    "external_other_mkr",
)
"""What every funder pays, mio. kr. a year in current prices; private money holds fees and sponsorship."""


@dataclass(frozen=True)
class Course:
    """A row of paths.csv: one indicator of one scenario in one year.

    cluster                           an organisation, or ``all`` for the programme
    mean, low, high                   mean over the runs, and the band that 90 % of them lie in
    difference                        mean paired difference from the baseline; empty for the baseline itself
    difference_low, difference_high   its 90 % interval, as in comparison.csv
    tenable_low, tenable_high         second band of the difference, as in comparison.csv
    n                                 runs with a value; for a difference the pairs in which both have one
    """

    scenario: str
    indicator: str
    cluster: str
    year: int
    mean: float
    low: float
    high: float
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    tenable_low: float | None
    tenable_high: float | None
    n: int


@dataclass(frozen=True)
class Funding:
    """A row of funders.csv: what a funder pays a year beyond the baseline, mio. kr.; ``years``: a window or one year.

    ``difference_kr`` is the same difference in kroner.
    """

    scenario: str
    funder: str
    years: str
    baseline_mkr: float
    difference_mkr: float
    low_mkr: float
    high_mkr: float
    difference_kr: int


def courses(runs: Runs, drawn: Mapping[str, Tenable] = NO_DRAWS) -> Iterator[Course]:
    """Every scenario, indicator and complete year, for the programme and for the organisations (`BY_ORGANISATION`).

    Args:
        runs: the comparison.
        drawn: pairs over tenable assumptions by variant; without them there is no second band.
    """
    years = _years(runs)
    for place, scenario in enumerate(runs.scenarios if runs.lots else ()):
        wide = drawn.get(scenario.name)
        tenable = zip(_by_cluster(wide.runs, 0), _by_cluster(wide.runs, 1), strict=True) if wide else None
        for base, own in zip(_by_cluster(runs, 0), _by_cluster(runs, place), strict=True):
            level, apart = band(own.values), intervals(base.values, own.values)
            open_to = _ends(*next(tenable)) if tenable else None
            if open_to is not None:
                open_to[0] = np.maximum(open_to[0], to_nothing(mean_of(base.values), own.values))
            for column, name in enumerate(own.indicators):
                for step, year in enumerate(years):
                    at = step, column
                    mean, low, high = (float(one[at]) for one in (level.mean, level.low, level.high))
                    change, least, most = (
                        float(one[at]) if place else None for one in (apart.mean, apart.low, apart.high)
                    )
                    ends = (None, None) if open_to is None else (float(open_to[0][at]), float(open_to[1][at]))
                    n = int((apart if place else level).n[at])
                    row = (scenario.name, name, own.cluster, year, mean, low, high, change, least, most, *ends, n)
                    yield Course(*row)


@dataclass(frozen=True)
class _Part:
    """Years of one scenario's runs for the programme or one organisation, shape (runs, years, indicators)."""

    cluster: str
    indicators: tuple[str, ...]
    values: Floats


def _by_cluster(runs: Runs, place: int) -> Iterator[_Part]:
    whole, parts = _values(runs, place)
    yield _Part(PROGRAMME, IDS, whole)
    for row, name in enumerate(runs.organisations):
        yield _Part(name, BY_ORGANISATION, parts[:, :, row])


def _ends(base: _Part, own: _Part) -> Floats:
    """Second band of the difference, shape (2, years, indicators)."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "All-NaN", RuntimeWarning)  # what is not defined has no band
        return predicted(own.values - base.values)


def _values(runs: Runs, place: int) -> tuple[Floats, Floats]:
    """Years of a scenario's runs: of the programme, and of the organisations."""
    found = runs.measured[place]
    return np.stack([run.yearly for run in found]), np.stack([run.organisations for run in found])


def funding(runs: Runs) -> Iterator[Funding]:
    """What every funder pays beyond the baseline, window by window and then year by year."""
    years = _years(runs)
    for variant in range(1, len(runs.scenarios) if runs.lots else 0):
        for name in FUNDERS:
            column = IDS.index(name)
            base, other = (np.stack([run.yearly[:, column] for run in runs.measured[place]]) for place in (0, variant))
            by_window = [
                (span.label, *runs.values(window, name)[[0, variant]]) for window, span in enumerate(runs.windows)
            ]
            by_year = [(str(year), base[:, step], other[:, step]) for step, year in enumerate(years)]
            for label, before, after in (*by_window, *by_year):
                apart = intervals(before, after)
                yield Funding(
                    scenario=runs.scenarios[variant].name,
                    funder=name,
                    years=label,
                    baseline_mkr=float(np.mean(before)),
                    difference_mkr=float(apart.mean),
                    low_mkr=float(apart.low),
                    high_mkr=float(apart.high),
                    difference_kr=round(1e6 * float(apart.mean)),
                )


def _years(runs: Runs) -> list[int]:
    span = runs.scenarios[0]
    return complete_years(span.start, span.quarters)
