"""The half page on a variant, sentence by sentence, and the limits around it.

The comparison is that of `made_up_comparison` with a table or an entry of the manifest in place of its own.
"""

import csv
from dataclasses import replace

import pytest

from klyngesim.note import answer as note_answer
from klyngesim.note import limits as note_limits
from klyngesim.note import things
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
        "(−12.5 % of 8,000) and 120 more members (+3.0 % of 4,000).",
    ]
    assert half["From when"] == [
        "It would show from 2027 in participants; from 2031 in members.",
        "Over 2025–2044 it would be otherwise: members cannot be decided.",
    ]
    assert half["What it would cost"] == [
        "Spending on the grant would rise by DKK 30.5 million a year (+17.9 %).",
    ]  # of an external project there is no price: participants are lost as well
    assert half["What it hangs on"] == [
        "Where the assumptions are varied within what is tenable, the picture changes: members up in 44 % and "
        "down in 19 % of the runs (at the assumptions in use: up in 75 % of the runs).",
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
        "(−12,5 pct. af 8.000) og 120 flere medlemmer (+3,0 pct. af 4.000).",
    ]
    assert half["Hvad det ville koste"] == [
        "Udgiften til bevillingen ville stige med 30,5 mio. kr. om året (+17,9 pct.).",
    ]
    assert half["Hvad det afhænger af"][0].endswith(
        "medlemmer op i 44 pct. og ned i 19 pct. af kørslerne (ved de anvendte antagelser: op i 75 pct. af kørslerne)."
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
    assert named.startswith("Besides, above all: ") and named.endswith("; one more in the table.")


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
        (3.0, "Spending on the grant would be about the same (+1.8 %)."),
        (-17.0, "Spending on the grant would fall by DKK 17.0 million a year (−10.0 %)."),
    ],
)
def test_a_grant_that_hardly_changes_is_not_a_price(made, change, sentence):
    rows = [f"alpha,grant_spent_mkr,2025-2034,170,{change},{change - 1},{change + 1},{change * 1e6:.0f}"]
    rows.append("alpha,external_eu_mkr,2025-2034,90,-4.5,-5,-4,-4500000")
    found = with_rows(made, "funders.csv", *rows)
    cost = said(found)["What it would cost"]
    assert cost[:2] == [sentence, "Besides, a year would bring DKK 4.5 million less from the EU."]


PRICE = "alpha,2025-2034,{0},1,1,{1},{2},1,1,{3},1,1,1,1,"


@pytest.mark.parametrize(
    ("extra", "outcomes", "sentence"),
    [
        (
            8.0,
            [("participants_unique_year", 400.0, "better"), ("projects_external_started", 2.0, "better")],
            "That is DKK 20,000 of grant for every additional participant, or DKK 4.0 million for every additional "
            "external project; either price takes all of the money.",
        ),
        (
            -8.0,
            [("participants_unique_year", -400.0, "worse"), ("projects_external_started", -2.0, "worse")],
            "That saves DKK 20,000 of grant for every participant given up, or DKK 4.0 million for every external "
            "project; either price takes all of the money.",
        ),
        (8.0, [("projects_external_started", 2.0, "better")], "That is DKK 4.0 million of grant for every additional "),
        (-8.0, [("participants_unique_year", -400.0, "worse"), ("projects_external_started", 2.0, "better")], ""),
        (8.0, [("participants_unique_year", -400.0, "worse"), ("projects_external_started", 2.0, "better")], ""),
    ],
)
def test_a_price_is_told_where_all_goes_one_way_and_never_as_if_both_had_it(made, extra, outcomes, sentence):
    found = with_rows(made, "funders.csv", f"alpha,grant_spent_mkr,2025-2034,100,{extra},{extra},{extra},1")
    both = [PRICE.format(extra, name, size, extra / size if extra * size > 0 else "") for name, size, _ in outcomes]
    rows = [ROW.format(name, size, verdict, 0.9, 0.0, "holds") for name, size, verdict in outcomes]
    found = with_rows(with_rows(found, "value.csv", *both), "comparison.csv", *rows)
    levels = [f"alpha,{name},2025-2034,8,1000,1,1,8,0.9,1,1,80" for name, *_ in outcomes]
    cost = said(with_rows(found, "precision.csv", *levels))["What it would cost"]
    assert len(cost) == (2 if sentence else 1)
    assert cost[-1].startswith(sentence)


def test_what_falls_away_is_not_told_as_a_hundred_per_cent(made):
    row = ROW.format("members", -1000, "worse", 0.0, 1.0, "holds")
    precision = "alpha,members,2025-2034,8,1000,1,1,8,0.9,1,1,80"
    gone = with_rows(with_rows(made, "comparison.csv", row), "precision.csv", precision)
    gone = with_rows(gone, "funders.csv", "alpha,grant_spent_mkr,2025-2034,170,-170,-171,-169,-170000000")
    assert said(gone)["What would change"][0].endswith("today’s rules: no members at all (instead of 1,000).")
    assert said(gone)["What it would cost"][0] == "The grant would fall away: DKK 170 million less a year."
    danish = said(gone, lang="da")
    assert danish["Hvad ville ændre sig"][0].endswith("være slet ingen medlemmer (i stedet for 1.000).")
    none = precision.replace(",1000,", ",0,")
    new = with_rows(with_rows(made, "comparison.csv", row.replace("-1000", "40")), "precision.csv", none)
    assert "40 more members (instead of none)" in said(new)["What would change"][0]


