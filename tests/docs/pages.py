"""The pages a reader meets first, and the fenced blocks in them."""

import re
from typing import NamedTuple

from tests.static.sources import ROOT

PAGES = ("README.md", "docs/follow_a_firm.md", "docs/api.md")
LANGUAGES = {"bash", "python", "yaml"}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: the page, its number on the page, its language and its text."""

    page: str
    number: int
    language: str
    text: str


def read(page):
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page):
    """The fenced blocks of a page, in order."""
    return [Block(page, number, *match.groups()) for number, match in enumerate(_FENCE.finditer(read(page)), 1)]


def lines_of(language):
    """Every line of the blocks of a language that is not empty once its comment is gone, with its page."""
    found = [block for page in PAGES for block in blocks(page) if block.language == language]
    lines = [(block.page, line.partition(" #")[0].strip()) for block in found for line in block.text.splitlines()]
    return [(page, line) for page, line in lines if line and not line.startswith("#")]
