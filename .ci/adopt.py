"""Takes a finished calibration into the repository: ``python .ci/adopt.py runs/calibration``.

Copies posterior.csv and diagnostics.json to calibration/ and makes the central draw (draw 0) the defaults of the
parameter registry, so that a run without ``--posterior`` has the calibrated values. Nothing else in it changes.
"""

from __future__ import annotations

import csv
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = ROOT / "src" / "klyngesim" / "scenario" / "data" / "parameters.csv"
SOURCE = "calibration"
"""What stands beside the other sources of a calibrated parameter."""


def central(folder: Path) -> dict[str, str]:
    """Values of draw 0 as they are written, by parameter id."""
    with (folder / "posterior.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    return {name: value for name, value in row.items() if name not in ("draw", "weight")}


def adopted(text: str, values: dict[str, str]) -> str:
    """The registry with these defaults, graded as inferred. KeyError names a parameter that it lacks."""
    missing = set(values)
    lines = text.splitlines()
    for number, line in enumerate(lines):
        (row,) = csv.reader([line])
        if row[0] not in values:
            continue
        missing.discard(row[0])
        # id, unit, default, low, high, choices, distribution, grade, source come first and are never quoted.
        begin, end = row[:9], line.split(",", 9)[9]
        begin[2], begin[7] = values[row[0]], "inferred"
        sources = [part for part in re.split(r";", row[8]) if part != SOURCE]
        begin[8] = ";".join([*sources, SOURCE])
        lines[number] = ",".join([*begin, end])
    if missing:
        raise KeyError(f"not in the registry: {', '.join(sorted(missing))}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Adopts the calibration in the folder given."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    values = central(folder)
    REGISTRY.write_text(adopted(REGISTRY.read_text(encoding="utf-8"), values), encoding="utf-8")
    for name in ("posterior.csv", "diagnostics.json"):
        shutil.copyfile(folder / name, ROOT / "calibration" / name)
    print(f"{len(values)} defaults written; `make docs` brings the generated pages up to date")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
