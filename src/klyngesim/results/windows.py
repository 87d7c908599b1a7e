"""What a comparison keeps of a run: means over windows of years that every variant is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.evidence.organisations import organisation_ids
from klyngesim.results.indicators import INDICATORS
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGES
from klyngesim.results.yearly import Floats, by_year, complete_years, mean, years_of
from klyngesim.scenario import periods

if TYPE_CHECKING:
    from klyngesim.results.records import RunResult
    from klyngesim.scenario.schema import Scenario


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


@dataclass(frozen=True)
class Measured:
    """One run in its windows.

    Attributes:
        indicators: mean per year, shape (windows, organisations + 1, indicators); the last row of the second axis is
            the programme. A flow is what a year brings, a stock its level at the end of a year. NaN = not defined.
        moves: ideas of firms that enter a stage, per year, shape (windows, organisations, firm classes, stages).
        yearly: the programme by complete year, shape (complete years of the run, indicators).
    """

    indicators: Floats
    moves: Floats
    yearly: Floats


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
    return Measured(np.stack(indicators), np.stack(moves), values[:, -1])


def bytes_of(scenario: Scenario, windows: Sequence[Window]) -> int:
    """Size of what `measure` keeps of a run, in bytes, before it is compressed."""
    rows, years = len(organisation_ids()) + 1, len(complete_years(scenario.start, scenario.quarters))
    moves = (rows - 1) * len(FIRM_CLASSES) * len(STAGES)
    return (len(windows) * (rows * len(INDICATORS) + moves) + years * len(INDICATORS)) * np.dtype(np.float64).itemsize


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
