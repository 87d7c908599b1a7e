"""The guide in both languages, done from its first line to its last, at a small scale."""

import re
import shlex

import pytest

from tests.cli.commands import klyngesim
from tests.docs.pages import blocks
from tests.static.sources import ROOT

SMALL = ["--set", "population.scale=0.01", "--jobs", "1", "--quiet"]
SHORT = {"run": ["--set", "period.end=2026Q4", "--replicates", "1"], "compare": ["--end", "2027Q4", "--pairs", "2"]}
MOST_LINES = 110
"""Lines of two printed pages."""


def done(line, folder):
    """Runs a line of the page, made small, in a folder."""
    program, command, *words = shlex.split(line, comments=True)
    assert program == "klyngesim"
    if command in SHORT:
        words = [word for word in words if word not in ("--replicates", "4")] + [*SMALL, *SHORT[command]]
    if command == "compare" and "--dry-run" not in words:
        words += ["--at-least", "2", "--breakeven", "0", "--store", "store"]
    return klyngesim(command, *words, cwd=folder)


@pytest.mark.parametrize("page", ["docs/guide.md", pytest.param("docs/vejledning.md", marks=pytest.mark.slow)])
def test_the_guide_leads_from_a_question_to_a_note(page, tmp_path):
    for block in blocks(page):
        if block.language == "yaml":
            name = re.match(r"# (\S+\.yaml)\n", block.text)[1]
            (tmp_path / name).write_text(block.text, encoding="utf-8")
            continue
        for line in block.text.splitlines():
            said = done(line, tmp_path)
            assert said.returncode == 0, (line, said.stderr)
            assert said.stdout.strip(), line
    assert list(tmp_path.glob("runs/*/note.html"))


@pytest.mark.parametrize("page", ["docs/guide.md", "docs/vejledning.md"])
def test_the_guide_has_two_pages(page):
    assert len((ROOT / page).read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_both_languages_take_the_same_steps():
    english, danish = ([block.language for block in blocks(f"docs/{name}.md")] for name in ("guide", "vejledning"))
    assert english == danish
