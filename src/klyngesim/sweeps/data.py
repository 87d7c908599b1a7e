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
from klyngesim.results.directories import SWEEP, changed_files, need, read_manifest, read_records, read_tables
from klyngesim.streams import Floats
from klyngesim.sweeps.design import Method
from klyngesim.sweeps.discovery import Discovery
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.prim import Box, Limit
from klyngesim.sweeps.rows import ALL, DUMMY, DiscoveryRow, Index, LeftOut, NoiseRow, SurrogateRow, point_means

TABLES = ("design.csv", "indices.csv", "noise.csv", "left_out.csv")
"""Tables that every sweep has, beside the runs."""

OPTIONAL = ("regional.csv", "discovery.csv", "surrogate.csv")
"""Tables that only some sweeps have."""

RUNS = "runs.parquet"

_KEYS = ("sweep_id", "sweep", "scenarios", "titles", "window", "factors", "points", "runs", "versions", "model")


@dataclass(frozen=True)
class SweepData:
    """What stands in the directory.

    Attributes:
        directory: it.
        manifest: its manifest.
        points: rows of design.csv, text as in the file.
        effects: rows of indices.csv.
        noise: rows of noise.csv.
        left_out: rows of left_out.csv.
        losses: rows of discovery.csv, none where nothing was looked for.
        surrogate: rows of surrogate.csv, none where none was asked for.
    """

    directory: Path
    manifest: Mapping[str, Any]
    points: tuple[Row, ...]
    effects: tuple[Index, ...]
    noise: tuple[NoiseRow, ...]
    left_out: tuple[LeftOut, ...]
    losses: tuple[DiscoveryRow, ...]
    surrogate: tuple[SurrogateRow, ...]

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
        return {name: np.array([value(row[name]) for row in self.points]) for name in self.factors}

    @cached_property
    def values(self) -> dict[tuple[str, str], Floats]:
        """What is analysed, by scenario and outcome, shape (points, replicates), NaN = failed.

        The outcome itself if there is one scenario; else every variant's difference from the baseline, by seed.
        """
        import pandas as pd

        points = len(self.points)
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
        there = [name for name in (*TABLES, *OPTIONAL, RUNS) if (self.directory / name).is_file()]
        return changed_files(self.directory, self.manifest, there)


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
    return SweepData(
        directory,
        manifest,
        tables["design.csv"],
        read_records(directory, tables, "indices.csv", Index),
        read_records(directory, tables, "noise.csv", NoiseRow),
        read_records(directory, tables, "left_out.csv", LeftOut),
        read_records(directory, tables, "discovery.csv", DiscoveryRow),
        read_records(directory, tables, "surrogate.csv", SurrogateRow),
    )


def switch(parameter: str) -> bool:
    """Whether a factor is a mechanism or a rival rule, off or on."""
    return re.fullmatch(r"M\d+|.+=.+", parameter) is not None


BY_CHANCE = 0.05
"""Chance of one rule or more of the tree by luck, up to which it is told."""


def discoveries(found: SweepData) -> Iterator[Discovery]:
    """What discovery.csv says, one for each outcome and variant; nothing if there is no such file.

    The file has a row for each limit of a box or of a rule of the tree, and one without parameter where no box was
    found. A quasi-p does not know that the tree chose among all factors: its rules are left out where times their
    number it is `BY_CHANCE` or more.
    """
    groups: dict[tuple[str, str], list[DiscoveryRow]] = {}
    for row in found.losses:
        groups.setdefault((row.outcome, row.scenario), []).append(row)
    for (outcome, scenario), rows in groups.items():
        rules = (rule for rule in _boxes(rows, "tree") if _sure(rule, len(found.factors)))
        boxes = tuple(_boxes(rows, "box"))
        yield Discovery(outcome, scenario, rows[0].share, boxes, tuple(rules), rows[0].points, rows[0].why)


def _boxes(rows: Sequence[DiscoveryRow], view: str) -> Iterator[Box]:
    boxes: dict[int, list[DiscoveryRow]] = {}
    for row in rows:
        if row.parameter and row.view == view:
            boxes.setdefault(row.box, []).append(row)
    for ends in boxes.values():
        one = ends[0]
        limits = (Limit(end.parameter, end.low, end.high, end.quasi_p, end.kind) for end in ends)
        points, cases = one.mass * one.points, one.coverage * one.share * one.points
        yield Box(tuple(limits), one.coverage, one.density, one.mass, round(points), round(cases))


def _sure(rule: Box, factors: int) -> bool:
    return all(limit.quasi_p * factors < BY_CHANCE for limit in rule.limits)
