"""A directory that appears whole or not at all."""

import os
import re
import subprocess
import sys

import pytest

from klyngesim import files
from klyngesim.errors import OutputFailed, OutputRefused
from klyngesim.files import directory_aside, file_aside, remove_left_behind, whole
from klyngesim.results import manifest
from klyngesim.results.hashing import json_hash
from klyngesim.runs.directory import Place, free_name


def test_nothing_has_the_name_before_it_is_published(tmp_path):
    place = Place(tmp_path / "out")
    (place.partial / "file").write_text("whole")
    assert not (tmp_path / "out").exists()
    assert ".partial-" in place.partial.name
    place.publish()
    assert (tmp_path / "out" / "file").read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_name_that_is_not_utf8_is_refused_before_tables_fail_on_it(tmp_path):
    with pytest.raises(OutputRefused, match=r"\\udcff': not a name in UTF-8"):
        Place(tmp_path / "out\udcff")
    assert list(tmp_path.iterdir()) == []


def test_a_manifest_names_files_that_are_not_utf8(tmp_path):
    manifest.write(tmp_path, {"format": manifest.FORMAT, "inputs": ["v\udcff.yaml", "ø.yaml"]})
    assert manifest.read(tmp_path)["inputs"] == ["v\\udcff.yaml", "ø.yaml"]
    assert json_hash(["v\udcff.yaml"]) != json_hash(["v.yaml"])


@pytest.mark.parametrize("kind", ["directory", "file", "dangling link"])
def test_what_exists_is_never_overwritten(tmp_path, kind):
    out = tmp_path / "out"
    if kind == "directory":
        out.mkdir()
        (out / "precious").write_text("old")
    elif kind == "file":
        out.write_text("old")
    else:
        out.symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputRefused, match=r"exists already.*out-2"):
        Place(out)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputRefused, match="choose another"):
        Place(tmp_path / "file" / "deeper" / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("odd", ["/", ".", "a" * 300, "a\0b"])
def test_odd_places_are_refused_in_words(tmp_path, monkeypatch, odd):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputRefused):
        Place(Path(odd))
    assert list(tmp_path.iterdir()) == []


def test_discarding_removes_the_parents_made_for_it_and_no_others(tmp_path):
    (tmp_path / "mine").mkdir()
    place = Place(tmp_path / "mine" / "made" / "too" / "out")
    assert place.partial.is_dir()
    place.discard()
    assert list((tmp_path / "mine").iterdir()) == []


def test_somebody_who_takes_the_name_meanwhile_keeps_it(tmp_path):
    place = Place(tmp_path / "out")
    (tmp_path / "out").mkdir()
    (place.partial / "file").write_text("whole")
    with pytest.raises(OutputFailed, match=r"the results are in .*out-2"):
        place.publish()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out-2"]
    assert (tmp_path / "out-2" / "file").read_text() == "whole"


def ended_process():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_a_dead_process_left_is_removed_and_told_and_nothing_else(tmp_path, caplog):
    mine = directory_aside(tmp_path / "out").name
    _, _, tag = mine.rpartition("-")
    dead = ended_process()
    left = tmp_path / f"out.partial-{dead}-{tag}"
    reused = tmp_path / f"out.partial-{os.getpid()}-{tag[:8]}0123"
    stays = {
        tmp_path / f"other.partial-{dead}-{tag}": "",
        tmp_path / f"out.partial-{os.getppid()}-{tag[:8]}{files._begun(os.getppid())}": "is writing the same results",
        tmp_path / f"out.partial-{dead}-0123abcd0123": "of another machine or made by hand",
        tmp_path / f"out.partial-{dead}": "of another machine or made by hand",
        tmp_path / "out.partial-old": "",
        tmp_path / "out.partial-1-thesis": "",
    }
    for path in (left, reused, *stays):
        path.mkdir()
        (path / "file").write_text("x")
    Place(tmp_path / "out").discard()
    assert set(tmp_path.iterdir()) == set(stays)
    told = caplog.messages
    for path in (left, reused):
        assert sum(f"removed {path}," in line for line in told) == 1
    for path, words in stays.items():
        about = [line for line in told if re.search(rf"{re.escape(str(path))}(\.$| )", line)]
        assert [words in line for line in about] == [True] * bool(words)


def test_files_left_half_written_are_removed_and_those_of_others_are_not(tmp_path):
    kept = tmp_path / ".effects.csv.partial-1-0123abcd0123-0"
    kept.write_text("x")
    mine = file_aside(tmp_path / "effects.csv")
    mine.write_text("x")
    left = tmp_path / mine.name.replace(f"-{os.getpid()}-", f"-{ended_process()}-")
    left.write_text("x")
    remove_left_behind(tmp_path)
    assert set(tmp_path.iterdir()) == {kept, mine}


def test_a_file_has_its_name_when_it_is_whole_or_keeps_what_it_had(tmp_path):
    path = tmp_path / "file"
    with whole(path) as partial:
        partial.write_text("first")
        assert not path.exists()
    with pytest.raises(ValueError), whole(path) as partial:
        partial.write_text("second")
        raise ValueError
    assert path.read_text() == "first" and list(tmp_path.iterdir()) == [path]


def test_free_names_are_numbered(tmp_path):
    out = tmp_path / "out"
    assert free_name(out) == out
    out.mkdir()
    (tmp_path / "out-2").mkdir()
    assert free_name(out) == tmp_path / "out-3"


def test_writing_publishes_what_is_whole(tmp_path):
    with Place(tmp_path / "out").writing() as directory:
        (directory / "file").write_text("whole")
        assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("no"), OSError(28, "No space left on device")])
def test_writing_that_fails_leaves_nothing_and_a_full_disk_is_named(tmp_path, error):
    kept = isinstance(error, OSError)
    with pytest.raises(OutputFailed if kept else type(error)) as told, Place(tmp_path / "out").writing() as directory:
        (directory / "file").write_text("half")
        raise error
    assert list(tmp_path.iterdir()) == []
    if kept:
        assert str(told.value) == f"{tmp_path / 'out'}: writing failed (No space left on device)"
