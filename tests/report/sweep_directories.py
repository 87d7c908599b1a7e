"""Directories of invented sweeps of every method, in the layout that ``klyngesim sweep`` leaves behind."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FACTORS = ("trust.gain", "external.award_skew", "M073")
RANGES = {"trust.gain": (0.05, 0.6), "external.award_skew": (1.0, 30.0), "M073": (0.0, 1.0), "dummy": (0.0, 1.0)}
OUTCOMES = ("members", "external_private_mkr")
INDICES = {
    "oat": ("range", "lowest_at", "highest_at"),
    "morris": ("mu", "mu_star", "sigma"),
    "sobol": ("S1", "ST"),
    "lhs": ("src", "prcc", "r2"),
    "table": ("src", "prcc", "r2"),
    "grid": ("main",),
}
SIZES = {"trust.gain": 0.82, "external.award_skew": -0.41, "M073": 0.07, "dummy": 0.11}
"""Of the indices; negative where they have a sign. The switch does not come up to the dummy."""

TITLES = {
    "baseline": {"en": "B0: the rules continued", "da": "B0: reglerne fortsat"},
    "r3-ten-years": {"en": "R3: ten-year grants", "da": "R3: tiårige bevillinger"},
    "r4-private-money": {"en": "R4: more private money", "da": "R4: flere private midler"},
}


@dataclass(frozen=True)
class Make:
    """What the directory to be built looks like."""

    method: str = "lhs"
    scenarios: tuple[str, ...] = ("baseline", "r3-ten-years", "r4-private-money")
    outcomes: tuple[str, ...] = OUTCOMES
    replicates: int = 2
    dummy: bool = True
    failed: int = 0
    discovery: tuple[dict[str, Any], ...] = ()
    surrogate: bool = False
    still: tuple[str, ...] = ()
    """Outcomes that do not vary."""

    model: str = "0123abcd"
    changes: dict[str, Any] = field(default_factory=dict)
    """Keys of the manifest that are otherwise."""

    @property
    def factors(self) -> tuple[str, ...]:
        return (*FACTORS, "dummy") if self.dummy else FACTORS

    @property
    def analysed(self) -> tuple[str, ...]:
        return self.scenarios[1:] or self.scenarios


def build(directory: Path, make: Make) -> Path:
    """Writes every file of a sweep into a new directory."""
    directory.mkdir(parents=True)
    places = _places(make)
    low, high = (np.array([RANGES[name][end] for name in make.factors]) for end in (0, 1))
    design = low + places * (high - low)
    design[:, make.factors.index("M073")] = places[:, make.factors.index("M073")] >= 0.5
    rows = [(point, *(f"{value:.10g}" for value in row)) for point, row in enumerate(design)]
    _write(directory / "design.csv", ("point", *make.factors), rows)
    _runs(make, design).to_parquet(directory / "runs.parquet", index=False)
    columns = "outcome scenario parameter index value low high samples convergence noise_floor method"
    _write(directory / "indices.csv", columns.split(), list(_indices(make, len(design))))
    columns = "outcome scenario points replicates variance_of_means variance_within noise_share replicates_needed"
    share = "" if make.replicates == 1 else 0.08
    noise = [
        (outcome, scenario, len(design), make.replicates, 900.0, 72.0, share, "" if share == "" else 4.0)
        for outcome, scenario in itertools.product(make.outcomes, make.analysed)
    ]
    _write(directory / "noise.csv", columns.split(), noise)
    _write(directory / "left_out.csv", ("parameter", "why"), [("fees.level", "a scenario of the sweep sets it itself")])
    if make.discovery:
        columns = "outcome scenario points share view box coverage density mass parameter low high quasi_p kind why"
        usual = {"points": len(design), "view": "box", "box": 1}
        lines = []
        for row in make.discovery:
            kind = "switch" if row.get("parameter") == "M073" else "number"
            whole = {**usual, "kind": kind, **row}
            lines.append([whole.get(key, "") for key in columns.split()])
        _write(directory / "discovery.csv", columns.split(), lines)
    if make.surrogate:
        columns = "outcome scenario parameter index value low high method kind r2 rmse rmse_of_mean points why"
        surrogate = [
            (
                outcome,
                scenario,
                name,
                index,
                size,
                size - 0.05,
                size + 0.05,
                "surrogate",
                "gaussian process",
                0.91,
                3.2,
                9.9,
                64,
                "",
            )
            for outcome, scenario, name, index in itertools.product(
                make.outcomes, make.analysed, make.factors, ("S1", "ST")
            )
            for size in [abs(SIZES[name]) * (0.9 if index == "S1" else 1.0)]
        ]
        _write(directory / "surrogate.csv", columns.split(), surrogate)
    (directory / "manifest.json").write_text(json.dumps(_manifest(make, len(design))), encoding="utf-8")
    return directory


def _places(make: Make) -> np.ndarray[Any, np.dtype[np.float64]]:
    k, chance = len(make.factors), np.random.default_rng(7)
    if make.method == "oat":
        rows = [[0.5] * k]
        for column, place in itertools.product(range(k), (0.0, 0.5, 1.0)):
            rows.append([place if one == column else 0.5 for one in range(k)])
        return np.array(rows)
    if make.method == "grid":
        return np.array(list(itertools.product((0.0, 0.5, 1.0), repeat=k)))
    if make.method == "morris":
        rows = []
        for _ in range(4):
            row = chance.integers(0, 2, k) / 3.0
            rows.append(row.copy())
            for column in chance.permutation(k):
                row[column] += 2.0 / 3.0
                rows.append(row.copy())
        return np.array(rows)
    if make.method == "sobol":
        rows = []
        for _ in range(8):
            first, second = chance.random(k), chance.random(k)
            rows += [first, *(np.where(np.arange(k) == one, second, first) for one in range(k)), second]
        return np.array(rows)
    return chance.random((60 if make.method == "lhs" else 24, k))


def _runs(make: Make, design: np.ndarray[Any, np.dtype[np.float64]]) -> pd.DataFrame:
    chance = np.random.default_rng(3)
    luck = chance.normal(0.0, 6.0, (len(design), make.replicates))
    at = dict(zip(make.factors, design.T, strict=True))
    gain = 300.0 * (at["trust.gain"] - 0.3) - 3.0 * (at["external.award_skew"] - 12.0)
    rows = []
    for point, (number, scenario) in itertools.product(range(len(design)), enumerate(make.scenarios)):
        for replicate in range(make.replicates):
            failed = len(rows) < make.failed
            level = 5000.0 + 10.0 * luck[point, replicate] + number * (gain[point] + luck[point, replicate])
            row: dict[str, Any] = {
                "point": point,
                "scenario": scenario,
                "seed": 1 + replicate,
                "status": "failed" if failed else "done",
                "error": "out of memory" if failed else "",
                "key": f"{point:04d}",
            }
            for outcome in make.outcomes:
                row[outcome] = np.nan if failed else 5000.0 if outcome in make.still else level
            rows.append(row)
    return pd.DataFrame(rows)


def _indices(make: Make, points: int) -> Iterator[Sequence[object]]:
    names: list[tuple[str, tuple[str, ...]]] = [(outcome, make.analysed) for outcome in make.outcomes]
    if len(make.scenarios) > 1:
        names.append((f"rank of {make.outcomes[0]}", make.scenarios))
    for outcome, scenarios in names:
        for scenario, index in itertools.product(scenarios, INDICES[make.method]):
            for name in ("all",) if index == "r2" else make.factors:
                size = 0.77 if name == "all" else SIZES[name]
                value = size if index in ("src", "prcc", "mu") else abs(size)
                value *= 100.0 if index in ("range", "mu", "mu_star", "sigma") else 1.0
                value = 0.0 if outcome in make.still else value
                ends = (value - 0.1 * abs(value), value + 0.1 * abs(value))
                floor = abs(SIZES["dummy"]) * (100.0 if index in ("range", "mu", "mu_star", "sigma") else 1.0)
                known = make.dummy and index not in ("r2", "lowest_at", "highest_at")
                if make.replicates == 1 and make.method in ("oat", "grid"):
                    ends = ("", "")  # type: ignore[assignment]
                yield (outcome, scenario, name, index, value, *ends, points, 0.02, floor if known else "", make.method)
        if outcome.startswith("rank of "):
            for scenario in scenarios:
                yield (outcome, scenario, "all", "first", 0.33, 0.2, 0.4, points, 0.01, "", make.method)


def _manifest(make: Make, points: int) -> dict[str, Any]:
    return {
        "format": "klyngesim-sweep/1",
        "sweep_id": "5f0c2ab81d07",
        "sweep": {
            "name": f"invented-{make.method}",
            "title": {"en": "What the advice hangs on", "da": "Hvad rådgivningen hænger på"},
            "method": make.method,
            "replicates": make.replicates,
            "outcomes": list(make.outcomes),
        },
        "scenarios": list(make.scenarios),
        "titles": {name: TITLES[name] for name in make.scenarios},
        "window": "2025-2034",
        "factors": list(make.factors),
        "points": points,
        "runs": {"asked": points * make.replicates * len(make.scenarios), "failed": make.failed},
        "model": make.model,
        "versions": {"klyngesim": "0.1.0"},
        "outputs": [{"path": "indices.csv", "sha256": "a" * 64, "bytes": 1}],
        **make.changes,
    }


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
