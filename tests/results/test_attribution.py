"""The parts of a change: they add up, and say what was put in."""

import numpy as np
import pytest

from klyngesim.results.attribution import INDICATORS, LANGUAGES, PARTS, attribute, sentence, years_after
from klyngesim.results.indicators import IDS, index

YEARS = list(range(2021, 2035))


def run(last, seeds=2):
    """Everything is 100 until 2031 and ``last`` from then on, in the mean of the seeds."""
    values = np.full((seeds, len(YEARS), len(IDS)), 100.0)
    values[:, -3:] = last
    values[0] -= 10.0
    values[1] += 10.0
    return values


def test_the_parts_are_what_the_other_runs_do_not_lose():
    rows = attribute(YEARS, [run(80.0), run(90.0), run(95.0), run(101.0)])
    assert [row.indicator for row in rows] == [name for name in INDICATORS for _ in PARTS]
    found = {row.part: row.change for row in rows if row.indicator == "members"}
    expected = {"total": -0.2, "erosion": -0.1, "failures": -0.15, "both": -0.21, "rest": 0.01}
    assert found == pytest.approx(expected)
    assert found["total"] == pytest.approx(found["both"] + found["rest"])
    assert {(row.before, row.after, row.n) for row in rows} == {("2021-2023", "2032-2034", 2)}


def test_nothing_before_has_no_share():
    empty = run(80.0)
    empty[:, :, index("applications_won")] = 0.0
    rows = attribute(YEARS, [empty] * 4)
    assert all(np.isnan(row.change) == (row.indicator == "applications_won") for row in rows)


@pytest.mark.parametrize(
    ("years", "after"),
    [(YEARS, (2032, 2034)), (range(2021, 2027), (2024, 2026)), (range(2021, 2026), None), ([], None)],
)
def test_the_last_years_do_not_overlap_with_those_of_the_report(years, after):
    assert years_after(list(years)) == after


def test_too_few_years_are_refused():
    with pytest.raises(ValueError, match="3 later ones"):
        attribute(YEARS[:4], [run(80.0)[:, :4]] * 4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_has_every_part_of_every_indicator(language):
    rows = attribute(YEARS, [run(80.0), run(90.0), run(95.0), run(101.0)])
    said = sentence(rows, "B0", language)
    assert "B0" in said and "2021-2023" in said and "2032-2034" in said and said.endswith(".")
    for number in (" -20 %:" if language == "en" else " -20 pct.:", " -10,", " -15,", " -21,", " +1"):
        assert said.count(number) == len(INDICATORS), number
