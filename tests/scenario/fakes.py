"""A small registry with its own evidence, so that these tests do not depend on the packaged parameters."""

import textwrap
from pathlib import Path

from klyngesim.scenario.registryfile import load_registry

DATA = Path(__file__).parent / "data"
NUMBERS = {"F312*0.01": 0.3, "F312*0.5": 15.0}


class FakeEvidence:
    def organisations(self):
        return ("energy", "made", "sound")

    def organisation_names(self):
        return {"Energy Cluster Denmark": "energy", "MADE": "made", "Danish Sound Cluster": "sound", "Lyd": "sound"}

    def number(self, expression):
        if expression not in NUMBERS:
            raise ValueError(f"unknown {expression!r}")
        return NUMBERS[expression]

    def table(self, name):
        if name != "grants":
            raise ValueError(f"unknown table {name!r}")
        return {"energy": 14.0, "made": 9.0, "sound": 1.5}

    def known(self, identifier):
        return identifier.replace("0", "") not in ("L99", "#99", "<script>", "E999")


REGISTRY = load_registry(DATA / "parameters.csv", DATA / "mechanisms.csv", FakeEvidence())


def write(folder, name, text):
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path
