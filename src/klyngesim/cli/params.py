"""``klyngesim params``: every number and choice of the model, and where it comes from."""

from typing import TYPE_CHECKING, Any

from klyngesim.cli.listing import Format, FormatOption, print_rows

if TYPE_CHECKING:
    from klyngesim.scenario.parameters import Parameter, Registry


def params(form: FormatOption = Format.table) -> None:
    """List the parameters.

    Every number and choice of the model: value, unit, bounds, grade, source and note.
    """
    from klyngesim.scenario.parameters import registry

    known = registry()
    print_rows(
        [_row(known, parameter, short=form in (Format.table, Format.md)) for parameter in known.values()],
        shown=("id", "value", "unit", "grade", "source", "note"),
        form=form,
        title="Parameters",
        note="Written by `klyngesim params --format md`. `default` is the value as the registry states it, often "
        "a reference to the evidence, and `value` the number behind it. Grades: printed in the report, computed "
        "from it, external source, inferred, assumed. `step` is the distance between allowed values, counted from "
        "zero; without one all in between are allowed. `neutral` is the value that switches the mechanisms off. A "
        "value `a to b` is a table with one value per organisation.",
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
        "note": parameter.note,
    }
