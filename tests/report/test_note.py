"""The note of a comparison: what stands on the page, in which order, and in its tables."""

import csv
import dataclasses
import html
import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from klyngesim.comparisons.robustness import Robust
from klyngesim.errors import InputError
from klyngesim.figures import comparison as figure_comparison
from klyngesim.note import answer as note_answer
from klyngesim.note import cells as note_cells
from klyngesim.note import limits as note_limits
from klyngesim.note import page as note
from klyngesim.note import tables as note_tables
from klyngesim.report import labels
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import read
from klyngesim.scenario.characters import unfit
from klyngesim.scenario.parameters import registry
from tests.cli.commands import klyngesim

FAST = ("--set", "population.scale=0.02", "--end", "2026Q4", "--pairs", "5", "--at-least", "5", "--quiet")
ATTACK = "<script>alert('x')</script>"
FORMULA = f"""name: attack
extends: baseline
title: {{en: "={ATTACK}", da: "={ATTACK} & mere"}}
question: "Does <b>this</b> show?"
timeline: [{{from: 2025Q1, announced: 2024Q4, set: {{segmentation.level: 1, grant.horizon_years: 10}}}}]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The directory of a tiny comparison, with the English figure only."""
    folder = tmp_path_factory.mktemp("compare")
    (folder / "attack.yaml").write_text(FORMULA, encoding="utf-8")
    command = ("compare", "baseline", "attack.yaml", "grant-minus-25", *FAST, "--breakeven", "1", "--attribution", "0")
    done = klyngesim(*command, "--store", "store", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="module", params=["en", "da"])
def written(request, made, tmp_path_factory):
    """Language, directory and page of a note."""
    target = tmp_path_factory.mktemp("note")
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file()}
    paths = note.write(read(made), target, request.param)
    assert all(path.is_file() for path in paths)
    assert {path: path.read_bytes() for path in made.rglob("*") if path.is_file()} == before
    return request.param, target, paths[0].read_text(encoding="utf-8")


class Tags(HTMLParser):
    """Every tag with its attributes, and whether they close in order."""

    VOID = ("meta", "img", "br")

    def __init__(self):
        super().__init__()
        self.found, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags(page):
    parser = Tags()
    parser.feed(page)
    assert not parser.open
    return parser.found


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_page_needs_nothing_beside_it(written):
    lang, _, page = written
    found = tags(page)
    assert ("html", {"lang": lang}) in found
    assert not {"script", "link", "iframe", "object", "embed"} & {tag for tag, _ in found}
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in found:
        for name in ("src", "href", "srcset", "data", "action"):
            target = attributes.get(name, "#")
            assert target.startswith("data:") or target.removeprefix("#") in ids or target == "#", target
    assert "@import" not in page and "url(" not in page
    images = [attributes for tag, attributes in found if tag == "img"]
    assert len(images) == 2
    assert all(one["src"].startswith("data:image/svg+xml;base64,") and one["alt"] for one in images)


def test_what_was_set_in_all_runs_is_among_the_limits(written, made):
    lang, _, page = written
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"][0] == "population.scale=0.02" and manifest["warnings"] == []
    limits = page[page.index('id="more-limits"') : page.index("<footer")]
    size = {"en": "share of the firms that is simulated: 0.02", "da": "andel af virksomhederne, der simuleres: 0,02"}
    assert size[lang] in limits and "population.scale" not in limits


def test_limits_come_before_results(written):
    _, _, page = written
    wanted = ["limits", "answer", "table", "figure", "gains", "more-limits", "annex"]
    assert re.findall(r'<section id="([^"]+)"', page) == wanted
    folded = ["assumed_list", "differences", "claims", "decomposition", "breakeven", "gains_all", "funders", "value"]
    assert re.findall(r'<details class="folded" id="([^"]+)"', page) == [
        *folded,
        "onset",
        "pareto",
        "ranking",
        "inputs",
    ]
    before = page[: page.index('<section id="answer"')]
    assert before.count("<li>") == 3 and "2021–2023" in before and not set(note_cells.SHAPES.values()) & set(before)


