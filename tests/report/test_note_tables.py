"""Every table of the note, from a made-up comparison, against text that stands in ``printed/`` and was checked by hand.

The numbers are chosen so that no unit can be taken for another (`made_up_comparison`): 3 % stands where the comparison
has 120 of 4,000, and 1.5 points where it has a share of 0.0148.
"""

import csv
import html
import math
import re
from base64 import b64decode, b64encode
from dataclasses import astuple, replace

import pytest

from klyngesim.errors import InputError
from klyngesim.figures import comparison as figure_comparison
from klyngesim.figures import courses as figure_courses
from klyngesim.note import grid as note_grid
from klyngesim.note import page as note
from klyngesim.note import tables as note_tables
from klyngesim.report.comparison_data import OPTIONAL, read
from klyngesim.results.comparison import SHOWN
from tests.report.made_up_comparison import FIRST, LATER, TABLES, build
from tests.report.printing import NBSP, lines_of, tables_as_files, tables_as_read


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return read(build(tmp_path_factory.mktemp("made-up")))


def frame_of(found, lang, target):
    """What the page says around its tables: links with where they lead, and other languages, in brackets."""
    (found.directory / "figures").mkdir()
    for name in (
        "comparison",
        "comparison_da",
        "courses",
        "courses_da",
    ):  # they are there already, so they are not drawn
        (found.directory / "figures" / f"{name}.svg").write_text(f"[{name}]", encoding="utf-8")
    assert note.write(found, target, lang)[0] == target / "note.html"
    page = (target / "note.html").read_text(encoding="utf-8")
    main, foot = page[page.index("<body>") :].split("<footer>")
    text = re.sub(r"<table.*?</table>", "", main + foot, flags=re.DOTALL)
    for shown, pattern in AS_TEXT.items():
        text = re.sub(pattern, shown, text)
    text = re.sub(r'<img .*src="data:image/svg\+xml;base64,(.*)">', lambda image: b64decode(image[1]).decode(), text)
    lines = (html.unescape(line).strip() for line in re.sub(r"<[^>]*>", "", text).replace(NBSP, " ").splitlines())
    return [line for line in lines if line]


AS_TEXT = {
    "": r'<p class="note">.*</p>|<h2.*</h2>|<p class="muted">.*</p>',
    r"\n## \1": r'<section id="([\w-]+)".*>',
    r"[\1] ": r'<(?:dd|span) lang="(\w+)">',
    " | ": r"\n<t[dh][^>]*>|</dt><dd[^>]*>|<br>|</th><t[dh][^>]*>",
}
"""How what is written in tags is shown in text."""


@pytest.mark.parametrize("lang", ["en", "da"])
def test_around_the_tables_people_read_what_was_worked_out(tmp_path, lang):
    (tmp_path / "note").mkdir()
    assert frame_of(read(build(tmp_path / "made-up")), lang, tmp_path / "note") == lines_of(f"page_{lang}.txt")


@pytest.mark.parametrize("lang", ["en", "da"])
def test_people_read_what_was_worked_out(made, lang):
    assert tables_as_read(note_tables.everything(made, lang)) == lines_of(f"note_{lang}.txt")


def test_machines_read_the_same_numbers(made, tmp_path):
    assert tables_as_files(note_tables.everything(made, "en"), tmp_path / "tables") == lines_of("note_tables.csv")


def page_of(found, monkeypatch, folder, lang="en"):
    """The page without a look at its figure."""
    monkeypatch.setattr(note.Figures, "uri", lambda *_: "data:,")
    folder.mkdir()
    return note.write(found, folder, lang)[0].read_text(encoding="utf-8").replace(NBSP, " ")


def test_the_main_table_has_the_main_indicators_and_every_other_sure_change_stands_below(made):
    rows = note_grid.main(made, FIRST, "en").rows
    assert [row.label for row in rows][:3] == ["Participants in the year", "Members", "New participants"]
    assert len(rows) == len(SHOWN)
    assert [row.label for row in note_grid.others(made, "en").rows] == [
        "Grant withheld",
        "Staff leaving",
        "Return rate",
    ]
    (members,) = (row.cells for row in rows if row.label == "Members")
    assert (members[0].verdict.value, members[0].change) == ("better", "+120")
    assert members[0].text.replace(NBSP, " ") == "+3.0 % (+2.0 to +4.0)"
    assert members[0].wide.replace(NBSP, " ") == "tenable −2.3 to +5.3 %"
    assert members[1].verdict is None


def test_who_gains_and_loses_stands_by_variant(made):
    (grid,) = note_grid.gains(made, "en")
    assert grid.caption == "Participants in the year, mean difference per year, 2025–2034"
    (made_row,) = grid.rows  # of the other organisation nothing is sure
    assert made_row.label == "MADE - Manufacturing Academy of Denmark"
    one = made_row.cells[0]
    assert (one.verdict.value, one.change, one.text.replace(NBSP, " ")) == (
        "worse",
        "−96.0",
        "−15.0 %",
    )
    assert [cell.verdict for cell in made_row.cells[1:]] == [None, None]


