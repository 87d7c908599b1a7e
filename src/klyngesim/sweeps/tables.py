"""The directory that a sweep leaves: design, runs, indices, noise, ranking, and a manifest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from klyngesim.comparisons.verdicts import direction
from klyngesim.results import manifest as manifests
from klyngesim.results.csv_tables import write_csv, write_table
from klyngesim.results.directories import SWEEP
from klyngesim.results.hashing import json_hash
from klyngesim.results.indicators import indicator
from klyngesim.results.versions import git_state, package_version, versions
from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.streams import Floats
from klyngesim.sweeps.convergence import noise
from klyngesim.sweeps.discovery import Discovery, discover
from klyngesim.sweeps.indices import Response, indices
from klyngesim.sweeps.points import numbers_and_switches
from klyngesim.sweeps.prim import Box
from klyngesim.sweeps.ranking import Ranking
from klyngesim.sweeps.rows import Advance, DiscoveryRow, Index, LeftOut, NoiseRow, Regional, SurrogateRow, point_means
from klyngesim.sweeps.runs import SweepRuns, seed_of
from klyngesim.sweeps.surrogate import METHOD, surrogate_indices

if TYPE_CHECKING:
    import pandas as pd

_NO_INDEX = ("", "", math.nan, math.nan, math.nan, METHOD)


def write(target: Path, found: SweepRuns, advance: Advance = lambda _: None) -> dict[str, Any]:
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
        write_table(target / "surrogate.csv", surrogates(found, advance), SurrogateRow)
    if regional:
        write_table(target / "regional.csv", regional, Regional)
    write_table(target / "left_out.csv", [LeftOut(*one) for one in found.sweep.left_out], LeftOut)
    manifest = describe(found)
    manifests.seal(target, manifest)
    return manifest


def analyses(found: SweepRuns) -> int:
    """Number of analyses that a sweep's tables take."""
    ranked = sum(len(found.sweep.scenarios) for outcome in found.values if ranking_of(found, outcome))
    return ranked + sum(len(found.compared(outcome)) for outcome in found.values) + further(found)


def write_design(path: Path, found: SweepRuns) -> None:
    """``point`` and the value of every factor as it was run, a row for each point; switches are 0 or 1."""
    design, standing = found.design, found.sweep.standing
    columns = [factor.id for factor in design.factors]

    def row(point: int) -> list[Any]:
        numbers, _ = numbers_and_switches(design.point(point), standing)
        values = {**design.values(point), **numbers}
        return [point, *(f"{values[column]:.10g}" for column in columns)]

    write_csv(path, ["point", *columns], map(row, range(len(design))))


def runs_table(found: SweepRuns) -> pd.DataFrame:
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
        "seed": [seed_of(found.sweep, found.design.point(p), r) for _, p, r in where],
        "status": ["failed" if text else "done" for text in failed],
        "error": failed,
        "key": [found.keys.get((s, p, r), "") for s, p, r in where],
    }
    return pd.DataFrame({**columns, **{name: values.ravel()[order] for name, values in found.values.items()}})


def analysed(found: SweepRuns, advance: Advance = lambda _: None) -> tuple[list[Index], list[Regional]]:
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


def responses(found: SweepRuns, outcome: str) -> list[Response]:
    """What has indices of an outcome: its values or differences, and the ranks of the scenarios if it has an order."""
    ranking = ranking_of(found, outcome)
    own = [Response(outcome, scenario, values) for scenario, values in found.compared(outcome).items()]
    return own + (ranking.responses() if ranking else [])


def ranking_of(found: SweepRuns, outcome: str) -> Ranking | None:
    """How an outcome orders the scenarios; None if there is but one, or more of it is neither better nor worse."""
    names, sign = [scenario.name for scenario in found.sweep.scenarios], direction(indicator(outcome))
    return Ranking(found.design, outcome, names, found.values[outcome], sign) if len(names) > 1 and sign else None


