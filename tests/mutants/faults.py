"""Faults as they are planted: files with a change. Needs no mutation library: the suite reads the named ones."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """A file with one fault.

    Attributes:
        path: relative to the root of the project.
        line: number of the line.
        before, after: what differs, stripped.
        code: the whole file with the fault.
    """

    path: Path
    line: int
    before: str
    after: str
    code: str


@dataclass(frozen=True)
class Fault:
    """What is planted at once: a mutant, or the same fault in several places.

    Attributes:
        area: name in `areas.AREAS`, whose tests are run.
        title: what it does.
        places: the files with the fault.
    """

    area: str
    title: str
    places: tuple[Mutant, ...]


def mutant(path: Path, code: str, changed: str) -> Mutant:
    """A changed file with the first place in which it differs."""
    old, new = code.splitlines(), changed.splitlines()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    _, first, last, begin, end = next(block for block in blocks if block[0] != "equal")
    before, after = (" ".join(line.strip() for line in lines) for lines in (old[first:last], new[begin:end]))
    return Mutant(path, first + 1, before, after, changed)
