"""The documentation as pages: every page of the repository is on it, and links that lead nowhere are told."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from klyngesim import api
from tests.docs.pages import read
from tests.static.sources import ROOT

PAGES = ("docs/site/index.md", "docs/site/tutorials.md", "docs/site/lists.md")


def test_every_page_is_on_the_site():
    listed = {
        (ROOT / page).parent.joinpath(target).resolve()
        for page in PAGES
        for target in re.findall(r"^(\S+\.(?:md|ipynb))$", read(page), re.MULTILINE)
    }
    there = {*ROOT.glob("docs/*.md"), *ROOT.glob("docs/generated/*.md"), *ROOT.glob("docs/tutorials/*.ipynb")}
    assert there - listed == set()


def test_every_name_that_programs_import_is_in_the_reference():
    told = re.findall(r"^\.\. auto\w+:: (\S+)$", read("docs/site/reference.md"), re.MULTILINE)
    homes = {getattr(api, name) for name in api.__all__ if not name.startswith("_")}
    there = {getattr(import_module(one.rpartition(".")[0]), one.rpartition(".")[2]) for one in told if "." in one}
    assert homes - there == set()


def checked(folder):
    """What the check of links says of a folder."""
    command = [sys.executable, str(ROOT / "docs" / "site" / "links.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


def test_links_that_lead_somewhere_pass(tmp_path):
    (tmp_path / "a.html").write_text('<h1 id="top">A</h1><a href="b.html#end">b</a><a href="#top">up</a>', "utf-8")
    (tmp_path / "b.html").write_text(
        '<p id="end"><a href="https://example.org/x">far</a><img src="a.html"></p>', "utf-8"
    )
    done = checked(tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("c.html", "no such file"),
        ("a.html#nowhere", "no such heading"),
        ("/a.html", "no such file"),
        (".", "no such file"),
    ],
)
def test_links_that_lead_nowhere_are_told(tmp_path, link, why):
    (tmp_path / "a.html").write_text(f'<a href="{link}">x</a>', "utf-8")
    done = checked(tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith(f"a.html: {link}") and why in done.stdout
