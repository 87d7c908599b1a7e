"""``python docs/site/links.py FOLDER``: every link within the pages of a folder leads to a file and a heading there.

Pages must open from disk, so that links to a root and to folders without a file are faults too. Addresses of others
are not asked: nothing is fetched here.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

OF_OTHERS = ("http", "https", "mailto", "data")


class Page(HTMLParser):
    """What a page refers to, and the marks on it that can be referred to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.links, self.marks = path, [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes addresses and marks from a tag."""
        for name, value in attrs:
            if value and name == "id":
                self.marks.add(value)
            elif value and name in ("href", "src"):
                self.links.append(value)


def faults(folder: Path) -> list[str]:
    """Links that lead nowhere, each with its page."""
    pages = {path: Page(path) for path in sorted(folder.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in OF_OTHERS:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            fragment = unquote(parts.fragment)
            if not target.is_file():
                found.append(f"{path.relative_to(folder)}: {link}: there is no such file")
            elif fragment and target in pages and fragment not in pages[target].marks:
                found.append(f"{path.relative_to(folder)}: {link}: there is no such heading")
    return found


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    wrong = faults(folder)
    print("\n".join(wrong) or f"All links within {len(list(folder.rglob('*.html')))} pages lead somewhere.")
    sys.exit(bool(wrong))
