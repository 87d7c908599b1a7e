"""Reading the packaged CSV files: rows, numbers, line references, and errors that name what would work.

Every figure of the report and of its sources lives in `data/*.csv`; the other modules only give it types.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

from klyngesim import files
from klyngesim.files import Record

T = TypeVar("T")

LineRanges = tuple[tuple[int, int], ...]
"""Line ranges of the report's text, each (first, last), both included and counted from 1."""

# A path and not importlib.resources, which costs more than reading all the tables.
_DATA = Path(__file__).resolve().parent / "data"

_LISTED_WHEN_UNKNOWN = 20
_NEAR_ENOUGH = 0.4  # share of letters in common below which a suggestion would puzzle more than help


class EvidenceError(ValueError):
    """The packaged evidence cannot answer what was asked (unknown id, missing value, faulty expression)."""


class UnknownEvidence(EvidenceError):
    """An id or option that the evidence does not hold.

    Attributes: `kind` (what was looked for, e.g. ``"fact"``), `name` (as asked), `known` (all that exist) and
    `nearest` (the known name most like it, or None when nothing resembles it).
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        """Word the message: what was asked, what is known (when short), what comes nearest."""
        self.kind = kind
        self.name = str(name)
        self.known = tuple(known)
        self.nearest = nearest(self.name, self.known)
        text = f"unknown {kind} {self.name!r}"
        if len(self.known) <= _LISTED_WHEN_UNKNOWN:
            text += f"; known: {', '.join(self.known) or 'none'}"
        if self.nearest is not None:
            text += f"; did you mean {self.nearest!r}?"
        super().__init__(text)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name in `known` most like `name`, whatever the case, or None when none resembles it.

    Of equally like names the one with the longer common beginning is taken: F3120 is nearer F312 than F320.
    """
    from difflib import SequenceMatcher  # only needed when something is already wrong

    asked = name.casefold()

    def likeness(candidate: str) -> tuple[float, int]:
        folded = candidate.casefold()
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(asked, folded, strict=False)))
        return SequenceMatcher(None, asked, folded).ratio(), common

    best = max(known, key=likeness, default=None)
    return best if best is not None and likeness(best)[0] >= _NEAR_ENOUGH else None


def lookup(kind: str, table: Mapping[str, T], name: str) -> T:
    """Return ``table[name]``; an unknown name raises `UnknownEvidence` with the nearest known one."""
    try:
        return table[name]
    except (KeyError, TypeError):
        raise UnknownEvidence(kind, name, table) from None


def check_option(kind: str, name: str, known: Iterable[str]) -> str:
    """Return `name` if it is one of `known`; raise `UnknownEvidence` otherwise."""
    known = tuple(known)
    if name not in known:
        raise UnknownEvidence(kind, name, known)
    return name


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of ``data/<name>.csv``: header names to text as in the file (callers only read them).

    Raises `UnknownEvidence` when no such file is packaged.
    """
    try:
        with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return tuple(csv.DictReader(stream))
    except FileNotFoundError:
        raise UnknownEvidence("table", name, packaged()) from None


def packaged() -> tuple[str, ...]:
    """Return the names of all packaged tables, in alphabetical order, without ``.csv``."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.csv")))


def path_of(name: str) -> Path:
    """Return the file path of the packaged table `name` (for hashes in a manifest)."""
    return _DATA / f"{check_option('table', name, packaged())}.csv"


def record(kind: type[Record], row: Mapping[str, str], /, **columns: str) -> Record:
    """Return a row as a record, each field by its annotation and from the column of its name, or of the name given."""
    return files.record(kind, row, _PARSERS, **columns)


def number(text: str) -> float | None:
    """Return the number in a cell, or None for an empty cell; NaN and infinity are refused as data errors."""
    if text == "":
        return None
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise EvidenceError(f"not a finite number: {text!r}")
    return value


def count(text: str) -> int | None:
    """Return the whole number in a cell, or None for an empty cell."""
    return None if text == "" else int(text)


def line_ranges(text: str) -> LineRanges:
    """Return line references: ``"415-419;2005"`` gives ((415, 419), (2005, 2005)), empty text ()."""
    ranges = []
    for part in filter(None, text.split(";")):
        first, _, last = part.partition("-")
        ranges.append((int(first), int(last or first)))
    return tuple(ranges)


_PARSERS: Mapping[Any, Callable[[str], Any]] = {
    int: int,
    float: float,
    int | None: count,
    float | None: number,
    LineRanges: line_ranges,
}
