"""One finished sweep as figures and note read it: the manifest and the tables of its directory, and its boxes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from klyngesim.errors import InputError
from klyngesim.results import manifest as manifests
from klyngesim.results.csv_tables import Row, value
from klyngesim.results.directories import SWEEP, changed_files, need, read_manifest, read_tables
from klyngesim.streams import Floats
from klyngesim.sweep.design import Method
from klyngesim.sweep.methods import METHODS
from klyngesim.sweep.rows import ALL, DUMMY, Index, point_means

TABLES = ("design.csv", "indices.csv", "noise.csv", "left_out.csv")
"""Tables that every sweep has, beside the runs."""

OPTIONAL = ("regional.csv", "discovery.csv", "surrogate.csv")
"""Tables that only some sweeps have."""

RUNS = "runs.parquet"

_KEYS = ("sweep_id", "sweep", "scenarios", "titles", "window", "factors", "points", "runs", "versions", "model")


@dataclass(frozen=True)
class SweepData:
    """What stands in the directory; rows are text as in the files."""

    directory: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, tuple[Row, ...]]

    @property
    def id(self) -> str:
        """Id of the sweep."""
        return str(self.manifest["sweep_id"])

    @property
    def name(self) -> str:
        """Name in the sweep file."""
        return str(self.manifest["sweep"]["name"])

    @property
    def method(self) -> Method:
        """How the points were laid."""
        return METHODS[self.manifest["sweep"]["method"]]

    @property
    def main_index(self) -> str:
        """The index by which factors are put in order."""
        return self.method.main_index

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Indicators, in the order of the sweep file."""
        return tuple(self.manifest["sweep"]["outcomes"])

    @property
    def factors(self) -> tuple[str, ...]:
        """Ids, in the order of the design."""
        return tuple(self.manifest["factors"])

    @property
    def baseline(self) -> str | None:
        """Scenario from which the others differ; None where there is one scenario only."""
        names = self.manifest["scenarios"]
        return str(names[0]) if len(names) > 1 else None

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Scenarios that are analysed: the variants, or the only one."""
        names = tuple(self.manifest["scenarios"])
        return names[1:] if len(names) > 1 else names

    @property
    def replicates(self) -> int:
        """Seeds at every point."""
        return int(self.manifest["sweep"]["replicates"])

    @property
    def has_dummy(self) -> bool:
        """Whether there is a noise floor."""
        return DUMMY in self.factors

    def scenario_title(self, scenario: str, lang: str) -> str:
        """Title of a scenario, or its name if it has none."""
        return str(self.manifest["titles"].get(scenario, {}).get(lang) or scenario)

    def title(self, lang: str) -> str:
        """Title of the sweep, or its name if it has none."""
        return str(self.manifest["sweep"]["title"].get(lang) or self.name)

    @cached_property
    def effects(self) -> tuple[Index, ...]:
        """Every row of indices.csv."""
        return tuple(_index(row) for row in self.tables["indices.csv"])

    def of(self, scenario: str, outcome: str, index: str) -> list[Index]:
        """An index of all factors, those without a number left out, in the order of the design."""
        return [
            one
            for one in self.effects
            if (one.scenario, one.outcome, one.index) == (scenario, outcome, index) and math.isfinite(one.value)
        ]

    def leading(self, scenario: str, outcome: str) -> list[Index]:
        """The main index of the factors and the dummy, largest first; none where all are zero or points are too few."""
        found = [one for one in self.of(scenario, outcome, self.main_index) if one.parameter != ALL]
        return sorted(found, key=lambda one: -abs(one.value)) if any(one.value for one in found) else []

    @cached_property
    def design(self) -> dict[str, Floats]:
        """Value of every factor at every point."""
        rows = self.tables["design.csv"]
        return {name: np.array([value(row[name]) for row in rows]) for name in self.factors}

    @cached_property
    def values(self) -> dict[tuple[str, str], Floats]:
        """What is analysed, by scenario and outcome, shape (points, replicates), NaN = failed.

        The outcome itself if there is one scenario; else every variant's difference from the baseline, by seed.
        """
        import pandas as pd

        points = len(self.tables["design.csv"])
        found = {}
        try:
            frame = pd.read_parquet(self.directory / RUNS).sort_values(["point", "seed"])
            for outcome in self.outcomes:
                level = {
                    name: rows[outcome].to_numpy(dtype=np.float64).reshape(points, -1)
                    for name, rows in frame.groupby("scenario")
                }
                for name in self.scenarios:
                    found[name, outcome] = level[name] - (level[self.baseline] if self.baseline else 0.0)
        except (OSError, ValueError, KeyError) as fault:
            raise InputError(f"{self.directory / RUNS}: cannot be read ({fault})") from fault
        return found

    def means(self, scenario: str, outcome: str) -> Floats:
        """Mean of every point over its seeds, shape (points,), as the indices take it."""
        return point_means(self.values[scenario, outcome])

    def changed(self) -> tuple[str, ...]:
        """Files that are not as the sweep left them, by the hashes in the manifest."""
        return changed_files(self.directory, self.manifest, (*self.tables, RUNS))


def _index(row: Row) -> Index:
    return Index(
        outcome=row["outcome"],
        scenario=row["scenario"],
        parameter=row["parameter"],
        index=row["index"],
        value=value(row["value"]),
        low=value(row["low"]),
        high=value(row["high"]),
        samples=int(row["samples"]),
        convergence=value(row["convergence"]),
        noise_floor=value(row["noise_floor"]),
        method=row["method"],
    )


def read(directory: Path) -> SweepData:
    """The sweep in a directory. InputError if there is none, or one that cannot be read."""
    manifest = read_manifest(directory, SWEEP)
    lacking = [key for key in _KEYS if key not in manifest]
    if lacking:
        raise InputError(f"{directory}: a sweep of another version, {lacking[0]} is missing in its {manifests.FILE}")
    tables = read_tables(directory, SWEEP, TABLES, OPTIONAL)
    need(directory, SWEEP, RUNS)
    columns = {*tables["design.csv"][0]} if tables["design.csv"] else set()
    absent = [name for name in manifest["factors"] if name not in columns]
    if absent:
        raise InputError(
            f"{directory}: design.csv has no column {absent[0]}; make the sweep again with `{SWEEP.command}`"
        )
    found = SweepData(directory, manifest, tables)
    try:
        found.effects  # noqa: B018 - kept, and read here so that nobody draws half of it
    except (KeyError, ValueError) as fault:
        raise InputError(f"{directory / 'indices.csv'}: cannot be read ({fault})") from fault
    return found


def switch(parameter: str) -> bool:
    """Whether a factor is a mechanism or a rival rule, off or on."""
    return re.fullmatch(r"M\d+|.+=.+", parameter) is not None


@dataclass(frozen=True)
class Limit:
    """Ends of a box in the factor's own unit; None where it has none on that side. quasi_p: chance of it by luck."""

    parameter: str
    low: float | None
    high: float | None
    kind: str
    quasi_p: float


