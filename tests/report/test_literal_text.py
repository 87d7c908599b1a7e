"""Figures show titles as they are written: no formula, no mark, and cut off where there is no room."""

import io
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from klyngesim.figures import style
from klyngesim.scenario.characters import unfit

FOOTER = style.Footer(("notes",), "")


def figure_of(title):
    """A figure with the title in all places where titles stand, and what it says there."""
    with style.context():
        figure = style.new_figure(13.0, 6.0)
        bottom, top = style.frame(figure, title, f"{title} (subtitle)", style.Footer((title,), ""))
        axes = style.room(figure, 1.0, bottom, 12.0, top)
        axes.set_title(title)
        axes.set_yticks([0.5], [title])
        return style.Drawn("x", figure, title, ("title",), ((title,),))


@settings(max_examples=12, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=40))
def test_any_title_is_drawn_unchanged(tmp_path_factory, title):
    if unfit(title) is not None:
        return
    drawn = figure_of(title)
    shown = [text.get_text() for text in drawn.figure.findobj(lambda artist: hasattr(artist, "get_text"))]
    assert shown.count(title) >= 2
    folder = tmp_path_factory.mktemp("figures")
    with style.context():
        png, svg, table = style.save(drawn, folder, "x")
    assert png.stat().st_size > 0
    assert ElementTree.parse(svg).getroot().find(".//{*}title").text.strip() == title.strip()
    assert title in table.read_text(encoding="utf-8").replace('""', '"')


@pytest.mark.parametrize("title", ["from $5 to $10", "x $\\frac{$ y", "a_b^2 \\alpha", "$$", "100 % & <b>"])
def test_a_formula_is_text(title):
    drawn = figure_of(title)
    page = io.BytesIO()
    with style.context():
        drawn.figure.savefig(page, format="svg")
    source = page.getvalue().decode()
    assert "Oblique" not in source and "Cmmi" not in source  # the faces of formulas
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans")))
    for letter in set(title) - {" "}:
        assert any(f'id="DejaVuSans-{form:x}"' in source for form in (font.get_char_index(ord(letter)), ord(letter)))


def test_what_the_font_lacks_is_told_once(tmp_path, caplog):
    for stem in ("a", "b"):
        drawn = figure_of("政策 støtte")
        with style.context():
            style.save(drawn, tmp_path, stem)
    (told,) = [record.getMessage() for record in caplog.records]
    assert "政 (U+653F), 策 (U+7B56):" in told


def test_a_title_that_is_too_long_is_cut_off():
    assert style.short("t" * 110) == "t" * 110
    assert style.short("word " * 100).endswith("word…") and len(style.short("word " * 100)) <= 110


def test_a_word_that_is_wider_than_a_line_is_broken():
    lines = style.wrap("x" * 300 + " end", 2.0, 9.0).split("\n")
    assert "".join(lines).replace(" ", "") == "x" * 300 + "end"
    assert all(style.text_width(line, 9.0) <= 2.0 for line in lines)


def test_lines_that_have_no_room_are_left_out():
    text = style.wrap("word " * 60, 2.0, 9.0, most=2)
    assert text.count("\n") == 1 and text.endswith("…")
    assert style.wrap("a b", 2.0, 9.0, most=1) == "a b"
