"""``klyngesim validate`` from outside: the tables it leaves, and what it refuses."""

import csv

import pytest

from klyngesim.calibration.targets import read_targets
from tests.cli.commands import klyngesim


def rows(path):
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_tables_and_figures_are_left_in_a_new_directory(tmp_path):
    done = klyngesim("validate", "--draws", 2, "--jobs", 1, "--out", "fit", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    targets = read_targets()
    fits, inputs = rows(tmp_path / "fit" / "fit.csv"), rows(tmp_path / "fit" / "inputs.csv")
    assert {row["target"] for row in fits} == {target.id for target in targets if target.role != "input"}
    assert {row["target"] for row in inputs} == {target.id for target in targets if target.role == "input"}
    columns = (
        "target,group,role,perimeter,observed,median,low,high,inside,standardised_error,naive_low,naive_high,source"
    )
    assert set(columns.split(",")) <= set(fits[0])
    groups = {row["group"]: int(row["elements"]) for row in rows(tmp_path / "fit" / "groups.csv")}
    assert sum(groups.values()) == sum(target.counts for target in targets)
    verdicts = {row["transition"]: row["verdict"] for row in rows(tmp_path / "fit" / "dropout.csv")}
    assert verdicts["contacted_to_dissemination"] == verdicts["dissemination_to_matchmaking"] == "not identifiable"
    assert {path.suffix for path in (tmp_path / "fit" / "figures").iterdir()} == {".png", ".svg", ".csv"}
    again = klyngesim("validate", "--draws", 2, "--out", "fit", cwd=tmp_path)
    assert again.returncode == 2 and "exists already" in again.stderr


@pytest.mark.parametrize(("draws", "words"), [("1", "2"), ("5000", "allowed"), ("100000", "10000")])
def test_impossible_numbers_of_draws_are_refused(draws, words, tmp_path):
    done = klyngesim("validate", "--draws", draws, "--out", "fit", cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
