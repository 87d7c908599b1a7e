"""``params``, ``levers``, ``indicators`` and ``schema`` from outside, and ``--help``."""

import csv
import io
import json

import pytest

from klyngesim.results.indicators import IDS
from klyngesim.scenario.parameters import registry
from tests.cli.commands import klyngesim, klyngesim_process

LISTINGS = ["params", "levers", "indicators"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("listings")


def ids(command):
    if command == "indicators":
        return list(IDS)
    return [parameter.id for parameter in registry().values() if command == "params" or parameter.dated]


@pytest.mark.parametrize("command", LISTINGS)
def test_json_and_csv_hold_every_row_and_agree(command, folder):
    as_json = klyngesim(command, "--format", "json", cwd=folder)
    as_csv = klyngesim(command, "--format", "csv", cwd=folder)
    assert (as_json.returncode, as_csv.returncode) == (0, 0), as_json.stderr + as_csv.stderr
    rows = json.loads(as_json.stdout)
    lines = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert [row["id"] for row in rows] == [line["id"] for line in lines] == ids(command)
    assert all(list(row) == list(line) for row, line in zip(rows, lines, strict=True))
    assert all(line["unit"] for line in lines)


@pytest.mark.parametrize("command", LISTINGS)
def test_a_table_cuts_nothing_off_without_a_terminal(command, folder):
    table = klyngesim(command, cwd=folder)
    assert table.returncode == 0 and table.stderr == ""
    assert all(name in table.stdout for name in ids(command))
    assert "…" not in table.stdout


@pytest.mark.parametrize("command", LISTINGS)
def test_markdown_has_a_heading_and_a_row_for_each(command, folder):
    page = klyngesim(command, "--format", "md", cwd=folder).stdout
    assert page.startswith("# ")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    found = [line.split(" | ")[0].removeprefix("| ") for line in rows]
    assert set(ids(command)) <= set(found)
    table = rows[: len(ids(command)) + 1]
    assert {line.replace("\\|", "").count("|") for line in table} == {table[0].count("|")}


def test_numbers_read_back_to_the_values_of_the_registry(folder):
    rows = json.loads(klyngesim("params", "--format", "json", cwd=folder).stdout)
    known = registry()
    assert {row["id"]: row["value"] for row in rows} == {name: known.default(name) for name in known}
    assert {row["id"]: row["step"] for row in rows} == {name: one.step for name, one in known.items()}


def test_every_lever_of_the_report_is_listed_modelled_or_not(folder):
    rows = json.loads(klyngesim("levers", "--report", "--format", "json", cwd=folder).stdout)
    assert [row["id"] for row in rows] == [f"L{number:02d}" for number in range(1, 55)]
    assert any(row["parameters"] for row in rows)


def test_the_schema_is_json_and_knows_every_parameter(folder):
    done = klyngesim("schema", cwd=folder)
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(schema["properties"]["parameters"]["properties"]) == set(registry())


COMMANDS = ["run", "check", "explain", *LISTINGS, "schema", "ablate", "bench", "calibrate", "validate"]


@pytest.mark.parametrize("command", ["", *COMMANDS], ids=lambda name: name or "all")
def test_help_explains_every_command(command, folder):
    done = klyngesim(*command.split(), "--help", cwd=folder)
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("Usage: klyngesim") and len(done.stdout.splitlines()) > 4


def test_the_version_is_printed(folder):
    done = klyngesim("--version", cwd=folder)
    assert done.returncode == 0 and done.stdout.startswith("klyngesim ")


@pytest.mark.parametrize("arguments", [["nonsense"], ["params", "--format", "xml"], ["check"], ["run"]])
def test_wrong_commands_are_wrong_input(arguments, folder):
    done = klyngesim(*arguments, cwd=folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stdout == ""


ALIKE = ["params --format csv", "--help", "check good.yaml bad.yaml", "nonsense", "--version"]


@pytest.mark.parametrize("words", ALIKE)
def test_a_process_of_its_own_says_the_same_as_the_command_here(words, tmp_path):
    """What other tests see of commands in their own process is what a user sees."""
    (tmp_path / "good.yaml").write_text("name: good\nextends: baseline\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("name: bad\ntitle: Størst → bedst\nseeed: 3\n", encoding="utf-8")
    here, there = (command(*words.split(), cwd=tmp_path) for command in (klyngesim, klyngesim_process))
    assert (here.returncode, here.stdout, here.stderr) == (there.returncode, there.stdout, there.stderr)
    assert here.stdout or here.stderr
