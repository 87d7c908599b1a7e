"""Calendar years and windows of them: what a year brings, and what a comparison keeps of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from klyngesim.evidence.organisations import organisation_ids
from klyngesim.results.indicators import INDICATORS, index
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGES
from klyngesim.scenario import periods

if TYPE_CHECKING:
    from klyngesim.results.records import RunResult
    from klyngesim.scenario.schema import Scenario


LEVEL = 0.90
"""Level of every interval and band."""

BAND = (0.05, 0.95)
"""Bounds of the band over replicates, as shares."""

QUARTERS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """Mean and 90 % band over replicates, element by element; ``n`` counts the replicates with a value."""

    mean: Floats
    low: Floats
    high: Floats
    n: NDArray[np.int64]


def mean(values: Floats) -> Floats:
    """Mean along the first axis, ignoring NaN; NaN of nothing."""
    there = ~np.isnan(values)
    n = there.sum(axis=0)
    return np.where(n > 0, np.where(there, values, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)


def band(values: Floats) -> Band:
    """Mean, 5th and 95th percentile along the first axis (replicates), ignoring NaN; NaN of nothing."""
    n = (~np.isnan(values)).sum(axis=0)
    ordered = np.sort(values, axis=0)  # NaN go last
    low, high = (_percentile(ordered, np.maximum(n, 1), share) for share in BAND)
    return Band(mean(values), low, high, n)


def _percentile(ordered: Floats, n: NDArray[np.int64], share: float) -> Floats:
    """Linear interpolation between the order statistics of the first ``n`` of each column."""
    place = share * (n - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, n - 1)
    lower = np.take_along_axis(ordered, below[None], axis=0)[0]
    upper = np.take_along_axis(ordered, above[None], axis=0)[0]
    return np.asarray(lower + (upper - lower) * (place - below), dtype=np.float64)


def years_of(first_period: int, length: int) -> NDArray[np.int64]:
    """Calendar year of each of ``length`` quarters from ``first_period`` on."""
    return np.array([periods.year(int(first_period) + step) for step in range(length)], dtype=np.int64)


def complete_years(first_period: int, length: int) -> list[int]:
    """The calendar years of which all four quarters are covered."""
    years, counts = np.unique(years_of(first_period, length), return_counts=True)
    found: list[int] = years[counts == QUARTERS].tolist()
    return found


def by_year(values: Floats, first_period: int) -> tuple[list[int], Floats]:
    """The complete years of an [T, O+1, K] array of indicators, and their values [Y, O+1, K].

    A flow is summed over the four quarters, a stock or a yearly indicator is its value at Q4, a share the mean of the
    quarters that have one. What is defined in no quarter of the year is NaN. A year that the run covers in part is
    left out: its flows would read as a fall, and its stocks as those of the year's end.
    """
    years = years_of(first_period, len(values))
    found = complete_years(first_period, len(values))
    kinds = np.array([item.kind for item in INDICATORS])
    flow, share = kinds == "flow", kinds == "share"
    last = (kinds == "stock") | (kinds == "yearly")
    out = np.full((len(found), *values.shape[1:]), np.nan)
    for target, year in zip(out, found, strict=True):
        quarters = values[years == year]
        there = ~np.isnan(quarters)
        count = there.sum(axis=0)
        total = np.where(count > 0, np.where(there, quarters, 0.0).sum(axis=0), np.nan)
        target[:, flow] = total[:, flow]
        target[:, share] = (total / np.maximum(count, 1))[:, share]
        target[:, last] = quarters[-1][:, last]
    return found, out


@dataclass(frozen=True)
class Window:
    """Calendar years from ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def label(self) -> str:
        """Such as ``2025-2034``, or ``2025`` for one year."""
        return "-".join(map(str, sorted({self.first, self.last})))


DECADES = (Window(2025, 2034), Window(2025, 2044))
"""Ten and twenty years from the first quarter that a recommendation can touch: whole grant periods of four, five and
ten years, so that no variant is caught at the end of a period while another one is at its beginning."""


BY_ORGANISATION = (
    "participants_unique_year",
    "new_participants",
    "members",
    "applications_submitted",
    "projects_pilot_started",
    "projects_external_started",
    "innovations",
    "ties_cluster",
    "social_capital",
    "grant_spent_mkr",
    "external_public_mkr",
    "external_eu_mkr",
    "external_private_mkr",
    "external_other_mkr",
    "fees_mkr",
    "staff_fte",
    "cash_mkr",
)
"""Indicators whose years are kept for every organisation; all would make an entry of a store five times as large."""


@dataclass(frozen=True)
class Measured:
    """One run in its windows.

    Attributes:
        indicators: mean per year, shape (windows, organisations + 1, indicators); the last row of the second axis is
            the programme. A flow is what a year brings, a stock its level at the end of a year. NaN = not defined.
        moves: ideas of firms that enter a stage, per year, shape (windows, organisations, firm classes, stages).
        yearly: the programme by complete year, shape (complete years of the run, indicators).
        organisations: `BY_ORGANISATION` by complete year, shape (complete years, organisations, those indicators).
    """

    indicators: Floats
    moves: Floats
    yearly: Floats
    organisations: Floats


def windows_of(scenario: Scenario) -> tuple[Window, ...]:
    """The windows of `DECADES` that a scenario's period covers; the years from 2025 that it has if it covers none.

    A period that ends before 2025 is one window as a whole.
    """
    last = periods.year(scenario.end + 1) - 1
    covered = tuple(window for window in DECADES if window.last <= last)
    first = min(window.first for window in DECADES)
    return covered or (Window(first if last >= first else periods.year(scenario.start), last),)


def measure(result: RunResult, windows: tuple[Window, ...]) -> Measured:
    """The means of a run over windows of complete years."""
    years, values = by_year(result.indicators, result.first_period)
    entered = _entered(result)
    indicators, moves = [], []
    for window in windows:
        chosen = np.array([window.first <= year <= window.last for year in years], dtype=bool)
        indicators.append(mean(values[chosen]))
        moves.append(entered[chosen].sum(axis=0) / max(1, int(chosen.sum())))
    chosen_by_organisation = values[:, :-1, [index(name) for name in BY_ORGANISATION]]
    return Measured(np.stack(indicators), np.stack(moves), values[:, -1], chosen_by_organisation)


def bytes_of(scenario: Scenario, windows: Sequence[Window]) -> int:
    """Size of what `measure` keeps of a run, in bytes, before it is compressed."""
    rows, years = len(organisation_ids()) + 1, len(complete_years(scenario.start, scenario.quarters))
    moves = (rows - 1) * len(FIRM_CLASSES) * len(STAGES)
    by_year = years * (len(INDICATORS) + (rows - 1) * len(BY_ORGANISATION))
    return (len(windows) * (rows * len(INDICATORS) + moves) + by_year) * np.dtype(np.float64).itemsize


def _entered(result: RunResult) -> Floats:
    """Entries into stages by complete year, shape (years, organisations, firm classes, stages)."""
    rows = result.funnel
    complete = complete_years(result.first_period, len(result.indicators))
    years = years_of(result.first_period, len(result.indicators))[rows.period - result.first_period]
    kept = np.isin(years, complete)
    shape = (len(complete), len(result.organisations), len(FIRM_CLASSES), len(STAGES))
    place = (np.searchsorted(complete, years[kept]), rows.organisation[kept], rows.firm_class[kept])
    flat = np.ravel_multi_index((*place, rows.to_stage[kept]), shape)
    entered = np.bincount(flat, rows.count[kept], int(np.prod(shape))).reshape(shape)
    return np.asarray(entered, dtype=np.float64)
