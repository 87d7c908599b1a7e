"""Writes requirements.lock: one pinned set for Python 3.11, one for 3.12 and newer, merged with markers.

Mesa and numpy have no release that serves both, so each side is resolved by an interpreter of its own (found by
``.ci/pythons --all``) from what pyproject.toml asks for, build backend included. No index address is written.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ["hatchling", "editables"]  # what an editable install without build isolation needs
BELOW, FROM = "python_version < '3.12'", "python_version >= '3.12'"
HEAD = """\
# Pinned versions for reproducible installs; written by `make lock`, tested by .ci/run on both sides of Python 3.12.
# Hashes are left out on purpose: platforms fetch different wheels of the same version.
"""


def interpreters() -> dict[str, str]:
    """The newest interpreter on either side of Python 3.12, by marker."""
    lines = subprocess.run(
        ["sh", str(ROOT / ".ci" / "pythons"), "--all"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    found: dict[str, str] = {}
    for line in lines:
        version, path = line.split(" ", 1)
        found.setdefault(BELOW if version == "3.11" else FROM, path)
    return found


def resolve(python: str, requirements: list[str]) -> dict[str, str]:
    """What pip would install for the requirements: version by name as the project spells it."""
    report = subprocess.run(
        [python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", *requirements],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    metadata = [item["metadata"] for item in json.loads(report)["install"]]
    return {item["name"]: item["version"] for item in metadata}


def main() -> int:
    """Resolves both sides and writes the file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    # An extra that takes in another one names the project itself, which is not to be pinned.
    requirements = [*project["dependencies"], *BUILD, *(line for line in extras if not line.startswith("klyngesim["))]
    found = interpreters()
    if set(found) != {BELOW, FROM}:
        print("Both Python 3.11 and a newer one are needed to write the lock file.", file=sys.stderr)
        return 1
    below, above = (resolve(found[marker], requirements) for marker in (BELOW, FROM))
    lines = []
    for name in sorted({*below, *above}, key=str.lower):
        if below.get(name) == above.get(name):
            lines.append(f"{name}=={below[name]}")
            continue
        for marker, versions in ((BELOW, below), (FROM, above)):
            if name in versions:
                lines.append(f"{name}=={versions[name]}; {marker}")
    (ROOT / "requirements.lock").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
