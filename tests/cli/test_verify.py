"""``klyngesim verify`` from outside: results as they were left, changed ones, and runs that are made again."""

import json
import shutil

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from klyngesim.results.hashing import file_hash
from tests.cli.commands import klyngesim

SMALL = ("--set", "population.scale=0.01", "--set", "period.end=2022Q4")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("verified")
    options = ("--replicates", 2, "--seed", 5, "--attribution", 0, "--no-figures", "-q", "--out", "run")
    assert klyngesim("run", "baseline", *SMALL, *options, cwd=made).returncode == 0
    return made


@pytest.fixture
def copy(folder, tmp_path):
    shutil.copytree(folder / "run", tmp_path / "run")
    return tmp_path


def test_a_run_as_it_was_left_is_made_again(folder):
    done = klyngesim("verify", "run", cwd=folder)
    files = len(json.loads((folder / "run" / "manifest.json").read_text(encoding="utf-8"))["outputs"])
    assert done.returncode == 0, done.stderr
    assert f"run: {files} files are as they were left." in done.stdout
    assert "the run with seed 5, made again, is the same to the last bit." in done.stdout


def test_every_file_that_is_otherwise_is_named(copy):
    run = copy / "run"
    (run / "summary.csv").write_text("scenario\n", encoding="utf-8")
    (run / "funnel.csv").unlink()
    (run / "notes.txt").write_text("mine", encoding="utf-8")
    done = klyngesim("verify", "run", "--no-rerun", cwd=copy)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "run: funnel.csv is missing",
        "run: summary.csv has changed since it was written",
        "run: notes.txt is not of this directory: it came later",
    ]


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no table")])
def test_a_damaged_table_is_named_and_ends_in_no_fault_of_ours(copy, damage):
    damage(copy / "run" / "finance.parquet")
    done = klyngesim("verify", "run", cwd=copy)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stdout.startswith("run: finance.parquet ") and len(done.stdout.splitlines()) == 1


def test_numbers_that_no_run_gives_are_found_though_every_hash_fits(copy):
    path, place = copy / "run" / "finance.parquet", copy / "run" / "manifest.json"
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.schema.get_field_index("mkr"), "mkr", pc.multiply(table["mkr"], 2.0)), path)
    manifest = json.loads(place.read_text(encoding="utf-8"))
    for one in manifest["outputs"]:
        one["sha256"] = file_hash(copy / "run" / one["path"])
    place.write_text(json.dumps(manifest), encoding="utf-8")
    done = klyngesim("verify", "run", cwd=copy)
    assert done.returncode == 1
    assert "made again, is otherwise in finance.parquet." in done.stdout


def test_what_is_no_result_is_refused(tmp_path):
    done = klyngesim("verify", "nothing", cwd=tmp_path)
    assert done.returncode == 2 and "no such directory" in done.stderr
    done = klyngesim("verify", ".", cwd=tmp_path)
    assert done.returncode == 2 and "no manifest.json" in done.stderr