def test_every_table_has_a_caption_and_headings_of_rows_and_columns(written):
    _, _, page = written
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert len(tables) > 5
    for table in tables:
        assert table.count("<caption>") == 1
        assert 'scope="col"' in table and 'scope="row"' in table
    assert page.count('<div class="scroll"') == len(tables) + 2


def test_titles_and_questions_are_escaped(written):
    _, _, page = written
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "<b>this</b>" not in page


def test_what_a_variant_leans_on_stands_in_the_annex_and_no_id_before_it(written, made):
    lang, _, page = written
    before, annex = page.split('<section id="annex"')
    assert "<code>" not in before and "klyngesim report" not in before and "klyngesim compare" not in before
    text = re.sub(r"<style>.*?</style>|<[^>]*>", "", before, flags=re.DOTALL)
    assert not [name for name in registry() if name in text and name != "population.scale"]
    listed = re.findall(r"<code>(.*?)</code>", annex[: annex.index('id="differences"')])
    wanted = [row["parameter"] for name in read(made).variants for row in read(made).contested(name)]
    assert listed == wanted and len(wanted) > 10
    for answer in note_answer.answers(read(made), lang):
        head = {"en": "What would change", "da": "Hvad ville ændre sig"}[lang]
        assert answer.paragraphs[0].head == head
        for one in answer.paragraphs:
            assert all(html.escape(sentence, quote=False).replace("'", "&#39;") in page for sentence in one.sentences)


def test_numbers_are_written_as_the_language_does(written):
    lang, _, page = written
    text = re.sub(r"<style>.*?</style>|<footer.*|<[^>]*>", " ", page, flags=re.DOTALL)
    shown = re.findall(r"[+−]?\d+[.,]\d+", text)
    assert len(shown) > 30
    wrong = [one for one in shown if re.fullmatch(r"[+−]?\d+\.\d{1,2}" if lang == "da" else r"[+−]?\d+,\d{1,2}", one)]
    assert wrong in ([], ["0.1"])  # the version number of the header
    assert ("pct." in text) == (lang == "da")


def test_the_page_speaks_one_language(written, made):
    lang, _, page = written
    other = "da" if lang == "en" else "en"
    text = re.sub(r"<[^>]*>", "\n", page)
    lines = {line.strip() for line in text.splitlines()}
    own = {word[lang] for word in labels.catalogue("note.csv").values()}
    strange = {word[other] for word in labels.catalogue("note.csv").values()} - own
    assert not {line for line in lines if line in strange and len(line) > 4}
    assert not re.search(r"\{\w*\}", text)


def test_every_verdict_is_a_word_and_a_shape(written, made):
    lang, _, page = written
    found = read(made)
    verdicts = {one.verdict for (_, name), one in found.differences("2025-2026").items() if name in found.order()}
    for said, shape in note_cells.SHAPES.items():
        shown = f'<span aria-hidden="true">{shape}</span> {note_words.verdict(said, lang)}'
        assert (shown in page) == (said in verdicts)


def test_csv_and_workbook_hold_the_same_numbers(written, made):
    _, target, _ = written
    files = sorted((target / "tables").glob("*.csv"))
    book = load_workbook(target / "tables.xlsx")
    assert len(book.sheetnames) == len(files) == 12
    names = [table.name for table in note_tables.everything(read(made), "en") if table.name != "robustness"]
    for name, sheet in zip(names, book, strict=True):
        plain = rows(target / "tables" / f"{name}.csv")
        assert sheet.max_row == len(plain) and sheet.max_column == len(plain[0])
        for line, row in zip(plain[1:], sheet.iter_rows(min_row=2), strict=True):
            for text, cell in zip(line, row, strict=True):
                assert cell.data_type != "f"
                if isinstance(cell.value, int | float):
                    assert float(text) == cell.value
                else:
                    assert (text == "") == (cell.value is None), (name, text, cell.value)
                    assert text == "" or not re.fullmatch(r"-?[\d.]+", text)


