"""``klyngesim store`` from outside: what it lists, what it finds damaged, what it removes, and what it refuses."""

import csv
import io
import json

import pytest

from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.runs.store import RunStore
from klyngesim.runs.store_files import About
from tests.cli.commands import klyngesim
from tests.runs.workers import made_up

KEYS = [f"{number:02x}" * 32 for number in range(1, 5)]


@pytest.fixture
def folder(tmp_path):
    """A finished run, one of another model, and a failed one, in the usual place."""
    store = RunStore(tmp_path / "runs" / "store")
    for key, model in zip(KEYS[:2], (model_fingerprint(), "before"), strict=True):
        store.put(key, made_up(None, 1, ()), About("baseline", 1, ("2025-2034", "2025-2044"), model))
    told = "Traceback (most recent call last):\n  ...\nValueError: no"
    store.put_failure(KEYS[2], told, About("cut", 2, ("2025-2034",), model_fingerprint()))
    return tmp_path


def test_ls_lists_finished_and_failed_runs(folder):
    table = klyngesim("store", "ls", cwd=folder)
    assert (table.returncode, table.stderr) == (0, "")
    assert "2 finished, 1 failed" in table.stdout
    assert "ValueError: no" in table.stdout and "Traceback" not in table.stdout
    rows = json.loads(klyngesim("store", "ls", "--format", "json", cwd=folder).stdout)
    assert [(row["key"], row["state"], row["scenario"], row["seed"], row["model"]) for row in rows] == [
        (KEYS[0], "finished", "baseline", 1, "this"),
        (KEYS[1], "finished", "baseline", 1, "before"),
        (KEYS[2], "failed", "cut", 2, "this"),
    ]
    assert rows[2]["failure"].startswith("Traceback")
    lines = list(csv.DictReader(io.StringIO(klyngesim("store", "ls", "--format", "csv", cwd=folder).stdout)))
    assert [line["windows"] for line in lines] == ["2025-2034 2025-2044"] * 2 + ["2025-2034"]


def test_verify_ends_with_1_if_a_file_is_damaged_and_names_it(folder):
    fine = klyngesim("store", "verify", cwd=folder)
    assert (fine.returncode, fine.stdout) == (0, "Nothing is damaged.\n")
    path = folder / "runs" / "store" / KEYS[0][:2] / f"{KEYS[0]}.npz"
    path.write_bytes(path.read_bytes()[:100])
    found = klyngesim("store", "verify", cwd=folder)
    assert (found.returncode, found.stderr) == (1, "")
    assert f"{KEYS[0]}.npz" in found.stdout and "cut short or changed" in found.stdout and "1 damaged" in found.stdout
    (row,) = json.loads(klyngesim("store", "verify", "--format", "json", cwd=folder).stdout)
    assert (row["file"], row["kind"]) == (f"{KEYS[0][:2]}/{KEYS[0]}.npz", "damaged")


def test_gc_removes_what_another_model_has_made(folder):
    place = folder / "runs" / "store"
    other = place / KEYS[1][:2] / f"{KEYS[1]}.npz"
    (place / "notes.txt").write_text("mine")
    dry = klyngesim("store", "gc", "--dry-run", cwd=folder)
    assert (dry.returncode, dry.stdout[:38]) == (0, "Would remove 1 of other versions of th")
    assert other.exists()
    size = other.stat().st_size
    done = klyngesim("store", "gc", "--store", place, "--format", "json", cwd=folder)
    assert json.loads(done.stdout) == [{"other_models": 1, "damaged": 0, "partial": 0, "bytes": size}]
    files = {path.name for path in place.rglob("*") if path.is_file()}
    assert files == {"store.json", "notes.txt", f"{KEYS[0]}.npz", f"{KEYS[2]}.failed.json"}


@pytest.mark.parametrize("command", ["ls", "verify", "gc"])
def test_a_place_without_a_store_is_refused_and_not_made_one(command, tmp_path):
    found = klyngesim("store", command, "--store", "none", cwd=tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == "--store none: there is no store; name the directory of one\n"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "store.json").write_text('{"format": "klyngesim-store/1"}')
    found = klyngesim("store", command, "--store", "old", cwd=tmp_path)
    assert found.returncode == 2
    assert "written as klyngesim-store/1" in found.stderr


def test_help_explains_the_commands(tmp_path):
    for words in (("store",), ("store", "ls"), ("store", "verify"), ("store", "gc")):
        found = klyngesim(*words, "--help", cwd=tmp_path)
        assert (found.returncode, found.stderr) == (0, "")
        assert found.stdout.startswith("Usage: klyngesim store")
