"""Directions of a sweep: known answers from invented points, and the sentences that they become."""

from types import SimpleNamespace

import numpy as np
import pytest

from klyngesim.note.sweep import ways
from klyngesim.report.parameter_words import factor
from klyngesim.sweeps.data import read
from klyngesim.sweeps.direction_words import direction
from klyngesim.sweeps.directions import Direction, directions, ends
from tests.report.sweep_directories import Make, build

GAIN = np.linspace(0.0, 1.0, 31)


def effect(name, above=True):
    return SimpleNamespace(parameter=name, above=above)


def swept(means, design, leading):
    """What is read of a sweep."""
    return SimpleNamespace(
        scenarios=("r3",),
        outcomes=("members",),
        design=design,
        leading=lambda scenario, outcome: leading,
        means=lambda scenario, outcome: means,
    )


def test_an_outcome_that_falls_with_a_factor_is_high_where_that_is_low():
    found = swept(100.0 - 60.0 * GAIN, {"trust.gain": GAIN}, [effect("trust.gain")])
    (one,) = directions(found)
    low, high = np.quantile(GAIN, [1 / 3, 2 / 3])
    assert (one.low, one.high) == (low, high)
    assert one.at_low == pytest.approx(100.0 - 60.0 * np.compress(low >= GAIN, GAIN).mean())
    assert one.at_high == pytest.approx(100.0 - 60.0 * np.compress(high <= GAIN, GAIN).mean())


def test_few_values_are_held_against_each_other_at_their_ends():
    places = np.array([0.5] * 9 + [0.0, 0.25, 0.75, 1.0])  # one at a time: most points stand in the middle
    assert ends(places) == (0.0, 1.0)
    found = swept(places * 10.0, {"fees.level": places}, [effect("fees.level")])
    (one,) = directions(found)
    assert (one.at_low, one.at_high) == (0.0, 10.0)


def test_only_leading_factors_beyond_the_dummy_are_told_and_no_constant_one():
    design = {name: GAIN for name in ("a", "b", "c", "d", "dummy")} | {"still": np.ones(31)}
    leading = [effect("dummy"), effect("a"), effect("weak", above=False), effect("still"), effect("b"), effect("c")]
    assert [one.parameter for one in directions(swept(GAIN, design, leading))] == ["a", "b"]


def test_points_that_failed_are_left_out():
    means = np.where(GAIN > 0.9, np.nan, GAIN)
    (one,) = directions(swept(means, {"a": GAIN}, [effect("a")]))
    assert np.isfinite(one.at_high) and one.at_high < 0.9
    assert not list(directions(swept(np.full(31, np.nan), {"a": GAIN}, [effect("a")])))


LOCK_IN = Direction("participants_unique_year", "r3", "rival.lock_in", 0.031, 0.0668, 310.4, -1512.0)


def test_a_sentence_says_who_loses_how_much_and_when():
    assert direction(LOCK_IN, "“R3”", True, "en").replace("\u00a0", " ") == (
        "Participants in the year: if “money tied to old areas over a long period” is 6.7 % a year or more, “R3” loses "
        "some 1,500 participants; at 3.1 % a year or less it gains some 310 participants [rival.lock_in]."
    )
    danish = direction(LOCK_IN, "»R3«", True, "da").replace("\u00a0", " ")
    assert (
        "Hvis »midler bundet til gamle områder i en lang periode« er 6,7 pct. om året eller mere, taber »R3«" in danish
    )
    assert "omtrent 1.500" in danish and "vinder den omtrent 310" in danish and danish.endswith(" [rival.lock_in].")


def test_flows_are_a_year_shares_are_points_and_levels_are_no_gain():
    flow = Direction("innovations", "r3", "trust.gain", 0.1, 0.2, 12.0, -3.4)
    assert "loses some 3.4 innovations a year" in direction(flow, "R3", True, "en")
    share = Direction("small_firm_share", "r3", "trust.gain", 0.1, 0.2, 0.0123, -0.05)
    assert "loses some 5 percentage points" in direction(share, "R3", True, "en")
    level = direction(Direction("members", "b0", "trust.gain", 0.1, 0.2, 1812.0, 2140.0), "B0", False, "en")
    assert "some 2,100 members; at 10\u00a0% or less, some 1,800 members" in level and "gains" not in level


def test_money_is_told_as_a_language_does_and_ends_that_round_to_one_number_get_more_digits():
    money = Direction("external_private_mkr", "r3", "trust.gain", 0.1, 0.2, 12.0, -47.0)
    assert "loses some DKK 47 million a year; at" in direction(money, "R3", True, "en")
    assert "omtrent 47 mio. kr. om året" in direction(money, "R3", True, "da")
    near = direction(Direction("members", "b0", "trust.gain", 0.1, 0.2, 1812.0, 1828.0), "B0", False, "en")
    assert "some 1,830 members" in near and "some 1,810 members" in near


def test_switches_are_told_by_what_they_are():
    switch = Direction("members", "r3", "M085", 0.0, 1.0, 100.0, -20.0)
    said = direction(switch, "R3", True, "en")
    assert "if “lighthouses beside the organisations” is switched off, R3 loses some 20 members; else it" in said
    danish = direction(switch, "R3", True, "da")
    assert "Hvis »erhvervsfyrtårne ved siden af klyngeorganisationerne« slås fra, taber R3 omtrent 20" in danish
    assert factor("attendance.rule=demand", "en") == "whether seats or demand decide who attends = demand"


def test_a_sweep_ends_in_directions_in_the_note_and_the_terminal(tmp_path):
    found = read(build(tmp_path / "sweep", Make("lhs")))
    told = list(ways(found, "en"))
    assert len(told) == len(list(directions(found))) > 0
    assert all(("gains" in line or "loses" in line) and "[" in line for line in told)
    assert factor("trust.gain", "da") == "manglende tillid, der vindes"
    assert factor("external.award_skew", "da") == "skævhed i tilsagnenes størrelse"
    assert all("»" in line for line in ways(found, "da"))