def test_the_tables_say_what_the_comparison_says(written, made):
    _, target, _ = written
    head, *shown = rows(target / "tables" / "comparison.csv")
    level = {
        (row["scenario"], row["indicator"]): float(row["baseline_mean"]) for row in read(made).tables["precision.csv"]
    }
    source = {(row["scenario"], row["indicator"]): row for row in read(made).tables["comparison.csv"]}
    assert len(shown) == 2 * len(read(made).order()) >= 2 * 12
    for line in shown:
        one = dict(zip(head, line, strict=True))
        key = one["scenario"], one["indicator"]
        assert float(one["low_pct"]) == pytest.approx(100 * float(source[key]["low"]) / level[key], rel=1e-4)
        assert (one["verdict"], one["rests_on"]) == (source[key]["verdict"], source[key]["rests_on"])
    assert {line[head.index("verdict")] for line in shown} - {"", "nothing changes"}
    head, *shown = rows(target / "tables" / "gains.csv")
    assert {line[head.index("verdict")] for line in shown} <= {"better", "worse"}
    assert len(rows(target / "tables" / "breakeven.csv")) - 1 == len(read(made).tables["breakeven.csv"])


def claims_section(page):
    start = page.index('id="claims"')
    return page[start : page.index('<details class="folded" id', start)]


def test_claims_of_the_report_stand_with_their_lines_and_what_the_model_gives(written, made):
    lang, target, page = written
    (row,) = read(made).tables["claims.csv"]
    assert (row["scenario"], row["lever"], row["indicator"]) == ("grant-minus-25", "L21", "participants_unique_year")
    section = claims_section(page)
    cells = [re.sub(r"<[^>]*>", "", one) for one in re.findall(r"<t[hd] ?(?:scope=\"row\"|class).*?</t[hd]>", section)]
    shown = [html.unescape(one).replace("\u00a0", " ") for one in cells[-8:]]
    found = read(made).differences(read(made).windows[0])["grant-minus-25", "participants_unique_year"]
    assert shown[0] == "L21" and shown[1] == {"en": "foreword / chapter 6", "da": "forord / kapitel 6"}[lang]
    assert shown[2] == note_words.phrase(row["claim"], lang).text
    assert shown[3:5] == [note_words.label(row["indicator"], lang), {"en": "down", "da": "ned"}[lang]]
    assert shown[5] == note_cells.difference(found, lang).replace("\u00a0", " ")
    assert shown[6] == note_words.word(f"reading_{row['reading'].replace(' ', '_')}", lang)
    assert shown[7] == note_words.phrase(row["why"], lang).text
    head, plain = rows(target / "tables" / "claims.csv")
    one = dict(zip(head, plain, strict=True))
    assert float(one["low_pct"]) == pytest.approx(100 * float(row["low"]), rel=1e-4)
    assert (one["lines"], one["reading"], one["why"]) == (row["lines"], row["reading"], row["why"])


def test_a_variant_on_whose_levers_nothing_is_claimed_gets_one_line(written):
    lang, _, page = written
    said = note_words.word("claims_none", lang, title="").removeprefix(": ")
    section = claims_section(page)
    assert section.count(said) == 1
    (line,) = [one for one in re.findall(r"<p>(.*)</p>", section) if said in one]
    assert "&lt;script&gt;" in line


