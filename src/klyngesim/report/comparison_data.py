"""One finished comparison as the note reads it: the manifest and the tables of its directory, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klyngesim.results.comparison import MAIN, in_order
from klyngesim.results.csv_tables import Row, value
from klyngesim.results.directories import COMPARISON, changed_files, read_manifest, read_tables

TABLES = (
    "comparison.csv",
    "precision.csv",
    "paths.csv",
    "funders.csv",
    "gains.csv",
    "value.csv",
    "onset.csv",
    "pareto.csv",
    "ranking.csv",
    "breakeven.csv",
    "inputs.csv",
    "contested.csv",
    "claims.csv",
)
"""Tables that a note is made from."""

OPTIONAL = ("decomposition.csv", "robustness.csv")
"""Tables that only some comparisons have."""


_SHORT = 40  # letters of the head of a title


@dataclass(frozen=True)
class Difference:
    """A mean difference from the baseline with its 90 % interval, shares of the baseline's level.

    ``change`` is the difference in the indicator's own unit: what there is to say where the baseline has nothing.
    """

    scenario: str
    indicator: str
    window: str
    change: float
    relative: float
    low: float
    high: float
    verdict: str
    assumed: bool
    n_pairs: int
    outlook: str
    wide: Wide | None


@dataclass(frozen=True)
class Wide:
    """What the draws over tenable assumptions leave open of a difference; ends as shares of the baseline's level.

    ``better``, ``worse``, ``neither``: shares of the draws; ``in_use``: those that are better and worse at the
    assumptions in use; ``decided_by``: assumptions with the rank correlation of the difference with each.
    """

    low: float
    high: float
    better: float
    worse: float
    neither: float
    in_use: tuple[float, float]
    n: int
    decided_by: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Year:
    """One year of an indicator of one scenario: mean, mean difference from the baseline, and its two bands.

    NaN: there is none.
    """

    year: int
    mean: float
    difference: float
    low: float
    high: float
    tenable_low: float
    tenable_high: float


@dataclass(frozen=True)
class Comparison:
    """What stands in the directory; rows are text as in the files, see `csv_tables.value`."""

    directory: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, tuple[Row, ...]]

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants in the order in which they were asked for."""
        return tuple(self.manifest["variants"])

    @property
    def windows(self) -> tuple[str, ...]:
        """Windows, first year to last year; verdicts lean on the first."""
        return tuple(self.manifest["windows"])

    @property
    def effect(self) -> float:
        """Smallest effect of interest, a share of the baseline's level."""
        return float(self.manifest["smallest_effect"])

    def title(self, scenario: str, lang: str) -> str:
        """Title of a scenario, or its name if it has none."""
        return str(self.manifest["titles"].get(scenario, {}).get(lang) or scenario)

    def short_title(self, scenario: str, lang: str) -> str:
        """What stands before the first colon of a title, for headings of columns; the title where that is long."""
        head, colon, _ = self.title(scenario, lang).partition(":")
        return head if colon and len(head) <= _SHORT else self.title(scenario, lang)

    def of(self, table: str, **wanted: str) -> Iterator[Row]:
        """Rows of a table that have the wanted words in their columns."""
        for row in self.tables[table]:
            if all(row[column] == word for column, word in wanted.items()):
                yield row

    def contested(self, scenario: str) -> tuple[Row, ...]:
        """The assumed strengths that the answer about a variant leans on."""
        return tuple(self.of("contested.csv", scenario=scenario))

    def differences(self, window: str) -> dict[tuple[str, str], Difference]:
        """Every difference of one window, by variant and indicator."""
        levels = {key: abs(level) for key, level in self.levels(window).items()}
        found = {}
        for row in self.of("comparison.csv", window=window):
            key = row["scenario"], row["indicator"]
            found[key] = _difference(row, levels.get(key, math.nan))
        return found

    def levels(self, window: str) -> dict[tuple[str, str], float]:
        """Mean of the baseline in the pairs of a difference, by variant and indicator."""
        rows = self.of("precision.csv", window=window)
        return {(row["scenario"], row["indicator"]): value(row["baseline_mean"]) for row in rows}

    def questions(self, scenario: str) -> dict[str, str]:
        """What is open about the assumptions behind a variant, by their ids."""
        return {row["parameter"]: row["why"] for row in self.contested(scenario)}

    def course(self, scenario: str, indicator: str, cluster: str = "all") -> list[Year]:
        """The years of an indicator, for the programme or an organisation."""
        columns = ("mean", "difference", "difference_low", "difference_high", "tenable_low", "tenable_high")
        rows = self.of("paths.csv", scenario=scenario, indicator=indicator, cluster=cluster)
        return [Year(int(row["year"]), *(value(row[column]) for column in columns)) for row in rows]

    def order(self, *variants: str) -> list[str]:
        """Indicators that people are shown of these variants, of all if none is named: see `in_order`."""
        wanted = variants or self.variants
        every = (one for window in self.windows for one in self.differences(window).values())
        return in_order(one for one in every if one.scenario in wanted)

    def missing_pairs(self) -> dict[tuple[str, str], float]:
        """Pairs that a variant and main indicator would need, where that is more than were made.

        Infinite or NaN where no number of pairs is known to be enough.
        """
        found = {}
        for row in self.of("precision.csv", window=self.windows[0]):
            needed = value(row["pairs_needed"])
            if row["indicator"] in MAIN and not needed <= value(row["n_pairs"]):
                found[row["scenario"], row["indicator"]] = needed
        return found

    def changed(self) -> tuple[str, ...]:
        """Tables that are not as the comparison left them, by the hashes in the manifest."""
        return changed_files(self.directory, self.manifest, self.tables)


def _difference(row: Row, level: float) -> Difference:
    change, low, high = (value(row[column]) for column in ("mean_difference", "low", "high"))
    level = level or math.nan
    return Difference(
        scenario=row["scenario"],
        indicator=row["indicator"],
        window=row["window"],
        change=change,
        relative=change / level,
        low=low / level,
        high=high / level,
        verdict=row["verdict"],
        assumed=row["rests_on"] == "assumption",
        n_pairs=int(row["n_pairs"]),
        outlook=row["outlook"],
        wide=_wide(row, level),
    )


def _wide(row: Row, level: float) -> Wide | None:
    """The second band."""
    if not int(row["tenable_n"]):
        return None
    better, worse, neither = (value(row[f"tenable_{name}"]) for name in ("better", "worse", "neither"))
    deciding = (("decided_by", "rank_correlation"), ("decided_by_next", "rank_correlation_next"))
    return Wide(
        low=value(row["tenable_low"]) / level,
        high=value(row["tenable_high"]) / level,
        better=better,
        worse=worse,
        neither=neither,
        in_use=(value(row["share_better"]), value(row["share_worse"])),
        n=int(row["tenable_n"]),
        decided_by=tuple((row[name], value(row[size])) for name, size in deciding if row[name]),
    )


def read(directory: Path) -> Comparison:
    """The comparison in a directory. InputError if there is none, or one that cannot be read."""
    manifest = read_manifest(directory, COMPARISON)
    return Comparison(directory, manifest, read_tables(directory, COMPARISON, TABLES, OPTIONAL))
