"""The tables at the end of a sweep, from small invented directories whose numbers are known."""

import csv
import re
from dataclasses import fields

import pytest

from klyngesim.cli.sweep_summary import noise, print_sweep
from klyngesim.results.csv_tables import records
from klyngesim.sweeps.rows import Index, NoiseRow, SurrogateRow
from tests.report.sweep_directories import Make, build

R3, R4, BASE = "R3: ten-year grants", "R4: more private money", "B0: the rules continued"
ONE = {"scenarios": ("baseline",), "outcomes": ("members",)}
LARGER, NO_LARGER = "larger than the dummy's", "may be luck"
ONCE = f"{LARGER}, without an interval"
TRUST = "missing trust gained"
NOISE, INDEX = ([field.name for field in fields(row)] for row in (NoiseRow, Index))
FAILED = "No run could be finished, so nothing is known of what the outcomes depend on."


@pytest.fixture
def said(tmp_path, capsys):
    """What is printed of a sweep, after changes to the tables of its directory; lines without the room around them."""

    def printed(make, **tables):
        directory = build(tmp_path / "sweep", make)
        for name, (columns, rows) in tables.items():
            with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([columns, *rows])
        print_sweep(directory)
        return [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip(" ─")]

    return printed


def cells(lines):
    """The rows of the tables as cells; what stands before the first and after the last row of each is left out."""
    split = [re.split(r" {2,}", line) for line in lines]
    return [row for row in split if row[-1] in (LARGER, ONCE, NO_LARGER, "no noise floor")]


def test_one_scenario_has_a_table_of_its_leading_factors_without_the_dummy(said):
    lines = said(Make("lhs", **ONE))
    assert lines[0] == BASE
    assert re.split(r" {2,}", lines[1]) == [
        "outcome", "leading factor", "in words", "src", "90 % interval", "noise floor", "changes by", "reading",
    ]  # fmt: skip
    assert cells(lines) == [
        ["Members", "trust.gain", TRUST, "0.82", "0.738 to 0.902", "0.11", "0.02", LARGER],
        ["external.award_skew", "skewness of award sizes", "-0.41", "-0.451 to -0.369", "0.11", "0.02", LARGER],
        ["M073", "segmentation of members", "0.07", "0.063 to 0.077", "0.11", "0.02", NO_LARGER],
    ]
    assert "Mean per year 2025-2034." in " ".join(lines)


@pytest.mark.parametrize("window", ["2025", "2025-2025"])
def test_a_window_of_one_year_is_called_by_its_year(said, window):
    assert "Mean per year 2025." in " ".join(said(Make("lhs", **ONE, changes={"window": window})))


def test_variants_have_a_table_each_of_their_difference_from_the_baseline(said):
    lines = said(Make("lhs"))
    assert [line for line in lines if "difference from" in line] == [
        f"{R3}, difference from {BASE}",
        f"{R4}, difference from {BASE}",
    ]
    assert BASE not in lines, "the baseline differs from nothing"
    rows = cells(lines)
    assert [row[0] for row in rows] == 2 * [
        "Members", "external.award_skew", "M073", "External: private", "external.award_skew", "M073",
    ]  # fmt: skip
    assert "reglerne" not in " ".join(lines), "the summary is in English"


@pytest.mark.parametrize(
    ("method", "index", "value", "means"),
    [
        ("oat", "range", "82", "range: largest less smallest mean over the factor's levels"),
        ("morris", "mu_star", "82", "mu_star: mean size of the effect of the whole range"),
        ("sobol", "ST", "0.82", "ST: share of the variance that goes with the factor, interactions included."),
        ("lhs", "src", "0.82", "src: standard deviations of the outcome for one of the factor."),
        ("table", "src", "0.82", "src: standard deviations of the outcome for one of the factor."),
        ("grid", "main", "0.82", "main: share of the variance between the means of the factor's levels."),
    ],
)
def test_every_method_shows_its_main_index_and_says_what_it_means(said, method, index, value, means):
    lines = said(Make(method, **ONE))
    assert re.split(r" {2,}", lines[1])[3] == index
    assert cells(lines)[0][:4] == ["Members", "trust.gain", TRUST, value]
    assert means in " ".join(lines)


def test_without_a_dummy_nothing_is_held_against_the_noise(said):
    lines = said(Make("lhs", dummy=False, **ONE))
    assert [row[-3:] for row in cells(lines)] == 3 * [["-", "0.02", "no noise floor"]]
    assert "There is no dummy." in " ".join(lines)


def test_without_an_interval_there_is_a_dash(said):
    assert cells(said(Make("oat", replicates=1, **ONE)))[0] == [
        "Members", "trust.gain", TRUST, "82", "-", "11", "0.02", ONCE,
    ]  # fmt: skip


def test_an_outcome_that_does_not_vary_has_no_leading_factor(said):
    lines = said(Make("lhs", scenarios=("baseline",), still=("members",)))
    (told,) = [line for line in lines if line.startswith("Members ")]
    assert re.split(r" {2,}", told)[1].startswith("no index: it does not vary")
    assert [row[0] for row in cells(lines)] == ["External: private", "external.award_skew", "M073"]


