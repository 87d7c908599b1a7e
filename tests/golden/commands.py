"""The sweeps, the comparison and its note whose files are recorded: small ones, made by the commands themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pq
from typer.testing import CliRunner

from klyngesim.cli.main import app
from klyngesim.results.hashing import content_hash, file_hash, json_hash

_SWEEP = """\
title: {{en: "A small sweep", da: "En lille sweep"}}
scenario: {scenario}
method: {method}
parameters: [trust.gain, evaluation.loss, staff.exit_response]
outcomes: [members, participants_unique_year, external_private_mkr]
set: [population.scale=0.005, period.end=2025Q4]
{more}
"""
_TABLE = "trust.gain,evaluation.loss,staff.exit_response\n0.05,0.1,0.5\n0.1,0.2,0.5\n0.05,0.3,1\n0.2,0.1,1\n"

SWEEPS = {
    "oat": ("baseline", "levels: 2"),
    "morris": ("[baseline, r3-ten-years]", "samples: 2"),
    "sobol": ("baseline", "samples: 2\nswitches: [M026]"),
    "lhs": ("[baseline, r4-demand-125]", "samples: 8\nswitches: [attendance.rule=demand]"),
    "grid": ("baseline", "levels: 2"),
    "table": ("[baseline, r3-ten-years]", "table: points.csv\ndummy: false"),
}
"""Scenario and further lines of the sweep file, by method."""

COMPARISON = "comparison-and-note"

COMMANDS: dict[str, int] = {COMPARISON: 2, **{f"sweep-{method}": 1 for method in SWEEPS}, "sweep-lhs": 2}
"""Number of processes that a case has; any other leaves the same files."""

_OWN = (
    (r"<title>.*?</title>", "its id"),
    (r'<p class="muted">.*?</p>', "id and version"),
    (r'<section id="figure".*?</section>', "the figure, drawn by whatever Matplotlib and fonts there are"),
    (r"<footer>.*</footer>", "versions, commit and hashes"),
)
"""What in a note says when and with what it was made: patterns, and what they leave out."""


def hashes_of_command(case: str, folder: Path, jobs: int) -> dict[str, str]:
    """Hashes of the tables that a command leaves, by file; files lie in an empty folder."""
    out = folder / "out"
    common = ("--store", folder / "store", "--out", out, "--jobs", jobs, "--no-figures", "--quiet")
    if case != COMPARISON:
        method = case.removeprefix("sweep-")
        scenario, more = SWEEPS[method]
        file = folder / f"{method}.yaml"
        file.write_text(_SWEEP.format(scenario=scenario, method=method, more=more), encoding="utf-8")
        (folder / "points.csv").write_text(_TABLE, encoding="utf-8")
        _klyngesim("sweep", file, *common)
        return _tables(out)
    size = ("--set", "population.scale=0.01", "--end", "2025Q4", "--pairs", 2, "--at-least", 2, "--breakeven", 1)
    _klyngesim("compare", "baseline", "r4-demand-125", *size, *common)
    _klyngesim("report", out, "--out", folder / "note")
    return _tables(out) | {"note.html": json_hash(lasting((folder / "note" / "note.html").read_text(encoding="utf-8")))}


def lasting(page: str) -> str:
    """A note without what changes from one day or version to the next. ValueError if a part of that is not there."""
    for pattern, what in _OWN:
        page, count = re.subn(pattern, "", page, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"{count} times in the note instead of once: {what}")
    return page


def _klyngesim(*arguments: object) -> None:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exit_code:
        raise RuntimeError(f"klyngesim {arguments[0]} ended with {done.exit_code}: {done.output}{done.exception!r}")


def _tables(directory: Path) -> dict[str, str]:
    """Hashes of the CSV files as they are, of the others by content but for the keys of runs in the store.

    Keys follow the source of the model, not its results.
    """
    hashes = {path.name: file_hash(path) for path in directory.glob("*.csv")}
    for path in directory.glob("*.parquet"):
        table = pq.read_table(path)
        hashes[path.name] = content_hash(table.drop_columns(["key"]) if "key" in table.column_names else table)
    return hashes
