"""One indicator over the years, as run and comparison directories have it, for the programme or an organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from klyngesim.errors import InputError
from klyngesim.report.numbers import Lang
from klyngesim.report.run_data import Point
from klyngesim.results.csv_tables import Row, value
from klyngesim.results.directories import COMPARISON, RUN, is_of, read_manifest, read_tables
from klyngesim.results.indicators import IDS
from klyngesim.results.records import PROGRAMME
from klyngesim.scenario.faults import nearest
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.suggestions import organisation_meant


@dataclass(frozen=True)
class Course:
    """An indicator of one scenario, over the years that were simulated as a whole.

    Attributes:
        directory: where it is from.
        scenario, titles: name, and title by language.
        points: the years in order.
        id: of the run or the comparison.
        baseline: whether the others of a comparison are held against it.
        calibrated: whether its parameters are the calibrated ones; None where the manifest does not say.
        scale: simulated share of the firms.
    """

    directory: Path
    scenario: str
    titles: Mapping[str, str]
    points: tuple[Point, ...]
    id: str
    baseline: bool
    calibrated: bool | None
    scale: float

    def title(self, lang: Lang) -> str:
        """Title in a language, the name without one."""
        return self.titles.get(lang) or self.scenario


def require_known(indicator: str, cluster: str) -> None:
    """InputError for an indicator or an organisation that there is not, with the nearest that there is."""
    faults = []
    if indicator not in IDS:
        near = nearest(indicator, IDS)
        meant = f"; did you mean {near}?" if near else ""
        faults.append(f"{indicator}: no such indicator{meant} (`klyngesim indicators`)")
    if cluster != PROGRAMME:
        try:
            require_organisation(cluster)
        except InputError as fault:
            faults.append(str(fault))
    if faults:
        raise InputError("\n".join(faults))


def require_organisation(cluster: str) -> None:
    """InputError for an organisation that there is not, with the one that is probably meant."""
    known = registry()
    if cluster not in known.organisations:
        near = organisation_meant(cluster, known.organisation_names)
        meant = f"; did you mean {near}?" if near else ""
        raise InputError(f"--cluster {cluster}: no such organisation; allowed: {', '.join(known.organisations)}{meant}")


def courses(directories: Sequence[Path], indicator: str, cluster: str) -> list[Course]:
    """The courses of an indicator in all directories, in their order; each directory once.

    Raises:
        InputError: a directory is of neither kind or does not have it; all of them are named.
    """
    found: list[Course] = []
    faults: list[str] = []
    for directory in dict.fromkeys(directories):
        try:
            mine = list(
                _of_comparison(directory, indicator, cluster)
                if is_of(directory, COMPARISON)
                else _of_run(directory, indicator, cluster)
            )
        except InputError as fault:
            faults.append(str(fault))
            continue
        found += mine
        if not any(course.points for course in mine):
            whose = "" if cluster == PROGRAMME else f" of {cluster}"
            faults.append(f"{directory}: has no years of {indicator}{whose}")
    if faults:
        raise InputError("\n".join(faults))
    return [course for course in found if course.points]


def _of_run(directory: Path, indicator: str, cluster: str) -> Iterator[Course]:
    manifest = read_manifest(directory, RUN)
    rows = read_tables(directory, RUN, ("summary.csv",), ())["summary.csv"]
    scenario, last = manifest["scenario"], _whole_years(manifest["scenario"])
    points = _points((row for row in rows if int(row["year"]) <= last), indicator, cluster)
    calibrated, scale = bool(manifest["calibrated"]), float(scenario["population"]["scale"])
    yield Course(directory, scenario["name"], scenario["title"], points, manifest["run_id"], False, calibrated, scale)


def _whole_years(scenario: Mapping[str, Any]) -> int:
    """The last year that was simulated as a whole."""
    year, _, quarter = str(scenario["period"]["end"]).partition("Q")
    return int(year) - (quarter != "4")


def _of_comparison(directory: Path, indicator: str, cluster: str) -> Iterator[Course]:
    manifest = read_manifest(directory, COMPARISON)
    rows = read_tables(directory, COMPARISON, ("paths.csv",), ())["paths.csv"]
    scale = float(manifest["scenarios"][0]["population"]["scale"])
    for name in (manifest["baseline"], *manifest["variants"]):
        points = _points((row for row in rows if row["scenario"] == name), indicator, cluster)
        base, titles = name == manifest["baseline"], manifest["titles"][name]
        yield Course(directory, name, titles, points, manifest["comparison_id"], base, None, scale)


def _points(rows: Iterator[Row], indicator: str, cluster: str) -> tuple[Point, ...]:
    """The years of an indicator that have a value, oldest first."""
    mine = (row for row in rows if row["indicator"] == indicator and row["cluster"] == cluster and row["mean"])
    points = (
        Point(int(row["year"]), value(row["mean"]), value(row["low"]), value(row["high"]), int(row["n"]))
        for row in mine
    )
    return tuple(sorted(points, key=lambda point: point.year))
