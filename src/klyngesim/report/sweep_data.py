"""One finished sweep as figures and note read it: the manifest and the tables of its directory, and nothing else."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klyngesim.report.comparison_data import Row, value
from klyngesim.results import manifest as manifests
from klyngesim.results.hashing import file_hash

Floats = NDArray[np.float64]

FORMAT = "klyngesim-sweep/1"
"""Layout of a sweep's directory, as `klyngesim sweep` writes it."""

TABLES = ("design.csv", "indices.csv", "noise.csv", "left_out.csv")
"""Tables that every sweep has, beside the runs."""

OPTIONAL = ("regional.csv", "discovery.csv", "surrogate.csv")
"""Tables that only some sweeps have."""

RUNS = "runs.parquet"

LEADING = {"oat": "range", "morris": "mu_star", "sobol": "ST", "lhs": "src", "table": "src", "grid": "main"}
"""The index by which factors are put in order, by method."""

DUMMY = "dummy"
"""The factor that changes the luck and nothing else."""

ALL = "all"
"""Stands for a factor where an index belongs to all of them together."""

RANK = "rank of "
"""What stands before an outcome where the ranks of scenarios are analysed."""

_KEYS = ("sweep_id", "sweep", "scenarios", "titles", "window", "factors", "points", "runs", "versions", "model")
_AGAIN = "`klyngesim sweep FILE` makes one"


class NoSweep(Exception):
    """The directory is not that of a sweep; the message says what it is and what to type instead."""


@dataclass(frozen=True)
class Effect:
    """An index of one factor; NaN where there is no number. ``floor`` is the size of the dummy's."""

    outcome: str
    scenario: str
    parameter: str
    index: str
    value: float
    low: float
    high: float
    samples: int
    convergence: float
    floor: float

    @property
    def above(self) -> bool:
        """Whether it is larger than the noise floor; also where there is no floor to hold it against."""
        if self.parameter == DUMMY:
            return False
        return math.isnan(self.floor) or abs(self.value) > self.floor


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
    def method(self) -> str:
        """How the points were laid."""
        return str(self.manifest["sweep"]["method"])

    @property
    def main_index(self) -> str:
        """The index by which factors are put in order."""
        return LEADING[self.method]

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
    def effects(self) -> tuple[Effect, ...]:
        """Every row of indices.csv."""
        return tuple(_effect(row) for row in self.tables["indices.csv"])

    def of(self, scenario: str, outcome: str, index: str) -> list[Effect]:
        """An index of all factors, those without a number left out, in the order of the design."""
        return [
            one
            for one in self.effects
            if (one.scenario, one.outcome, one.index) == (scenario, outcome, index) and math.isfinite(one.value)
        ]

    def leading(self, scenario: str, outcome: str) -> list[Effect]:
        """The main index of the factors and the dummy, largest first; none where all are zero."""
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
            raise NoSweep(f"{self.directory / RUNS}: cannot be read ({fault})") from fault
        return found

    def means(self, scenario: str, outcome: str) -> Floats:
        """Mean of every point over its seeds, shape (points,), as the indices take it.

        Where a point lacks a seed, what that seed is above or below the others elsewhere is taken out first.
        """
        values = self.values[scenario, outcome]
        there = np.asarray(~np.isnan(values), dtype=np.bool_)
        seen = there.any(axis=0)
        whole = np.asarray(there[:, seen].all(axis=1) & there.any(axis=1), dtype=np.bool_)
        shared = np.zeros(values.shape[1])
        if whole.any() and not whole.all():
            known = values[whole][:, seen]
            shared[seen] = known.mean(axis=0) - known.mean()
        moved = np.where(there, np.where(whole[:, None], values, values - shared[None, :]), 0.0)
        count = there.sum(axis=1)
        return np.where(count > 0, moved.sum(axis=1) / np.maximum(count, 1), np.nan)

    def changed(self) -> tuple[str, ...]:
        """Files that are not as the sweep left them, by the hashes in the manifest."""
        known = {entry["path"]: entry["sha256"] for entry in self.manifest.get("outputs", ())}
        names = (*self.tables, RUNS)
        return tuple(name for name in names if name in known and file_hash(self.directory / name) != known[name])


def _effect(row: Row) -> Effect:
    return Effect(
        outcome=row["outcome"],
        scenario=row["scenario"],
        parameter=row["parameter"],
        index=row["index"],
        value=value(row["value"]),
        low=value(row["low"]),
        high=value(row["high"]),
        samples=int(row["samples"]),
        convergence=value(row["convergence"]),
        floor=abs(value(row["noise_floor"])),
    )


def read(directory: Path) -> SweepData:
    """The sweep in a directory. NoSweep if there is none, or one that cannot be read."""
    manifest = _manifest(directory)
    lacking = [key for key in _KEYS if key not in manifest]
    if lacking:
        raise NoSweep(f"{directory}: a sweep of another version, {lacking[0]} is missing in its {manifests.FILE}")
    tables: dict[str, tuple[Row, ...]] = {}
    for name in (*TABLES, RUNS, *OPTIONAL):
        path = directory / name
        if not path.is_file():
            if name in OPTIONAL:
                continue
            raise NoSweep(f"{directory}: {name} is missing; make the sweep again with `klyngesim sweep`")
        if name == RUNS:
            continue
        try:
            with path.open(encoding="utf-8", newline="") as file:
                tables[name] = tuple(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as fault:
            raise NoSweep(f"{path}: cannot be read ({fault})") from fault
    columns = {*tables["design.csv"][0]} if tables["design.csv"] else set()
    absent = [name for name in manifest["factors"] if name not in columns]
    if absent:
        raise NoSweep(f"{directory}: design.csv has no column {absent[0]}; make the sweep again with `klyngesim sweep`")
    return SweepData(directory, manifest, tables)


def switch(parameter: str) -> bool:
    """Whether a factor is a mechanism or a rival rule, off or on."""
    return re.fullmatch(r"M\d+|.+=.+", parameter) is not None


def is_sweep(directory: Path) -> bool:
    """Whether a directory says of itself that it is a sweep's, of whatever format."""
    try:
        found = json.loads((directory / manifests.FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and str(found.get("format", "")).startswith(f"{FORMAT.partition('/')[0]}/")


def _manifest(directory: Path) -> dict[str, Any]:
    path = directory / manifests.FILE
    if not directory.exists():
        raise NoSweep(f"{directory}: there is no such directory; type that of a sweep, {_AGAIN}")
    if not directory.is_dir():
        raise NoSweep(f"{directory}: a file, not a directory; type the directory of a sweep, {_AGAIN}")
    if not path.is_file():
        raise NoSweep(f"{directory}: no {manifests.FILE} in it, so it is not that of a sweep; {_AGAIN}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise NoSweep(f"{path}: cannot be read ({fault}); {_AGAIN}") from fault
    form = found.get("format") if isinstance(found, dict) else None
    kinds = {"klyngesim-run": "a single run", "klyngesim-comparison": "a comparison"}
    kind = kinds.get(str(form).partition("/")[0])
    if kind:
        raise NoSweep(f"{directory}: the directory of {kind}, not of a sweep; {_AGAIN}")
    if form != FORMAT or not isinstance(found, dict):
        said = f"format {form}" if form else "no format"
        raise NoSweep(f"{path}: {said}, but this version reads {FORMAT}; {_AGAIN}")
    return found
