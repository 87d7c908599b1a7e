"""One finished run as the figures see it: the programme's rows of the files in the run's directory.

Only plain files are read (manifest.json, summary.csv, funnel.csv, finance.csv). A missing table gives an empty one,
so that a figure can say *not recorded* instead of failing; a missing manifest is an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from klyngesim.files import Record
from klyngesim.report.numbers import MISSING, Lang, years
from klyngesim.results.csv_tables import read_table, records
from klyngesim.results.formats import FinanceRow, FunnelRow, SummaryRow
from klyngesim.results.manifest import read as read_manifest
from klyngesim.results.records import PROGRAMME

REPORT_YEARS: tuple[int, ...] = (2021, 2022, 2023)
"""Years that the report's tables cover."""

WINDOW = 3
"""Length in years of the windows that means are taken over."""


@dataclass(frozen=True)
class Point:
    """One year of one indicator: mean and 90 % band (``low``, ``high``) over ``n`` replicates; NaN = not defined."""

    year: int
    mean: float
    low: float
    high: float
    n: int

    @property
    def banded(self) -> bool:
        """Whether a band can be drawn: one replicate has none."""
        return self.n > 1 and math.isfinite(self.low) and math.isfinite(self.high)


@dataclass(frozen=True)
class Move:
    """A kind of move of episodes; ``from_stage`` etc. are ids of ``results.vocabulary``."""

    year: int
    firm_class: str
    from_stage: str
    to_stage: str
    reason: str


@dataclass(frozen=True)
class RunData:
    """A run directory in memory, summed to the programme (cluster ``all``).

    Attributes:
        manifest: manifest.json as it stands.
        series: indicator -> its years in order.
        moves: mean count of episodes per kind of move.
        ledger: (year, account) -> million kr.
        years: complete calendar years.
        partial: years that were simulated in part and left out.
    """

    manifest: Mapping[str, Any]
    series: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    moves: Mapping[Move, float] = field(default_factory=dict)
    ledger: Mapping[tuple[int, str], float] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    partial: tuple[int, ...] = ()

    @property
    def scenario(self) -> Mapping[str, Any]:
        """The resolved scenario of the manifest; empty when the manifest has none."""
        found = self.manifest.get("scenario")
        return found if isinstance(found, Mapping) else {}

    @property
    def run_id(self) -> str:
        """Identity of the run, ``unknown`` when the manifest does not say."""
        return str(self.manifest.get("run_id", "unknown"))

    @property
    def version(self) -> str:
        """Version of the package that made the run, ``unknown`` when the manifest does not say."""
        versions = self.manifest.get("versions")
        return str(versions.get("klyngesim", "unknown")) if isinstance(versions, Mapping) else "unknown"

    @property
    def calibrated(self) -> bool:
        """Whether the parameters were calibrated; a manifest that does not say so counts as no."""
        return self.manifest.get("calibrated") is True

    @property
    def replicates(self) -> int:
        """Replicates behind the means: the largest n of any row of summary.csv, 0 when there is none."""
        return max((point.n for points in self.series.values() for point in points), default=0)

    @property
    def drawn(self) -> bool:
        """Whether every run has a draw of the calibrated parameters of its own."""
        return any(self.manifest.get("draws") or ())

    @property
    def failures(self) -> int:
        """Replicates that were asked for and did not finish."""
        seeds = self.manifest.get("seeds")
        return len(seeds["requested"]) - len(seeds["finished"]) if isinstance(seeds, Mapping) else 0

    @property
    def scale(self) -> float:
        """Simulated share of the firms (1 = every firm)."""
        population = self.scenario.get("population")
        return float(population.get("scale", 1.0)) if isinstance(population, Mapping) else 1.0

    @property
    def period(self) -> str:
        """The years shown as text, ``–`` when there are none."""
        return years(self.years[0], self.years[-1]) if self.years else MISSING

    def title(self, lang: Lang) -> str:
        """Title of the scenario in the language, else its name."""
        titles = self.scenario.get("title")
        found = titles.get(lang) if isinstance(titles, Mapping) else None
        return str(found or self.scenario.get("name", "unknown"))

    def points(self, indicator: str) -> tuple[Point, ...]:
        """The complete years of an indicator that have a value, oldest first; empty = not recorded."""
        return tuple(p for p in self.series.get(indicator, ()) if p.year in self.years and math.isfinite(p.mean))

    def mean(self, indicator: str, years: Sequence[int]) -> float:
        """Mean of an indicator over those of the years that have a value; NaN when none has."""
        return average(p.mean for p in self.points(indicator) if p.year in years)

    def windows(self) -> tuple[tuple[int, ...], ...]:
        """The years to compare: those of the report, and at most the last three after them. Empty ones are left out."""
        first = tuple(year for year in self.years if year in REPORT_YEARS)
        last = tuple(year for year in self.years if year not in REPORT_YEARS)[-WINDOW:]
        return tuple(window for window in (first, last) if window)


