"""``klyngesim verify --crate`` from outside: metadata of these files that RO-Crate 1.1 accepts."""

import json
import os
import re
import shutil
import tomllib
from datetime import datetime
from urllib.parse import unquote

import pytest

from klyngesim.report.crate import LICENCE
from klyngesim.results.hashing import file_hash
from klyngesim.results.manifest import CRATE
from tests.cli.commands import klyngesim
from tests.static.sources import ROOT

SMALL = ("--set", "population.scale=0.01")
SWEEP = """name: two
title: {en: "Two points", da: "To punkter"}
scenario: [baseline, r3-horizon]
method: lhs
samples: 2
dummy: false
parameters: [trust.gain]
outcomes: [members]
set: [population.scale=0.01, period.end=2025Q2]
"""
PAIRS = ("--pairs", 2, "--at-least", 2, "--over", "central", "--breakeven", 0, "--parts", 0, "--attribution", 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run, a comparison and a sweep."""
    made = tmp_path_factory.mktemp("crates")
    (made / "two.yaml").write_text(SWEEP, encoding="utf-8")
    ways = ("--jobs", 1, "--quiet", "--no-figures")
    run = ("run", "baseline", *SMALL, "--set", "period.end=2021Q4", "--replicates", 2, "--attribution", 0)
    for command in (
        (*run, *ways, "--out", "run"),
        ("compare", "baseline", "r3-horizon", *SMALL, "--end", "2025Q2", *PAIRS, *ways, "--out", "compared"),
        ("sweep", "two.yaml", *ways, "--out", "swept"),
    ):
        done = klyngesim(*command, cwd=made)
        assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def copy(folder, tmp_path):
    shutil.copytree(folder / "run", tmp_path / "run", ignore=shutil.ignore_patterns(CRATE))
    return tmp_path


def described(folder, name):
    """The metadata that the command writes."""
    done = klyngesim("verify", name, "--no-rerun", "--crate", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == f"{name}: described as an RO-Crate in {CRATE}."
    return json.loads((folder / name / CRATE).read_text(encoding="utf-8"))


def references(value):
    """Every reference of an entity, which holds nothing else that is nested."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            assert list(one) == ["@id"], "JSON-LD of a crate is flat"
            yield one["@id"]


def held_against_the_specification(metadata, directory):
    """What https://www.researchobject.org/ro-crate/specification/1.1 asks of metadata; returns the entities by id."""
    assert metadata["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    entities = {one["@id"]: one for one in metadata["@graph"]}
    assert len(entities) == len(metadata["@graph"]), "every entity has an id of its own"
    assert all(re.fullmatch(r"[\w.~!$&'()*+,;=:@%/#-]+", name) for name in entities), "ids are references of URIs"
    descriptor = entities["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork" and descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = entities["./"]
    assert root["@type"] == "Dataset" and root["name"] and root["description"]
    assert datetime.fromisoformat(root["datePublished"]).utcoffset().total_seconds() == 0
    assert entities[root["license"]["@id"]]["name"] and entities[root["license"]["@id"]]["description"]
    files = {name: one for name, one in entities.items() if one["@type"] == "File"}
    assert [part["@id"] for part in root["hasPart"]] == list(files), "every file is a part"
    for name, one in files.items():
        path = directory / unquote(name)
        assert path.stat().st_size == int(one["contentSize"]) and file_hash(path) == one["sha256"]
        assert re.fullmatch(r"\w+/[\w.+-]+", one["encodingFormat"])
        assert one["encodingFormat"] != "application/octet-stream", name
    there = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}
    assert {unquote(name) for name in files} == there - {CRATE}
    for one in entities.values():
        for name in (name for key, value in one.items() if key != "@id" for name in references(value)):
            assert name in entities or name == "https://w3id.org/ro/crate/1.1", name
        assert not [key for key, value in one.items() if isinstance(value, list) and len(value) == 1], "a single value"
    return entities


@pytest.mark.parametrize(
    ("name", "command", "title", "described_as"),
    [
        ("run", "klyngesim run", "B0: the rules of 2021-2024 continued (single run ", "2 runs, complete; "),
        ("compared", "klyngesim compare", " (comparison ", "2 pairs of runs, complete; "),
        ("swept", "klyngesim sweep", "Two points (sweep ", "4 runs, complete; "),
    ],
)
def test_a_directory_is_described_as_the_specification_asks(folder, name, command, title, described_as):
    entities = held_against_the_specification(described(folder, name), folder / name)
    manifest = json.loads((folder / name / "manifest.json").read_text(encoding="utf-8"))
    root, making = entities["./"], entities["#making"]
    (identity,) = (manifest[key] for key in ("run_id", "comparison_id", "sweep_id") if key in manifest)
    assert title in root["name"] and root["name"].endswith(f" {identity})")
    assert described_as in root["description"] and "population.scale 0.01" in root["description"]
    assert root["mentions"] == {"@id": "#making"} and making["@type"] == "CreateAction" and making["name"] == command
    assert making["result"] == root["hasPart"] and making["actionStatus"].endswith("/CompletedActionStatus")
    read = [making["object"]] if isinstance(making["object"], dict) else making["object"]
    told = [{"path": entities[one["@id"]]["name"], "sha256": entities[one["@id"]]["sha256"]} for one in read]
    assert told == manifest["inputs"]
    program = entities[making["instrument"]["@id"]]
    assert program["version"].startswith(manifest["versions"]["klyngesim"])
    libraries = {
        entities[one["@id"]]["name"]: entities[one["@id"]]["version"] for one in program["softwareRequirements"]
    }
    assert {"klyngesim": manifest["versions"]["klyngesim"], **libraries} == manifest["versions"]
    assert (manifest["git"]["commit"] in program["version"]) if manifest["git"] else "commit" not in program["version"]


def test_times_of_a_run_are_those_of_its_manifest_and_else_when_it_was_written(folder):
    run = {one["@id"]: one for one in described(folder, "run")["@graph"]}["#making"]
    manifest = json.loads((folder / "run" / "manifest.json").read_text(encoding="utf-8"))
    begun, ended = (datetime.fromisoformat(run[key]) for key in ("startTime", "endTime"))
    assert begun == datetime.fromisoformat(manifest["begun"])
    assert 0.0 <= (ended - begun).total_seconds() - (manifest["wall_seconds"] // 1) <= 1.0
    swept = {one["@id"]: one for one in described(folder, "swept")["@graph"]}["#making"]
    written = (folder / "swept" / "manifest.json").stat().st_mtime
    assert datetime.fromisoformat(swept["endTime"]).timestamp() == written // 1 and "startTime" not in swept


def test_the_same_directory_has_the_same_metadata_to_the_last_byte(folder, copy):
    described(folder, "run")
    os.utime(copy / "run" / "manifest.json", (1, 1))
    described(copy, "run")
    assert (copy / "run" / CRATE).read_bytes() == (folder / "run" / CRATE).read_bytes()
    described(copy, "run")


def test_metadata_are_no_file_of_the_directory_and_what_a_publisher_adds_stays(copy):
    metadata = described(copy, "run")
    done = klyngesim("verify", "run", cwd=copy)
    assert done.returncode == 0 and "the same to the last bit" in done.stdout
    metadata["@graph"][1]["author"] = {"@id": "https://orcid.org/0000-0000-0000-0000"}
    (copy / "run" / CRATE).write_text(json.dumps(metadata), encoding="utf-8")
    assert klyngesim("verify", "run", "--no-rerun", cwd=copy).returncode == 0
    before = (copy / "run" / CRATE).read_bytes()
    done = klyngesim("verify", "run", "--no-rerun", "--crate", cwd=copy)
    assert done.returncode == 2 and "is there already and says something else; remove it" in done.stderr
    assert (copy / "run" / CRATE).read_bytes() == before


def test_in_danish_it_says_the_same(copy):
    done = klyngesim("verify", "run", "--no-rerun", "--crate", "--lang", "da", cwd=copy)
    assert done.stdout.splitlines()[-1] == f"run: beskrevet som RO-Crate i {CRATE}."


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no table")])
def test_a_damaged_directory_is_refused(copy, damage):
    damage(copy / "run" / "finance.parquet")
    done = klyngesim("verify", "run", "--crate", cwd=copy)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "run: not described as an RO-Crate, for it is not as it was left."
    assert not (copy / "run" / CRATE).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: "{", "cannot be read"),
        (lambda text: text.replace('"@graph"', '"graph"'), "cannot be read"),
        (lambda text: text.replace("summary.csv", "summery.csv"), "tells of other files"),
        (lambda text: re.sub(r'"sha256": "\w{64}"', f'"sha256": "{64 * "0"}"', text, count=1), "tells of other files"),
    ],
)
def test_metadata_that_are_not_of_these_files_are_named(copy, change, said):
    described(copy, "run")
    path = copy / "run" / CRATE
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    done = klyngesim("verify", "run", "--no-rerun", cwd=copy)
    assert done.returncode == 1
    assert done.stdout == f"run: {CRATE} {said}; remove it, and --crate writes it anew\n"


def test_runs_of_which_some_failed_are_told_as_such(copy):
    path = copy / "run" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest |= {"status": "incomplete", "seeds": {"requested": [1, 2], "finished": [1]}}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    making = {one["@id"]: one for one in described(copy, "run")["@graph"]}["#making"]
    assert making["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert making["error"] == "incomplete: 1 of 2 runs"


def test_the_licence_is_that_of_the_package():
    said = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"]
    assert LICENCE["@id"] == f"https://spdx.org/licenses/{said}" and LICENCE["name"].startswith(said)