@pytest.mark.parametrize(
    ("change", "shown"), [(0.0, ""), (0.004, ""), (-0.3, "−0.30"), (1829.0, "+1,829"), (math.nan, "")]
)
def test_a_change_too_small_for_two_decimals_is_not_shown(change, shown):
    assert note_grid.in_unit(change, "en") == shown


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"git": None}, "made outside a checkout"),
        ({"git": {"commit": None, "dirty": False}}, "–"),
        ({"git": {"commit": "0a1b", "dirty": False}}, "0a1b"),
        ({"pairs": {"made": 1200}}, "1,200"),
        ({"lots": [{"seed": 7}, {"seed": 7}]}, "7"),
        ({"lots": [{"seed": 7}, {"seed": 8}]}, "7–8"),
    ],
)
def test_where_a_comparison_comes_from(made, tmp_path, monkeypatch, entries, said):
    page = page_of(replace(made, manifest={**made.manifest, **entries}), monkeypatch, tmp_path / "note")
    assert f'<dd class="code">{said}</dd>' in page


@pytest.mark.parametrize(("lang", "strange"), [("en", ""), ("da", ' lang="en"')])
def test_a_sentence_that_is_not_translated_is_marked(made, tmp_path, monkeypatch, lang, strange):
    page = page_of(made, monkeypatch, tmp_path / "note", lang)
    known = {"en": "dearer and more", "da": "dyrere og mere"}[lang]
    assert f'<td class="text"{strange}>Do members mind the fee?</td>' in page
    assert f'<td class="text">{known}</td>' in page


def test_claims_are_held_against_the_first_window(made):
    assert note_tables.how(made, "en").endswith("Differences are those of 2025–2034.")


def test_a_comparison_without_switches_and_outputs_has_no_such_table(tmp_path, monkeypatch):
    folder = build(tmp_path / "made-up", outputs=[])
    for name in OPTIONAL:
        (folder / name).unlink()
    page = page_of(read(folder), monkeypatch, tmp_path / "note")
    assert "alternative assumption" not in page and "Changed since" not in page
    names = {path.name for path in (tmp_path / "note" / "tables").iterdir()}
    assert names == {f"{name}.csv" for name in TABLES_OF_A_NOTE - {"decomposition", "robustness"}}
    assert (tmp_path / "note" / "tables.xlsx").is_file()


TABLES_OF_A_NOTE = {"claims", "comparison", "breakeven", "contested", "robustness", "gains", "value", "onset"}
TABLES_OF_A_NOTE |= {"pareto", "ranking", "inputs", "decomposition", "funders"}


@pytest.mark.parametrize("missing", sorted(TABLES.keys() - set(OPTIONAL)))
def test_every_table_but_those_of_switches_and_parts_is_needed(tmp_path, missing):
    folder = build(tmp_path / "made-up")
    (folder / missing).unlink()
    with pytest.raises(InputError, match=missing):
        read(folder)


def test_a_figure_that_is_not_there_is_drawn_beside_the_comparison(tmp_path, monkeypatch):
    def draw(folder, lang):
        assert {path.name for path in folder.iterdir()} == {"manifest.json", *tables.pop(0)}
        names = ("drawn.png", f"drawn_{lang}.svg")
        for name in names:
            (folder / name).write_text(name, encoding="utf-8")
        return [folder / name for name in names]

    tables = [["paths.csv"], ["comparison.csv", "precision.csv"]]  # the course stands first
    monkeypatch.setattr(figure_comparison, "draw_comparison", draw)
    monkeypatch.setattr(figure_courses, "draw_courses", draw)
    folder = build(tmp_path / "made-up")
    (tmp_path / "note").mkdir()
    page = note.write(read(folder), tmp_path / "note", "da")[0].read_text(encoding="utf-8")
    assert page.count(f"base64,{b64encode(b'drawn_da.svg').decode()}") == 2
    assert not (folder / "figures").exists()


@pytest.mark.parametrize(("rows", "folded"), [(15, False), (16, True)])
def test_long_lists_of_who_gains_are_folded(made, rows, folded):
    row = next(one for one in made.tables["gains.csv"] if one["kind"] == "firm class")
    many = replace(made, tables={**made.tables, "gains.csv": (row,) * rows})
    (gains,) = [table for table in note_tables.everything(many, "en") if table.name == "gains"]
    assert [(len(part.rows), part.folded) for part in gains.parts] == [(rows, folded)]


@pytest.mark.parametrize(
    ("ends", "pairs", "told"),
    [
        ("0.5,1.5", 5, True),
        ("0.5,1.5", 9, True),
        ("0.5,1.5", 4, False),
        ("0,1.5", 9, False),
        ("-0.5,1.5", 9, False),
        ("-1.5,0", 9, False),
        ("-1.5,-0.5", 9, True),
    ],
)
def test_a_switch_is_told_where_the_difference_under_it_is_sure(made, ends, pairs, told):
    head = TABLES["robustness.csv"].partition("\n")[0]
    line = f"alpha,members,M085,mechanism,1,{ends},0.1,better,yes,{pairs}"
    found = replace(made, tables={**made.tables, "robustness.csv": tuple(csv.DictReader([head, line]))})
    assert len(list(note_tables.robustness(found, "en").rows)) == told


def test_windows_are_told_apart(made):
    first, later = (made.differences(window)["alpha", "members"] for window in (FIRST, LATER))
    assert (first.relative, first.low, first.high) == pytest.approx((0.03, 0.02, 0.04))
    assert (later.relative, later.low, later.high) == pytest.approx((0.01, -0.006, 0.026))


def test_the_course_has_the_columns_of_the_table(made):
    found = made.course("alpha", "participants_unique_year")
    assert [astuple(year) for year in found] == [
        (2025, 7200, -900, -1080, -720, -1800, 250),
        (2026, 6800, -1100, -1320, -880, -2000, 350),
    ]
    assert [(year.year, year.mean) for year in made.course("alpha", "participants_unique_year", "made")] == [
        (2026, 560)
    ]
