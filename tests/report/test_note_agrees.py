"""Paths, tables, answer, figures and terminal tell one number: what stands in comparison.csv, to the printed digit."""

import csv
import html
import math
import re
from decimal import ROUND_HALF_UP, Decimal

import pytest

from klyngesim.comparisons import files as comparison_files
from klyngesim.comparisons.files import Made
from klyngesim.figures.comparison import draw_comparison
from klyngesim.figures.courses import draw_courses
from klyngesim.note import page as note
from klyngesim.report.comparison_data import read
from klyngesim.results.comparison import SURE
from klyngesim.results.indicators import indicator
from tests.cli.commands import klyngesim
from tests.comparisons.made_up import DECADE, TWO_DECADES, made_up
from tests.report.test_note_numbers import BASE, VALUES

SMALL = ("--set", "population.scale=0.02", "--pairs", 5, "--at-least", 5, "--breakeven", 0, "--parts", 0)
ENDS = ("--end", "2034Q4")  # the made-up runs have a second window
QUIET = ("--attribution", 0, "--no-figures", "-q", "--out", "out")
UNIT = {"more": 1.0, "fewer": -1.0, "less": -1.0}


@pytest.fixture(scope="module", params=["made up", "small"])
def compared(request, tmp_path_factory):
    """A directory of a comparison with its figures, the text of its notes by language, and what the terminal said."""
    folder = tmp_path_factory.mktemp("agrees")
    said = ""
    if request.param == "made up":
        runs = made_up(BASE, {"variant": VALUES}, (DECADE, TWO_DECADES))
        (folder / "out").mkdir()
        comparison_files.write(folder / "out", Made(runs, []), "central", 5)
    else:
        command = ("compare", "baseline", "r4-private-money", "scheme-abolished", *SMALL, *ENDS, *QUIET)
        done = klyngesim(*command, cwd=folder)
        assert done.returncode == 0, done.stderr
        said = done.stdout
    directory, pages = folder / "out", {}
    draw_comparison(directory, "en")
    draw_courses(directory, "en")
    for lang in ("en", "da"):
        (folder / lang).mkdir()
        pages[lang] = note.write(read(directory), folder / lang, lang)[0].read_text(encoding="utf-8")
    return directory, pages, said


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def plain(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)).replace("\u00a0", " "))


