"""What makes a run one of this model: a hash over the code and the data that decide its numbers.

Comments, docstrings and words for readers are left out, so that a better sentence drops no stored run. The text is
cut rather than parsed: a parsed file differs from one Python version to the next, and both share a store.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from functools import cache
from io import StringIO
from pathlib import Path

DECIDES = (
    "ecosystem",
    "evidence",
    "population",
    "results",
    "scenario/parameters.py",
    "scenario/periods.py",
    "scenario/registryfile.py",
    "scenario/scalars.py",
    "scenario/schema.py",
    "scenario/sources.py",
    "scenario/data/parameters.csv",
    "compiled.py",
    "exact.py",
    "memory.py",
    "packed.py",
    "streams.py",
)
"""Files of the package, and folders of them, that decide numbers.

What reads and checks a scenario is not among them: a run is told apart by the values that come of it.
"""
WORDS = ("claim_own_words", "definition", "label_da", "label_en", "note", "why")
"""Columns of packaged tables that only readers see."""

_LEXICAL = re.compile(
    r"""
    \"{3} [^\\]*? (?:\\. [^\\]*?)*? \"{3} | '{3} [^\\]*? (?:\\. [^\\]*?)*? '{3}
    | "[^"\\\n]* (?:\\. [^"\\\n]*)* "     | '[^'\\\n]* (?:\\. [^'\\\n]*)* '
    | \#[^\n]*
    """,
    re.VERBOSE | re.DOTALL,
)
"""A string or a comment, whichever begins first."""


@cache
def model_fingerprint() -> str:
    """Hash over everything that decides the numbers of a run."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for name in DECIDES:
        place = package / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in (".py", ".csv"):
                cut = deciding_code if file.suffix == ".py" else deciding_cells
                told = file.relative_to(package).as_posix(), cut(file.read_text(encoding="utf-8"))
                digest.update(json.dumps(told).encode())
    return digest.hexdigest()


def deciding_code(source: str) -> str:
    """Python source without comments, blank lines and strings that stand alone, which docstrings are.

    Args:
        source: a file of the package; a string in three quotes that is an argument does not begin a line there.
    """
    cut = _LEXICAL.sub(_kept, source)
    return "\n".join(line.rstrip() for line in cut.split("\n") if line.strip())


def _kept(part: re.Match[str]) -> str:
    """What stays of a string or comment: an empty string of a docstring, as a body may hold nothing else."""
    text = part[0]
    if text[0] == "#":
        return ""
    line = part.string.rfind("\n", 0, part.start()) + 1
    before = part.string[line : part.start()]
    alone = not before.strip(" \tr") and part.string[part.end() : part.end() + 1] in ("\n", "")
    return '""' if alone and text[:3] in ('"""', "'''") else text


def deciding_cells(table: str) -> str:
    """A packaged CSV file as JSON, without the columns that only readers see.

    Args:
        table: the text of the file.
    """
    rows = list(csv.reader(StringIO(table)))
    kept = [index for index, column in enumerate(rows[0]) if column not in WORDS]
    return json.dumps([[row[index] for index in kept if index < len(row)] for row in rows])
