"""The note and the figure of made-up runs: what is printed, word by word and number by number.

Everything expected stands here as text or is worked out from the numbers of the runs; nothing is asked of the report.
"""

import csv
import html
import re

import pytest

from klyngesim.comparisons import files as comparison_files
from klyngesim.figures.comparison import draw_comparison
from klyngesim.note import page as note
from klyngesim.report.comparison_data import read
from klyngesim.results.indicators import index
from tests.comparisons.made_up import DECADE, FIVE, TWO_DECADES, made_up, variant

STEADY = [100.0] * 5


def at(level, luck=1.0):
    """Five pairs around a level; the 90 % interval reaches 1.5074 times the luck to either side."""
    return [level + luck * one for one in FIVE]


VALUES = {
    "members": at(110.0),
    "applications_won": at(180.0, 2.0),
    "projects_external_started": at(180.0, 2.0),
    "staff_left_fte": at(140.0),
    "innovations": at(90.0),
    "participants_unique_year": at(100.5, 0.5),
    "new_participants": at(101.0),
    "grant_spent_mkr": at(120.0),
    "social_capital": [130.0] * 5,
    "withheld_mkr": at(3.25, 0.1),
    "small_firm_share": at(0.44, 0.001),
}
BASE = {name: STEADY for name in VALUES} | {"withheld_mkr": [0.0] * 5, "small_firm_share": [0.5] * 5}
LATER = {"variant": {"members": at(101.0, 4.0), "return_rate": at(95.0, 0.1)}}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A comparison of a variant that does something and one that does nothing, in two windows."""
    folder = tmp_path_factory.mktemp("made-up")
    idle = variant("idle", timeline=[{"from": "2025Q1", "set": {"cofinancing.required": 0.9}}])
    does = variant(timeline=[{"from": "2025Q1", "set": {"segmentation.level": 1.0}}])
    windows, values = (DECADE, TWO_DECADES), {"variant": VALUES, "idle": {}}
    runs = made_up(BASE, values, windows, LATER, scenarios=(does, idle))
    for run, luck in zip(runs.measured[1], FIVE, strict=True):
        run.indicators[:, runs.organisations.index("made"), index("members")] = 120.0 + luck
    comparison_files.write(folder, comparison_files.Made(runs, []), "central", 5)
    return folder


@pytest.fixture(scope="module")
def pages(directory, tmp_path_factory):
    """The text of the page by language, with plain spaces, and the directory of the English one."""
    found = {}
    for lang in ("en", "da"):
        target = tmp_path_factory.mktemp(lang)
        found[lang] = plain(note.write(read(directory), target, lang)[0].read_text(encoding="utf-8"))
        found[f"{lang} directory"] = target
    return found


def plain(page):
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text).replace("\u00a0", " "))


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def section(text, first, last):
    return text[text.index(first) : text.index(last, text.index(first))]


def test_the_half_page_tells_sure_changes_in_things_and_counts_the_rest(pages):
    answer = section(pages["en"], "In short", "How sure")
    assert (
        "In an average year of 2025–2034 there would be, compared with today’s rules: 10 more members (+10.0 % of "
        "100) and 80 more external projects (+80.0 % of 100)." in answer
    )
    same = "No appreciable change (less than 2 %): participants, projects paid by the grant and private money."
    assert same in answer
    named = "Besides, above all: grant withheld +3.3 (baseline 0), staff leaving +40.0 % and grant spent +20.0 %"
    assert f"{named}; 2 more in the table." in answer
    assert "Over 2025–2044 it would be otherwise: members cannot be decided." in answer
    assert "Spending on the grant would rise by DKK 20.0 million a year (+20.0 %)." in answer
    assert "That is DKK 250,000 of grant for every additional external project." in answer
    assert "The assumptions were not varied in this comparison" in answer


def test_the_half_page_is_danish_with_a_decimal_comma(pages):
    assert "10 flere medlemmer (+10,0 pct. af 100) og 80 flere eksterne projekter (+80,0 pct. af 100)." in pages["da"]
    assert "Det er 250.000 kr. i bevilling pr. ekstra eksternt projekt." in pages["da"]
    assert "Intet ville ændre sig: alle kørsler er som grundforløbets til og med 2044." in pages["da"]
    assert "for tæt på" not in pages["da"]


def test_a_variant_that_changes_nothing_is_said_to_and_the_annex_says_what_its_lever_needs(pages):
    said = section(pages["en"], "Nothing would change: every run", "What would be better")
    assert said.startswith("Nothing would change: every run equals the baseline’s up to 2044.")
    annex = section(pages["en"], "What the proposals set without effect", "All differences")
    assert "cofinancing.required (cofinancing.consequence other than none)" in annex


def test_the_main_table_and_the_one_below_have_every_sure_change(pages):
    table = section(pages["en"], "Mean difference per year from", "Other sure changes")
    names = ["External projects started = R&D applications granted", "Members", "Innovations"]
    names += ["Participants in the year", "New participants"]
    places = [table.index(name) for name in names]
    assert places[:2] == sorted(places[:2])
    assert "▲ better +80.0 · +80.0 % (+77.0 to +83.0)" in table
    assert "◇ no difference +0.50 · +0.5 % (−0.3 to +1.3)" in table
    assert "○ uncertain +1.0 · +1.0 % (−0.5 to +2.5)" in table
    assert "× no verdict +30.0 · +30.0 % (+30.0 to +30.0)" in table and "• nothing changes 0.0 % (0.0 to 0.0)" in table
    others = section(pages["en"], "Other sure changes", "The course over the years")
    places = [others.index(name) for name in ("Grant withheld", "Staff leaving", "Grant spent", "Return rate")]
    assert places == sorted(places) and "▼ worse +40.0 · +40.0 % (+38.5 to +41.5)" in others


def test_the_tables_of_the_note_are_in_per_cent_and_hold_the_numbers_of_the_comparison(directory, pages):
    found = {
        (row["scenario"], row["window"], row["indicator"]): row
        for row in rows(pages["en directory"] / "tables" / "comparison.csv")
    }
    row = found["variant", "2025-2034", "members"]
    assert [float(row[name]) for name in ("difference_pct", "low_pct", "high_pct")] == pytest.approx(
        [10.0, 8.4926, 11.5074], abs=1e-3
    )
    for source in rows(directory / "comparison.csv"):
        key = source["scenario"], source["window"], source["indicator"]
        if key in found and source["indicator"] not in ("withheld_mkr", "small_firm_share"):  # 100 everywhere else
            for ours, theirs in (("difference_pct", "mean_difference"), ("low_pct", "low"), ("high_pct", "high")):
                assert float(found[key][ours]) == pytest.approx(float(source[theirs]), abs=1e-3), key
            assert (found[key]["verdict"], found[key]["rests_on"]) == (source["verdict"], source["rests_on"])


def test_value_for_money_and_onset_are_printed_with_their_signs(pages):
    value = section(pages["en"], "Variant, means per year 2025–2034", "Variant, means per year 2025–2044")
    assert "External projects started 20.0 18.5 21.5 80.0 77.0 83.0 0.25" in value
    assert "dearer and more" in value and "dearer and less" in value
    (worse,) = re.findall(r"Innovations 20\.0 18\.5 21\.5 −10\.0 −11\.5 −8\.5 (\S+) (\S+) (\S+)", value)
    assert worse == ("–", "–", "–")  # it costs more and brings less: there is no price
    onset = section(pages["en"], "When effects would show (", "Several objectives")
    assert "Variant Innovations down 2025 2034 0" in onset
    assert "Variant Members up 2025 2034 0" in onset
    assert "Variant New participants no sure change – – –" in onset


def test_objectives_and_gains_are_printed_in_their_units(pages):
    objectives = section(pages["en"], "in five objectives, 2025–2034", "in five objectives, 2025–2044")
    # Projects, participants, percentage points of small firms, million kr. of private money and of the grant.
    assert "Variant 80.0 0.50 −6.0 0 20.0 yes" in objectives
    assert "Guardrail, small firms among participants, “Variant”: worse, −12.0 % (−12.3 to −11.7)." in pages["en"]


def test_gains_and_ranks_are_in_per_cent(pages):
    tables = pages["en directory"] / "tables"
    assert "Members 100 20.0 18.5 21.5 20.0 ▲ better" in pages["en"]
    assert {row["who"] for row in rows(tables / "gains.csv")} == {"made"}  # nobody else gains or loses for sure
    numbers = ("baseline_mean", "difference", "low", "high", "difference_pct")
    (gained,) = [row for row in rows(tables / "gains.csv") if (row["who"], row["window"]) == ("made", "2025-2034")]
    assert [float(gained[name]) for name in numbers] == pytest.approx([100.0, 20.0, 18.4926, 21.5074, 20.0], abs=1e-3)
    ranks = {(row["scenario"], row["indicator"]): row for row in rows(tables / "ranking.csv")}
    numbers = ("rank", "share_in_rank", "prob_best", "expected_regret")
    assert [float(ranks["variant", "members"][name]) for name in numbers] == [1.0, 100.0, 100.0, 0.0]
    assert [float(ranks["idle", "members"][name]) for name in numbers] == [2.5, 100.0, 0.0, 10.0]
    for lang, shortfall in (("en", "10.0"), ("da", "10,0")):
        assert f"2–3 100 0 {shortfall}" in pages[lang]


def test_the_figure_shows_what_the_table_shows_and_both_windows_where_they_differ(directory):
    paths = draw_comparison(directory, "en")
    drawn = rows(next(path for path in paths if path.suffix == ".csv"))
    order = list(dict.fromkeys(row["indicator"] for row in drawn))
    assert order[:4] == ["withheld_mkr", "projects_external_started", "staff_left_fte", "grant_spent_mkr"]
    assert {"members", "innovations", "return_rate", "social_capital", "small_firm_share"} <= set(order)
    assert "applications_won" not in order
    shown = {(row["scenario"], row["indicator"], row["window"]): row for row in drawn}
    assert {window for name, indicator, window in shown if (name, indicator) == ("variant", "members")} == {
        "2025-2034",
        "2025-2044",
    }
    assert ("variant", "innovations", "2025-2044") not in shown
    row = shown["variant", "members", "2025-2034"]
    assert [float(row[name]) for name in ("relative", "low", "high")] == pytest.approx(
        [0.1, 0.084926, 0.115074], abs=1e-5
    )
    svg = next(path for path in paths if path.suffix == ".svg").read_text(encoding="utf-8")
    assert "<svg" in svg


def test_a_window_of_one_year_is_called_by_its_year(tmp_path):
    from klyngesim.results.windows import Window

    runs = made_up(BASE, {"variant": VALUES}, (Window(2025, 2025),))
    comparison_files.write(tmp_path, comparison_files.Made(runs, []), "central", 5)
    assert {row["window"] for row in rows(tmp_path / "comparison.csv")} == {"2025"}
    draw_comparison(tmp_path, "en")
    (tmp_path / "note").mkdir()
    page = note.write(read(tmp_path), tmp_path / "note", "en")[0].read_text(encoding="utf-8")
    text = plain(page)
    assert "In an average year of 2025 there" in text and "2025–2025" not in text and "2025-2025" not in text
    assert {row["window"] for row in rows(tmp_path / "figures" / "comparison.csv")} == {"2025"}
