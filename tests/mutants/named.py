"""Faults that once went unnoticed, and their kin: planted by name, in both engines where both have the formula."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.candidates import Fault, mutant

FAULTS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = ()
"""Area, what the fault is, and its places: file, what stands there, what is put in its place."""


def named(root: Path) -> list[Fault]:
    """Every fault of the list. Raises ``ValueError`` for one whose place is not there once any more."""
    found = []
    for area, title, places in FAULTS:
        planted = []
        for name, before, after in places:
            code = (root / name).read_text(encoding="utf-8")
            if code.count(before) != 1:
                raise ValueError(f"{title}: {before!r} is to stand once in {name}, not {code.count(before)} times")
            planted.append(mutant(Path(name), code, code.replace(before, after)))
        found.append(Fault(area, title, tuple(planted)))
    return found
