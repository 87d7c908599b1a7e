"""A design of the user's own: a CSV file with a column for each factor and a row for each point."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from klyngesim.experiments.sweeps.factors import DUMMY, Design, Factor
from klyngesim.scenario.faults import Fault

_MOST_FAULTS = 20


def table_design(path: Path, factors: Sequence[Factor]) -> tuple[Design | None, list[Fault]]:
    """The design in a file, or everything that is wrong with it.

    Columns are the ids of the factors but for the dummy, which gets places of its own (van der Corput's
    sequence, so that it has nothing to do with the order of the file); ``point`` and other columns that
    ``design.csv`` has beside the factors are allowed and not read.
    """
    wanted = [factor for factor in factors if factor.kind != DUMMY]
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return None, [Fault(str(path), "table", f"cannot be read ({error})", "a CSV file")]
    missing = [factor.id for factor in wanted if factor.id not in columns]
    faults = [Fault(str(path), name, "missing", "a column for each parameter of the sweep") for name in missing]
    if not rows:
        faults.append(Fault(str(path), "table", "no rows", "a row for each point"))
    places = np.empty((len(rows), len(factors)))
    wrong = []
    for column, factor in enumerate(factors):
        if factor.kind == DUMMY:
            places[:, column] = [_corput(row + 1) for row in range(len(rows))]
            continue
        if factor.id in missing:
            continue
        for row, (line, cells) in enumerate(rows):
            found, allowed = _place(factor, cells[factor.id])
            if allowed:
                wrong.append(Fault(str(path), factor.id, str(cells[factor.id]), allowed, line=line))
            places[row, column] = found
    if len(wrong) > _MOST_FAULTS:
        more = f"{len(wrong) - _MOST_FAULTS} more cells are wrong"
        wrong = [*wrong[:_MOST_FAULTS], Fault(str(path), "table", more, "values as above")]
    faults += wrong
    if faults:
        return None, faults
    return Design("table", factors, places), []


def _place(factor: Factor, text: str | None) -> tuple[float, str]:
    """Place of a value, and what is allowed where it is none."""
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if factor.prior is None:
        return (0.25 + 0.5 * value, "") if value in (0.0, 1.0) else (math.nan, "0 (as it is) or 1 (switched)")
    low, high = factor.prior.low, factor.prior.high
    whole = factor.kind == "whole"
    if not low <= value <= high or (whole and value != round(value)):
        return math.nan, f"{'a whole number' if whole else 'a number'} from {low:g} to {high:g}"
    if whole:
        return (value - low + 0.5) / (high - low + 1.0), ""
    return factor.prior.place(value), ""


def _corput(number: int) -> float:
    """Radical inverse to base 2."""
    found, share = 0.0, 0.5
    while number:
        found += share * (number & 1)
        number >>= 1
        share /= 2.0
    return found
