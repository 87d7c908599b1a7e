"""What Danish tables of parameters, levers and indicators say in their cells; programs read the listing as it is."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from klyngesim.cli.console import Language
from klyngesim.cli.listing import Format, Row


def told(rows: Sequence[Row], form: Format, lang: Language) -> Sequence[Row]:
    """Rows as a table in the language has them: in Danish with Danish words, units and decimal commas."""
    if (form, lang) != (Format.table, Language.da):
        return rows
    return [{**row, **{key: say(row) for key, say in _SAID.items() if key in row}} for row in rows]


def _value(row: Row) -> str:
    from klyngesim.report.parameter_words import today

    return today(row["id"], "da")


def _default(row: Row) -> str:
    from klyngesim.report.labels import text
    from klyngesim.scenario.parameters import registry

    return text("by_organisation", "da") if registry()[row["id"]].is_table else _value(row)


def _allowed(row: Row) -> str:
    from klyngesim.report.parameter_words import allowed

    return allowed(row["id"], "da")


def _unit(row: Row) -> str:
    from klyngesim.report.parameter_words import translated
    from klyngesim.scenario.scalars import plain_unit

    return translated(plain_unit(row["unit"]), "da")


def _source(row: Row) -> str:
    """Where in the report or in other evidence a number stands: ``Tabel 7; E123``."""
    from klyngesim.report.labels import catalogue

    known = catalogue("headings.csv")

    def word(found: re.Match[str]) -> str:
        key = f"source {found[0]}"
        return known[key]["da"] if key in known else found[0]

    return re.sub(r"[A-Za-z]{4,}", word, row["source"])


def _reference(row: Row) -> str:
    from klyngesim.report.words import place_in_report

    return place_in_report(row["reference"], "da")


def _set(row: Row) -> str:
    """What sets a lever of the report: ``grant.horizon_years = 10 (i dag 4)``."""
    from klyngesim.report.parameter_words import way
    from klyngesim.scenario.levers import settings_of_levers

    return "; ".join(f"{id} {way(id, sign, 'da')}" for id, sign in settings_of_levers().get(row["id"], {}).items())


def _described(column: str) -> Callable[[Row], str]:
    def said(row: Row) -> str:
        from klyngesim.report.parameter_words import described

        return described(row[column], "da")

    return said


_SAID: Mapping[str, Callable[[Row], Any]] = {
    "value": _value,
    "default": _default,
    "allowed": _allowed,
    "unit": _unit,
    "source": _source,
    "reference": _reference,
    "set": _set,
    **{column: _described(column) for column in ("definition", "what_changes", "why")},
}
"""What is said of a row by column."""
