"""The words and numbers of the note, without a comparison."""

import csv
import re
from importlib.resources import files

import pytest

from klyngesim.comparisons.claims import READINGS, SIGNS, claims
from klyngesim.comparisons.contested import contested
from klyngesim.comparisons.verdicts import OBJECTIVES
from klyngesim.note import tables as note_tables
from klyngesim.report import labels
from klyngesim.report import words as note_words
from klyngesim.report.numbers import LANGUAGES
from klyngesim.report.words import Phrase, phrase
from klyngesim.results.comparison import GUARD


def test_the_guardrail_is_an_objective():
    assert GUARD in OBJECTIVES


def test_every_word_is_in_both_languages_with_the_same_places():
    places = re.compile(r"\{\w+\}")
    for key, word in labels.catalogue("note.csv").items():
        assert word["en"] and word["da"], key
        assert sorted(places.findall(word["en"])) == sorted(places.findall(word["da"])), key
    sheets = [word for key, word in labels.catalogue("note.csv").items() if key.startswith("sheet_")]
    assert all(len(word[lang]) <= 31 and not set(word[lang]) & set("[]:*?/\\") for word in sheets for lang in word)


def test_every_question_behind_an_assumption_is_translated():
    assert not {entry.why for entry in contested()} - set(labels.catalogue("note_phrases.csv", "en"))
    assert all(row["da"] for row in labels.catalogue("note_phrases.csv", "en").values())


def test_every_claim_and_its_why_are_translated_with_the_same_parameters():
    for claim in claims():
        for text in (claim.claim, claim.why):
            danish = note_words.phrase(text, "da")
            assert danish.lang == "da" and danish.text != text, text
            named = [sorted(re.findall(r"[a-z_]{3,}\.[a-z_]+\*?", one)) for one in (text, danish.text)]
            assert named[0] == named[1], text


def test_every_reading_and_direction_of_a_claim_has_a_word():
    assert set(note_tables.ORDER) == {*READINGS.values(), "not shown", "not modelled"}
    assert {f"reading_{said.replace(' ', '_')}" for said in note_tables.ORDER} <= set(labels.catalogue("note.csv"))
    assert {f"expected_{sign}" for sign in SIGNS} <= set(labels.catalogue("note.csv"))


@pytest.mark.parametrize("lang", ["en", "da"])
def test_a_sentence_says_its_language(lang):
    known = "its value is assumed: no source gives it"
    assert note_words.phrase("what is new?", lang) == note_words.Phrase("what is new?", "en")
    assert note_words.phrase("", lang) == note_words.Phrase("", lang)
    danish = "værdien er antaget: ingen kilde giver den"
    assert note_words.phrase(known, lang) == note_words.Phrase(known if lang == "en" else danish, lang)


def test_no_word_and_no_sentence_stands_twice():
    for name, column in (("note.csv", "key"), ("note_phrases.csv", "en")):
        text = files("klyngesim.report").joinpath(f"data/{name}").read_text(encoding="utf-8")
        first = [row[column] for row in csv.DictReader(text.splitlines())]
        assert len(first) == len(set(first)) > 20


@pytest.mark.parametrize(
    ("id", "english", "danish"),
    [
        ("members", "Members", "Medlemmer"),
        ("administration_fte", "Posts bound by administration", "Årsværk bundet af administration"),
        ("ideas entering innovation", "Ideas entering: Innovation", "Idéer på vej ind i: Innovation"),
        ("unheard of", "unheard of", "unheard of"),
    ],
)
def test_names_of_what_is_measured(id, english, danish):
    assert (note_words.label(id, "en"), note_words.label(id, "da")) == (english, danish)


@pytest.mark.parametrize(
    ("kind", "id", "said"),
    [
        ("firm class", "micro", "Mikro (under 10 ansatte)"),
        ("organisation", "made", "MADE - Manufacturing Academy of Denmark"),
        ("organisation", "unheard of", "unheard of"),
    ],
)
def test_names_of_who_gains(kind, id, said):
    assert note_words.who(kind, id, "da") == said


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a, b"], "a, b"),
        (["a", "b"], "a og b"),
        (["a", "b", "c"], "a, b og c"),
        (["a", "b, c", "d"], "a; b, c og d"),
        (["a", "b; c", "d"], "a; b; c og d"),
    ],
)
def test_items_are_listed(items, said):
    assert note_words.listed(items, "da") == said


def test_a_question_of_a_users_own_is_told_in_the_language_of_the_note_or_the_one_it_has():
    own = {"en": "Who pays?", "da": "Hvem betaler?"}
    assert [phrase(own, lang) for lang in LANGUAGES] == [Phrase("Who pays?", "en"), Phrase("Hvem betaler?", "da")]
    assert phrase({"da": "Hvem betaler?"}, "en") == Phrase("Hvem betaler?", "da")
