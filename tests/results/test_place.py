"""A directory that appears whole or not at all."""

import pytest

from klyngesim.results.place import OutputFailed, OutputRefused, Place, free_name


def test_nothing_has_the_name_before_it_is_published(tmp_path):
    place = Place(tmp_path / "out")
    (place.partial / "file").write_text("whole")
    assert not (tmp_path / "out").exists()
    assert ".partial-" in place.partial.name
    place.publish()
    assert (tmp_path / "out" / "file").read_text() == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


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
    with pytest.raises(OutputFailed, match=r"partial-"):
        place.publish()
    assert place.partial.is_dir()


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
