"""``klyngesim runs``: every directory with what its manifest says, and nothing else; names and dates elsewhere."""

import json
import os
from datetime import datetime

import pytest

from klyngesim.report.past_runs import past_runs
from tests.cli.commands import klyngesim

RUN = {
    "format": "klyngesim-run/1",
    "begun": "2026-01-05T10:00:00+00:00",
    "scenario": {"title": {"en": "Ten years", "da": "Ti år"}},
    "seeds": {"requested": [1, 2, 3], "finished": [1, 2]},
    "status": "incomplete",
    "differences": [
        {"path": "period.end", "value": "2030Q4", "parent": "2034Q4"},
        {"path": "replicates", "value": 3, "parent": 20},
        {"path": "timeline.2025Q1.grant.horizon_years", "value": 10.0, "parent": None},
        {"path": "timeline.2025Q1.grant.horizon_years.announced", "value": "2024Q4", "parent": None},
        {"path": "clusters.made.fees.level", "value": 2.0, "parent": None},
        {"path": "timeline.2026Q1.made.depth.shift", "value": 0.25, "parent": None},
        {"path": "parameters.trust.gain", "value": 0.1, "parent": 0.06},
    ],
}
COMPARISON = {
    "format": "klyngesim-comparison/2",
    "variants": ["a", "b"],
    "titles": {"base": {"en": "B0", "da": "B0"}, "a": {"en": "A", "da": "Å"}, "b": {"en": "B", "da": "B"}},
    "pairs": {"most": 100, "made": 40, "failed": []},
    "settings": ["fees.level=1.5", "period.end=2044Q4"],
}
SWEEP = {
    "format": "klyngesim-sweep/1",
    "sweep": {"name": "advice", "title": {"en": "What it hangs on", "da": "Hvad det afhænger af"}, "set": []},
    "runs": {"asked": 100, "failed": 0},
}


@pytest.fixture
def folder(tmp_path):
    found = {
        "run-a": RUN,
        "compare-b": COMPARISON,
        "sweep-c": SWEEP,
        "broken": {"format": "klyngesim-run/1"},
        "other": {},
    }
    for day, (name, manifest) in enumerate(found.items(), start=1):
        path = tmp_path / "runs" / name / "manifest.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(manifest), encoding="utf-8")
        at = datetime(2026, 2, day).timestamp()
        os.utime(path, (at, at))
    (tmp_path / "runs" / "run-d.partial-17-host").mkdir()
    (tmp_path / "runs" / "store").mkdir()
    (tmp_path / "runs" / "notes.txt").write_text("nothing")
    return tmp_path


def test_everything_that_commands_have_left_is_listed_newest_first(folder):
    rows = json.loads(klyngesim("runs", "--format", "json", cwd=folder).stdout)
    assert [row["directory"] for row in rows] == [
        "runs/run-d.partial-17-host",
        "runs/sweep-c",
        "runs/compare-b",
        "runs/run-a",
    ]
    assert [row["command"] for row in rows] == ["", "sweep", "compare", "run"]
    assert [row["state"] for row in rows] == ["unfinished", "complete", "complete", "incomplete"]
    assert [row["pairs"] for row in rows] == ["", "100", "40", "2 of 3"]
    assert [row["title"] for row in rows] == ["", "What it hangs on", "A; B", "Ten years"]


def test_differences_are_told_in_words_the_levers_first(folder):
    rows = json.loads(klyngesim("runs", "--format", "json", cwd=folder).stdout)
    run, comparison = (row["difference"].replace("\u00a0", " ") for row in (rows[3], rows[2]))
    assert run == (
        "length of a UFS grant period: 10 years from 2025Q1; membership fees relative to today's (made): 2; hours "
        "moved from reach to applications and projects (made): 25 % from 2026Q1; and 2 more"
    )
    assert comparison == "membership fees relative to today's: 1.5"


def test_the_table_speaks_danish(folder):
    table = klyngesim("runs", "--lang", "da", cwd=folder).stdout.replace("\u00a0", " ")
    assert "hvornår" in table and "Ti år" in table and "Hvad det afhænger af" in table
    assert "2 af 3" in table and "uafsluttet" in table and "10 år fra 2025Q1; " in table and "og 2 mere" in table


def test_another_directory_may_be_named_and_a_wrong_one_is_refused(folder):
    assert "Ten years" in klyngesim("runs", "runs/run-a", cwd=folder).stdout
    done = klyngesim("runs", "nowhere", cwd=folder)
    assert done.returncode == 2 and done.stderr.startswith("nowhere: No such file or directory; type")
    (folder / "empty").mkdir()
    done = klyngesim("runs", "empty", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "") and "no runs" in done.stderr


def test_times_are_those_of_the_beginning_where_it_is_known(folder):
    by = {past.directory.name: past.when for past in past_runs(folder / "runs", "en")}
    assert by["run-a"] == datetime.fromisoformat(RUN["begun"])
    assert by["sweep-c"].strftime("%Y-%m-%d") == "2026-02-03"
