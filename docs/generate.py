"""Writes the pages of docs/generated/ that no command prints; ``make docs`` calls it.

Usage: ``python docs/generate.py mechanisms > docs/generated/mechanisms.md``. What the pages list is read from the
code, so that a variable without a description, or a description without a variable, is an error.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

DESCRIBED = Path(__file__).with_name("state_variables.csv")
COLUMNS = ("class", "name", "range", "kind", "meaning")
KINDS = ("static", "dynamic", "interim")
STATE = {f"klyngesim.ecosystem.{name}" for name in ("state", "rows", "by_organisation", "ledger")}
"""Modules whose classes hold the state."""
OF_TABLES = {"store", "count", "rows", "heads"}
"""What a table has beside its columns to keep them."""

Shown = dict[str, str]
"""Type of every variable of one class, by name."""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def described() -> dict[tuple[str, str], tuple[str, str, str]]:
    """Range, kind and meaning of every variable, by class and name."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    with DESCRIBED.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        if tuple(next(reader)) != COLUMNS:
            raise ValueError(f"{DESCRIBED.name} has other columns than {', '.join(COLUMNS)}")
        for owner, name, unit, kind, meaning in reader:
            if kind not in KINDS or (owner, name) in found:
                raise ValueError(f"{owner}.{name}: kind unknown or described twice")
            found[owner, name] = (unit, kind, meaning)
    return found


def small_world() -> Any:
    """A world of one firm in a hundred after its first year, in which everything has been used once."""
    from klyngesim.ecosystem.model import Ecosystem
    from klyngesim.scenario.loading import load

    model = Ecosystem(load("baseline", ["population.scale=0.01"]), seed=1)
    for _ in range(4):
        model.step()
    return model.world


def shown_type(value: object, world: Any) -> str:
    """Type of a value: dtype and shape of an array, with O for organisations and U for institution units."""
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        letters = {world.count: "O", world.institutions.plan.units: "U"}
        axes = [letters.get(size, str(size) if size <= 65 else "n") for size in value.shape]
        return f"{value.dtype} ({', '.join(axes)})"
    return type(getattr(value, "plain", value)).__name__  # of what loops read packed, the plain one


def variables(world: Any) -> dict[type, Shown]:
    """Every state variable of the model with its type, by class, read from a small world."""
    found = {type(world.register): register_variables(world.register)}
    for owner in (*vars(world).values(), world):
        if type(owner).__module__ in STATE:
            names = [*getattr(owner, "COLUMNS", ()), *(name for name in vars(owner) if name not in OF_TABLES)]
            shown = {name: shown_type(getattr(owner, name), world) for name in names if not name.startswith("_")}
            found[type(owner)] = shown
    return found


def register_variables(register: Any) -> Shown:
    """Traits of firms: arrays of the register, and what its methods draw from a firm's id."""
    row = np.zeros(1, dtype=np.int64)
    found = {name: getattr(register, name) for name in ("alive_at_start", "capacity", "first_row", "birth", "death")}
    for name in ("size_class", "group", "employees", "exporter", "regional", "readiness_mean"):
        found[name] = getattr(register, name)(row)
    for name in ("age", "startup", "alive"):
        found[name] = getattr(register, name)(row, 0)
    return {name: str(values.dtype) for name, values in found.items()}


def state_variables() -> str:
    """The page of state variables; raises ValueError when code and descriptions differ."""
    known, found = described(), variables(small_world())
    in_code = {(owner.__name__, name) for owner, shown in found.items() for name in shown}
    wrong = [f"{owner}.{name} is not described" for owner, name in sorted(in_code - known.keys())]
    wrong += [f"{owner}.{name} does not exist" for owner, name in sorted(known.keys() - in_code)]
    if wrong:
        raise ValueError(f"{DESCRIBED.name} does not fit the code:\n" + "\n".join(wrong))
    parts = [
        "# State variables",
        "Written by `docs/generate.py state_variables`. Names and types are read from the code, meanings from "
        "`docs/state_variables.csv`; a variable that stands in one of them only is an error. *static*: fixed when the "
        "world is built; *dynamic*: carried from quarter to quarter; *interim*: worked out anew every quarter. O "
        "organisations, U institution units, S strongholds, n any other number; money in mkr is million kroner, in the "
        "ledger øre. Shapes are those of the baseline.",
    ]
    for owner, shown in found.items():
        rows = [(f"`{name}`", kind, *known[owner.__name__, name]) for name, kind in shown.items()]
        parts += [f"## {owner.__name__}", str(owner.__doc__).partition("\n")[0]]
        parts.append(table(("name", "type", "unit or range", "kind", "meaning"), rows))
    return "\n\n".join(parts)


def mechanisms() -> str:
    """The page of the report's mechanisms: which the model has, where, and which parameters switch them off."""
    from klyngesim.evidence.catalogue import mechanisms as reported
    from klyngesim.scenario.parameters import registry
    from klyngesim.scenario.registryfile import DATA

    known = registry()
    with (DATA / "mechanisms.csv").open(encoding="utf-8", newline="") as opened:
        status = {row["id"]: row for row in csv.DictReader(opened)}
    rows = []
    for item in reported():
        row = status[item.id]
        off = " ".join(f"{p.id}={_plain(p.neutral)}" for p in known.carriers(item.id))
        rows.append((item.id, item.claim, row["status"], row["where"], off, row["why"]))
    count = {word: sum(row[2] == word for row in rows) for word in ("modelled", "partly", "not modelled")}
    return "\n\n".join(
        (
            "# Mechanisms of the report",
            "Written by `docs/generate.py mechanisms`. Claims are our own words for what the report says. *where* is a "
            "module of `src/klyngesim/ecosystem` or of the package. *off*: parameters and their neutral values, set by "
            "`mechanisms: {disable: [...]}` in a scenario. "
            + ", ".join(f"{n} {word}" for word, n in count.items())
            + ".",
            table(("id", "claim", "status", "where", "off", "why"), rows),
        )
    )


def _plain(value: float | str | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def choices() -> str:
    """The page of the choices made where the report is ambiguous (A1-A21)."""
    from klyngesim.evidence.tables import choices as made

    rows = [
        (
            choice.id,
            choice.question,
            "; ".join(f"{option.name}: {option.meaning}" for option in choice.options),
            choice.default,
            " ".join(choice.parameters),
            choice.why,
        )
        for choice in made()
    ]
    return "\n\n".join(
        (
            "# Choices where the report is ambiguous",
            "Written by `docs/generate.py choices` from the packaged evidence. Where parameters are named, the other "
            "options can be selected in a scenario.",
            table(("id", "question", "options", "chosen", "parameters", "why"), rows),
        )
    )


PAGES: dict[str, Callable[[], str]] = {
    "state_variables": state_variables,
    "mechanisms": mechanisms,
    "choices": choices,
}


def main(arguments: Sequence[str]) -> int:
    """Prints the page named on the command line."""
    if len(arguments) != 1 or arguments[0] not in PAGES:
        print(f"usage: python docs/generate.py {'|'.join(PAGES)}", file=sys.stderr)
        return 2
    sys.stdout.buffer.write((PAGES[arguments[0]]() + "\n").encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
