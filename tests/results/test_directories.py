"""Directories of another kind are told apart, with what to type instead, whether a comparison or a sweep is wanted."""

import json
import os

import pytest

from klyngesim.errors import InputError
from klyngesim.results.directories import COMPARISON, RUN, SWEEP, changed_files, is_of, read_manifest, read_tables
from klyngesim.results.hashing import file_hash

WANTED = pytest.mark.parametrize("kind", [COMPARISON, SWEEP], ids=["comparison", "sweep"])
COMMANDS = {COMPARISON: "`klyngesim compare BASELINE VARIANT...` makes one", SWEEP: "`klyngesim sweep FILE` makes one"}


def manifest(directory, text):
    (directory / "manifest.json").write_text(text, encoding="utf-8")
    return directory


def refusal(directory, kind):
    with pytest.raises(InputError) as fault:
        read_manifest(directory, kind)
    assert str(fault.value).endswith(COMMANDS[kind])
    return str(fault.value)


@WANTED
def test_a_manifest_of_the_kind_is_read(tmp_path, kind):
    manifest(tmp_path, json.dumps({"format": kind.format, "more": 1}))
    assert read_manifest(tmp_path, kind) == {"format": kind.format, "more": 1}


@WANTED
def test_what_is_no_directory_of_results_is_told(tmp_path, kind):
    assert f"no such directory; type that of a {kind.name}" in refusal(tmp_path / "nowhere", kind)
    assert f"no manifest.json in it, so it is not that of a {kind.name}" in refusal(tmp_path, kind)
    file = manifest(tmp_path, "{broken") / "manifest.json"
    assert f"a file, not a directory; type the directory of a {kind.name}" in refusal(file, kind)
    assert f"{file}: cannot be read" in refusal(tmp_path, kind)


@WANTED
@pytest.mark.parametrize("kind_of_file", ["pipe", "endless", "deep", "large"])
def test_a_manifest_that_is_no_file_of_ours_is_refused_at_once(tmp_path, kind, kind_of_file):
    path = tmp_path / "manifest.json"
    match kind_of_file:
        case "pipe":
            os.mkfifo(path)
        case "endless":
            path.symlink_to("/dev/zero")
        case "deep":
            path.write_text("[" * 100_000)
        case "large":
            with path.open("wb") as opened:
                opened.truncate(10**12)
    assert not is_of(tmp_path, kind)
    refusal(tmp_path, kind)


@WANTED
@pytest.mark.parametrize("text", ["[1]", "{}", '{"format": null}'])
def test_a_manifest_without_format_says_so(tmp_path, kind, text):
    said = refusal(manifest(tmp_path, text), kind)
    assert f"no format, but this version reads {kind.format}" in said


@WANTED
@pytest.mark.parametrize("other", [RUN, COMPARISON, SWEEP], ids=["run", "comparison", "sweep"])
@pytest.mark.parametrize("version", [1, 9])
def test_other_kinds_and_other_versions_are_told_apart(tmp_path, kind, other, version):
    form = f"{other.format.partition('/')[0]}/{version}"
    manifest(tmp_path, json.dumps({"format": form}))
    assert [one for one in (RUN, COMPARISON, SWEEP) if is_of(tmp_path, one)] == [other]
    if form == kind.format:
        assert read_manifest(tmp_path, kind)
    elif other is kind:
        assert f"format {form}, but this version reads {kind.format}" in refusal(tmp_path, kind)
    else:
        assert f"the directory of a {other.name}, not of a {kind.name}" in refusal(tmp_path, kind)


@pytest.mark.parametrize("text", [None, "{broken", "[1]"])
def test_what_has_no_manifest_is_of_no_kind(tmp_path, text):
    if text is not None:
        manifest(tmp_path, text)
    assert not any(is_of(tmp_path, kind) for kind in (RUN, COMPARISON, SWEEP))


@WANTED
def test_tables_are_read_and_missing_ones_named(tmp_path, kind):
    (tmp_path / "one.csv").write_text("a,b\n1,x\n,y\n", encoding="utf-8")
    found = read_tables(tmp_path, kind, ("one.csv",), ("two.csv",))
    assert found == {"one.csv": ({"a": "1", "b": "x"}, {"a": "", "b": "y"})}
    with pytest.raises(InputError, match=rf"two\.csv is missing; make the {kind.name} again with `klyngesim \w+`"):
        read_tables(tmp_path, kind, ("two.csv",), ())
    (tmp_path / "two.csv").write_bytes(b"a\n\xff\n")
    with pytest.raises(InputError, match=r"two\.csv: cannot be read"):
        read_tables(tmp_path, kind, ("one.csv",), ("two.csv",))


@pytest.mark.parametrize("torn", ["1\n", "1,2,3\n"])
def test_a_torn_row_is_named_with_its_line(tmp_path, torn):
    (tmp_path / "one.csv").write_text(f"a,b\n1,2\n{torn}", encoding="utf-8")
    with pytest.raises(InputError, match=r"one\.csv: cannot be read \(line 3 has not as many cells"):
        read_tables(tmp_path, RUN, ("one.csv",), ())


def test_files_that_are_not_as_they_were_left_are_named(tmp_path):
    for name in ("one.csv", "two.csv", "three.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    outputs = [{"path": name, "sha256": file_hash(tmp_path / name)} for name in ("one.csv", "two.csv")]
    (tmp_path / "two.csv").write_text("changed", encoding="utf-8")
    assert changed_files(tmp_path, {"outputs": outputs}, ("one.csv", "two.csv", "three.csv")) == ("two.csv",)
