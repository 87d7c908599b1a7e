"""Mutants that change nothing that anybody could see, listed by hand with the reason."""

from __future__ import annotations

from tests.mutants.candidates import Mutant

KNOWN: tuple[tuple[str, str, str, str], ...] = (
    (
        "processes/planning.py",
        "plan.applications = np.where(organisations.open, capacity, 0)",
        "plan.applications = np.where(organisations.open, capacity, -1)",
        "closed organisations have no ideas, and room below one is none",
    ),
    (
        "processes/policy.py",
        'if response == "monotone":',
        'if response >= "monotone":',
        "the other word that the registry allows comes before it in the alphabet",
    ),
    (
        "experiments/value.py",
        """return f"{'dearer' if extra.sign > 0 else 'cheaper'} and {'more' if more.sign > 0 else 'less'}\"""",
        """return f"{'dearer' if extra.sign > -1 else 'cheaper'} and {'more' if more.sign > 0 else 'less'}\"""",
        "a sign of nothing has been answered two lines above",
    ),
    (
        "processes/recruitment.py",
        "which, cell, row = (np.concatenate(pair) for pair in zip(first, rest, strict=True))",
        "which, cell, row = (np.concatenate(pair) for pair in zip(first, rest, strict=False))",
        "both sides have three columns by construction",
    ),
)
"""File, line before, line after, and why no test can tell."""


def reason(mutant: Mutant) -> str | None:
    """Why a mutant changes nothing, None where that is not known."""
    for path, before, after, why in KNOWN:
        if (mutant.path.as_posix().endswith(path), mutant.before, mutant.after) == (True, before, after):
            return why
    return None
