"""Words are found in either language, in any spelling of æøå and as parts of longer words."""

import pytest

from klyngesim.report.labels import catalogue
from klyngesim.report.search import folded, forms, matching, meant

ROWS = [
    {"id": "trust.gain", "name": "", "note": "what a contact adds to trust"},
    {"id": "fees.level", "name": "membership fees", "note": "lever: fees relative to today"},
    {"id": "guard.seat_share", "name": "seats for small firms", "note": "seats; see fees.level"},
]


def found(*words):
    named = matching(words, ROWS, lambda row: f"{row['id']} {row['name']}", lambda row: row["note"])
    return [row["id"] for row in named]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("fees",), ["fees.level", "guard.seat_share"]),  # what is called so comes first
        (("kontingent",), ["fees.level", "guard.seat_share"]),
        (("medlemskontingenterne",), ["fees.level", "guard.seat_share"]),
        (("TILLID",), ["trust.gain"]),
        (("pladser", "virksomheder"), ["guard.seat_share"]),
        (("seat-share",), ["guard.seat_share"]),
        (("fees", "trust"), []),
        (("nonsense",), []),
    ],
)
def test_every_word_has_to_be_found(words, ids):
    assert found(*words) == ids


def test_letters_are_found_however_they_are_typed():
    assert len({folded(word) for word in ("Årsværk", "aarsvaerk", "årsværk")}) == 1
    assert set(forms("raekkevidde")) == set(forms("rækkevidde")) and "reach" in forms("rækkevidde")


def test_a_misspelt_word_gets_the_nearest_one_of_the_rows_or_of_the_danish_ones():
    assert meant("kontigent", ROWS) == "kontingent"
    assert meant("membreship", ROWS) == "membership"
    assert meant("xyzzy", ROWS) is None


def test_no_danish_word_finds_everything():
    for both in catalogue("search.csv", "da").values():
        assert all(len(one) > 1 for one in both["en"].split("|")) and len(both["da"]) > 1
