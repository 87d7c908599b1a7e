"""Reading a run directory: years, windows, sums, and what is said about files that are not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from klyngesim.report.run_data import Move, price_level, read

Build = Callable[..., Path]


def test_windows_are_the_report_and_the_last_three_years(run_directory: Build) -> None:
    assert read(run_directory()).windows() == ((2021, 2022, 2023), (2032, 2033, 2034))


@pytest.mark.parametrize(
    ("years", "windows"),
    [
        ((2021,), ((2021,),)),
        ((2021, 2022, 2023, 2024), ((2021, 2022, 2023), (2024,))),
        ((2030, 2031, 2032, 2033), ((2031, 2032, 2033),)),
    ],
)
def test_windows_of_short_runs(
    run_directory: Build, years: tuple[int, ...], windows: tuple[tuple[int, ...], ...]
) -> None:
    assert read(run_directory(years=years)).windows() == windows


def test_an_unfinished_last_year_is_left_out(run_directory: Build) -> None:
    run = read(run_directory(years=(2021, 2022, 2023), end_quarter=2))
    assert (run.years, run.partial) == ((2021, 2022), (2023,))
    assert [point.year for point in run.points("members")] == [2021, 2022]


def test_an_unfinished_only_year_leaves_none(run_directory: Build) -> None:
    run = read(run_directory(years=(2021,), end_quarter=3))
    assert (run.years, run.partial) == ((), (2021,))


def test_the_programme_is_the_sum_of_its_organisations(run_directory: Build) -> None:
    directory = run_directory(years=(2021,))
    run = read(directory)
    rows = [line.split(",") for line in (directory / "funnel.csv").read_text(encoding="utf-8").splitlines()[1:]]
    move = Move(2021, "small", "matchmaking", "application", "progress")
    wanted = sum(float(row[7]) for row in rows if row[3:7] == ["small", "matchmaking", "application", "progress"])
    assert wanted > 0
    assert run.moves[move] == pytest.approx(wanted)
    money = [line.split(",") for line in (directory / "finance.csv").read_text(encoding="utf-8").splitlines()[1:]]
    fees = [float(row[4]) for row in money if row[3] == "own_fees"]
    assert len(fees) == 2
    assert run.ledger[2021, "own_fees"] == pytest.approx(sum(fees))
    assert {point.year for point in run.points("members")} == {2021}


def test_summary_uses_the_programme_row_only(run_directory: Build) -> None:
    run = read(run_directory(years=(2021,)))
    assert run.points("participants_unique_year")[0].mean == pytest.approx(8400.0)


def test_not_calibrated_unless_the_manifest_says_so(run_directory: Build) -> None:
    directory = run_directory(calibrated=True)
    assert read(directory).calibrated
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    del manifest["calibrated"]
    (directory / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert not read(directory).calibrated


def test_failed_replicates_are_counted(run_directory: Build) -> None:
    assert read(run_directory(n=3, failed=2)).failures == 2


def test_price_level_is_one_over_the_years_of_the_report() -> None:
    levels = [price_level(0.03, year) for year in (2021, 2022, 2023)]
    assert sum(levels) / 3 == pytest.approx(1.0)
    assert levels[2] / levels[1] == pytest.approx(1.0075**4)
    assert price_level(0.0, 2040) == 1.0


def test_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"manifest\.json"):
        read(tmp_path)


def test_two_scenarios_in_one_summary(run_directory: Build) -> None:
    directory = run_directory(years=(2021,))
    path = directory / "summary.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1].replace("baseline", "other", 1)]) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="baseline, other"):
        read(directory)
