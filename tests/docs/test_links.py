"""Links between the pages lead somewhere, and what the pages count is what there is."""

import re

import pytest

from klyngesim.scenario.parameters import registry
from tests.docs.pages import read
from tests.static.sources import ROOT

LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
READ = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def links(page):
    """Files that a page links to."""
    return [(ROOT / page).parent / target for target in LINK.findall(read(page))]


def test_links_are_found():
    assert len(links("README.md")) > 8


@pytest.mark.parametrize("page", READ)
def test_every_link_leads_to_a_file(page):
    assert [str(target) for target in links(page) if not target.is_file()] == []


def test_the_number_of_mechanisms_left_out_is_true():
    left_out = [m for m, status in registry().mechanisms.items() if status == "not modelled"]
    total = len(registry().mechanisms)
    assert f"{len(left_out)} of the report's {total} mechanisms" in " ".join(read("README.md").split())


def test_the_glossary_names_what_exists():
    from klyngesim.results.indicators import IDS
    from klyngesim.results.vocabulary import STAGE

    named = re.findall(r"`([^`]+)`", read("docs/glossary.md").split("|---|")[-1])
    parameters = [word for word in named if re.fullmatch(r"[a-z]+\.[a-z0-9_]+", word)]
    assert len(parameters) > 10
    assert [word for word in parameters if word not in registry()] == []
    known = {*IDS, *STAGE, "main", "supporting", "credit", "baseline"}
    words = [word for word in named if re.fullmatch(r"[a-z_]+", word)]
    assert [word for word in words if word not in known] == []
