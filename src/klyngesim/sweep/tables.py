"""The directory that a sweep leaves: design, runs, indices, noise, ranking, and a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from klyngesim.experiments.verdicts import direction
from klyngesim.results import manifest as manifests
from klyngesim.results.csv_tables import write_csv, write_table
from klyngesim.results.directories import SWEEP
from klyngesim.results.hashing import json_hash
from klyngesim.results.indicators import indicator
from klyngesim.results.versions import git_state, package_version, versions
from klyngesim.runs.store import model_fingerprint
from klyngesim.sweep.convergence import noise
from klyngesim.sweep.indices import Response, indices
from klyngesim.sweep.optional_tables import discoveries, number_of_extras, stand_ins
from klyngesim.sweep.points import numbers_and_switches
from klyngesim.sweep.ranking import Ranking
from klyngesim.sweep.rows import Advance, DiscoveryRow, Index, LeftOut, NoiseRow, Regional, SurrogateRow
from klyngesim.sweep.runs import Swept, seed_of

if TYPE_CHECKING:
    import pandas as pd


def write(target: Path, found: Swept, advance: Advance = lambda _: None) -> dict[str, Any]:
    """Writes every table and the manifest into a directory that is there; returns the manifest. OSError as it comes.

    Args:
        target: the directory.
        found: runs of a sweep.
        advance: called with parts of `analyses` that are done.
    """
    write_design(target / "design.csv", found)
    runs_table(found).to_parquet(target / "runs.parquet", index=False, compression="zstd")
    rows, regional = analysed(found, advance)
    write_table(target / "indices.csv", rows, Index)
    write_table(target / "noise.csv", noises(found), NoiseRow)
    if found.sweep.file.discovery:
        write_table(target / "discovery.csv", discoveries(found, advance), DiscoveryRow)
    if found.sweep.file.surrogate:
        write_table(target / "surrogate.csv", stand_ins(found, advance), SurrogateRow)
    if regional:
        write_table(target / "regional.csv", regional, Regional)
    write_table(target / "left_out.csv", [LeftOut(*one) for one in found.sweep.left_out], LeftOut)
    manifest = describe(found)
    manifests.seal(target, manifest)
    return manifest


def analyses(found: Swept) -> int:
    """Number of analyses that a sweep's tables take."""
    ranked = sum(len(found.sweep.scenarios) for outcome in found.values if ranking_of(found, outcome))
    return ranked + sum(len(found.compared(outcome)) for outcome in found.values) + number_of_extras(found)


def write_design(path: Path, found: Swept) -> None:
    """``point`` and the value of every factor as it was run, a row for each point; switches are 0 or 1."""
    design, standing = found.design, found.sweep.standing
    columns = [factor.id for factor in design.factors]

    def row(point: int) -> list[Any]:
        numbers, _ = numbers_and_switches(design, point, standing)
        values = {**design.values(point), **numbers}
        return [point, *(f"{values[column]:.10g}" for column in columns)]

    write_csv(path, ["point", *columns], map(row, range(len(design))))


def runs_table(found: Swept) -> pd.DataFrame:
    """A row for each scenario, point and seed: status, what went wrong, and the outcomes; failures included."""
    import pandas as pd

    scenarios, points, replicates = next(iter(found.values.values())).shape
    place = np.indices((scenarios, points, replicates)).reshape(3, -1)
    order = np.lexsort((place[2], place[0], place[1]))
    where = [tuple(int(axis[row]) for axis in place) for row in order]
    failed = [found.failures.get((s, p, r), "") for s, p, r in where]
    columns: dict[str, Any] = {
        "point": place[1][order],
        "scenario": [found.sweep.scenarios[s].name for s, _, _ in where],
        "seed": [seed_of(found.sweep, found.design, p, r) for _, p, r in where],
        "status": ["failed" if text else "done" for text in failed],
        "error": failed,
        "key": [found.keys.get((s, p, r), "") for s, p, r in where],
    }
    return pd.DataFrame({**columns, **{name: values.ravel()[order] for name, values in found.values.items()}})


def analysed(found: Swept, advance: Advance = lambda _: None) -> tuple[list[Index], list[Regional]]:
    """Indices of every outcome and scenario, and after each outcome those of its ranking where there are variants."""
    asked = {outcome: responses(found, outcome) for outcome in found.values}
    # All at once: on scattered points most of the work is the same for every outcome.
    estimated = iter(
        indices(found.design, [one for own in asked.values() for one in own], found.sweep.file.seed, advance)
    )
    rows: list[Index] = []
    regional: list[Regional] = []
    for outcome, own in asked.items():
        rows += [row for _ in own for row in next(estimated)]
        ranking = ranking_of(found, outcome)
        if ranking:
            rows += ranking.firsts(found.sweep.file.seed)
            regional += ranking.regional()
    return rows, regional


def responses(found: Swept, outcome: str) -> list[Response]:
    """What has indices of an outcome: its values or differences, and the ranks of the scenarios if it has an order."""
    ranking = ranking_of(found, outcome)
    own = [Response(outcome, scenario, values) for scenario, values in found.compared(outcome).items()]
    return own + (ranking.responses() if ranking else [])


def ranking_of(found: Swept, outcome: str) -> Ranking | None:
    """How an outcome orders the scenarios; None if there is but one, or more of it is neither better nor worse."""
    names, sign = [scenario.name for scenario in found.sweep.scenarios], direction(indicator(outcome))
    return Ranking(found.design, outcome, names, found.values[outcome], sign) if len(names) > 1 and sign else None


def noises(found: Swept) -> Iterator[NoiseRow]:
    """Replicate noise of every outcome and scenario."""
    for outcome in found.values:
        for scenario, values in found.compared(outcome).items():
            yield NoiseRow(outcome, scenario, **asdict(noise(values)))


def describe(found: Swept) -> dict[str, Any]:
    """What the manifest says before the outputs are listed."""
    sweep = found.sweep
    settings = sweep.file.model_dump(mode="json")
    scenarios = [scenario.resolved() for scenario in sweep.scenarios]
    identity = {
        "inputs": sweep.inputs,
        "file": settings,
        "scenarios": scenarios,
        "model": model_fingerprint(),
        "version": package_version(),
    }
    return {
        "format": SWEEP.format,
        "sweep_id": json_hash(identity)[:12],
        "sweep": settings,
        "warnings": list(found.sweep.warnings),
        "scenarios": [scenario.name for scenario in sweep.scenarios],
        "titles": {scenario.name: dict(scenario.title) for scenario in sweep.scenarios},
        "window": found.window.label,
        "factors": [factor.id for factor in sweep.factors],
        "points": len(found.design),
        "runs": {"asked": sweep.runs, "failed": len(found.failures)},
        "model": model_fingerprint(),
        "versions": versions(),
        "git": git_state(),
        "inputs": [
            {"path": path, "sha256": digest}
            for path, digest in (*sweep.inputs, *(one for scenario in sweep.scenarios for one in scenario.inputs))
        ],
        "resolved": scenarios,
    }