def test_claims_that_the_model_does_not_go_with_come_first(made, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    head = "scenario,lever,lines,claim,indicator,expected,relative,low,high,reading,why\n"
    line = "{},L11,1-2,claim {} of {},members,up,0.1,{},0.2,{},why\n"
    readings = ("in line", "not shown", "against")
    lines = [line.format(v, said, v, "", said) for v in ("attack", "grant-minus-25") for said in readings]
    (copy / "claims.csv").write_text(head + "".join(lines), encoding="utf-8")
    (tmp_path / "note").mkdir()
    section = claims_section(note.write(read(copy), tmp_path / "note", "en")[0].read_text(encoding="utf-8"))
    assert re.findall(r"claim (.*?) of (attack|grant-minus-25)<", section) == [
        (said, variant)
        for group in (("against", "not shown"), ("in line",))
        for variant in ("attack", "grant-minus-25")
        for said in group
    ]
    assert section.index("is not refuted") < section.index("<table")
    assert section.count("+10.0") == 6 and "nan" not in section
    assert note_words.word("claims_none", "en", title="").removeprefix(": ") not in section


@settings(max_examples=8, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=40))
def test_any_title_stands_in_the_page_as_it_is(made, title):
    if unfit(title) is not None:
        return
    found = read(made)
    titles = found.manifest["titles"] | {"attack": {"en": title, "da": title}}
    found = dataclasses.replace(found, manifest={**found.manifest, "titles": titles})
    page = html.unescape(note.render(found, note_tables.everything(found, "en"), "en"))
    assert page.count(title) >= 3


def test_a_figure_that_fails_costs_no_page(made, tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("no ink")

    monkeypatch.setattr(figure_comparison, "draw_comparison", broken)
    told = []
    (tmp_path / "note").mkdir()
    paths = note.write(read(made), tmp_path / "note", "da", undrawn=told.append)
    page = paths[0].read_text(encoding="utf-8")
    assert told == ["ValueError: no ink"]
    assert page.count("Figuren kunne ikke tegnes") == 1 and page.count("<img") == 1
    assert {path.name for path in paths} >= {"comparison.csv", "tables.xlsx"}


def test_missing_pairs_are_told(made):
    found = read(made)
    missing = found.missing_pairs()
    assert found.manifest["enough"] is (not missing)
    text = note_limits.enough(found, "en")
    assert ("not pairs enough" in text) == bool(missing)


def test_a_changed_table_is_told(made, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    assert read(copy).changed() == ()
    with (copy / "onset.csv").open("a", encoding="utf-8") as file:
        file.write("grant-minus-25,members,2025-2026,-1,2026,2026,2\n")
    assert read(copy).changed() == ("onset.csv",)
    target = tmp_path / "note"
    target.mkdir()
    page = note.write(read(copy), target, "en")[0].read_text(encoding="utf-8")
    assert 'class="warning"' in page and "onset.csv" in page


def test_what_turns_under_a_switch_is_told(made, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    head = ",".join(field.name for field in dataclasses.fields(Robust))
    rule = "attack,members,a.rule=word,rival,5,{low},9,0.1,better,{turns},{n}\n"
    cases = [(1, "yes", 5), (-1, "yes", 5), (1, "no", 5), (1, "yes", 4)]  # four pairs are sure of nothing
    lines = [rule.format(low=low, turns=turns, n=n) for low, turns, n in cases]
    (copy / "robustness.csv").write_text(f"{head}\n{''.join(lines)}", encoding="utf-8")
    (tmp_path / "note").mkdir()
    page = note.write(read(copy), tmp_path / "note", "da")[0].read_text(encoding="utf-8")
    assert page.count("a.rule=word") == 1 and "alternativ antagelse" in page
    assert len(rows(tmp_path / "note" / "tables" / "robustness.csv")) == 2


def test_a_missing_table_and_another_format_are_refused(made, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(made, copy)
    (copy / "value.csv").unlink()
    with pytest.raises(InputError, match=r"value\.csv is missing"):
        read(copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": "klyngesim-comparison/9"}), encoding="utf-8")
    with pytest.raises(InputError, match="klyngesim-comparison/9"):
        read(copy)
