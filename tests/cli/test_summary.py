"""The table at the end of a run."""

import pytest

from klyngesim.cli.summary import print_summary, windows
from klyngesim.results.aggregate import YearAggregates
from klyngesim.results.indicators import index
from tests.results import fakes


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (2021, [(2021, 2021)]),
        (2023, [(2021, 2023)]),
        (2024, [(2021, 2023), (2024, 2024)]),
        (2025, [(2021, 2023), (2024, 2024), (2025, 2025)]),
        (2034, [(2021, 2023), (2024, 2024), (2032, 2034)]),
    ],
)
def test_windows_are_the_report_the_year_after_and_the_last_three(last, expected):
    assert windows(list(range(2021, last + 1))) == expected


def test_no_year_no_window():
    assert windows([]) == []


def test_a_column_is_the_mean_of_its_years(capsys):
    scenario = fakes.FakeScenario(quarters=16)
    aggregates = YearAggregates()
    sums = []
    for seed in (1, 2, 3):
        result = fakes.simulate(scenario, seed)
        aggregates.add(result)
        sums.append(result.indicators[:12, -1, index("grant_spent_mkr")].sum() / 3)
    found = aggregates.window("grant_spent_mkr", 2021, 2023)
    assert float(found.mean) == pytest.approx(sum(sums) / 3)
    assert min(sums) < float(found.low) < float(found.mean) < float(found.high) < max(sums)
    print_summary(aggregates)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "Grant spent" in line]
    assert f"{float(found.mean):,.0f} ({float(found.low):,.0f} to {float(found.high):,.0f})" in line
    assert "mio. kr. a year" in line and line.rstrip().endswith(" 3")


def test_a_run_of_less_than_a_year_says_so(capsys):
    aggregates = YearAggregates()
    aggregates.add(fakes.simulate(fakes.FakeScenario(quarters=3), 1))
    print_summary(aggregates)
    assert "no complete year" in capsys.readouterr().out


@pytest.mark.parametrize("drawn", [False, True])
def test_a_band_over_draws_of_the_parameters_says_so(drawn, capsys):
    aggregates = YearAggregates()
    for seed in (1, 2):
        aggregates.add(fakes.simulate(fakes.FakeScenario(quarters=4), seed))
    print_summary(aggregates, drawn=drawn)
    title = " ".join(capsys.readouterr().out.split())
    assert ("mean of 2 replicates, calibrated parameters drawn for each (90 % band)" in title) == drawn
