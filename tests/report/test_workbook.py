"""A workbook has the tables of its directory, cell by cell, with units and notes, and the same bytes every time."""

import csv
import json
import time
import zipfile

import pytest
from openpyxl import load_workbook

from klyngesim.report.labels import catalogue
from klyngesim.report.parameter_words import translated
from klyngesim.results.indicators import IDS, indicator
from tests.cli.commands import klyngesim
from tests.report.sweep_directories import Make, build

SUMMARY = """\
scenario,year,cluster,indicator,unit,mean,low,high,n
one,2025,all,members,members,1000.5,990,1010,8
one,2025,made,return_rate,share (0-1),0.25,0.2,0.3,8
one,2026,all,members,members,,,,0
"""
FINANCE = "scenario,year,cluster,account,mkr\none,2025,made,own_fees,1.25e-05\none,2025,made,=1+1,-3\n"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "one"
    path.mkdir()
    manifest = {
        "format": "klyngesim-run/1",
        "run_id": "0123456789ab",
        "scenario": {"title": {"en": "The one", "da": "Den ene"}},
        "versions": {"klyngesim": "0.1.0"},
        "git": {"commit": "abcdef0123456789", "dirty": False},
        "warnings": ["a thing to know"],
    }
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (path / "summary.csv").write_text(SUMMARY, encoding="utf-8")
    (path / "finance.csv").write_text(FINANCE, encoding="utf-8")
    return tmp_path


def written(folder, *options):
    done = klyngesim("report", "one", "--xlsx", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.strip()


def test_every_table_is_a_sheet_with_its_note_headings_and_numbers(folder):
    book = load_workbook(written(folder))
    assert book.sheetnames == ["about", "finance", "summary", "indicators"]
    note, empty, head, *rows = book["summary"].iter_rows(values_only=True)
    assert note[0] == catalogue("workbook.csv")["summary.csv"]["en"] and not any(empty)
    assert head == ("scenario", "year", "cluster", "indicator", "name", "unit", "mean", "low", "high", "n")
    assert rows[0] == ("one", 2025, "all", "members", "Members", "members", 1000.5, 990, 1010, 8)
    assert rows[2][6:] == (None, None, None, 0)
    assert book["summary"].freeze_panes == "A4"


def test_numbers_are_numbers_and_no_text_is_a_formula(folder):
    rows = list(load_workbook(written(folder))["finance"].iter_rows())
    assert [cell.value for cell in rows[3]] == ["one", 2025, "made", "own_fees", 1.25e-05]
    cell = rows[4][3]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_it_says_what_it_is_and_what_its_sheets_and_indicators_are(folder):
    book = load_workbook(written(folder, "--lang", "da"))
    assert book.sheetnames == ["om", "finance", "summary", "indikatorer"]
    told = dict(book["om"].iter_rows(values_only=True))
    assert told["scenarie"] == "Den ene" and told["id"] == "0123456789ab"
    assert told["version"] == "klyngesim 0.1.0 abcdef0123" and told["bemærkning (engelsk)"] == "a thing to know"
    assert told["summary"] == catalogue("workbook.csv")["summary.csv"]["da"]
    _, *known = book["indikatorer"].iter_rows(values_only=True)
    assert [row[0] for row in known] == [name for name in IDS if name in ("members", "return_rate")]
    about = [indicator(row[0]) for row in known]
    assert [row[1:3] for row in known] == [(one.label_da, translated(one.unit, "da")) for one in about]


def test_the_bytes_are_the_same_every_time(folder):
    first = written(folder, "--out", "first.xlsx").read_bytes()
    time.sleep(2.1)  # a zip file knows two seconds apart
    assert written(folder, "--out", "second.xlsx").read_bytes() == first
    with zipfile.ZipFile(folder / "first.xlsx") as whole:
        assert {entry.date_time[0] for entry in whole.infolist()} == {1980}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "nowhere: there is no such directory"),
        (("one", "--out", "one.xls"), "a workbook's name ends with .xlsx"),
        (("one", "--out", "no/one.xlsx"), "its folder does not exist"),
        (("one", "--out", "there.xlsx"), "exists already and is not overwritten"),
        (("one", "--sweep", "one"), "--sweep: a section of a note"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(folder, words, said):
    (folder / "there.xlsx").write_text("mine")
    done = klyngesim("report", *words, "--xlsx", cwd=folder)
    assert done.returncode == 2 and said in done.stderr and done.stdout == ""
    assert (folder / "there.xlsx").read_text() == "mine"


def test_outcomes_of_a_sweep_have_name_and_unit_too(tmp_path):
    build(tmp_path / "one", Make("lhs"))
    book = load_workbook(written(tmp_path, "--lang", "da"))
    _, _, head, row, *_ = book["indices"].iter_rows(values_only=True)
    assert head[:4] == ("outcome", "navn", "enhed", "scenario") and row[:3] == ("members", "Medlemmer", "medlemmer")
    assert {line[0] for line in book["indikatorer"].iter_rows(values_only=True)} >= {"members", "external_private_mkr"}


def test_a_torn_table_and_an_older_manifest_are_named(folder):
    (folder / "one" / "finance.csv").write_text("a,b\n1\n")
    done = klyngesim("report", "one", "--xlsx", cwd=folder)
    assert done.returncode == 2 and "finance.csv: cannot be read" in done.stderr
    (folder / "one" / "finance.csv").unlink()
    (folder / "one" / "manifest.json").write_text('{"format": "klyngesim-run/1"}')
    done = klyngesim("report", "one", "--xlsx", cwd=folder)
    assert done.returncode == 2 and "'versions' is missing" in done.stderr


def test_without_the_option_a_run_has_no_note(folder):
    done = klyngesim("report", "one", cwd=folder)
    assert done.returncode == 2 and "not of a comparison" in done.stderr


def test_a_real_run_and_a_real_comparison_are_whole(tmp_path):
    size = ("--set", "population.scale=0.005", "--quiet", "--no-figures", "--attribution", 0)
    run = ("--set", "period.end=2023Q4", "--replicates", 2, "--out", "run")
    assert klyngesim("run", "baseline", *size, *run, cwd=tmp_path).returncode == 0
    pairs = ("--pairs", 2, "--end", "2025Q4", "--breakeven", 0, "--parts", 0, "--over", "central", "--out", "compared")
    done = klyngesim("compare", "baseline", "r4-demand-125", *size, *pairs, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for name in ("run", "compared"):
        done = klyngesim("report", name, "--xlsx", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        book = load_workbook(tmp_path / done.stdout.strip(), read_only=True)
        tables = sorted(path.stem for path in (tmp_path / name).glob("*.csv"))
        assert book.sheetnames == ["about", *tables, "indicators"]
        for table in tables:
            with (tmp_path / name / f"{table}.csv").open(encoding="utf-8", newline="") as opened:
                count = sum(1 for _ in csv.reader(opened)) - 1
            noted = 2 * (f"{table}.csv" in catalogue("workbook.csv"))
            filled = [row for row in book[table].iter_rows(values_only=True) if any(cell is not None for cell in row)]
            assert len(filled) == count + bool(count) + noted // 2, table
