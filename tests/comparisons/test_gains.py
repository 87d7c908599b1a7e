"""Who gains and who loses, from made-up runs with answers worked out by hand."""

import math

import pytest

from klyngesim.comparisons.gains import gains
from klyngesim.results.indicators import index
from klyngesim.results.vocabulary import FIRM_CLASSES, STAGE
from tests.comparisons.made_up import DECADE, FIVE, T_FOUR, TWO_DECADES, made_up

HALF = T_FOUR * math.sqrt(2.5) / math.sqrt(5.0)


@pytest.fixture(scope="module")
def rows():
    """100 everywhere, but for the members of the third organisation and for large firms in pilots and projects."""
    steady = {"members": [100.0] * 5}
    made = made_up(steady, {"variant": {}}, windows=(DECADE, TWO_DECADES))
    large = [one.id for one in FIRM_CLASSES].index("large")
    for run, luck in zip(made.measured[1], FIVE, strict=True):
        run.indicators[0, 2, index("members")] = 120.0 + luck
        run.indicators[1, 2, index("members")] = 80.0 + luck
        run.moves[0, :, large, STAGE["external_project"]] = 12.0 + luck / 13.0
        run.moves[0, :, large, STAGE["pilot"]] = 99.0  # not a step that is looked at
    return {(row.window, row.kind, row.who, row.what): row for row in gains(made)}, made.organisations


def test_an_organisation_gains_in_its_own_row_and_window(rows):
    found, names = rows
    row = found["2025-2034", "organisation", names[2], "members"]
    assert (row.scenario, row.verdict) == ("variant", "better")
    assert [row.baseline_mean, row.mean_difference, row.relative] == pytest.approx([100.0, 20.0, 0.2])
    assert [row.low, row.high] == pytest.approx([20.0 - HALF, 20.0 + HALF])
    later = found["2025-2044", "organisation", names[2], "members"]
    assert (later.mean_difference, later.verdict) == (pytest.approx(-20.0), "worse")
    others = [one for key, one in found.items() if key[1] == "organisation" and key[2:] != (names[2], "members")]
    assert {one.verdict for one in others} == {"nothing changes"}


def test_a_class_of_firms_gains_by_the_ideas_of_all_organisations(rows):
    """13 organisations with two ideas more each, of ten."""
    found, _ = rows
    row = found["2025-2034", "firm class", "large", "ideas entering external_project"]
    assert [row.baseline_mean, row.mean_difference, row.relative] == pytest.approx([130.0, 26.0, 0.2])
    assert row.verdict == "better"
    others = [one for key, one in found.items() if key[1] == "firm class" and one is not row]
    assert {one.verdict for one in others} == {"nothing changes"}


def test_every_organisation_and_class_is_there(rows):
    found, names = rows
    said = {(kind, who, what) for _, kind, who, what in found}
    whats = ("participants_unique_year", "members", "projects_external_started", "staff_fte", "cash_mkr")
    steps = ("dissemination", "matchmaking", "external_project", "innovation")
    assert said == {("organisation", who, what) for who in names for what in whats} | {
        ("firm class", one.id, f"ideas entering {step}") for one in FIRM_CLASSES for step in steps
    }
