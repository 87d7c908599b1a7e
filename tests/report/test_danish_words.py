"""Danish as a ministry writes it: one word for one thing, in every list of words and in the labels of indicators."""

import csv
import re
from importlib.resources import files
from io import StringIO

from klyngesim.cli.twin_words import WORDS
from klyngesim.results.indicators import INDICATORS
from klyngesim.results.vocabulary import FIRM_CLASSES, OUTCOMES, STAGES

UNWANTED = re.compile(
    r"for tæt på til|mindste forskel af interesse|ment til at blive læst|par nok|lodtrækning|antagne styrker|"
    r"genkomst|villige virksomheder|levende (?:relation|bånd)|innovationsparat|bevilgede? (?:fou|ansøgning)|"
    r"hvor længe går|firmaer|rivaliserende|fortrydelse|\bfødt\b|likvide midler|videreført",
    re.IGNORECASE,
)
"""Words that another one stands for: kan ikke afgøres, aktive relationer, likvider, givet videre, imødekommet ..."""

SEARCHED = "search.csv"
"""Words that users may type, whatever is written."""


def danish():
    """Every Danish text with where it stands."""
    for file in files("klyngesim.report").joinpath("data").iterdir():
        if file.name.endswith(".csv") and file.name != SEARCHED:
            for row in csv.DictReader(StringIO(file.read_text(encoding="utf-8"))):
                yield file.name, row["da"]
    yield from (("twin", both[1]) for both in WORDS.values())
    yield from (("indicators.csv", one.label_da) for one in INDICATORS)
    yield from (("vocabulary", one.da) for one in (*STAGES, *FIRM_CLASSES, *OUTCOMES))


def test_no_danish_text_has_a_word_that_another_one_stands_for():
    told = list(danish())
    assert len(told) > 1500
    assert not [(where, text) for where, text in told if UNWANTED.search(text)]
