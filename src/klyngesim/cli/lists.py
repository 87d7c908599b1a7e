"""What the package knows, listed and searched: parameters, levers, indicators, organisations; and the JSON Schema."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klyngesim.cli.console import Language, TableLangOption, refuse
from klyngesim.cli.list_words import told
from klyngesim.cli.listing import Format, FormatOption, Row, print_rows

if TYPE_CHECKING:
    from klyngesim.scenario.parameters import Parameter, Registry

TextArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TEXT]...", help="Only what has these words in id, name or note, in Danish or English."),
]


def schema(
    sweep: Annotated[bool, typer.Option("--sweep", help="Of sweep files, not of scenario files.")] = False,
) -> None:
    """Print the JSON Schema.

    An editor completes and checks scenario files, or sweep files, with it.
    """
    import json

    if sweep:
        from klyngesim.sweeps.schema import json_schema
    else:
        from klyngesim.scenario.schema import json_schema
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False, allow_nan=False))


def indicators(
    words: TextArgument = None, form: FormatOption = Format.table, lang: TableLangOption = Language.en
) -> None:
    """List the indicators, or those that have some words.

    What a run reports: unit, how it adds up, where the report speaks of it, and what is counted.
    """
    from dataclasses import asdict

    from klyngesim.results.indicators import INDICATORS

    print_rows(
        told(_with(words, [asdict(item) for item in INDICATORS], "indicator"), form, lang),
        shown=("id", "unit", "kind", f"label_{lang.value}", "definition"),
        form=form,
        title="Indicators",
        note="Written by `klyngesim indicators --format md`. A year of a flow is the sum of its quarters, of a "
        "stock the last quarter, of a yearly indicator the value at Q4, of a share the mean of the quarters. The "
        "programme (`all`) is the `sum` over organisations, or counted on its `own`. Direction: 1 more is better, "
        "-1 less is better, 0 neither.",
        lang=lang,
    )


def organisations(
    words: TextArgument = None, form: FormatOption = Format.table, lang: TableLangOption = Language.en
) -> None:
    """List the cluster organisations, or those that have some words.

    The id that files and tables use, the name that the report prints, and the stronghold that each serves.
    """
    from klyngesim.evidence.organisations import organisations as known

    rows = [
        {
            "id": one.id,
            "label": one.label,
            "name": one.full_name,
            "stronghold_en": one.stronghold_en,
            "stronghold_da": one.stronghold_da,
            "status": one.status,
            "scope": one.scope_en,
        }
        for one in known()
    ]
    print_rows(
        _with(words, rows, "organisation"),
        shown=("id", "label", "name", f"stronghold_{lang.value}"),
        form=form,
        title="Organisations",
        note="The cluster organisations. `id` is what scenarios and the tables of a run have.",
        lang=lang,
    )


def params(words: TextArgument = None, form: FormatOption = Format.table, lang: TableLangOption = Language.en) -> None:
    """List the parameters, or those that have some words.

    Every number and choice of the model: value, unit, bounds, grade, source and note.
    """
    from klyngesim.scenario.parameters import registry

    known = registry()
    rows = [_row(known, one, short=form in (Format.table, Format.md)) for one in known.values()]
    print_rows(
        told(_with(words, rows, "parameter"), form, lang),
        shown=("id", "value", "unit", "grade", "source", _last(lang)),
        form=form,
        title="Parameters",
        note="Written by `klyngesim params --format md`. `default` is the value as the registry states it, often "
        "a reference to the evidence, and `value` the number behind it. Grades: printed in the report, computed "
        "from it, external source, inferred, assumed. `step` is the distance between allowed values, counted from "
        "zero; without one all in between are allowed. `neutral` is the value that switches the mechanisms off. A "
        "value `a to b` is a table with one value per organisation.",
        lang=lang,
    )


def _row(known: "Registry", parameter: "Parameter", short: bool) -> dict[str, Any]:
    value: Any = known.default(parameter.id)
    if short and isinstance(value, dict):
        value = f"{min(value.values()):.3g} to {max(value.values()):.3g}"
    return {
        "id": parameter.id,
        "unit": parameter.unit,
        "default": parameter.default,
        "value": value,
        "low": parameter.low,
        "high": parameter.high,
        "step": parameter.step,
        "choices": list(parameter.choices),
        "distribution": parameter.distribution,
        "grade": parameter.grade,
        "source": parameter.source,
        "scope": parameter.scope,
        "dated": "yes" if parameter.dated else "no",
        "levers": list(parameter.levers),
        "mechanisms": list(parameter.mechanisms),
        "neutral": parameter.neutral,
        **_names(parameter.id),
        "note": parameter.note,
    }


def levers(
    words: TextArgument = None,
    form: FormatOption = Format.table,
    report: Annotated[bool, typer.Option("--report", help="One row per lever of the report, modelled or not.")] = False,
    lang: TableLangOption = Language.en,
) -> None:
    """List the levers, or those that have some words.

    The parameters that the timeline of a scenario may set, with the ids of the report's levers.
    """
    if not report:
        print_rows(
            told(_with(words, _dated(), "lever"), form, lang),
            shown=("id", "default", "allowed", "scope", "levers", _last(lang)),
            form=form,
            title="Levers",
            note="Written by `klyngesim levers --format md`. Parameters that the timeline of a scenario may set from "
            "a quarter on. `levers` and `mechanisms` are ids of the report; the table below lists its levers.",
            lang=lang,
        )
    if report or (form is Format.md and not words):
        if not report:
            print()
        print_rows(
            told(_with(words, _reported(), "lever of the report"), form, lang),
            shown=("id", "reference", "what_changes", "set", "why"),
            form=form,
            title="Levers of the report",
            note="Every lever that the report names. `set` says which parameters set it and how: the value that the "
            "report names, or above or below today's. `why` says what has to be known of it, or why it is not "
            "modelled.",
            lang=lang,
        )


def _dated() -> list[dict[str, Any]]:
    from klyngesim.scenario.levers import levers as dated

    return [
        {
            "id": lever.id,
            "unit": lever.unit,
            "default": lever.default,
            "allowed": lever.allowed,
            "scope": lever.scope,
            "levers": list(lever.levers),
            "mechanisms": list(lever.mechanisms),
            **_names(lever.id),
            "note": lever.note,
        }
        for lever in dated()
    ]


def _reported() -> list[dict[str, Any]]:
    from klyngesim.evidence.catalogue import policy_levers
    from klyngesim.report.parameter_words import way
    from klyngesim.scenario.levers import remarks, settings_of_levers

    ways, why = settings_of_levers(), remarks()
    return [
        {
            "id": lever.id,
            "reference": lever.reference,
            "type": lever.type,
            "what_changes": lever.what_changes,
            "parameters": list(ways.get(lever.id, {})),
            "set": "; ".join(f"{id} {way(id, sign, 'en')}" for id, sign in ways.get(lever.id, {}).items()),
            "why": why.get(lever.id, ""),
        }
        for lever in policy_levers()
    ]


def _names(id: str) -> dict[str, str]:
    """Short names of a parameter."""
    from klyngesim.report.parameter_words import name

    return {"name": name(id, "en"), "name_da": name(id, "da")}


def _last(lang: Language) -> str:
    """The column of words that a table ends with: the note, which is in English, or the Danish name."""
    return "note" if lang is Language.en else "name_da"


_CALLED = ("id", "name", "name_da", "label", "label_en", "label_da", "stronghold_en", "stronghold_da")
"""Columns that say what a row is called."""


def _with(words: Sequence[str] | None, rows: Sequence[Row], what: str) -> Sequence[Row]:
    """The rows that have all of some words; ends the command where none has, with the word that was meant."""
    if not words:
        return rows
    from klyngesim.report.search import matching, meant

    def called(row: Row) -> str:
        return " ".join(str(row[key]) for key in _CALLED if key in row)

    found = matching(words, rows, called, lambda row: " ".join(map(str, row.values())))
    if not found:
        near = [(word, one) for word in words if (one := meant(word, rows)) is not None and one != word]
        said = "".join(f"; did you mean {one} for {word}?" for word, one in near)
        refuse(f"{' '.join(words)}: no {what} has {'these words' if len(words) > 1 else 'this word'}{said}")
    return found
