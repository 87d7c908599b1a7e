"""The note on paper: nothing is cut, and what is folded stays on the screen."""

import io
import re
import unicodedata
from collections import Counter

import pytest

from klyngesim.report.words import word

pytestmark = pytest.mark.browser

A4 = (210.0, 297.0)
PIXELS = 96 / 25.4
"""CSS pixels in a millimetre."""

RULES = """() => [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
    .filter(rule => rule instanceof CSSPageRule)
    .map(rule => [rule.selectorText, rule.style.getPropertyValue("size"), rule.style.margin])"""

TABLES = """kind => [...document.querySelectorAll("table")]
    .filter(one => !one.closest(".folded") && getComputedStyle(one.closest("section")).page === kind)
    .map(one => {
        const box = one.getBoundingClientRect();
        return {
            caption: one.caption.textContent, left: box.left, right: box.right,
            cut: [...one.querySelectorAll("th, td")].filter(cell => cell.scrollWidth > cell.clientWidth + 1).length,
            high: Math.max(...[...one.rows].map(row => row.getBoundingClientRect().height)),
        };
    })"""


def squeezed(text):
    """Text without what a PDF does not keep: spaces, line ends, and letters that may be joined to one sign."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).replace("\N{SOFT HYPHEN}", ""))


def printable(page):
    """Width and height of what may be printed on, in pixels, by the name of the page."""
    found = {}
    for name, size, margin in page.evaluate(RULES):
        down, _, across = margin.partition(" ")
        down, across = (float(one.removesuffix("mm")) for one in (down, across or down))
        wide, high = A4[::-1] if "landscape" in size else A4
        found[name or "auto"] = ((wide - 2 * across) * PIXELS, (high - 2 * down) * PIXELS)
    return found


class Printed:
    """A PDF: text of its pages, and the pages of the parts that its tags name."""

    def __init__(self, content):
        from pypdf import PdfReader

        self.reader = PdfReader(io.BytesIO(content))
        self.texts = [squeezed(page.extract_text()) for page in self.reader.pages]
        self.at = {page.indirect_reference.idnum: place for place, page in enumerate(self.reader.pages)}
        self.tags = list(self._below(self.reader.trailer["/Root"]["/StructTreeRoot"]["/K"]))

    def _below(self, element):
        element = element.get_object()
        for child in element if isinstance(element, list) else [element]:
            found = child.get_object()
            if isinstance(found, dict) and "/S" in found:
                yield found
                yield from self._below(found["/K"]) if "/K" in found else ()

    def tagged(self, kind, inside=None):
        """Elements of a kind, in the document or in another element."""
        return [one for one in (self.tags if inside is None else self._below(inside)) if one["/S"] == kind]

    def pages(self, element):
        """Pages that an element stands on."""
        return {self.at[one.raw_get("/Pg").idnum] for one in self._below(element) if "/Pg" in one}


@pytest.fixture(scope="module")
def printed(browser, notes, lang):
    """The note as PDF."""
    page = browser.new_page()
    page.goto(notes[lang].as_uri())
    content = page.pdf(prefer_css_page_size=True, tagged=True, print_background=False)
    page.close()
    return Printed(content)


@pytest.fixture
def on_paper(show):
    """Opens the note as it is laid out on one of its pages; returns it with the width and height of that."""

    def opened(kind):
        page = show(1280, 900)
        width, height = printable(page)[kind]
        page.emulate_media(media="print")
        page.set_viewport_size({"width": int(width), "height": int(height)})
        return page, int(width), int(height)

    return opened


def test_pages_are_a4_and_none_is_empty(printed):
    sizes = Counter(
        tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in printed.reader.pages
    )
    assert set(sizes) == {(210, 297), (297, 210)}
    drawn = set().union(*(printed.pages(figure) for figure in figures(printed)))
    for place, text in enumerate(printed.texts):
        assert len(text) > 40 or place in drawn, f"page {place + 1} is empty"


def figures(printed):
    """Figures that have words for those who do not see them."""
    return [one for one in printed.tagged("/Figure") if "/Alt" in one]


def test_the_figure_stands_whole_on_one_page_with_its_heading_and_caption(printed, on_paper, show):
    page, width, height = on_paper("auto")
    shown = page.locator("#figure img")
    (image,) = (one for one in figures(printed) if one["/Alt"] == shown.get_attribute("alt"))
    (place,) = printed.pages(image)
    assert squeezed(page.locator("#h-figure").text_content()) in printed.texts[place]
    assert squeezed(page.locator("#figure figcaption").text_content()) in printed.texts[place]
    assert printed.reader.pages[place].mediabox.width < printed.reader.pages[place].mediabox.height

    box, whole = shown.bounding_box(), page.locator("#figure").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["width"] > width / 2 and box["height"] > height / 3
    assert whole["height"] <= height
    region = page.locator("#figure .scroll")
    assert region.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight")
    assert shown.evaluate("one => getComputedStyle(one).objectFit") == "contain"


def test_every_figure_of_a_sweep_stands_whole_on_one_page_with_its_caption(printed, on_paper):
    page, width, height = on_paper("wide")
    shown = page.locator("#annex figure:not(.folded *)").all()
    assert len(shown) >= 5
    on_pages = {one["/Alt"]: printed.pages(one) for one in figures(printed)}
    for one in shown:
        image = one.locator("img")
        (place,) = on_pages[image.get_attribute("alt")]
        assert squeezed(one.locator("figcaption").text_content()) in printed.texts[place]
        box = image.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and one.bounding_box()["height"] <= height
        assert box["height"] > 100


def test_no_table_is_wider_than_its_page(on_paper):
    page, width, height = on_paper("auto")
    assert page.evaluate(TABLES, "wide") == []  # those of sweeps stand in the annex, which is upright
    tables = page.evaluate(TABLES, "auto")
    assert len(tables) >= 3
    for one in tables:
        assert one["left"] >= -0.5 and one["right"] <= width + 0.5, one
        assert one["cut"] == 0 and one["high"] < height / 2, one


def test_every_table_that_is_not_folded_is_printed_with_all_its_rows(printed, on_paper):
    page, _, _ = on_paper("auto")
    wanted = page.locator("table:not(.folded *)")
    captions = wanted.locator("caption").all_text_contents()
    assert len(captions) > 6
    assert any("2044" in one for one in page.locator(".folded summary").all_text_contents())
    text = "".join(printed.texts)
    assert [one for one in captions if squeezed(one) not in text] == []
    assert len(printed.tagged("/Table")) == len(captions)
    assert len(printed.tagged("/TR")) == wanted.locator("tr").count()


def test_a_caption_is_not_left_behind_by_its_table(printed):
    for table in printed.tagged("/Table"):
        (caption,) = printed.tagged("/Caption", table)
        _, first, *_ = printed.tagged("/TR", table)  # after that of the headings
        assert printed.pages(caption) == printed.pages(first)


def test_folded_rows_stay_on_the_screen_and_the_page_says_where_they_are(printed, on_paper, lang):
    page, _, _ = on_paper("wide")
    folded = page.locator("details.folded")
    texts = "".join(printed.texts)
    said = Counter()
    for one in folded.all():
        summary = one.locator("summary")
        tables = one.locator("table").all()
        assert tables and summary.is_visible() and not any(table.is_visible() for table in tables)
        assert squeezed(summary.text_content()) in texts
        said[squeezed(one.locator(".elsewhere").text_content().removeprefix(". "))] += 1
    for name, least in {"breakeven": 1, "value": 1, "gains": 1, "sweep_noise": 3}.items():
        assert said[squeezed(word("elsewhere", lang, file=f"tables/{name}.csv"))] >= least, name
    for text, times in said.items():
        assert texts.count(text) == times

    rows = {
        kind: {squeezed(one) for one in page.locator(f"table{which} tbody tr").all_text_contents()}
        for kind, which in (("folded", ":is(.folded *)"), ("printed", ":not(.folded *)"))
    }
    assert len(rows["folded"]) > 100
    assert sum(one in texts for one in rows["printed"]) > len(rows["printed"]) / 2
    assert [one for one in rows["folded"] - rows["printed"] if one in texts] == []


def test_what_a_reader_unfolded_is_not_printed_either(browser, notes, lang, printed):
    page = browser.new_page()
    page.goto(notes[lang].as_uri())
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    other = Printed(page.pdf(prefer_css_page_size=True, tagged=True))
    page.close()
    assert other.texts == printed.texts
