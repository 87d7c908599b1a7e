"""``klyngesim levers``: what policy can change over time, and what the report proposes."""

from typing import Annotated, Any

import typer

from klyngesim.cli.listing import Format, FormatOption, print_rows


def levers(
    form: FormatOption = Format.table,
    report: Annotated[bool, typer.Option("--report", help="One row per lever of the report, modelled or not.")] = False,
) -> None:
    """List the levers.

    The parameters that the timeline of a scenario may set, with the ids of the report's levers.
    """
    if not report:
        print_rows(
            _dated(),
            shown=("id", "default", "allowed", "scope", "levers", "note"),
            form=form,
            title="Levers",
            note="Written by `klyngesim levers --format md`. Parameters that the timeline of a scenario may set from "
            "a quarter on. `levers` and `mechanisms` are ids of the report; the table below lists its levers.",
        )
    if report or form is Format.md:
        if not report:
            print()
        print_rows(
            _reported(),
            shown=("id", "reference", "what_changes", "set", "why"),
            form=form,
            title="Levers of the report",
            note="Every lever that the report names. `set` says which parameters set it and how: the value that the "
            "report names, or above or below today's. `why` says what has to be known of it, or why it is not "
            "modelled.",
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
            "note": lever.note,
        }
        for lever in dated()
    ]


def _reported() -> list[dict[str, Any]]:
    from klyngesim.evidence.catalogue import policy_levers
    from klyngesim.scenario.levers import remarks, settings_of_levers

    ways, why = settings_of_levers(), remarks()
    return [
        {
            "id": lever.id,
            "reference": lever.reference,
            "type": lever.type,
            "what_changes": lever.what_changes,
            "parameters": list(ways.get(lever.id, {})),
            "set": "; ".join(f"{name} {way}" for name, way in ways.get(lever.id, {}).items()),
            "why": why.get(lever.id, ""),
        }
        for lever in policy_levers()
    ]
