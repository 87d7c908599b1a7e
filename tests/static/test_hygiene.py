"""Nothing in the project tells where it was written or where its packages came from."""

import re

import pytest

from tests.mutants.copies import Copies
from tests.mutants.named import FAULTS, named
from tests.static.sources import ROOT, texts

# Spelt with character classes, so that this file passes its own test.
PRIVATE_PATH = re.compile(r"(?<![\w.~$}\])/-])/(?:[h]ome|[U]sers|[r]oot|[w]ork|[t]mp|[o]pt|[m]nt|[s]rv)/[\w.]")
INDEX = re.compile(
    r"--(?:extra-)?[i]ndex-url|--[f]ind-links|[f]ile://|[p]ypi\.org/simple|[f]iles\.pythonhosted|[t]rusted-host"
    r"|/[s]imple/\w"
)


@pytest.mark.parametrize(
    "text",
    ["see /" + "work/shared/x", "'/" + "tmp/run'", "cd /" + "root/.venv", "=/" + "home/me", "(/" + "opt/x)"],
)
def test_the_search_finds_private_paths(text):
    assert PRIVATE_PATH.search(text)


@pytest.mark.parametrize("text", ["src/work/x", "a/tmp/b", "kr./home", "$HOME/opt/x", "own/home/"])
def test_the_search_lets_relative_paths_pass(text):
    assert not PRIVATE_PATH.search(text)


@pytest.mark.parametrize("text", ["--index-" + "url=x", "https://host/" + "simple/mesa", "file:/" + "/x"])
def test_the_search_finds_index_addresses(text):
    assert INDEX.search(text)


@pytest.mark.parametrize("pattern", [PRIVATE_PATH, INDEX], ids=["private path", "package index"])
def test_no_file_names_a_private_place(pattern):
    assert len(texts()) > 50, "the project's files were not found"
    named = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not named


def test_every_named_fault_can_still_be_planted():
    assert len(named(ROOT)) == len(FAULTS)


def test_mutants_are_planted_in_a_whole_copy_of_the_source(tmp_path):
    copied = Copies(tmp_path, 0).original / "src"
    assert {file.relative_to(copied) for file in copied.rglob("*.py")} == {
        file.relative_to(ROOT / "src") for file in (ROOT / "src").rglob("*.py")
    }
