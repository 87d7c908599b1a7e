"""The words and numbers of the note, without a comparison."""

import re

import pytest

from klyngesim.experiments.claims import READINGS, SIGNS, claims
from klyngesim.experiments.contested import contested
from klyngesim.experiments.verdicts import OBJECTIVES
from klyngesim.report import note_answer, note_cells, note_claims, note_words
from klyngesim.results.comparison import GUARD


def test_a_variant_without_contested_strengths_is_not_marked():
    assert note_answer.mark_of((), False) == ""
    assert note_answer.mark_of((), True) == note_answer.PRIOR
    some = [note_answer.Assumption(n, "p", note_words.phrase("", "en")) for n in (7, 1, 2, 3)]
    assert note_answer.mark_of(some, True) == "A1–A3, A7"


def test_the_guardrail_is_an_objective():
    assert GUARD in OBJECTIVES


def test_every_word_is_in_both_languages_with_the_same_places():
    places = re.compile(r"\{\w+\}")
    for key, word in note_words.words().items():
        assert word["en"] and word["da"], key
        assert sorted(places.findall(word["en"])) == sorted(places.findall(word["da"])), key
    sheets = [word for key, word in note_words.words().items() if key.startswith("sheet_")]
    assert all(len(word[lang]) <= 31 and not set(word[lang]) & set("[]:*?/\\") for word in sheets for lang in word)


def test_every_question_behind_an_assumption_is_translated():
    assert not {entry.why for entry in contested()} - set(note_words.phrases())
    assert all(note_words.phrases().values())


def test_every_claim_and_its_why_are_translated_with_the_same_parameters():
    for claim in claims():
        for text in (claim.claim, claim.why):
            danish = note_words.phrase(text, "da")
            assert danish.lang == "da" and danish.text != text, text
            named = [sorted(re.findall(r"[a-z_]{3,}\.[a-z_]+\*?", one)) for one in (text, danish.text)]
            assert named[0] == named[1], text


def test_every_reading_and_direction_of_a_claim_has_a_word():
    assert set(note_claims.ORDER) == {*READINGS.values(), "not shown"}
    assert {f"reading_{said.replace(' ', '_')}" for said in note_claims.ORDER} <= set(note_words.words())
    assert {f"expected_{sign}" for sign in SIGNS} <= set(note_words.words())


def test_an_unknown_sentence_says_its_language():
    assert note_words.phrase("what is new?", "da") == note_words.Phrase("what is new?", "en")


@pytest.mark.parametrize(
    ("share", "lang", "said"),
    [
        (0.0123, "da", "+1,2\u00a0pct."),
        (-0.0123, "en", "−1.2\u00a0%"),
        (-0.0001, "en", "0.0\u00a0%"),
        (0.0, "da", "0,0\u00a0pct."),
    ],
)
def test_signed(share, lang, said):
    assert note_cells.signed(share, lang) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("0.125", "0,125"), ("1", "1"), ("1234", "1.234"), ("10.0", "10"), ("", "–"), ("0.00058", "0,00058")],
)
def test_a_strength_keeps_three_digits(text, said):
    assert note_cells.strength(text, "da").text == said
