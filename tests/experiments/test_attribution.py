"""What tells apart why a scenario moves: four times the same seeds, each with one thing less."""

import pytest

from klyngesim.experiments import attribution
from klyngesim.results.attribution import PARTS
from klyngesim.scenario.loading import read_template

SCALE, LONG = "population.scale=0.005", "period.end=2026Q4"


def test_without_inflation_nothing_is_eroded():
    template = read_template("baseline", [SCALE, LONG, "prices.wage_growth=0"])
    rows = attribution.attribution(template, 1)
    assert [row.part for row in rows[: len(PARTS)]] == list(PARTS)
    assert all(row.change == 0.0 for row in rows if row.part == "erosion")
    assert any(row.change for row in rows if row.part == "rest")


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ((SCALE, LONG), ""),
        ((SCALE, "period.end=2025Q4"), "three later years"),
        ((SCALE, LONG, "grant.indexation=0.5"), "grant.indexation has a value"),
    ],
)
def test_what_cannot_be_told_apart(settings, why):
    found = attribution.told_apart(read_template("baseline", settings))
    assert found == why if not why else why in found
