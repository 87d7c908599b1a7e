"""The half page on a variant, sentence by sentence, and the limits around it.

The comparison is that of `made_up_comparison` with a table or an entry of the manifest in place of its own.
"""

import csv
from dataclasses import replace

import pytest

from klyngesim.note import answer as note_answer
from klyngesim.note import limits as note_limits
from klyngesim.report import words as note_words
from klyngesim.report.comparison_data import read
from tests.report.made_up_comparison import TABLES, build


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return read(build(tmp_path_factory.mktemp("made-up")))


def with_rows(found, table, *lines):
    """The comparison with these lines of a table and no others."""
    head = TABLES[table].partition("\n")[0]
    return replace(found, tables={**found.tables, table: tuple(csv.DictReader([head, *lines]))})


def with_manifest(found, **entries):
    return replace(found, manifest={**found.manifest, **entries})


def said(found, variant="alpha", lang="en"):
    """Sentences of the half page by the heading of their paragraph, with plain spaces."""
    (answer,) = [one for one in note_answer.answers(found, lang) if one.variant == variant]
    return {one.head: [text.replace("\u00a0", " ") for text in one.sentences] for one in answer.paragraphs}


def test_a_variant_is_told_in_things_beside_per_cent(made):
    half = said(made)
    assert list(half) == ["What would change", "From when", "What it would cost", "What it hangs on", "How sure"]
    assert half["What would change"] == [
        "In an average year of 2025–2034 there would be, compared with today’s rules: 1,000 fewer participants "
        "(−12.5 %, from 8,000) and 120 more members (+3.0 %, from 4,000).",
    ]
    assert half["From when"] == [
        "It would show from 2027 in participants; from 2031 in members.",
        "Over 2025–2044 the verdict would be another one: members: uncertain.",
    ]
    assert half["What it would cost"] == [
        "The grant would cost DKK 30.5 million more a year (+17.9 %).",
        "That is DKK 2.5 million of grant for every additional external project.",
    ]
    assert half["What it hangs on"] == [
        "Where the assumptions are varied within what is tenable, the picture changes: members up in 44 %, down in "
        "19 % of the runs (at the assumptions in use 75 and 0 %).",
        "The direction holds in at least three runs of four for participants.",
        "The questions that decide most: Do members mind the fee? How fast does trust grow?",
    ]
    assert half["How sure"] == [
        "Not sure: the changes are more than chance at the assumptions in use, but other tenable assumptions turn some "
        "of them.",
        "Behind this stand 8 pairs of runs and 2 assumptions that the years 2021–2023 do not show.",
        "More runs would narrow it down.",
    ]


def test_the_same_in_danish_with_kroner_and_a_decimal_comma(made):
    half = said(made, lang="da")
    assert half["Hvad ville ændre sig"] == [
        "I et gennemsnitsår i 2025–2034 ville der sammenlignet med de nuværende regler være 1.000 færre deltagere "
        "(−12,5 pct., fra 8.000) og 120 flere medlemmer (+3,0 pct., fra 4.000).",
    ]
    assert half["Hvad det ville koste"] == [
        "Bevillingen ville koste 30,5 mio. kr. mere om året (+17,9 pct.).",
        "Det er 2,5 mio. kr. i bevilling pr. ekstra eksternt projekt.",
    ]
    assert half["Hvad det afhænger af"][0].endswith(
        "medlemmer op i 44 pct. og ned i 19 pct. af kørslerne (ved de anvendte antagelser 75 og 0 pct.)."
    )


def test_what_is_not_told_in_things_is_named_by_size_and_the_rest_counted(made):
    half = said(made, "beta")
    assert half["What would change"] == ["Besides: grant withheld +3.3 (baseline 0) and staff leaving +45.0 %."]
    assert half["What it hangs on"] == ["No assumption with a stated range decides what this proposal does."]
    assert half["How sure"][0] == "Behind this stand 8 pairs of runs and no assumption of the proposal’s own."
    more = ("staff_fte", "cash_mkr", "trust_mean", "fill_rate")
    rows = [
        f"beta,baseline,{name},2025-2034,{size},1,2,{size},1,8,1,0,better,data,1,0,,,,,,0,,,,,"
        for size, name in enumerate(more, 1)
    ]
    (named,) = said(with_rows(made, "comparison.csv", *rows), "beta")["What would change"]
    assert named.startswith("Besides, above all: ") and named.endswith("; 1 more in the table.")