def noises(found: SweepRuns) -> Iterator[NoiseRow]:
    """Replicate noise of every outcome and scenario."""
    for outcome in found.values:
        for scenario, values in found.compared(outcome).items():
            yield NoiseRow(outcome, scenario, **asdict(noise(values)))


def describe(found: SweepRuns) -> dict[str, Any]:
    """What the manifest says before the outputs are listed."""
    sweep = found.sweep
    settings = sweep.file.settings()
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


def losses(found: SweepRuns) -> Iterator[tuple[str, str, Floats]]:
    """Outcome, variant, and the mean difference at every point, better upwards, shape (points,); NaN = failed."""
    for outcome in found.values:
        sign = direction(indicator(outcome))
        if sign:
            for scenario, values in found.compared(outcome).items():
                yield outcome, scenario, sign * point_means(values)


def further(found: SweepRuns) -> int:
    """Number of analyses that `discoveries` and `surrogates` make where the sweep file asks for them."""
    file = found.sweep.file
    lost = sum(1 for _ in losses(found)) if file.discovery else 0
    return lost + (sum(len(found.compared(outcome)) for outcome in found.values) if file.surrogate else 0)


def discoveries(found: SweepRuns, advance: Advance = lambda _: None) -> Iterator[DiscoveryRow]:
    """In which futures each variant loses to the baseline on each objective; failed points are left out."""
    for outcome, scenario, gain in losses(found):
        there = np.flatnonzero(~np.isnan(gain))
        one = Discovery(outcome, scenario, float("nan"), (), (), 0, "no point has an outcome")
        if len(there):
            design = found.design.part(there)
            one = discover(design, gain[there] < 0.0, outcome, scenario, seed=found.sweep.file.seed)
        yield from _rows(one)
        advance(1.0)


def _rows(one: Discovery) -> Iterator[DiscoveryRow]:
    views: tuple[tuple[str, tuple[Box, ...]], ...] = (("box", one.boxes), ("tree", one.tree_rules))
    for view, boxes in views:
        for number, box in enumerate(boxes, start=1):
            for limit in box.limits:
                yield DiscoveryRow(
                    one.outcome, one.scenario, one.points, one.share, view, number, box.coverage, box.density,
                    box.mass, limit.parameter, limit.low, limit.high, limit.quasi_p, limit.kind, "",
                )  # fmt: skip
    if not one.boxes:
        nothing = (math.nan, math.nan, math.nan, "", None, None, math.nan, "")
        yield DiscoveryRow(one.outcome, one.scenario, one.points, one.share, "box", 0, *nothing, one.why)


def surrogates(found: SweepRuns, advance: Advance = lambda _: None) -> Iterator[SurrogateRow]:
    """Sobol indices by a surrogate of each outcome and scenario, with its error on every row."""
    for outcome in found.values:
        for scenario, values in found.compared(outcome).items():
            yield from _surrogate(found, outcome, scenario, values)
            advance(1.0)


def _surrogate(found: SweepRuns, outcome: str, scenario: str, values: Floats) -> Iterator[SurrogateRow]:
    try:
        one = surrogate_indices(found.design, point_means(values), found.sweep.file.seed)
    except ValueError as reason:
        # Too few points that are left, or an outcome that never moves, must not cost the runs.
        error = ("", math.nan, math.nan, math.nan, 0)
        yield SurrogateRow(outcome, scenario, *_NO_INDEX, *error, str(reason))
        return
    error = (one.chosen.kind, one.chosen.r2, one.chosen.rmse, one.chosen.rmse_of_mean, one.points)
    for row in one.rows:
        index = (row.parameter, row.index, row.value, row.low, row.high, row.method)
        yield SurrogateRow(outcome, scenario, *index, *error, "")
    if not one.usable:
        yield SurrogateRow(outcome, scenario, *_NO_INDEX, *error, one.why)
