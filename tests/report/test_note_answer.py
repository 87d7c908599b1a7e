"""What the answer says of break-even strengths, later windows and what is missing, word by word.

The comparison is that of `made_up_comparison` with a table or an entry of the manifest in place of its own.
"""

import csv
import math
from dataclasses import replace

import pytest

from klyngesim.report import note_answer
from klyngesim.report.comparison_data import read
from tests.report.made_up_comparison import TABLES, build

HEAD, *BREAKEVEN = TABLES["breakeven.csv"].splitlines()
MEMBERS, OUTSIDE, UNCLEAR, NONE, _ = BREAKEVEN
NO_TURN = "No assumed strength would clearly turn the sign within what the evidence allows"
TURNS = "Within what the evidence allows, the sign of a difference would turn with: "


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return read(build(tmp_path_factory.mktemp("made-up")))


def with_rows(found, table, *lines):
    """The comparison with these lines of a table and no others."""
    head = TABLES[table].partition("\n")[0]
    return replace(found, tables={**found.tables, table: tuple(csv.DictReader([head, *lines]))})


def with_manifest(found, **entries):
    return replace(found, manifest={**found.manifest, **entries})


def said(found, variant="alpha"):
    """Sentences of the answer for a variant with what they lean on, with plain spaces."""
    (answer,) = [one for one in note_answer.answers(found, "en") if one.variant == variant]
    return [(one.text.replace("\u00a0", " "), one.mark) for one in answer.sentences]


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        ([], []),
        ([OUTSIDE, NONE], [(f"{NO_TURN}.", "A1–A2")]),
        ([NONE.replace(",no,", ",yes,")], [(f"{NO_TURN}.", "A1–A2")]),  # inside, but at no strength
        (
            [UNCLEAR, OUTSIDE, UNCLEAR.replace("members", "innovations")],
            [(f"{NO_TURN}; break-even strengths that chance may have made: 2.", "A1–A2")],
        ),
        ([MEMBERS, UNCLEAR], [(f"{TURNS}fees.elasticity (members at −0.125).", "A1")]),
        (
            [MEMBERS, MEMBERS.replace("members", "innovations").replace("-0.125", "0.1")],
            [(f"{TURNS}fees.elasticity (members at −0.125 and innovations at 0.1).", "A1")],
        ),
        (
            [MEMBERS, MEMBERS, MEMBERS, UNCLEAR.replace(",yes,4", ",no,4")],
            [
                (
                    f"{TURNS}fees.elasticity (3 of the main indicators); "
                    "trust.gain (participants in the year at 0.215).",
                    "A1–A2",
                )
            ],
        ),
    ],
)
def test_which_assumptions_could_turn_the_answer(made, lines, sentences):
    assert said(with_rows(made, "breakeven.csv", *lines))[3:] == sentences


FIRST = "alpha,baseline,{},2025-2034,{},{},{},,1,8,1,0,{},{}"
LATER = FIRST.replace("2034", "2044")
BETTER = "In 2025–2034, compared with “As it is”, the variant would be better in "


@pytest.mark.parametrize(
    ("lines", "sentences"),
    [
        ([], [("No pair of runs could be finished, so nothing can be said.", "")]),
        (
            [
                FIRST.format("members", 120, 80, 160, "better", "data"),
                LATER.format("members", 120, 80, 160, "better", "data"),
            ],
            [(f"{BETTER}members +3.0 % (+2.0 to +4.0).", ""), ("In 2025–2044 every verdict would be the same.", "")],
        ),
        (
            [
                FIRST.format("projects_external_started", 1, 0.5, 1.5, "better", "assumption"),
                LATER.format("projects_external_started", 1, 0.5, 1.5, "better", "assumption"),
            ],
            [
                (f"{BETTER}external projects started = R&D applications granted +1.0 (baseline 0).", "A1–A2"),
                ("In 2025–2044 every verdict would be the same.", "A1–A2"),
            ],
        ),
        (
            [FIRST.format("members", 0, 0, 0, "", "data"), LATER.format("members", 0, 0, 0, "", "data")],
            [
                (
                    "Nothing can be said of members 0.0 % (0.0 to 0.0): an interval from fewer than 5 pairs, "
                    "or without any spread, says nothing.",
                    "",
                )
            ],
        ),
        (
            [
                FIRST.format("members", 120, 80, 160, "better", "data"),
                FIRST.format("participants_unique_year", 1000, 800, 1200, "better", "assumption"),
                LATER.format("members", -120, -160, -80, "worse", "data"),
                LATER.format("participants_unique_year", -800, -1200, -400, "uncertain", "assumption"),
            ],
            [
                (
                    f"{BETTER}participants in the year +12.5 % (+10.0 to +15.0) and members +3.0 % (+2.0 to +4.0).",
                    "A1–A2",
                ),
                (
                    "In 2025–2044 the verdict would be another in: participants in the year −10.0 % (−15.0 to −5.0): "
                    "uncertain; members −3.0 % (−4.0 to −2.0): worse.",
                    "A1–A2",
                ),
            ],
        ),
    ],
)
def test_what_the_windows_say(made, lines, sentences):
    found = with_rows(with_rows(made, "comparison.csv", *lines), "breakeven.csv")
    assert said(found) == sentences


def test_a_copy_is_said_to_be_one(made):
    windows = ["2025-2034", "2025-2044", "2025-2054"]
    assert said(with_manifest(made, variants=["alpha"], windows=windows, nothing_changes={"alpha": {}})) == [
        (
            "Nothing would change: every run equals the baseline’s up to 2054, and the variant sets nothing otherwise "
            "by then.",
            "A1–A2",
        )
    ]


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
    assert note_answer.enough(with_rows(with_manifest(made, enough=enough), "precision.csv", *lines), "en") == sentence


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
    told = note_answer.limits(with_manifest(made, pairs=pairs), "en")
    assert told[4].startswith("1,200 pairs of runs" if pairs["made"] == 1200 else "8 pairs of runs")
    assert told[7:-2] == lost


@pytest.mark.parametrize(
    ("population", "told"), [({"scale": 1.0}, []), ({}, []), ({"scale": 0.004}, ["A world for trying out: 1 in 250"])]
)
def test_a_world_for_trying_out_is_called_one(made, population, told):
    found = with_manifest(made, scenarios=[{"population": population}, {"population": {"scale": 0.5}}])
    assert [line[: line.index(" firms")] for line in note_answer.limits(found, "en") if "trying out" in line] == told


@pytest.mark.parametrize(
    ("numbers", "mark"),
    [((), "A"), ((4,), "A4"), ((7, 1, 2, 3), "A1–A3, A7"), ((3, 1), "A1, A3"), ((1, 2, 4, 5), "A1–A2, A4–A5")],
)
def test_the_mark_of_what_is_leant_on(numbers, mark):
    behind = [note_answer.Assumption(number, "p", None) for number in numbers]
    assert note_answer.mark_of(behind, True) == mark
    assert note_answer.mark_of(behind, False) == ""


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
    assert note_answer._lower(label) == inside


def test_the_largest_changes_come_first(made):
    (one, *_) = made.differences(made.windows[0]).values()
    order = sorted((replace(one, relative=share) for share in (0.1, -0.5, math.nan, 0.3)), key=note_answer._size)
    assert [change.relative for change in order][1:] == [-0.5, 0.3, 0.1]