def test_a_funder_that_pays_next_to_nothing_more_is_not_told(made):
    row = "alpha,external_public_mkr,2025-2034,50,{0},{0},{0},10000"
    cost = [said(with_rows(made, "funders.csv", row.format(mkr))) for mkr in (0.01, 1.01)]
    assert "What it would cost" not in cost[0] or "other Danish" not in str(cost[0]["What it would cost"])
    assert "DKK 1.0 million more from other Danish public funders" in str(cost[1]["What it would cost"])


def test_what_has_no_price_in_the_model_is_told_beside_what_has(made):
    free = [f"alpha,timeline.2025Q1.{key},1.0," for key in ("evaluation.every_years", "fees.level", "presence.gts")]
    cost = said(with_rows(made, "inputs.csv", *free, *(line.replace("Q1.", "Q1.made.") for line in free)))
    told = "Without a price in the model, though hardly free: {}."
    names = "time between evaluations and activities with a GTS institute present"
    assert cost["What it would cost"][-1] == told.format(names)
    kinds = ("gts", "university", "art_school", "business_academy")
    found = with_rows(made, "inputs.csv", *(f"alpha,parameters.presence.{kind},1.0," for kind in kinds))
    english, danish = (said(found, lang=lang) for lang in ("en", "da"))
    assert english["What it would cost"][-1].endswith(", activities with an art school present and 1 more.")
    told = danish["Hvad det ville koste"][-1]
    assert told.endswith("; aktiviteter, hvor en kunstnerisk uddannelse er med og 1 til.")
    assert "price in the model" not in str(said(with_rows(made, "inputs.csv", free[1])))


def test_a_variant_for_one_organisation_says_what_happens_in_it(made):
    own = with_rows(made, "inputs.csv", "alpha,timeline.2025Q1.made.grant.organisation_factor,0.5,")
    assert said(own)["What would change"][-1] == (
        "In MADE - Manufacturing Academy of Denmark: 96 fewer participants (−15.0 % of 640)."
    )
    other = with_rows(made, "inputs.csv", "alpha,clusters.sound.fees.level,0.5,")
    assert said(other)["What would change"][-1] == "In Danish Sound Cluster itself no change is sure."
    everybody = with_rows(made, "inputs.csv", "alpha,timeline.2025Q1.fees.level,0.5,")
    assert not any(line.startswith("In MADE") for line in said(everybody)["What would change"])


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        (["timeline.2033Q1.fees.level"], "The proposal begins in 2033, so that the average of 2025–2034 holds 8 years"),
        (
            ["timeline.2030Q1.fees.level", "timeline.2026Q3.made.fees.level"],
            "The proposal begins in 2026, so that the average of 2025–2034 holds one year without it.",
        ),
        (["timeline.2033Q1.fees.level", "parameters.trust.gain"], ""),
        (["timeline.2025Q3.fees.level"], ""),
        (["timeline.2040Q1.fees.level"], ""),
    ],
)  # fmt: skip
def test_years_before_a_late_beginning_are_told_to_be_in_the_average(made, paths, sentence):
    found = with_rows(made, "inputs.csv", *(f"alpha,{path},2.0," for path in paths))
    first = said(found)["From when"][0]
    assert first.startswith(sentence) if sentence else "begins" not in first


@pytest.mark.parametrize(
    ("better", "worse", "en", "da"),
    [
        (0.44, 0.19, "up in 44 % and down in 19 % of the runs", "op i 44 pct. og ned i 19 pct. af kørslerne"),
        (0.0, 0.4, "down in 40 % of the runs", "ned i 40 pct. af kørslerne"),
        (1.0, 0.0, "up in all runs", "op i alle kørsler"),
        (0.002, 0.0, "hardly changed in any run", "næsten uændret i alle kørsler"),
    ],
)
def test_what_happens_in_no_run_is_left_out(made, better, worse, en, da):
    found = with_rows(made, "comparison.csv", ROW.format("members", 100, "better", better, worse, "turns"))
    for lang, head, moves in (("en", "What it hangs on", en), ("da", "Hvad det afhænger af", da)):
        (told, *_) = said(found, lang=lang)[head]
        assert f" {moves} (" in told and told.endswith((" in all runs).", " i alle kørsler)."))


def test_another_verdict_in_the_longer_window_is_told_in_things(made):
    later = {"members": "worse", "participants_unique_year": "better", "external_private_mkr": "no difference"}
    first = [ROW.format(name, 100, "uncertain", 0.9, 0.0, "") for name in later]
    then = [ROW.format(name, 100, verdict, 0.9, 0.0, "").replace("2034", "2044") for name, verdict in later.items()]
    found = with_rows(made, "comparison.csv", *first, *then)
    assert said(found)["From when"][-1] == (
        "Over 2025–2044 it would be otherwise: more participants and fewer members; no appreciable change in private "
        "money."
    )


@pytest.mark.parametrize(("mio", "text"), [(0.0216, "DKK 21,600"), (2.5, "DKK 2.5 million"), (0.00012345, "DKK 123")])
def test_a_price_below_a_million_is_in_kroner(mio, text):
    assert things.kroner(mio, "en").replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("value", "text"), [(1829.4, "1,829"), (28.7, "29"), (7.46, "7.5"), (7.04, "7"), (0.42, "0.4"), (0.04, "0.04")]
)
def test_things_are_counted_whole_from_ten_on_and_without_an_idle_zero(value, text):
    assert things.amount("members", value, "en") == text


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
        "In single organisations: MADE - Manufacturing Academy of Denmark 96 fewer participants (−15.0 % of 640).",
    ]
