"""Mutants that change nothing that anybody could see, listed by hand with the reason."""

from __future__ import annotations

from tests.mutants.faults import Mutant

KNOWN: tuple[tuple[str, str, str, str], ...] = (
    (
        "note/page.py",
        "tall=len(found.order()) > _WIDE,",
        "tall=len(found.order()) != _WIDE,",
        "twelve indicators are always shown",
    ),
    (
        "processes/planning.py",
        "plan.applications = capacity if organisation.open else 0",
        "plan.applications = capacity if organisation.open else -1",
        "closed organisations have no ideas, and room below one is none",
    ),
    (
        "comparisons/differences.py",
        "leads = good == top",
        "leads = good >= top",
        "nothing is larger than the largest of its pair",
    ),
    (
        "comparisons/value.py",
        "named = [(name, runs.values(window, name), direction(indicator(name)) > 0) for name in (*OUTCOMES, *MONEY)]",
        "named = [(name, runs.values(window, name), direction(indicator(name)) != 0) for name in (*OUTCOMES, *MONEY)]",
        "of none of them less is better",
    ),
    (
        "processes/evaluation.py",
        "raised = others / np.where(whole > 0.0, whole, 1.0) * kept",
        "raised = others / np.where(whole != 0.0, whole, 1.0) * kept",
        "a sum of grants is never negative",
    ),
    (
        "processes/belief_and_staff.py",
        "left, support = max(0, organisation.period_end[funder] - period), 0.0",
        "left, support = max( 1, organisation.period_end[funder] - period), 0.0",
        "a period that ends begins anew before anybody looks ahead, so that one quarter is left at least",
    ),
    (
        "processes/decay_and_demography.py",
        "firms += contact.joined > 0",
        "firms += contact.joined != 0",
        "a number of memberships is never negative",
    ),
    (
        "processes/membership.py",
        "terms.weight[contact.size] * (terms.again_ratio if contact.joined > 0 else 1.0),",
        "terms.weight[contact.size] * (terms.again_ratio if contact.joined != 0 else 1.0),",
        "a number of memberships is never negative",
    ),
)
"""File, line before, line after, and why no test can tell."""


def reason(mutant: Mutant) -> str | None:
    """Why a mutant changes nothing, None where that is not known."""
    for path, before, after, why in KNOWN:
        if (mutant.path.as_posix().endswith(path), mutant.before, mutant.after) == (True, before, after):
            return why
    return None