def per_cent(share, lang, sign=True):
    """A share as people read it, to one decimal, worked out here."""
    exact = Decimal(repr(100.0 * share)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    text = f"{abs(exact)}".replace(".", "," if lang == "da" else ".")
    return ("\u2212" if exact < 0 else "+" if exact > 0 and sign else "") + text


def levels(directory):
    found = rows(directory / "precision.csv")
    return {(row["scenario"], row["indicator"], row["window"]): float(row["baseline_mean"] or "nan") for row in found}


def judged(directory):
    """Rows of comparison.csv with the level of the baseline, where that is there and not zero."""
    level = levels(directory)
    for row in rows(directory / "comparison.csv"):
        base = level[row["scenario"], row["indicator"], row["window"]]
        if row["mean_difference"] and base and not math.isnan(base):
            yield row, base


def test_sums_over_the_years_are_those_of_the_windows(compared):
    directory, _, _ = compared
    years: dict[tuple[str, str, str], dict[int, dict[str, str]]] = {}
    for row in rows(directory / "paths.csv"):
        years.setdefault((row["scenario"], row["indicator"], row["cluster"]), {})[int(row["year"])] = row
    told = 0
    wanted = [(row, row["indicator"], "all") for row in rows(directory / "comparison.csv")]
    wanted += [(row, row["what"], row["who"]) for row in rows(directory / "gains.csv") if row["kind"] == "organisation"]
    for row, name, who in wanted:
        first, _, last = row["window"].partition("-")
        course = [years[row["scenario"], name, who][year] for year in range(int(first), int(last or first) + 1)]
        if all(one["difference"] and one["n"] == course[0]["n"] for one in course) and row["mean_difference"]:
            parts = [float(one["difference"]) for one in course]
            # Every part, and the mean, has six digits that count.
            slack = 5e-6 * (sum(map(abs, parts)) + len(parts) * abs(float(row["mean_difference"]))) + 1e-9
            assert abs(sum(parts) - len(parts) * float(row["mean_difference"])) <= slack, (row, name)
            told += 1
    assert told > 60
    paid = {(row["scenario"], row["funder"], row["years"]): row for row in rows(directory / "funders.csv")}
    for (scenario, funder, span), row in paid.items():
        if "-" in span:
            first, last = map(int, span.split("-"))
            each = [float(paid[scenario, funder, str(year)]["difference_mkr"]) for year in range(first, last + 1)]
            whole = len(each) * float(row["difference_mkr"])
            assert abs(sum(each) - whole) <= 5e-6 * (sum(map(abs, each)) + abs(whole)) + 1e-9


def test_nothing_that_is_counted_loses_more_than_all_of_it_in_any_table(compared):
    directory, _, _ = compared
    for row, base in judged(directory):
        if row["indicator"] not in ("cash_mkr", "equity_mkr"):
            for end in ("low", "tenable_low"):
                assert not row[end] or float(row[end]) >= -base * (1.0 + 1e-5), (row["indicator"], row[end], base)


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_table_of_the_note_prints_what_comparison_csv_has(compared, lang):
    directory, pages, _ = compared
    text, told = plain(pages[lang]), 0
    unit, to = ("%", "to") if lang == "en" else ("pct.", "til")
    first = rows(directory / "comparison.csv")[0]["window"]
    for row, base in judged(directory):
        if row["verdict"] in SURE and row["window"] == first:
            share, low, high = (float(row[key]) / abs(base) for key in ("mean_difference", "low", "high"))
            ends = f"({per_cent(low, lang)} {to} {per_cent(high, lang)})"
            assert f"{per_cent(share, lang)} {unit} {ends}" in text, row["indicator"]
            told += 1
    assert told > 5


@pytest.mark.parametrize("lang", ["en", "da"])
def test_the_half_page_tells_the_numbers_of_the_table(compared, lang):
    directory, pages, _ = compared
    sentence = {"en": r"In an average year of .*?\.(?= [A-Z])", "da": r"I et gennemsnitsår i .*?\.(?= [A-ZÆØÅ])"}[lang]
    text, told = " ".join(re.findall(sentence, plain(pages[lang]))), 0
    words, unit, of = {
        "en": (("participants", "members", "external projects"), "%", "of"),
        "da": (("deltagere", "medlemmer", "eksterne projekter"), "pct.", "af"),
    }[lang]
    names = dict(zip(("participants_unique_year", "members", "projects_external_started"), words, strict=True))
    first = rows(directory / "comparison.csv")[0]["window"]
    for row, base in judged(directory):
        if row["indicator"] in names and row["window"] == first and row["verdict"] in SURE:
            change, noun = float(row["mean_difference"]), names[row["indicator"]]
            if change == -base:
                assert re.search(rf"(no|slet ingen) {noun}\b", text)
            else:
                size, level = (counted(abs(one), lang) for one in (change, base))
                more = {"en": ("more", "fewer"), "da": ("flere", "færre")}[lang][change < 0.0]
                assert f"{size} {more} {noun} ({per_cent(change / base, lang)} {unit} {of} {level})" in text
            told += 1
    assert told >= 2


def counted(size, lang):
    """A count as people read it: whole from ten on, else to a tenth."""
    exact = Decimal(repr(size)).quantize(Decimal("1") if size >= 10.0 else Decimal("0.1"), ROUND_HALF_UP)
    text = f"{exact:,}".removesuffix(".0")
    return text.translate(str.maketrans(",.", ".,")) if lang == "da" else text


def test_figures_are_drawn_from_the_same_numbers(compared):
    directory, _, _ = compared
    known = {(row["scenario"], row["indicator"], row["window"]): (row, base) for row, base in judged(directory)}
    drawn = rows(directory / "figures" / "comparison.csv")
    assert len(drawn) > 10
    for one in drawn:
        if one["relative"] not in ("", "nan"):
            row, base = known[one["scenario"], one["indicator"], one["window"]]
            for mine, theirs in (("relative", "mean_difference"), ("low", "low"), ("high", "high")):
                assert float(one[mine]) == pytest.approx(float(row[theirs]) / abs(base), rel=2e-6, abs=1e-9)
            if one["tenable_low"]:
                assert float(one["tenable_low"]) == pytest.approx(float(row["tenable_low"]) / abs(base), rel=2e-6)
            assert one["verdict"] == row["verdict"]
    paths = {
        (row["scenario"], row["indicator"], row["year"]): row
        for row in rows(directory / "paths.csv")
        if row["cluster"] == "all"
    }
    courses = rows(directory / "figures" / "courses.csv")
    assert len(courses) > 100
    for one in courses:
        row = paths[one["scenario"], one["indicator"], one["year"]]
        pairs = (("mean", "mean"), ("difference", "difference"), ("low", "difference_low"), ("high", "difference_high"))
        for mine, theirs in (*pairs, ("tenable_low", "tenable_low"), ("tenable_high", "tenable_high")):
            assert one[mine] == row[theirs] or float(one[mine]) == float(row[theirs]), (one, theirs)


def test_the_terminal_prints_what_the_note_does(compared):
    directory, _, said = compared
    if not said:
        pytest.skip("made-up runs print nothing")
    flat = re.sub(r"\s+", " ", said)
    told = 0
    for row, base in judged(directory):
        label = indicator(row["indicator"]).label_en
        if row["verdict"] in SURE and label == "Members":
            share, low, high = (float(row[key]) / abs(base) for key in ("mean_difference", "low", "high"))
            cell = f"{per_cent(share, 'en')} % ({per_cent(low, 'en')} to {per_cent(high, 'en')})".replace("\u2212", "-")
            assert cell in flat
            told += 1
    assert told >= 2
