"""Reading ``data/parameters.csv`` and ``data/mechanisms.csv`` into a `Registry`, with every row checked."""

import csv
from collections.abc import Iterator
from pathlib import Path

from klyngesim.scenario.parameters import (
    DISTRIBUTIONS,
    GRADES,
    SCOPES,
    Parameter,
    Registry,
    RegistryError,
    check_id,
    number_or_none,
)
from klyngesim.scenario.scalars import Scalar, resolve
from klyngesim.scenario.sources import Evidence, PackagedEvidence

COLUMNS = (
    "id", "unit", "default", "low", "high", "choices", "distribution", "grade", "source", "scope", "dated", "levers",
    "mechanisms", "neutral", "note",
)  # fmt: skip
"""Columns of parameters.csv, in this order."""

MECHANISM_COLUMNS = ("id", "status", "where", "why")
"""Columns of mechanisms.csv, in this order."""

STATUSES = ("modelled", "partly", "not modelled")
"""How far a mechanism of the report is in the model."""

DATA = Path(__file__).parent / "data"
"""Folder of the packaged registry."""


def load_registry(
    parameters: Path | None = None, mechanisms: Path | None = None, evidence: Evidence | None = None
) -> Registry:
    """Read a registry; without arguments the packaged one.

    Raises RegistryError naming every faulty row, and OSError for a file that cannot be read. Defaults are not worked
    out here (see `Registry.problems`), so that listing parameters stays quick.
    """
    answers: Evidence = PackagedEvidence() if evidence is None else evidence
    faults: list[str] = []
    rows = _rows(parameters or DATA / "parameters.csv", COLUMNS, faults)
    found: dict[str, Parameter] = {}
    for line, row in rows:
        problems = list(_check(row, answers))
        if row["id"] in found:
            problems.append("the id is taken")
        if problems:
            faults += [f"parameters.csv:{line}: {row['id']}: {problem}" for problem in problems]
        else:
            found[row["id"]] = _parameter(row, answers)
    statuses: dict[str, str] = {}
    for line, row in _rows(mechanisms or DATA / "mechanisms.csv", MECHANISM_COLUMNS, faults):
        if row["status"] not in STATUSES or row["id"] in statuses:
            faults.append(f"mechanisms.csv:{line}: {row['id']}: status unknown or id taken")
        statuses[row["id"]] = row["status"]
    if faults:
        raise RegistryError("\n".join(faults))
    return Registry(found, statuses, answers)


def _rows(path: Path, columns: tuple[str, ...], faults: list[str]) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        header = tuple(next(reader, ()))
        if header != columns:
            faults.append(f"{path.name}:1: columns {','.join(header)} instead of {','.join(columns)}")
            return []
        rows = []
        for cells in reader:
            if len(cells) != len(columns):
                faults.append(f"{path.name}:{reader.line_num}: {len(cells)} cells instead of {len(columns)}")
            else:
                cleaned = (cell.strip() for cell in cells)
                rows.append((reader.line_num, dict(zip(columns, cleaned, strict=True))))
        return rows


def _check(row: dict[str, str], evidence: Evidence) -> Iterator[str]:
    if (problem := check_id(row["id"])) is not None:
        yield problem
    for column, known in (("distribution", DISTRIBUTIONS), ("grade", GRADES), ("scope", SCOPES)):
        if row[column] not in known:
            yield f"{column} {row[column]!r} is none of {', '.join(known)}"
    if row["dated"] not in ("yes", "no"):
        yield f"dated {row['dated']!r} is neither yes nor no"
    yield from _check_choices(row) if row["choices"] else _check_numbers(row, evidence)


def _check_choices(row: dict[str, str]) -> Iterator[str]:
    words = row["choices"].split("|")
    if len(set(words)) != len(words) or any(resolve(word) != word for word in words):
        yield f"choices {row['choices']!r} are not different words"
    if row["low"] or row["high"]:
        yield "a choice has no bounds"
    if row["distribution"] not in ("choice", "fixed"):
        yield f"distribution {row['distribution']!r} does not fit words"
    if row["default"] not in words:
        yield f"default {row['default']!r} is no choice"
    if row["neutral"] not in ("", *words):
        yield f"neutral {row['neutral']!r} is no choice"


def _check_numbers(row: dict[str, str], evidence: Evidence) -> Iterator[str]:
    if not row["default"]:
        yield "no default"
    if row["default"].startswith("table:") and row["scope"] != "organisation":
        yield "a table needs the scope organisation"
    try:
        low, high = number_or_none(row["low"], evidence), number_or_none(row["high"], evidence)
        neutral = number_or_none(row["neutral"], evidence)
    except ValueError as error:
        yield f"low, high or neutral: {error}"
        return
    if low is not None and high is not None and not low <= high:
        yield "low is above high"
    if neutral is not None and ((low is not None and neutral < low) or (high is not None and neutral > high)):
        yield "neutral is out of bounds"
    if row["distribution"] == "choice":
        yield "the distribution choice needs words to choose from"
    elif row["distribution"] != "fixed" and (low is None or high is None):
        yield f"the distribution {row['distribution']} needs low and high"
    elif row["distribution"] == "loguniform" and low is not None and low <= 0:
        yield "a loguniform distribution needs low above 0"


def _parameter(row: dict[str, str], evidence: Evidence) -> Parameter:
    choices = tuple(row["choices"].split("|")) if row["choices"] else ()
    neutral: Scalar | None = (row["neutral"] or None) if choices else number_or_none(row["neutral"], evidence)
    return Parameter(
        id=row["id"],
        unit=row["unit"],
        default=row["default"],
        low=None if choices else number_or_none(row["low"], evidence),
        high=None if choices else number_or_none(row["high"], evidence),
        choices=choices,
        distribution=row["distribution"],
        grade=row["grade"],
        source=row["source"],
        scope=row["scope"],
        dated=row["dated"] == "yes",
        ways=tuple(row["levers"].split()),
        mechanisms=tuple(row["mechanisms"].split()),
        neutral=neutral,
        note=row["note"],
        evidence=evidence,
    )
