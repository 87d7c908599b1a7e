"""The reference pages of docs/ are what the code prints today; `make docs` writes them."""

import re
import subprocess
import sys

import pytest

from tests.static.sources import ROOT

RECIPE = re.compile(r"^\t\$\(BIN\)/(?P<program>klyngesim|python) (?P<arguments>.+) > (?P<file>docs/\S+)$", re.MULTILINE)
MINUTES = tuple(f"docs/generated/{name}.md" for name in ("ablation", "drift", "evaluation", "fit"))
"""Pages that take scores of runs; compared by `make test-slow`."""
WRITTEN = [match.groups() for match in RECIPE.finditer((ROOT / "Makefile").read_text(encoding="utf-8"))]


def test_the_recipe_was_found():
    names = ["parameters", "levers", "indicators", "state_variables", "mechanisms", "choices", "population", "drift"]
    names += ["ablation", "evaluation", "fit"]
    pages = {f"docs/generated/{name}.md" for name in names}
    pages |= {f"docs/generated/{kind}.schema.json" for kind in ("scenario", "sweep")}
    assert {file for _, _, file in WRITTEN} == pages


PAGES = [pytest.param(*page, id=page[2], marks=[pytest.mark.slow] if page[2] in MINUTES else []) for page in WRITTEN]


@pytest.mark.parametrize(("program", "arguments", "file"), PAGES)
def test_the_page_has_not_drifted(program, arguments, file):
    start = ["-m", "klyngesim"] if program == "klyngesim" else []
    done = subprocess.run([sys.executable, *start, *arguments.split()], capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8")
    written = (ROOT / file).read_text(encoding="utf-8")
    assert written == done.stdout.decode("utf-8"), f"{file} is out of date: run 'make docs'"


def test_every_page_that_is_there_is_written_by_the_recipe():
    assert {f"docs/generated/{path.name}" for path in (ROOT / "docs" / "generated").iterdir()} == {
        file for _, _, file in WRITTEN
    }
