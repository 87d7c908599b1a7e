"""The posterior: draws simulated again on fresh seeds, corrected for what the emulator got wrong, and shipped.

``posterior.csv`` has a row per draw: ``draw`` (0 = central), ``weight`` (1 unless the correction could not even draws
out; the central draw has none) and a column per fitted parameter. Reading it needs no numerical library.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from klyngesim.errors import InputError
from klyngesim.files import whole
from klyngesim.results.csv_tables import write_csv
from klyngesim.scenario.parameters import registry

FOLDER = "calibration"
"""Folder of a checkout that holds targets, misses and the shipped posterior."""


def shipped_file(name: str) -> Path:
    """Path of a data file of the calibration, such as ``targets.csv``.

    An installed wheel carries the folder as klyngesim/calibration/data; a checkout has it beside its src folder.

    Raises:
        FileNotFoundError: the file is in neither place.
    """
    package = Path(__file__).resolve().parent
    places = (package / "calibration" / "data" / name, package.parents[1] / FOLDER / name)
    for path in places:
        if path.is_file():
            return path
    raise FileNotFoundError(f"{name} is in none of {', '.join(str(path.parent) for path in places)}")


FILE = "posterior.csv"
"""Name of the shipped posterior."""

DIAGNOSTICS = "diagnostics.json"
"""Name of the file that says how a calibration went."""


OUTER = 0.1
"""Share of a prior, at either end, in which a posterior's mean is said to lean on the bound."""


@dataclass(frozen=True)
class Posterior:
    """What a posterior file says.

    rows: weight and parameter values of every draw, the central one first; sha256: of the bytes they were read from.
    """

    rows: tuple[tuple[float, Mapping[str, float]], ...]
    sha256: str


def read_rows(path: Path | None = None) -> tuple[tuple[float, Mapping[str, float]], ...]:
    """Weight and parameter values of every draw, the central one first. Raises as `read_whole`."""
    return read_whole(path).rows


def shipped_input() -> tuple[str, str]:
    """Name and sha256 of the shipped posterior, as it was read."""
    return FILE, read_whole().sha256


@cache
def read_whole(path: Path | None = None) -> Posterior:
    """The posterior in a file, without a path the shipped one; read once.

    Raises:
        FileNotFoundError: no posterior is shipped.
        InputError: the file is no posterior of the registered parameters; names every fault.
    """
    file = shipped_file(FILE) if path is None else path
    raw = file.read_bytes()
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    known = registry()
    header = rows[0] if rows else []
    if header[:2] != ["draw", "weight"] or len(header) < 3 or len(rows) < 2:
        raise InputError(f"{file}: columns {','.join(header)}; allowed: draw,weight and parameter ids, with rows")
    faults = [f"{file}:1: {name}: not a registered parameter" for name in header[2:] if name not in known]
    found = []
    for line, row in enumerate(rows[1:], start=2):
        try:
            number, weight, *values = map(float, row)
        except ValueError:
            faults.append(f"{file}:{line}: {','.join(row)}; allowed: numbers")
            continue
        if number != line - 2 or len(values) != len(header) - 2 or not weight >= 0.0:
            faults.append(f"{file}:{line}: allowed: draw {line - 2}, a weight, {len(header) - 2} values")
        for name, value in zip(header[2:], values, strict=False):
            if name in known and (problem := known[name].validate(value)) is not None:
                faults.append(f"{file}:{line}: {name}: {problem}; allowed: {known[name].allowed}")
        found.append((weight, dict(zip(header[2:], values, strict=False))))
    if faults:
        raise InputError("\n".join(faults))
    return Posterior(tuple(found), hashlib.sha256(raw).hexdigest())


def read_posterior(path: Path | None = None) -> list[dict[str, float]]:
    """Parameter values of every draw; index 0 is the central draw. Raises as `read_rows`."""
    return [dict(values) for _, values in read_rows(path)]


def read_discrepancy(path: Path | None = None) -> dict[str, float]:
    """Discrepancy of the model by observable, standard deviations in tolerances, from the shipped diagnostics."""
    file = shipped_file(DIAGNOSTICS) if path is None else path
    found = json.loads(file.read_text(encoding="utf-8"))["discrepancy_sd"]
    return {name: float(value) for name, value in found.items()}


def leaning(found: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Parameters whose posterior mean lies in the outer tenth of the prior, with its place there (0-1).

    ``found``: the chapter ``posterior`` of the diagnostics.
    """
    places = {name: float(one["mean_place"]) for name, one in found.items()}
    return {name: place for name, place in places.items() if not OUTER <= place <= 1.0 - OUTER}


def read_leaning(path: Path | None = None) -> dict[str, float]:
    """Parameters of the shipped posterior that lean on a bound of their prior, see `leaning`."""
    file = shipped_file(DIAGNOSTICS) if path is None else path
    return leaning(json.loads(file.read_text(encoding="utf-8"))["posterior"])


def pick(count: int, path: Path | None = None) -> list[int]:
    """Numbers of ``count`` draws that stand for the posterior, ascending; by weight, without chance.

    Each draw is taken as often as its weight asks for, to within one.

    Raises:
        ValueError: more are asked for than there are.
    """
    weights = [weight for weight, _ in read_rows(path)][1:]
    if not 1 <= count <= len(weights):
        raise InputError(f"{count} draws of the posterior; allowed: 1 to {len(weights)}")
    total, reached, taken = sum(weights), 0.0, []
    for number, weight in enumerate(weights, start=1):
        before = reached
        reached += weight / total * count
        taken += [number] * (round(reached) - round(before))
    return taken


def central_in_force(values: Mapping[str, object], path: Path | None = None) -> bool:
    """Whether all fitted parameters have their central value in a scenario's ``values``; false without a posterior."""
    try:
        central = read_rows(path)[0][1]
    except FileNotFoundError:
        return False
    return all(values.get(name) == value for name, value in central.items())


def write_posterior(
    path: Path, central: Mapping[str, float], draws: Sequence[tuple[float, Mapping[str, float]]]
) -> None:
    """Writes the central draw and the others with their weights."""

    def row(number: int, weight: float, values: Mapping[str, float]) -> list[object]:
        return [number, f"{weight:.6g}", *(f"{values[name]:.6g}" for name in central)]

    with whole(path) as partial:
        rows = (row(number, *draw) for number, draw in enumerate([(0.0, central), *draws]))
        write_csv(partial, ["draw", "weight", *central], rows)