@dataclass(frozen=True)
class Box:
    """Where losses gather; shares of 0-1."""

    limits: tuple[Limit, ...]
    coverage: float
    density: float


@dataclass(frozen=True)
class Discovery:
    """In which futures a variant loses, as `sweep_words.sentence` reads it."""

    outcome: str
    scenario: str
    share: float
    boxes: tuple[Box, ...]
    points: int
    tree_rules: Sequence[Box] = ()


BY_CHANCE = 0.05
"""Chance of one rule or more of the tree by luck, up to which it is told."""


def discoveries(found: SweepData) -> Iterator[Discovery]:
    """What discovery.csv says, one for each outcome and variant; nothing if there is no such file.

    The file has a row for each limit of a box or of a rule of the tree, and one without parameter where no box was
    found. A quasi-p does not know that the tree chose among all factors: its rules are left out where times their
    number it is `BY_CHANCE` or more.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in found.tables.get("discovery.csv", ()):
        groups.setdefault((row["outcome"], row["scenario"]), []).append(row)
    for (outcome, scenario), rows in groups.items():
        rules = (rule for rule in _boxes(found, rows, "tree") if _sure(rule, len(found.factors)))
        yield Discovery(
            outcome,
            scenario,
            value(rows[0]["share"]),
            tuple(_boxes(found, rows, "box")),
            int(rows[0].get("points") or found.manifest["points"]),
            tuple(rules),
        )


def _boxes(found: SweepData, rows: Sequence[Row], view: str) -> Iterator[Box]:
    boxes: dict[tuple[str, ...], list[Limit]] = {}
    for row in rows:
        if row["parameter"] and (row.get("view") or "box") == view:
            key = (row.get("box") or "", row["coverage"], row["density"], row["mass"])
            boxes.setdefault(key, []).append(_limit(found, row))
    return (Box(tuple(limits), value(key[1]), value(key[2])) for key, limits in boxes.items())


def _sure(rule: Box, factors: int) -> bool:
    return all(limit.quasi_p * factors < BY_CHANCE for limit in rule.limits)


def _limit(found: SweepData, row: Row) -> Limit:
    low, high = (value(row[side]) if row[side] else None for side in ("low", "high"))
    name = row["parameter"]
    kind = row.get("kind")
    if not kind:
        places = found.design[name]
        kind = "switch" if switch(name) else "whole" if bool((places == np.round(places)).all()) else "number"
    return Limit(name, low, high, kind, value(row["quasi_p"]))
