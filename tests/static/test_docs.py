"""The reference tables of docs/ are what the code prints today; `make docs` writes them."""

import re
import subprocess
import sys

import pytest

from tests.static.sources import ROOT

RECIPE = re.compile(r"^\t\$\(BIN\)/klyngesim (?P<arguments>.+) > (?P<file>docs/\S+)$", re.MULTILINE)
WRITTEN = [match.groups() for match in RECIPE.finditer((ROOT / "Makefile").read_text(encoding="utf-8"))]


def test_the_recipe_was_found():
    assert [file for _, file in WRITTEN] == [
        "docs/parameters.md",
        "docs/levers.md",
        "docs/indicators.md",
        "docs/scenario.schema.json",
    ]


@pytest.mark.parametrize(("arguments", "file"), WRITTEN)
def test_the_page_has_not_drifted(arguments, file):
    command = [sys.executable, "-m", "klyngesim", *arguments.split()]
    printed = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
    assert (ROOT / file).read_text(encoding="utf-8") == printed, f"{file} is out of date: run 'make docs'"
