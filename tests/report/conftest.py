"""Small run directories with invented but plausible numbers, in the layout that a run leaves behind."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ORGANISATIONS = ("energy", "made")
LEVELS = {
    "participants_unique_year": 8400.0,
    "members": 4950.0,
    "return_rate": 0.46,
    "applications_submitted": 182.0,
    "applications_won": 51.0,
    "projects_pilot_started": 96.0,
    "projects_external_started": 64.0,
    "ties_firm_institution": 9200.0,
    "ties_cluster": 2100.0,
    "grant_spent_mkr": 121.6,
    "external_public_mkr": 98.0,
    "external_eu_mkr": 91.8,
    "external_private_mkr": 48.4,
    "external_other_mkr": 52.8,
    "social_capital": 0.48,
}
CLASSES = {"micro": 0.30, "small": 0.28, "medium": 0.18, "large": 0.07, "foreign": 0.17}
FIRMS = {"micro": 258000, "small": 19000, "medium": 4100, "large": 790}
FLOWS = (
    ("outside", "contacted", "progress", 14000.0),
    ("contacted", "dissemination", "progress", 7200.0),
    ("contacted", "internationalisation", "progress", 900.0),
    ("contacted", "left", "not_interested", 4300.0),
    ("contacted", "left", "not_ready", 1400.0),
    ("contacted", "left", "no_seat", 300.0),
    ("dissemination", "matchmaking", "progress", 2100.0),
    ("dissemination", "internationalisation", "progress", 210.0),
    ("dissemination", "left", "not_ready", 2400.0),
    ("dissemination", "left", "other_fora", 1900.0),
    ("dissemination", "left", "price", 260.0),
    ("dissemination", "left", "firm_died", 210.0),
    ("internationalisation", "matchmaking", "progress", 340.0),
    ("internationalisation", "left", "lost_trust", 610.0),
    ("matchmaking", "application", "progress", 330.0),
    ("matchmaking", "pilot", "progress", 240.0),
    ("matchmaking", "left", "no_partner", 1250.0),
    ("matchmaking", "left", "lost_trust", 320.0),
    ("matchmaking", "dissemination", "not_ready", 130.0),
    ("application", "external_project", "progress", 98.0),
    ("application", "pilot", "progress", 24.0),
    ("application", "left", "rejected", 170.0),
    ("application", "matchmaking", "rejected", 60.0),
    ("application", "left", "support_ended", 12.0),
    ("pilot", "application", "progress", 71.0),
    ("pilot", "innovation", "progress", 44.0),
    ("pilot", "left", "completed", 96.0),
    ("pilot", "left", "withdrew", 31.0),
    ("external_project", "innovation", "progress", 38.0),
    ("external_project", "left", "completed", 47.0),
    ("external_project", "left", "withdrew", 9.0),
)
GRANT = {"partners": 0.42, "activity": 0.47, "admin": 0.11}
PRIVATE = {"own_fees": 21.0, "own_sponsorship": 3.1, "own_foundations": 8.7, "external_project_cash": 15.6}


@dataclass(frozen=True)
class Make:
    """What the run directory to be built looks like."""

    years: tuple[int, ...] = tuple(range(2021, 2035))
    n: int = 20
    calibrated: bool = False
    scale: float = 1.0
    end_quarter: int = 4
    factor: float = 1.0
    without_indicators: tuple[str, ...] = ()
    without_files: tuple[str, ...] = ()
    population: bool = True
    failed: int = 0
    draws: tuple[int, ...] = (0,)


def build(directory: Path, make: Make) -> Path:
    """Writes manifest.json, summary.csv, funnel.csv and finance.csv of an invented run."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "manifest.json").write_text(json.dumps(_manifest(make)), encoding="utf-8")
    summary = [row for year in make.years for row in _summary(make, year)]
    _write(directory / "summary.csv", "scenario year cluster indicator unit mean low high n", summary)
    funnel = [row for year in make.years for row in _funnel(make, year)]
    _write(directory / "funnel.csv", "scenario year cluster firm_class from_stage to_stage reason count n", funnel)
    finance = [row for year in make.years for row in _finance(make, year)]
    _write(directory / "finance.csv", "scenario year cluster account mkr n", finance)
    for name in make.without_files:
        (directory / name).unlink()
    return directory


def _manifest(make: Make) -> dict[str, Any]:
    requested = list(range(1, make.n + make.failed + 1))
    found: dict[str, Any] = {
        "format": "klyngesim-run/1",
        "run_id": "3f9c2ab81d07",
        "calibrated": make.calibrated,
        "draws": list(make.draws),
        "seeds": {"requested": requested, "finished": requested[: make.n]},
        "versions": {"klyngesim": "0.1.0"},
        "scenario": {
            "name": "baseline",
            "title": {
                "en": "The programme as it is: rules of 2021–2024 carried on",
                "da": "Programmet, som det er: reglerne fra 2021–2024 føres videre",
            },
            "period": {"start": "2021Q1", "end": f"{make.years[-1]}Q{make.end_quarter}"},
            "population": {"scale": make.scale},
            "parameters": {"prices.wage_growth": 0.03},
        },
    }
    if make.population:
        found["population"] = {"firms_by_class": FIRMS}
    return found


def _wave(year: int, phase: float) -> float:
    return 1.0 + 0.04 * math.sin(0.9 * (year - 2021) + phase) + 0.004 * (year - 2021)


def _summary(make: Make, year: int) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = []
    for i, (name, level) in enumerate(LEVELS.items()):
        if name in make.without_indicators or (name == "return_rate" and year == 2021):
            continue
        mean = make.factor * level * _wave(year, float(i))
        width = 0.0 if make.n == 1 else 0.06 * mean
        for cluster, share in (("energy", 0.5), ("all", 1.0)):
            numbers = (mean * share, (mean - width) * share, (mean + width) * share)
            rows.append(("baseline", year, cluster, name, "unit", *numbers, make.n))
    return rows


def _funnel(make: Make, year: int) -> list[Sequence[object]]:
    return [
        ("baseline", year, cluster, firm_class, *move, make.factor * count * share / 2 * _wave(year, share), make.n)
        for cluster in ORGANISATIONS
        for firm_class, share in CLASSES.items()
        for *move, count in FLOWS
    ]


def _finance(make: Make, year: int) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = []
    for cluster in ORGANISATIONS:
        for use, share in GRANT.items():
            line = "passed_on" if use == "partners" else "spent"
            for funder in ("ufs", "deb"):
                mkr = make.factor * 121.6 * share / 4
                rows.append(("baseline", year, cluster, f"{funder}_{use}_{line}", mkr, make.n))
        for account, mkr in PRIVATE.items():
            rows.append(("baseline", year, cluster, account, make.factor * mkr / 2 * _wave(year, mkr), make.n))
    return rows


def _write(path: Path, columns: str, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.split())
        writer.writerows(rows)


@pytest.fixture
def run_directory(tmp_path: Path) -> Callable[..., Path]:
    """Builds a run directory; keywords are the fields of ``Make``."""

    def make(**how: Any) -> Path:
        return build(tmp_path / "run", Make(**how))

    return make