def test_without_draws_it_is_said_that_the_assumptions_were_not_varied(made):
    rows = [line.rsplit(",", 13)[0] + ",0,1,,,,,,0,,,,," for line in TABLES["comparison.csv"].splitlines()[1:]]
    rows = [line for line in rows if line.startswith("alpha")]
    cut = [",".join(line.split(",")[:14]) + ",0,1,,,,,,0,,,,," for line in rows]
    half = said(with_manifest(with_rows(made, "comparison.csv", *cut), over="central"))
    (only,) = half["What it hangs on"]
    assert only.startswith("The assumptions were not varied in this comparison")
    assert half["How sure"][0].startswith("The changes are more than chance at the assumptions in use; other")


ROW = "alpha,baseline,{},2025-2034,{},1,2,0.1,1,8,1,0,{},data,1,0,-1,1,{},{},0.1,16,{},trust.gain,0.9,,"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("members", "better", 0.9, 0.0, "holds")], "Fairly sure in direction, not in size"),
        ([("members", "better", 0.5, 0.0, "weakens")], "Half sure"),
        (
            [("members", "better", 0.9, 0.0, "holds"), ("external_private_mkr", "uncertain", 0.1, 0.1, "")],
            "Fairly sure in direction for the changes named",
        ),
        (
            [("members", "better", 0.5, 0.4, "turns"), ("projects_external_started", "better", 0.9, 0, "holds")],
            "Not sure: the",
        ),
        ([("members", "uncertain", 0.2, 0.2, "")], "Not sure: of firms, projects and money"),
        ([("members", "no difference", 0.0, 0.0, "")], "Fairly sure at the assumptions in use: firms"),
    ],
)
def test_how_sure_follows_what_the_draws_leave(made, rows, sentence):
    lines = [ROW.format(name, 100, verdict, *rest) for name, verdict, *rest in rows]
    precision = [f"alpha,{name},2025-2034,8,1000,1,1,8,0.9,1,1,80" for name, *_ in rows]
    found = with_rows(with_rows(made, "comparison.csv", *lines), "precision.csv", *precision)
    assert said(found)["How sure"][0].startswith(sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (3.0, "The grant would cost about the same (+1.8 %)."),
        (-17.0, "The grant would cost DKK 17.0 million less a year (−10.0 %)."),
    ],
)
def test_a_grant_that_hardly_changes_is_not_a_price(made, change, sentence):
    rows = [f"alpha,grant_spent_mkr,2025-2034,170,{change},{change - 1},{change + 1},{change * 1e6:.0f}"]
    rows.append("alpha,external_eu_mkr,2025-2034,90,-4.5,-5,-4,-4500000")
    found = with_rows(made, "funders.csv", *rows)
    cost = said(found)["What it would cost"]
    assert cost[:2] == [sentence, "Besides, a year would bring DKK 4.5 million less from the EU."]
    assert len(cost) == (2 if change == 3.0 else 3)


@pytest.mark.parametrize(("mio", "text"), [(0.0216, "DKK 21,600"), (2.5, "DKK 2.5 million"), (0.00012345, "DKK 123")])
def test_a_price_below_a_million_is_in_kroner(mio, text):
    assert note_answer.kroner(mio, "en").replace("\u00a0", " ") == text


@pytest.mark.parametrize(("value", "text"), [(1829.4, "1,829"), (28.7, "29"), (7.46, "7.5"), (0.42, "0.4")])
def test_things_are_counted_whole_from_ten_on(value, text):
    assert note_answer.amount("members", value, "en") == text


def test_where_a_window_has_no_first_year_the_average_is_said(made):
    rows = ["alpha,participants_unique_year,2025-2034,-1,2026,2033,3", "alpha,members,2025-2034,1,,,"]
    when = said(with_rows(made, "onset.csv", *rows))["From when"]
    assert when[:2] == [
        "It would show from 2026 in participants.",
        "In no single year, only on average of the years: members.",
    ]
    both = [rows[0], rows[0].replace("participants_unique_year", "members")]
    assert said(with_rows(made, "onset.csv", *both))["From when"][0] == "The changes would show from 2026."


def test_what_does_nothing_is_one_sentence(made):
    assert list(said(made, "gamma").values()) == [
        ["Nothing would change: every run equals the baseline’s up to 2044. What the proposal sets takes no effect by "
         "itself; the annex says what it would need."]
    ]  # fmt: skip
    copy = with_manifest(made, variants=["alpha"], windows=["2025-2034", "2025-2054"], nothing_changes={"alpha": {}})
    assert list(said(copy).values()) == [
        ["Nothing would change: every run equals the baseline’s up to 2054, and the proposal sets nothing otherwise by "
         "then."]
    ]  # fmt: skip
    assert said(with_rows(made, "comparison.csv"))["What would change"] == [
        "No pair of runs could be finished, so nothing can be said."
    ]


