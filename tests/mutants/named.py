"""Faults that once went unnoticed, and their kin: planted by name, in both engines where both have the formula."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.areas import PACKAGE, STEPS
from tests.mutants.faults import Fault, mutant

PLAIN = "tests/reference"
Place = tuple[str, str, str]
"""File, what stands there once, and what is put in its place."""

FAULTS: tuple[tuple[str, str, tuple[Place, ...]], ...] = (
    (
        "rules",
        "a year's hours of contact staff for a quarter's, in both engines",
        (
            (f"{STEPS}/planning.py", "return people * hours_year / 4.0", "return people * hours_year"),
            (f"{PLAIN}/planning.py", '* model.num("staff.hours_year") / 4.0', '* model.num("staff.hours_year")'),
            (f"{PLAIN}/recording.py", "o.contact_staff * year / 4.0", "o.contact_staff * year"),
        ),
    ),
    (
        "rules",
        "a year's chance of leaving for a quarter's, in both engines",
        ((f"{STEPS}/belief_and_staff.py", "base_year / 4.0 * (", "base_year * ("),),
    ),
    (
        "rules",
        "a year's pot for a quarter's, in both engines",
        (
            (f"{STEPS}/calls.py", 'calls.pot_*_mkr_year", CALLS) / 4.0', 'calls.pot_*_mkr_year", CALLS)'),
            (f"{PLAIN}/applications.py", 'calls.pot_{name}_mkr_year") / 4.0', 'calls.pot_{name}_mkr_year")'),
        ),
    ),
    (
        "rules",
        "awards without the price level, in both engines",
        (
            (f"{STEPS}/awards.py", "mean * level * size / length", "mean * size / length"),
            (f"{PLAIN}/applications.py", '["award_mkr"] * level * float', '["award_mkr"] * float'),
        ),
    ),
    (
        "rules",
        "external income of a quarter for that of a year, in both engines",
        (
            (f"{STEPS}/external_income.py", "external_year, 4.0 * (income + cash)", "external_year, (income + cash)"),
            (f"{PLAIN}/projects.py", "(4.0 * (now + cash) - self", "((now + cash) - self"),
        ),
    ),
    (
        "planning",
        "a measure paid at the price of another, in both engines",
        tuple(
            (name, '("local.partners", "local.cost_mkr_year")', '("local.partners", "phd.cost_mkr_year")')
            for name in (f"{STEPS}/spending.py", f"{PLAIN}/planning.py")
        ),
    ),
    (
        "planning",
        "unit costs without the price level, in both engines",
        (
            (
                f"{STEPS}/spending.py",
                "weighted * (unit_cost * price)",
                "weighted * unit_cost",
            ),
            (
                f"{PLAIN}/planning.py",
                '(self.reference["unit_cost"] * self.model.surroundings.price)',
                'self.reference["unit_cost"]',
            ),
        ),
    ),
    (
        "planning",
        "a year's hours of staff for a quarter's, in both engines",
        (
            (
                f"{STEPS}/planning.py",
                "(1.0 - admin) - coordination_year)) / 4.0",
                "(1.0 - admin) - coordination_year))",
            ),
            (f"{PLAIN}/planning.py", "(1.0 - admin) - others)) / 4.0", "(1.0 - admin) - others))"),
        ),
    ),
    (
        "money",
        "a year's fees for a quarter's, in both engines",
        (
            (f"{STEPS}/cofinancing.py", "schedule * price / 1e6 / 4.0", "schedule * price / 1e6"),
            (f"{PLAIN}/private.py", "* price / 1e6 / 4.0", "* price / 1e6"),
        ),
    ),
    (
        "money",
        "shocks in proportion to business, in both engines",
        ((f"{STEPS}/solvency.py", "math.sqrt(business * typical)", "business"),),
    ),
    (
        "comparison",
        "a window without its last year",
        (
            (
                f"{PACKAGE}/results/windows.py",
                "chosen = np.array([window.first <= year <= window.last",
                "chosen = np.array([window.first <= year < window.last",
            ),
        ),
    ),
    (
        "value",
        "value for money with its sign turned",
        ((f"{PACKAGE}/comparisons/value.py", "fieller(cost[1] - cost[0],", "fieller(cost[0] - cost[1],"),),
    ),
    (
        "note",
        "intervals of the note in shares",
        ((f"{PACKAGE}/note/cells.py", "else number(100.0 * share, lang, 1)", "else number(share, lang, 1)"),),
    ),
    (
        "note",
        "columns of the note in shares",
        (
            (
                f"{PACKAGE}/note/tables.py",
                "cells.figure(100.0 * share, lang, 1)",
                "cells.figure(share, lang, 1)",
            ),
        ),
    ),
    (
        "note",
        "small firms in shares where the heading says points",
        (
            (
                f"{PACKAGE}/note/outcomes.py",
                'cells.figure(100.0 * value(row["small_firms"]), lang)',
                'cells.figure(value(row["small_firms"]), lang)',
            ),
        ),
    ),
)


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