def test_five_lead_and_ties_keep_the_order_of_the_design(said):
    values = {"a.a": 0.2, "b.b": 0.5, "c.c": -0.2, "d.d": 0.1, "dummy": 0.2, "e.e": 0.2, "f.f": 0.3}
    rows = [
        ("members", "baseline", name, "src", value, value, value, 60, "", 0.2, "lhs") for name, value in values.items()
    ]
    found = cells(said(Make("lhs", **ONE), indices=(INDEX, rows)))
    assert [(row[-6], row[-1]) for row in found] == [
        ("b.b", LARGER), ("f.f", LARGER), ("a.a", NO_LARGER), ("c.c", NO_LARGER), ("e.e", NO_LARGER),
    ]  # fmt: skip
    assert {row[-2] for row in found} == {"-"}, "no change is known"


def test_large_numbers_are_whole_and_small_ones_have_three_digits(said):
    values = {"a.a": (12345.6, 1000.4, 1234567.8), "b.b": (999.6, 0.01234, 1999.5)}
    rows = [
        ("members", "baseline", name, "src", value, low, high, 60, "", 0.2, "lhs")
        for name, (value, low, high) in values.items()
    ]
    found = [row[-5:-3] for row in cells(said(Make("lhs", **ONE), indices=(INDEX, rows)))]
    assert found == [["12,346", "1,000 to 1,234,568"], ["1,000", "0.0123 to 2,000"]]


def test_failures_are_passed_while_anything_is_finished(said):
    assert len(cells(said(Make("lhs", failed=3, **ONE)))) == 3


def test_when_every_run_failed_nothing_else_is_said(said):
    assert said(Make("lhs", changes={"runs": {"asked": 120, "failed": 120}}, **ONE)) == [FAILED]


@pytest.mark.parametrize(
    ("replicates", "share", "needed", "sentence"),
    [
        ("1", "", "", "with one seed at each point, noise cannot be told from effects."),
        ("0", "", "", "with one seed at each point, noise cannot be told from effects."),
        ("4", "", "inf", "no two points differ."),
        ("4", "0.0312", "3", "3.1 % of the variance between points is noise; 4 seeds at each point are enough."),
        ("4", "0", "1", "0.0 % of the variance between points is noise; 4 seeds at each point are enough."),
        (
            "4", "0.05", "5",
            "5.0 % of the variance between points is noise; 5 seeds at each point would bring it under 5 %.",
        ),
        (
            "2", "0.98", "1862",
            "98.0 % of the variance between points is noise; 1,862 seeds at each point would bring it under 5 %.",
        ),
        (
            "2", "1", "inf",
            "100.0 % of the variance between points is noise; nothing but noise is seen, and no number of seeds is "
            "known to be enough.",
        ),
    ],
)  # fmt: skip
def test_noise_in_a_sentence(replicates, share, needed, sentence):
    known = {"replicates": replicates, "noise_share": share, "replicates_needed": needed}
    (row,) = records([{**dict.fromkeys(NOISE, ""), "points": "9", **known}], NoiseRow)
    assert noise(row) == sentence


def test_noise_stands_below_the_table_of_its_scenario(said):
    shares = {("members", "r3-ten-years"): 0.01, ("members", "r4-private-money"): 0.2}
    rows = [(*key, 60, 2, 900.0, 72.0, share, 19) for key, share in shares.items()]
    lines = said(Make("lhs", outcomes=("members",)), noise=(NOISE, rows))
    second = next(place for place, line in enumerate(lines) if line.startswith(R4))
    first, last = " ".join(lines[:second]), " ".join(lines[second:])
    assert "Members: 1.0 % of the variance between points is noise; 2 seeds" in first and "20.0 %" not in first
    assert "Members: 20.0 % of the variance between points is noise; 19 seeds" in last and "1.0 %" not in last


def test_where_a_variant_loses_is_said_and_how_many_parameters_were_left_out(said):
    box = {"outcome": "members", "scenario": "r3-ten-years", "share": 0.4, "coverage": 0.81, "density": 0.9}
    box |= {"mass": 0.3, "parameter": "trust.gain", "low": "", "high": 0.33, "quasi_p": 0.001}
    left_out = ("parameter", "why"), [("fees.level", "set"), ("grant.level", "set")]
    *_, sentence, last = said(Make("lhs", discovery=(box,)), left_out=left_out)
    assert sentence == (
        f"“{R3}” loses to the baseline on members in 40\u00a0% of the sampled futures; 81\u00a0% of these lie where "
        "trust.gain (missing trust gained) is below 0.33, and 90\u00a0% of the futures there are losses."
    )
    assert last == "2 parameters that were asked for could not be varied; left_out.csv says why."


def test_a_single_parameter_left_out_is_one(said):
    *_, last = said(Make("lhs"), left_out=(("parameter", "why"), [("fees.level", "set")]))
    assert last == "1 parameter that was asked for could not be varied; left_out.csv says why."


def test_nothing_is_said_of_what_is_not_there(said):
    whole = " ".join(said(Make("lhs"), left_out=(("parameter", "why"), [])))
    assert "left_out" not in whole and "loses to the baseline" not in whole


def test_a_surrogate_that_was_refused_is_told(said):
    columns = [field.name for field in fields(SurrogateRow)]
    wanted = [
        {"scenario": "r3-ten-years", "parameter": "trust.gain", "index": "ST", "value": "0.4"},
        {"scenario": "r4-private-money", "why": "too few"},
    ]
    rows = [[{"outcome": "members", "points": "0", **row}.get(name, "") for name in columns] for row in wanted]
    lines = [line for line in said(Make("lhs"), surrogate=(columns, rows)) if "surrogate" in line]
    assert lines == [f"No surrogate is used for Members, {R4}: too few"]
