"""A design of the user's own: a CSV file with a column for each factor and a row for each point."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from klyngesim.files import read_bytes
from klyngesim.scenario.faults import Fault, nearest
from klyngesim.scenario.scalars import on_step
from klyngesim.scenario.suggestions import suggested_number
from klyngesim.seeds import generator
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.methods.regression import Scattered
from klyngesim.sweeps.rows import DUMMY

_LARGEST = 100_000_000  # bytes of a table: ten thousand points of two hundred factors have 40 MB
_MOST_FAULTS = 20
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
"""What counts as a number: Python itself reads more, such as 0_1."""


class Table(Scattered):
    """Points that the user lays."""

    name = "table"
    from_table = True

    def points(self, factors: Sequence[Factor], samples: int, levels: int | None = None) -> int:
        """A table says how many points it has: see `table_design`."""
        raise ValueError("table: no method that lays points itself")

    def _places(
        self, factors: Sequence[Factor], samples: int, seed: int, levels: int, centre: Mapping[str, float]
    ) -> Floats:
        raise NotImplementedError  # `points` has refused before

    def in_random_order(self, points: Ints, seed: int) -> Ints:
        """Points in an order of chance: that of the file may mean something."""
        return generator(seed, "sweep/order").permutation(points)


def table_design(
    path: Path, factors: Sequence[Factor], needed: Collection[str], named: Collection[str]
) -> tuple[Design | None, str, list[Fault]]:
    """The design in a file with the sha256 of the bytes it was read from, or everything that is wrong with it.

    Columns are the ids of the factors. The dummy need not have one: it gets places of its own then (van der Corput's
    sequence, so that it has nothing to do with the order of the file); with the column of a ``design.csv`` the same
    points are run on the same seeds. Its column ``point`` is allowed and not read.

    Args:
        path: the file.
        factors: what may have a column.
        needed: ids of those that must have one.
        named: words of the sweep file; one that is wrong there is no fault of the table.
    """
    wanted = [factor for factor in factors if factor.kind != DUMMY]
    try:
        raw = read_bytes(path, _LARGEST)
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        columns, rows = list(reader.fieldnames or ()), [(reader.line_num, cells) for cells in reader]
    except UnicodeDecodeError:
        return None, "", [Fault(str(path), "table", "not UTF-8", "a CSV file in UTF-8 (save the file as UTF-8)")]
    except (OSError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return None, "", [Fault(str(path), "table", f"cannot be read ({why})", "a CSV file")]
    if len(columns) == 1 and ";" in columns[0]:
        return None, "", [Fault(str(path), "table", "semicolons", "commas between columns, and points in numbers")]
    missing = [factor.id for factor in wanted if factor.id not in columns]
    allowed = "a column for each parameter of the sweep"
    faults = [Fault(str(path), name, "missing", allowed) for name in missing if name in needed]
    faults += _surplus(path, columns, [factor.id for factor in wanted], named)
    if not rows:
        faults.append(Fault(str(path), "table", "no rows", "a row for each point"))
    places = np.empty((len(rows), len(factors)))
    wrong = [
        Fault(str(path), "table", "more cells than columns", "a cell for each column", line=line)
        for line, cells in rows
        if None in cells
    ]
    for column, factor in enumerate(factors):
        if factor.kind == DUMMY and DUMMY not in columns:
            places[:, column] = [_corput(row + 1) for row in range(len(rows))]
            continue
        if factor.id in missing:
            continue
        for row, (line, cells) in enumerate(rows):
            found, allowed = _place(factor, cells[factor.id])
            if allowed:
                cell = cells[factor.id] or ""
                near = suggested_number(cell, partial(_fits, factor), flag=factor.prior is None)
                wrong.append(Fault(str(path), factor.id, cell or "missing", allowed, near, line))
            places[row, column] = found
    if len(wrong) > _MOST_FAULTS:
        more = f"{len(wrong) - _MOST_FAULTS} more cells are wrong"
        wrong = [*wrong[:_MOST_FAULTS], Fault(str(path), "table", more, "values as above")]
    faults += wrong
    if faults or missing:
        return None, "", faults
    return Design(Table(), factors, places), hashlib.sha256(raw).hexdigest(), []


def _surplus(path: Path, columns: Sequence[str], wanted: Sequence[str], named: Collection[str]) -> list[Fault]:
    """Columns that stand twice, or that nothing would be done with."""
    twice = sorted({name for name in columns if columns.count(name) > 1})
    unknown = [name for name in columns if name not in (*wanted, *named, "point", DUMMY)]
    allowed = "a parameter or switch that the sweep names"
    return [
        *(Fault(str(path), name, "twice", "each column once") for name in twice),
        *(
            Fault(str(path), "table", f"column {name or 'without a name'}", allowed, nearest(name, wanted))
            for name in unknown
        ),
    ]


def _place(factor: Factor, text: str | None) -> tuple[float, str]:
    """Place of a value, and what is allowed where it is none."""
    value = float(text) if text and _NUMBER.fullmatch(text) else math.nan
    if factor.kind == DUMMY:
        return (value, "") if 0.0 <= value <= 1.0 else (math.nan, "a number from 0 to 1, or no such column")
    if factor.prior is None:
        return (0.25 + 0.5 * value, "") if value in (0.0, 1.0) else (math.nan, "0 (as it is) or 1 (switched)")
    low, high = factor.prior.low, factor.prior.high
    if not low <= value <= high or not on_step(value, factor.grain):
        steps = "" if factor.grain in (None, 1.0) else f" in steps of {factor.grain:g}"
        return math.nan, f"{'a whole number' if factor.grain == 1.0 else 'a number'} from {low:g} to {high:g}{steps}"
    return factor.place(value), ""


def _fits(factor: Factor, number: float) -> bool:
    """Whether a number has a place."""
    return not _place(factor, str(number))[1]


def _corput(number: int) -> float:
    """Radical inverse to base 2."""
    found, share = 0.0, 0.5
    while number:
        found += share * (number & 1)
        number >>= 1
        share /= 2.0
    return found