def price_level(growth: float, year: int) -> float:
    """Mean price and wage level of a year, 1 on average over the report's years.

    It grows by a quarter of ``growth`` (0.03 = 3 % a year) every quarter, as the model's own price level does.
    """
    first = REPORT_YEARS[0]

    def level(at: int) -> float:
        return average((1.0 + growth / 4.0) ** (4 * (at - first) + quarter) for quarter in range(4))

    return level(year) / average(level(at) for at in REPORT_YEARS)


def average(values: Iterator[float]) -> float:
    """Plain mean; NaN of nothing."""
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else math.nan


def read(directory: Path) -> RunData:
    """Reads a run directory.

    Raises:
        FileNotFoundError: there is no manifest.json.
        ValueError: the manifest is of another format, or summary.csv holds several scenarios.
    """
    manifest = read_manifest(directory)
    series = _series(directory / "summary.csv")
    moves = _moves(directory / "funnel.csv")
    ledger = _ledger(directory / "finance.csv")
    seen = {point.year for points in series.values() for point in points}
    seen |= {move.year for move in moves} | {year for year, _ in ledger}
    partial = _in_part(RunData(manifest).scenario)
    complete = tuple(sorted(seen.difference(partial)))
    return RunData(manifest, series, moves, ledger, complete, partial)


def _in_part(scenario: Mapping[str, Any]) -> tuple[int, ...]:
    """The last year if the run left it before its fourth quarter."""
    period = scenario.get("period")
    end = str(period.get("end", "")) if isinstance(period, Mapping) else ""
    year, _, quarter = end.partition("Q")
    return (int(year),) if quarter in ("1", "2", "3") else ()


def _rows(path: Path, kind: type[Record]) -> tuple[Record, ...]:
    return records(read_table(path), kind) if path.is_file() else ()


def _series(path: Path) -> dict[str, tuple[Point, ...]]:
    found: dict[str, list[Point]] = {}
    scenarios: set[str] = set()
    for row in _rows(path, SummaryRow):
        scenarios.add(row.scenario)
        if row.cluster == PROGRAMME:
            found.setdefault(row.indicator, []).append(Point(row.year, row.mean, row.low, row.high, row.n))
    if len(scenarios) > 1:
        raise ValueError(f"{path}: one scenario expected, found {', '.join(sorted(scenarios))}")
    return {indicator: tuple(sorted(points, key=lambda p: p.year)) for indicator, points in found.items()}


def _moves(path: Path) -> dict[Move, float]:
    found: dict[Move, float] = {}
    for row in _rows(path, FunnelRow):
        if row.cluster != PROGRAMME:  # the programme is the sum of its organisations
            move = Move(row.year, row.firm_class, row.from_stage, row.to_stage, row.reason)
            found[move] = found.get(move, 0.0) + row.count
    return found


def _ledger(path: Path) -> dict[tuple[int, str], float]:
    found: dict[tuple[int, str], float] = {}
    for row in _rows(path, FinanceRow):
        if row.cluster != PROGRAMME:
            key = (row.year, row.account)
            found[key] = found.get(key, 0.0) + row.mkr
    return found
