"""The indicators of a run: what each is, in which unit, how it adds up and where the report speaks of it.

The list is data (``data/indicators.csv``); its order is the order of the last axis of
``RunResult.indicators``. Imports are kept light, so that ``klyngesim indicators`` answers at once.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, cast, get_args

Kind = Literal["flow", "stock", "yearly", "share"]
"""How a year is made of its quarters: flow = sum, stock = last quarter, yearly = value at Q4, share = mean."""

Across = Literal["sum", "own"]
"""How the programme row is made: the sum over organisations, or counted on its own (a firm in two once)."""


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Attributes:
        id: name in the tables.
        unit: unit of a value; ``mio. kr.`` are current prices.
        kind: how a year is made of quarters, see ``Kind``.
        across: how the programme is made of organisations, see ``Across``.
        direction: +1 more is better, -1 less is better, 0 neither by itself.
        label_en: short English label.
        label_da: short Danish label.
        source: tables, figures and ids of the report (F, L, M, A) and of the evidence list (E).
        definition: one sentence that says what is counted.
    """

    id: str
    unit: str
    kind: Kind
    across: Across
    direction: int
    label_en: str
    label_da: str
    source: str
    definition: str

    def label(self, lang: str) -> str:
        """The label in ``en`` or ``da``."""
        return self.label_da if lang == "da" else self.label_en


def _read() -> tuple[Indicator, ...]:
    """The packaged list; raises ValueError for a word that is no kind, way of adding or direction."""
    text = files("klyngesim.results").joinpath("data/indicators.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        if row["kind"] not in get_args(Kind) or row["across"] not in get_args(Across):
            raise ValueError(f"indicators.csv: {row['id']}: kind {row['kind']!r}, across {row['across']!r}")
        if row["direction"] not in ("-1", "0", "1"):
            raise ValueError(f"indicators.csv: {row['id']}: direction {row['direction']!r}")
        found.append(
            Indicator(
                id=row["id"],
                unit=row["unit"],
                kind=cast(Kind, row["kind"]),
                across=cast(Across, row["across"]),
                direction=int(row["direction"]),
                label_en=row["label_en"],
                label_da=row["label_da"],
                source=row["source"],
                definition=row["definition"],
            )
        )
    return tuple(found)


INDICATORS: tuple[Indicator, ...] = _read()
"""Every indicator, in the order of the arrays."""

IDS: tuple[str, ...] = tuple(item.id for item in INDICATORS)
"""Their ids, in the same order."""

_INDEX = {name: position for position, name in enumerate(IDS)}

HEADLINES: tuple[str, ...] = (
    "activities",
    "activities_all",
    "participants_unique_year",
    "participating_firms_all_year",
    "new_participants",
    "return_rate",
    "members",
    "members_three_years",
    "ties_cluster",
    "applications_submitted",
    "applications_won",
    "projects_external_started",
    "innovations",
    "grant_spent_mkr",
    "external_public_mkr",
    "external_eu_mkr",
    "external_private_mkr",
    "external_other_mkr",
    "private_cofinancing_ratio_cash",
    "staff_fte",
    "social_capital",
    "organisations_active",
)
"""The indicators of the summary that ``klyngesim run`` prints."""


def index(name: str) -> int:
    """Position of an indicator on the last axis of the arrays; KeyError names an id that does not exist."""
    return _INDEX[name]


def indicator(name: str) -> Indicator:
    """The indicator of this id; KeyError if there is none."""
    return INDICATORS[_INDEX[name]]
