"""Cells of the note as people and machines read them, against literal text."""

import math
from dataclasses import replace

import pytest

from klyngesim.note import cells as note_cells
from klyngesim.note.cells import Cell
from klyngesim.report.comparison_data import Difference

NONE = (None, "–", "number")


@pytest.mark.parametrize(
    ("cell", "css"),
    [
        (Cell("better", "bedre", "verdict"), "verdict better"),
        (Cell("no difference", "ingen forskel", "verdict"), "verdict no"),
        (Cell(None, "ingen vurdering", "verdict"), "verdict none"),
        (Cell("fees.level", "fees.level", "code"), "text"),
        (Cell("a", "a"), "text"),
        (Cell(1.0, "1", "number"), "number"),
    ],
)
def test_the_class_of_a_cell(cell, css):
    assert cell.css == css


@pytest.mark.parametrize(
    ("cell", "value", "text", "kind"),
    [
        (note_cells.words("made"), "made", "made", "text"),
        (note_cells.words("made", "MADE"), "made", "MADE", "text"),
        (note_cells.words("made", ""), "made", "", "text"),
        (note_cells.words("a.b", kind="code"), "a.b", "a.b", "code"),
        (note_cells.yes_no("yes", "da"), "yes", "ja", "text"),
        (note_cells.yes_no("no", "da"), "no", "nej", "text"),
        (note_cells.yes_no("members", "da"), "members", "members", "text"),
        (note_cells.figure("1234.5", "da"), 1234.5, "1.235", "number"),
        (note_cells.places("1", 1, "da"), 1.0, "1", "number"),
        (note_cells.places("2.5", 2, "en"), 2.5, "2–3", "number"),
        (note_cells.places("3", 3, "da"), 3.0, "2–4", "number"),
        (note_cells.places("2.5", 4, "en"), 2.5, "1–4", "number"),
        (note_cells.places("", 2, "en"), *NONE),
        (note_cells.figure(1234.5, "da", 2), 1234.5, "1.234,50", "number"),
        (note_cells.figure("", "da"), *NONE),
        (note_cells.figure(-math.inf, "da"), *NONE),
        (note_cells.year("2031"), 2031.0, "2031", "number"),
        (note_cells.year(""), *NONE),
        (note_cells.chance("0.0479", "da"), 0.0479, "0,048", "number"),
        (note_cells.chance("0.001", "da"), 0.001, "0,001", "number"),
        (note_cells.chance("0.0009", "da"), 0.0009, "< 0,001", "number"),
        (note_cells.chance("1.5e-23", "en"), 1.5e-23, "< 0.001", "number"),
        (note_cells.chance("-inf", "da"), *NONE),
        (note_cells.set_to("", "da"), None, "–", "text"),
        (note_cells.set_to("0.30", "da"), 0.3, "0,3", "text"),
        (note_cells.set_to("capped", "da"), "capped", "capped", "code"),
        (note_cells.set_to("inf", "da"), "inf", "inf", "code"),
        (note_cells.verdict("worse", "da"), "worse", "dårligere", "verdict"),
        (note_cells.verdict("", "da"), None, "ingen vurdering", "verdict"),
    ],
)
def test_a_cell_holds_what_it_is_for_machines_and_for_people(cell, value, text, kind):
    assert (cell.value, cell.text, cell.kind) == (value, text, kind)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(("0.125", "0,125"), ("1", "1"), ("1234", "1.234"), ("10.0", "10"), ("", "–"), ("0.00058", "0,00058")),
        *(("0", "0"), ("0.1", "0,1"), ("1.005", "1"), ("1.016", "1,02"), ("99.96", "100"), ("123.4", "123")),
        *(("-0.0625", "−0,0625"), ("0.06254", "0,0625"), ("12.34", "12,3"), ("nan", "–")),
    ],
)
def test_a_strength_keeps_three_digits(text, said):
    assert note_cells.strength(text, "da").text == said


def test_a_sentence_says_its_language():
    known, strange = (note_cells.sentence(text, "da") for text in ("dearer and more", "Who knows?"))
    assert known == Cell("dearer and more", "dyrere og mere", "text", "da")
    assert strange == Cell("Who knows?", "Who knows?", "text", "en")


def test_every_verdict_has_its_shape():
    words = ("better", "worse", "no difference", "uncertain", "nothing changes", "")
    assert "".join(note_cells.verdict(word, "en").shape for word in words) == "▲▼◇○•×"


@pytest.mark.parametrize(
    ("share", "lang", "said"),
    [
        (0.0123, "da", "+1,2 pct."),
        (-0.0123, "en", "−1.2 %"),
        (0.0006, "en", "+0.1 %"),
        (0.0005, "en", "+0.1 %"),
        (0.000497, "en", "0.0 %"),
        (-0.0001, "en", "0.0 %"),
        (0.0, "da", "0,0 pct."),
        (math.nan, "da", "–"),
    ],
)
def test_a_share_has_its_sign(share, lang, said):
    assert note_cells.signed(share, lang).replace("\u00a0", " ") == said


RISE = Difference("alpha", "members", "2025-2034", 120.0, 0.03, 0.02, 0.04, "better", False, 8, "", None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "+3,0 pct. (+2,0 til +4,0)"),
        ({"low": -math.inf, "high": math.inf}, "+3,0 pct."),
        ({"relative": math.nan}, "+120 (grundforløb 0)"),
        ({"relative": math.nan, "change": 0.0}, "0 (grundforløb 0)"),
        ({"relative": math.nan, "change": 0.5}, "+0,50 (grundforløb 0)"),
        ({"relative": math.nan, "change": -3.25}, "−3,3 (grundforløb 0)"),
        ({"relative": math.nan, "change": math.nan}, "–"),
    ],
)
def test_a_difference_has_its_interval_or_its_own_unit(change, said):
    assert note_cells.difference(replace(RISE, **change), "da").replace("\u00a0", " ") == said


def test_an_interval_breaks_nowhere():
    assert note_cells.difference(RISE, "en") == "+3.0\u00a0% (+2.0\u00a0to\u00a0+4.0)"
