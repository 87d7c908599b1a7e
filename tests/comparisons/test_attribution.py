"""What tells apart why a scenario moves: four times the same seeds, each with one thing less."""

import pytest

from klyngesim.comparisons import attribution
from klyngesim.results.attribution import PARTS
from klyngesim.runs.replicates import execute
from klyngesim.scenario.loading import read_template

SCALE, LONG = "population.scale=0.005", "period.end=2026Q4"


def test_without_inflation_nothing_is_eroded():
    template = read_template("baseline", [SCALE, LONG, "prices.wage_growth=0"])
    rows = attribution.attribution(template, 1)
    assert [row.part for row in rows[: len(PARTS)]] == list(PARTS)
    assert all(row.change == 0.0 for row in rows if row.part == "erosion")
    assert any(row.change for row in rows if row.part == "rest")


def test_runs_that_are_there_are_not_made_again(tmp_path, monkeypatch):
    """The replicates are the scenario as it is: of four seeds and two replicates, two runs are there."""
    template = read_template("baseline", [SCALE, LONG, "replicates=2"])
    made, told = [], []

    def counted(templates, lots, values, *others):
        made.extend((lot.seed, bool(values)) for lot in lots)
        return run_lots(templates, lots, values, *others)

    run_lots = attribution.run_lots
    monkeypatch.setattr(attribution, "run_lots", counted)
    alone = attribution.attribution(template, 4)
    assert len(made) == attribution.runs_needed(template, 4) == 16
    made.clear()
    explained = []

    def explain(_, known):
        assert attribution.runs_needed(template, 4, known) == 14
        explained.extend(attribution.attribution(template, 4, on_progress=told.append, known=known))

    execute(template.scenario, tmp_path / "out", explain=explain)
    assert explained == alone
    assert len(made) == 14 and [seed for seed, changed in made if not changed] == [3, 4]
    assert (told[-1].done, told[-1].total) == (14, 14)


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