def test_another_baseline_is_called_by_its_title(made):
    assert note_words.baseline_as(made, "en") == "today’s rules"
    other = with_manifest(made, baseline="alpha")
    assert (note_words.baseline_as(other, "en"), note_words.baseline_as(other, "da")) == (
        "“The variant”",
        "»Varianten«",
    )


ENOUGH = (
    "There are pairs enough: the intervals of all main indicators are narrower than the smallest effect of interest on"
)
UNKNOWN = "There are not pairs enough for every main indicator, and it is not known how many more would do."
NEEDS = "alpha,{},2025-2034,8,8000,200,160,{},0.9,300,950,80"


@pytest.mark.parametrize(
    ("enough", "lines", "sentence"),
    [
        (True, [NEEDS.format("members", 13)], f"{ENOUGH} either side."),
        (False, [NEEDS.format("members", 5), NEEDS.format("innovations", 8)], UNKNOWN),
        (False, [NEEDS.format("members", 8), NEEDS.format("staff_fte", 99)], UNKNOWN),  # that is no main indicator
        (False, [NEEDS.format("members", "inf"), NEEDS.format("innovations", "")], UNKNOWN),
        (
            False,
            [NEEDS.format("members", 1208), NEEDS.format("innovations", 9), NEEDS.format("social_capital", "inf")],
            "There are not pairs enough: about 1,200 more pairs would be needed until all intervals are narrower than "
            "the smallest effect of interest. 3 of 27 intervals are still too wide, most of all members in "
            "“The variant”.",
        ),
    ],
)
def test_whether_there_are_pairs_enough(made, enough, lines, sentence):
    assert note_limits.enough(with_rows(with_manifest(made, enough=enough), "precision.csv", *lines), "en") == sentence


@pytest.mark.parametrize(
    ("pairs", "lost"),
    [
        ({"made": 1200, "failed": [], "skipped": 0}, []),
        ({"made": 8}, []),
        ({"made": 8, "failed": ["seed 9", "seed 10"]}, ["2 pairs failed and 0 were left out."]),
        ({"made": 8, "failed": [], "skipped": 1}, ["0 pairs failed and 1 were left out."]),
    ],
)
def test_pairs_that_are_lost_are_told(made, pairs, lost):
    told = note_limits.limits(with_manifest(made, pairs=pairs), "en")
    start = "1,200 pairs of runs" if pairs["made"] == 1200 else "8 pairs of runs"
    assert sum(line.startswith(start) for line in told) == 1
    assert [line for line in told if "were left out" in line] == lost


def test_three_limits_come_first_and_a_world_for_trying_out_before_all(made):
    told = note_limits.limits(made, "en")
    assert told[0].startswith("A world for trying out: 1 in 25 firms") and told[1].startswith("The levels are no")
    assert "2021–2023" in told[2]


@pytest.mark.parametrize(
    ("population", "told"), [({"scale": 1.0}, []), ({}, []), ({"scale": 0.004}, ["A world for trying out: 1 in 250"])]
)
def test_a_world_for_trying_out_is_called_one(made, population, told):
    found = with_manifest(made, scenarios=[{"population": population}, {"population": {"scale": 0.5}}])
    assert [line[: line.index(" firms")] for line in note_limits.limits(found, "en") if "trying out" in line] == told


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Members", "members"),
        ("R&D applications", "R&D applications"),
        ("FoU-ansøgninger", "FoU-ansøgninger"),
        ("EU projects", "EU projects"),
    ],
)
def test_a_label_inside_a_sentence_keeps_its_abbreviation(label, inside):
    assert note_words.lower(label) == inside


def test_where_the_programme_hardly_changes_single_organisations_are_named(made):
    row = ROW.format("members", 0.1, "no difference", 0.0, 0.0, "")
    precision = "alpha,members,2025-2034,8,1000,1,1,8,0.9,1,1,80"
    found = with_rows(with_rows(made, "comparison.csv", row), "precision.csv", precision)
    assert said(found)["What would change"] == [
        "No appreciable change (less than 2 %): members.",
        "In single organisations: MADE - Manufacturing Academy of Denmark 96 fewer participants (−15.0 %, from 640).",
    ]
