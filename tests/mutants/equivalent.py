"""Mutants that change nothing that anybody could see, listed by hand with the reason."""

from __future__ import annotations

from tests.mutants.candidates import Mutant

KNOWN: tuple[tuple[str, str, str, str], ...] = ()
"""File, line before, line after, and why no test can tell."""


def reason(mutant: Mutant) -> str | None:
    """Why a mutant changes nothing, None where that is not known."""
    for path, before, after, why in KNOWN:
        if (mutant.path.as_posix().endswith(path), mutant.before, mutant.after) == (True, before, after):
            return why
    return None
