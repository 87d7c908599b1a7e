"""Every table of the note, from a made-up comparison, against text that stands in ``printed/`` and was checked by hand.

The numbers are chosen so that no unit can be taken for another (`made_up_comparison`): 3 % stands where the comparison
has 120 of 4,000, and 1.5 points where it has a share of 0.0148.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from klyngesim.report import note, note_answer, note_files, note_tables
from klyngesim.report.comparison_data import read
from tests.report.made_up_comparison import FIRST, LATER, build

PRINTED = Path(__file__).parent / "printed"
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return read(build(tmp_path_factory.mktemp("made-up")))


def page_of(found, lang):
    """Titles, headings, captions and rows of all tables as people read them; ``(folded)`` open on demand only."""
    lines = []
    for table in note_tables.everything(found, lang):
        lines += [f"## {table.title}", " | ".join(table.columns[place].heading for place in table.shown)]
        for part in table.parts:
            lines.append(f"# {part.caption}{' (folded)' if part.folded else ''}")
            for row in part.rows:
                lines.append(" | ".join(f"{row[place].shape}{row[place].text}" for place in table.shown))
        lines.append("")
    return "\n".join(lines).replace(NBSP, " ")


def machine_of(found, folder):
    """All CSV files of the note below one another, as machines read them."""
    paths = note_files.write_csv(note_tables.everything(found, "en"), folder / "tables")
    return "\n".join(f"# {path.name}\n{path.read_text(encoding='utf-8')}" for path in sorted(paths))


@pytest.mark.parametrize("lang", ["en", "da"])
def test_people_read_what_was_worked_out(made, lang):
    wanted = (PRINTED / f"note_{lang}.txt").read_text(encoding="utf-8")
    assert page_of(made, lang).splitlines() == wanted.splitlines()


def test_machines_read_the_same_numbers(made, tmp_path):
    wanted = (PRINTED / "note_tables.csv").read_text(encoding="utf-8")
    assert machine_of(made, tmp_path).splitlines() == wanted.splitlines()


SAID = {
    "en": [
        "In 2025–2034, compared with “As it is”, the variant would be better in members +3.0 % (+2.0 to +4.0).",
        "In 2025–2034, compared with “As it is”, the variant would be worse in participants in the year −12.5 % "
        "(−15.0 to −10.0).",
        "In 2025–2044 the verdict would be another in: members +1.0 % (−0.6 to +2.6): uncertain.",
        "Within what the evidence allows, the sign of a difference would turn with: fees.elasticity (members at "
        "−0.125).",
        "Guardrail, small firms among participants, “The variant”: uncertain, +1.2 % (−0.2 to +2.6).",
    ],
    "da": [
        "I 2025–2034 ville varianten sammenlignet med »Som det er« være bedre målt på medlemmer +3,0 pct. "
        "(+2,0 til +4,0).",
        "I 2025–2034 ville varianten sammenlignet med »Som det er« være dårligere målt på unikke deltagere i året "
        "−12,5 pct. (−15,0 til −10,0).",
        "I 2025–2044 ville vurderingen være en anden på: medlemmer +1,0 pct. (−0,6 til +2,6): kan ikke afgøres.",
        "Inden for det, evidensen tillader, ville fortegnet på en forskel vende med: fees.elasticity (medlemmer ved "
        "−0,125).",
        "Værn, små virksomheder blandt deltagerne, »Varianten«: kan ikke afgøres, +1,2 pct. (−0,2 til +2,6).",
    ],
}


@pytest.mark.parametrize("lang", SAID)
def test_the_answer_says_it_in_sentences_that_point_to_what_they_lean_on(made, lang):
    (answer,) = note_answer.answers(made, lang)
    sentences = [*answer.sentences, answer.guardrail]
    assert [one.text.replace(NBSP, " ") for one in sentences] == SAID[lang]
    assert [one.mark for one in sentences] == ["", "A1–A2", "", "A1", "A1–A2"]
    assert [(one.mark, one.parameter) for one in answer.assumptions] == [
        ("A1", "fees.elasticity"),
        ("A2", "trust.gain"),
    ]


def test_limits_tell_pairs_scale_and_what_is_missing(made):
    said = "\n".join(note_answer.limits(made, "en")).replace(NBSP, " ")
    assert "The smallest effect of interest is 2 % of the baseline" in said
    assert "8 pairs of runs for each variant, at the central values" in said
    assert "Means are taken over 2025–2034 and 2025–2044;" in said
    assert re.search(r"\b1 pairs? failed and 3 were left out", said)
    assert re.search(r"1 in 25 firms", said)
    assert "about 5 more pairs would be needed" in said and "1 of " in said  # 13 are needed, 8 were made
    assert "most of all participants in the year in “The variant”" in said


def test_a_comparison_with_every_firm_and_pairs_enough_has_fewer_limits(tmp_path):
    whole = {"pairs": {"made": 1200, "failed": [], "skipped": 0}, "enough": True, "scenarios": [{"population": {}}]}
    said = note_answer.limits(read(build(tmp_path / "whole", **whole)), "da")
    assert not [one for one in said if "1 af" in one or "udeladt" in one or "flere" in one]
    assert [one for one in said if one.startswith("1.200 par af kørsler")]


@pytest.mark.parametrize(
    ("lang", "verdict", "difference"),
    [("en", "worse", "−12.5 % (−15.0 to −10.0)"), ("da", "dårligere", "−12,5 pct. (−15,0 til −10,0)")],
)
def test_the_page_shows_what_the_answer_and_the_tables_say(tmp_path, lang, verdict, difference):
    """The figure is there already: it is not drawn."""
    folder = build(tmp_path / "made-up")
    (folder / "figures").mkdir()
    for name in ("comparison.svg", "comparison_da.svg"):
        (folder / "figures" / name).write_text("<svg/>", encoding="utf-8")
    (tmp_path / "note").mkdir()
    page, *_ = note.write(read(folder), tmp_path / "note", lang)
    text = re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8")).replace(NBSP, " ")
    assert all(one in text for one in SAID[lang])
    assert re.search(rf"{verdict}\s*{re.escape(difference)}A1–A2", text)


@pytest.mark.parametrize(("rows", "folded"), [(15, False), (16, True)])
def test_long_lists_of_who_gains_are_folded(made, rows, folded):
    (row,) = [one for one in made.tables["gains.csv"] if one["kind"] == "firm class"]
    many = replace(made, tables={**made.tables, "gains.csv": (row,) * rows})
    (gains,) = [table for table in note_tables.everything(many, "en") if table.name == "gains"]
    assert [(len(part.rows), part.folded) for part in gains.parts] == [(rows, folded)]


def test_windows_are_told_apart(made):
    first, later = (made.differences(window)["alpha", "members"] for window in (FIRST, LATER))
    assert (first.relative, first.low, first.high) == pytest.approx((0.03, 0.02, 0.04))
    assert (later.relative, later.low, later.high) == pytest.approx((0.01, -0.006, 0.026))
