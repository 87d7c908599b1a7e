"""The targets: every pattern of the report that a run of 2021-2023 is held against, as data (calibration/targets.csv).

Columns: ``id``; ``observable`` and ``cluster`` (what of the model it is compared with); ``group`` of patterns;
``role``; ``observed``, or ``low`` and ``high`` where the report prints a range or a bound; ``unit``; ``period``;
``perimeter`` (who is counted); ``scale`` and ``tolerance``; ``source`` and ``line`` of the report; ``alternatives``
(``reading=value;...``, other readings of an ambiguous figure); ``note``.

``tolerance`` is one standard deviation of what separates the printed figure from the model's counterpart when the
model is right: rounding, differences of perimeter, sampling where the report's sample is small. On the scale ``log`` it
is a deviation of the natural logarithm (0.1 = about 10 %), on the scale ``linear`` it is in the target's unit. The
model's own randomness is not in it; that is in the simulated draws. Tolerances were fixed before anything was fitted.

Roles: ``calibration`` (fitted), ``validation`` (compared, not fitted), ``input`` (the model is given it; shown in a
table of its own), ``redundant`` (follows from other rows or from inputs). The last two count zero.

Values are numbers or the expressions of `calibration.figures`.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from klyngesim.calibration.catalogue import OBSERVABLES
from klyngesim.calibration.figures import figure
from klyngesim.evidence.files import EvidenceError, LineRanges, UnknownEvidence, line_ranges
from klyngesim.evidence.organisations import organisation_ids
from klyngesim.posterior import shipped_file
from klyngesim.scenario.faults import Fault, ScenarioFaults, nearest
from klyngesim.scenario.scalars import finite, resolve
from klyngesim.scenario.sources import PackagedEvidence

COLUMNS = (
    "id", "observable", "cluster", "group", "role", "observed", "low", "high", "unit", "period", "perimeter", "scale",
    "tolerance", "source", "line", "alternatives", "note",
)  # fmt: skip
"""Columns of targets.csv, in this order."""

GROUPS = (
    "participants", "members", "repeat", "size_export", "stronghold", "institutions", "overlap", "pilots", "trend",
    "spending", "activity", "money",
)  # fmt: skip
"""Groups of patterns; ``activity`` and ``money`` hold what is only given to the model."""

ROLES = ("calibration", "validation", "input", "redundant")
COUNTED = ("calibration", "validation")
"""Roles that count in the verdict; the others have weight zero."""

SCALES = ("log", "linear")
PROGRAMME = "all"

_LARGEST = {"log": 1.5, "linear": math.inf}
_SHARE = "share (0-1)"
_LARGEST_OF_A_SHARE = 0.5
_SOURCE = re.compile(r"Table [1-7]|Figure ([1-9]|1[01])|A([1-9]|1[0-9]|2[01])|[EFLM]\d{1,4}", re.ASCII)


@dataclass(frozen=True)
class Target:
    """One pattern element; the fields are the columns of targets.csv, numbers worked out.

    observed      printed value in `unit`, None where only a range or a bound is printed
    low, high     bounds in `unit`, None = none on that side
    scale         ``"log"`` or ``"linear"``: what `tolerance` and errors are measured on
    tolerance     standard deviation, see the module; None for redundant rows without one
    alternatives  value by reading, in `unit`
    """

    id: str
    observable: str
    cluster: str
    group: str
    role: str
    observed: float | None
    low: float | None
    high: float | None
    unit: str
    period: str
    perimeter: str
    scale: str
    tolerance: float | None
    source: tuple[str, ...]
    line: LineRanges
    alternatives: Mapping[str, float]
    note: str

    @property
    def key(self) -> tuple[str, str]:
        """Address of the value in what `observe` returns."""
        return self.observable, self.cluster

    @property
    def counts(self) -> bool:
        """Whether the element counts in the verdict."""
        return self.role in COUNTED

    @property
    def bounds(self) -> tuple[float, float]:
        """The observed value twice, or the printed range; infinite where there is no bound."""
        if self.observed is not None:
            return self.observed, self.observed
        return (-math.inf if self.low is None else self.low), (math.inf if self.high is None else self.high)


def read_targets(path: Path | None = None) -> tuple[Target, ...]:
    """The targets of a file, without a path the shipped ones, in the order of the file.

    Raises:
        ScenarioFaults: with every fault of the file.
        OSError: the file cannot be read.
    """
    place = shipped_file("targets.csv") if path is None else path
    checker = _Checker(place.name)
    with place.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        header = tuple(next(reader, ()))
        if header != COLUMNS:
            checker.fault(1, "", f"columns {','.join(header)}", ",".join(COLUMNS))
            raise ScenarioFaults(checker.faults)
        for cells in reader:
            if len(cells) != len(COLUMNS):
                checker.fault(reader.line_num, "", f"{len(cells)} cells", f"{len(COLUMNS)} cells")
            elif any(cells):
                row = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
                checker.read(reader.line_num, row)
    if checker.faults:
        raise ScenarioFaults(checker.faults)
    return tuple(checker.targets)


class _Checker:
    """Reads rows one by one and gathers what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.targets: list[Target] = []
        self._ids: dict[str, int] = {}
        self._patterns: dict[tuple[str, str], tuple[int, str]] = {}

    def fault(self, line: int, path: str, found: str, allowed: str, near: str | None = None) -> None:
        """Notes a fault."""
        self.faults.append(Fault(self.file, path, found, allowed, near, line))

    def read(self, line: int, row: dict[str, str]) -> None:
        """Reads a row into a target, or notes all its faults."""
        before = len(self.faults)
        name = row["id"] or "?"
        self._words(line, name, row)
        self._taken(line, name, row)
        values = {
            key: self._number(line, f"{name}.{key}", row[key], row["cluster"]) for key in ("observed", "low", "high")
        }
        alternatives = self._alternatives(line, name, row)
        tolerance = self._tolerance(line, name, row)
        self._sense(line, name, row, values)
        lines = self._lines(line, name, row["line"])
        if len(self.faults) == before:
            self.targets.append(
                Target(
                    id=row["id"],
                    observable=row["observable"],
                    cluster=row["cluster"],
                    group=row["group"],
                    role=row["role"],
                    observed=values["observed"],
                    low=values["low"],
                    high=values["high"],
                    unit=row["unit"],
                    period=row["period"],
                    perimeter=row["perimeter"],
                    scale=row["scale"],
                    tolerance=tolerance,
                    source=tuple(part.strip() for part in row["source"].split(";")),
                    line=lines,
                    alternatives=alternatives,
                    note=row["note"],
                )
            )

    def _words(self, line: int, name: str, row: dict[str, str]) -> None:
        known = {
            "observable": tuple(OBSERVABLES),
            "cluster": (*organisation_ids(), PROGRAMME),
            "group": GROUPS,
            "role": ROLES,
            "scale": SCALES,
        }
        for column, words in known.items():
            if row[column] not in words:
                allowed = "an observable of the model" if column == "observable" else ", ".join(words)
                self.fault(line, f"{name}.{column}", repr(row[column]), allowed, nearest(row[column], words))
        one = OBSERVABLES.get(row["observable"])
        if one is not None:
            if row["unit"] != one.unit:
                self.fault(line, f"{name}.unit", repr(row["unit"]), one.unit)
            if (row["cluster"] == PROGRAMME) != (one.where == "all") and one.where != "both":
                where = "all" if one.where == "all" else "an organisation"
                self.fault(line, f"{name}.cluster", f"{row['cluster']!r} for {one.id}", where)
        for column in ("id", "period", "perimeter", "note"):
            if not row[column]:
                self.fault(line, f"{name}.{column}", "empty", "some text")
        for part in row["source"].split(";"):
            text = part.strip()
            if not _SOURCE.fullmatch(text) or not PackagedEvidence().known(text):
                self.fault(
                    line, f"{name}.source", repr(text), "Table n, Figure n, A-choices, F, E, L or M ids that exist"
                )

    def _taken(self, line: int, name: str, row: dict[str, str]) -> None:
        if row["id"] in self._ids:
            self.fault(line, name, f"the id stands on line {self._ids[row['id']]} already", "an id of its own")
        self._ids.setdefault(row["id"], line)
        pattern = (row["observable"], row["cluster"])
        first, role = self._patterns.setdefault(pattern, (line, row["role"]))
        if first != line:
            found = f"{pattern[0]} of {pattern[1]} in role {row['role']}, and on line {first} in role {role}"
            self.fault(line, name, found, "every pattern once, in one role")

    def _number(self, line: int, path: str, text: str, cluster: str) -> float | None:
        if not text:
            return None
        try:
            value = figure(text, cluster)
        except EvidenceError as error:
            near = error.nearest if isinstance(error, UnknownEvidence) else None
            found = repr(text) if near is not None else f"{text!r}: {error}"
            self.fault(line, path, found, "a number or an expression of known figures", near)
            return None
        return value

    def _alternatives(self, line: int, name: str, row: dict[str, str]) -> dict[str, float]:
        found: dict[str, float] = {}
        for part in filter(None, row["alternatives"].split(";")):
            reading, equals, text = part.strip().partition("=")
            if not equals or not reading or reading in found:
                self.fault(line, f"{name}.alternatives", repr(part.strip()), "reading=value, each reading once")
                continue
            value = self._number(line, f"{name}.alternatives.{reading}", text, row["cluster"])
            if value is not None:
                found[reading] = value
        return found

    def _tolerance(self, line: int, name: str, row: dict[str, str]) -> float | None:
        text, scale = row["tolerance"], row["scale"]
        if not text and row["role"] == "redundant":
            return None
        most = _LARGEST.get(scale, math.inf)
        if scale == "linear" and row["unit"] == _SHARE:
            most = _LARGEST_OF_A_SHARE
        allowed = f"a number above 0 and at most {most:g}" if most < math.inf else "a number above 0"
        value = finite(resolve(text.strip()))
        if value is None:
            self.fault(line, f"{name}.tolerance", repr(text), allowed)
            return None
        if not 0.0 < value <= most:
            self.fault(line, f"{name}.tolerance", text, allowed)
            return None
        return value

    def _sense(self, line: int, name: str, row: dict[str, str], values: Mapping[str, float | None]) -> None:
        observed, low, high = values["observed"], values["low"], values["high"]
        if not any(row[key] for key in values):
            self.fault(line, name, "no value", "observed, or low, or high")
        if observed is not None and (row["low"] or row["high"]):
            self.fault(line, name, "observed together with a range", "one of the two")
        if low is not None and high is not None and low > high:
            self.fault(line, name, f"low {low:g} above high {high:g}", "low at most high")
        if row["scale"] == "log" and any(value is not None and value <= 0.0 for value in values.values()):
            self.fault(line, f"{name}.scale", "log of a value that is not above 0", "linear")

    def _lines(self, line: int, name: str, text: str) -> LineRanges:
        try:
            return line_ranges(text)
        except ValueError:
            self.fault(line, f"{name}.line", repr(text), "lines of the report such as 1541 or 415-419;2005")
            return ()
