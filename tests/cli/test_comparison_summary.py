"""What a comparison ends with on the terminal, from made-up runs: sure changes, verdicts, what has no effect."""

from klyngesim.cli.comparison_summary import print_comparison
from klyngesim.cli.console import Language
from klyngesim.comparisons.decomposition import Contribution
from klyngesim.comparisons.files import Made
from klyngesim.results.windows import Window
from tests.comparisons.made_up import DECADE, FIVE, TWO_DECADES, made_up, variant

STEADY = [100.0] * 5


def at(level, luck=1.0):
    """Five pairs around a level; the 90 % interval reaches 1.5074 times the luck to either side."""
    return [level + luck * one for one in FIVE]


def lines_of(runs, capsys, contributions=(), lang=Language.en):
    """Printed lines by what stands first in them, with single spaces."""
    print_comparison(Made(runs, [], contributions=contributions), lang=lang)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if line.strip()]


def test_every_sure_change_is_printed_the_largest_first_and_then_the_main_indicators(capsys):
    values = {"members": at(110.0), "staff_left_fte": at(140.0), "withheld_mkr": at(3.0, 0.1), "innovations": at(103.0)}
    later = {"variant": {"members": at(101.0, 4.0), "innovations": at(90.0)}}
    base = {name: STEADY for name in values} | {"withheld_mkr": [0.0] * 5}
    lines = lines_of(made_up(base, {"variant": values}, (DECADE, TWO_DECADES), later), capsys)
    assert lines[0] == "Variant compared with B0: the rules of 2021-2024 continued"
    assert lines[1] == "indicator difference 2025-2034 difference 2025-2044 verdict rests on"
    assert lines[3:7] == [
        "Grant withheld +3 (baseline 0) +3 (baseline 0) worse data",
        "Staff leaving +40.0 % (+38.5 to +41.5) +40.0 % (+38.5 to +41.5) worse data",
        "Members +10.0 % (+8.5 to +11.5) +1.0 % (-5.0 to +7.0) better / uncertain data",
        "Innovations +3.0 % (+1.5 to +4.5) -10.0 % (-11.5 to -8.5) uncertain / worse assumption",
    ]
    assert "External projects started = R&D applications granted 0 0 nothing changes data" in lines
    assert lines[7].startswith("Participants in the year 0 0 nothing changes")


def test_a_window_of_one_year_is_its_year(capsys):
    lines = lines_of(made_up({}, {"variant": {"members": at(110.0)}}, (Window(2025, 2025),)), capsys)
    assert lines[1] == "indicator difference 2025 verdict rests on"


def test_fewer_than_five_pairs_are_said_to_say_nothing(capsys):
    lines = lines_of(made_up({}, {"variant": {"members": [201.0, 199.0, 200.0, 200.5]}}), capsys)
    (line,) = [line for line in lines if line.startswith("Members ")]
    assert line.endswith("no verdict data")
    assert "Fewer than 5 pairs say nothing, so there is no verdict." in " ".join(lines)


def test_a_variant_that_changes_nothing_is_told_with_what_its_levers_need(capsys):
    idle = variant("idle", timeline=[{"from": "2025Q1", "set": {"cofinancing.required": 0.9}}])
    copy = variant("copy")
    lines = lines_of(made_up({"members": at(100.0)}, {"idle": {}, "copy": {}}, scenarios=(idle, copy)), capsys)
    assert lines == [
        "Idle compared with B0: the rules of 2021-2024 continued",
        "Nothing changes: every run equals the baseline's up to 2034. No effect: private co-financing required per "
        "krone from UFS [cofinancing.required] (needs consequence of too little co-financing to be other than nothing "
        "(none)).",
        "Copy compared with B0: the rules of 2021-2024 continued",
        "Nothing changes: every run equals the baseline's up to 2034, and the variant sets nothing otherwise by then.",
    ]


def test_the_parts_of_a_variant_are_told_with_what_the_difference_loses_without_them(capsys):
    rows = [
        Contribution("variant", part, parameters, indicator, -0.083, share, share, share, pairs)
        for part, parameters, share, pairs in (
            ("L03", "institutions.outreach", -0.0512, 4),
            ("fees.level", "fees.level", 0.0149, 4),
            ("L10", "evaluation.money", float("nan"), 0),
            ("rest", "", -0.0467, 4),
        )
        for indicator in ("participants_unique_year", "members", "innovations")
    ]
    lines = lines_of(made_up({}, {"variant": {"members": at(110.0)}}), capsys, rows)
    at_line = lines.index("Made of, in points of the difference (4 pairs, each part left out in turn):")
    assert lines[at_line + 1 : at_line + 5] == [
        "L03, outreach to smaller types of institutions [institutions.outreach]: Participants in the year -5.1, "
        "Members -5.1",
        "membership fees relative to today's [fees.level]: Participants in the year +1.5, Members +1.5",
        "L10, where withdrawn grants go [evaluation.money]: cannot be left out alone",
        "the rest, parts only together and what no part sets: Participants in the year -4.7, Members -4.7",
    ]


def test_the_same_is_told_in_danish(capsys):
    idle = variant("idle", timeline=[{"from": "2025Q1", "set": {"cofinancing.required": 0.9}}])
    changed = variant("changed", question={"en": "What is it?", "da": "Hvad er det?"})
    rows = [Contribution("changed", "L03", "institutions.outreach", "members", -0.083, 0.01, 0.0, 0.02, 4)]
    runs = made_up({}, {"idle": {}, "changed": {"members": at(110.0)}}, scenarios=(idle, changed))
    lines = lines_of(runs, capsys, rows, Language.da)
    assert lines[:5] == [
        "Idle sammenlignet med B0: reglerne fra 2021-2024 fortsat",
        "Intet ændres: alle kørsler er som grundforløbets til og med 2034. Uden virkning: krav til privat "
        "medfinansiering pr. krone fra UFS [cofinancing.required] (betingelsen er, at følgen af for lidt "
        "medfinansiering er andet end intet (none)).",
        "Changed sammenlignet med B0: reglerne fra 2021-2024 fortsat",
        "Hvad er det?",
        "indikator forskel 2025-2034 vurdering hviler på",
    ]
    assert "Medlemmer +10,0 pct. (+8,5 til +11,5) bedre data" in lines
    outreach = "opsøgende indsats over for de mindre institutionstyper [institutions.outreach]"
    assert f"L03, {outreach}: Medlemmer +1,0" in lines
