"""The directory that a comparison leaves: tables, the pairs behind them, what each variant changes, and a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klyngesim.comparisons import decomposition
from klyngesim.comparisons.breakeven import BreakEven
from klyngesim.comparisons.claims import ClaimRow, claimed
from klyngesim.comparisons.contested import assumptions_of, without_effect
from klyngesim.comparisons.gains import Gain, gains
from klyngesim.comparisons.pairs import Runs
from klyngesim.comparisons.paths import Course, Funding, courses, funding
from klyngesim.comparisons.robustness import Robust
from klyngesim.comparisons.tenable import Tenable
from klyngesim.comparisons.value import Onset, Worth, onsets, worth
from klyngesim.comparisons.verdicts import TABLES, Difference, differences, direction
from klyngesim.posterior import shipped_input
from klyngesim.results import manifest as manifests
from klyngesim.results.attribution import FILE, LANGUAGES, Attribution, sentence
from klyngesim.results.comparison import FORMAT
from klyngesim.results.csv_tables import write_table
from klyngesim.results.hashing import json_hash
from klyngesim.results.indicators import INDICATORS
from klyngesim.results.versions import git_state, package_version, versions
from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.scenario.merging import warnings_of
from klyngesim.scenario.schema import compare as changes_between

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Input:
    """A row of inputs.csv: one thing that a variant says otherwise than the baseline; empty = not set there."""

    scenario: str
    path: str
    value: str
    baseline_value: str


@dataclass(frozen=True)
class Contest:
    """A row of contested.csv: an assumption that the answer about a variant hangs on, see `assumptions_of`."""

    scenario: str
    lever: str
    parameter: str
    why: str


def inputs(runs: Runs) -> list[Input]:
    """What every variant changes."""
    base = runs.scenarios[0]
    return [
        Input(variant.name, change.path, _text(change.value), _text(change.parent))
        for variant in runs.scenarios[1:]
        for change in changes_between(variant, base)
    ]


def contests(runs: Runs) -> list[Contest]:
    """The assumptions behind every variant."""
    base = runs.scenarios[0]
    return [
        Contest(variant.name, entry.lever, entry.parameter, entry.why)
        for variant in runs.scenarios[1:]
        for entry in assumptions_of(variant, base)
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def pairs_table(runs: Runs) -> pd.DataFrame:
    """``scenario, seed, draw, window, indicator, value``: the programme's values behind every difference."""
    import numpy as np
    import pandas as pd

    kept = [place for place, indicator in enumerate(INDICATORS) if direction(indicator)]
    parts = []
    for scenario, measured in zip(runs.scenarios, runs.measured, strict=True):
        for lot, run in zip(runs.lots, measured, strict=True):
            for window, span in enumerate(runs.windows):
                values = run.indicators[window, -1, kept]
                part = {"scenario": scenario.name, "seed": lot.seed, "draw": lot.draw, "window": span.label}
                names = np.array([INDICATORS[place].id for place in kept])
                parts.append(pd.DataFrame({**part, "indicator": names, "value": values}))
    return pd.concat(parts, ignore_index=True)


def describe(made: Made, over: str, most: int, files: Sequence[str]) -> dict[str, Any]:
    """What the manifest says before the outputs are listed."""
    runs = made.runs
    scenarios = [scenario.resolved() for scenario in runs.scenarios]
    lots = [{"seed": lot.seed, "draw": lot.draw} for lot in runs.lots]
    identity = {"scenarios": scenarios, "lots": lots, "over": over, "version": package_version()}
    return {
        "format": FORMAT,
        "comparison_id": json_hash(identity)[:12],
        "baseline": runs.scenarios[0].name,
        "variants": [scenario.name for scenario in runs.scenarios[1:]],
        "titles": {scenario.name: dict(scenario.title) for scenario in runs.scenarios},
        "questions": {one["name"]: one["question"] for one in scenarios},
        "sources": {scenario.name: list(scenario.source) for scenario in runs.scenarios},
        "over": over,
        "windows": [window.label for window in runs.windows],
        "nothing_changes": without_effect(runs),
        "pairs": {"most": most, "made": len(runs.lots), "failed": runs.failures, "skipped": runs.skipped},
        "enough": runs.enough,
        "tenable": {name: _drawn(one) for name, one in made.tenable.items()},
        "settings": list(runs.settings),
        "warnings": list(warnings_of(runs.scenarios)),
        "smallest_effect": runs.smallest_effect,
        "scenarios": scenarios,
        "lots": lots,
        "model": model_fingerprint(),
        "versions": versions(),
        "git": git_state(),
        "inputs": [{"path": path, "sha256": digest} for path, digest in _read(runs, over)],
        "tables": list(files),
    }


def _drawn(found: Tenable) -> dict[str, Any]:
    lost = {"failed": found.runs.failures, "skipped": found.runs.skipped}
    return {"strengths": list(found.parameters), "made": len(found.runs.lots), **lost}


def _read(runs: Runs, over: str) -> Iterator[tuple[str, str]]:
    """Name and sha256 of every file that the comparison rests on, as it was read."""
    for scenario in runs.scenarios:
        yield from scenario.inputs
    if over != "central":
        yield shipped_input()


@dataclass(frozen=True)
class Made:
    """What a comparison has made: runs, break-even strengths, switched runs, parts, why the baseline moves, draws."""

    runs: Runs
    strengths: Sequence[BreakEven]
    switched: Sequence[Robust] = ()
    contributions: Sequence[decomposition.Contribution] = ()
    parts: Sequence[Attribution] = ()
    tenable: Mapping[str, Tenable] = field(default_factory=dict)


def write(target: Path, made: Made, over: str, most: int) -> dict[str, Any]:
    """Writes every table and the manifest into a directory that is there; returns the manifest. OSError as it comes."""
    runs = made.runs
    for name, (kind, make) in TABLES.items():
        write_table(target / name, make(runs), kind)
    write_table(target / "comparison.csv", differences(runs, made.tenable), Difference)
    write_table(target / "gains.csv", gains(runs), Gain)
    write_table(target / "value.csv", worth(runs), Worth)
    write_table(target / "onset.csv", onsets(runs), Onset)
    write_table(target / "breakeven.csv", made.strengths, BreakEven)
    if made.switched:
        write_table(target / "robustness.csv", made.switched, Robust)
    if made.contributions:
        write_table(target / decomposition.FILE, made.contributions, decomposition.Contribution)
    if made.parts:
        write_table(target / FILE, made.parts, Attribution)
    write_table(target / "paths.csv", courses(runs, made.tenable), Course)
    write_table(target / "funders.csv", funding(runs), Funding)
    write_table(target / "inputs.csv", inputs(runs), Input)
    write_table(target / "contested.csv", contests(runs), Contest)
    write_table(target / "claims.csv", claimed(runs), ClaimRow)
    pairs_table(runs).to_parquet(target / "pairs.parquet", index=False, compression="zstd")
    files = sorted(path.name for path in target.iterdir() if path.is_file())
    manifest = describe(made, over, most, files)
    if made.parts:
        title = runs.scenarios[0].title
        manifest["why_the_baseline_moves"] = {lang: sentence(made.parts, title[lang], lang) for lang in LANGUAGES}
    manifests.seal(target, manifest)
    return manifest
