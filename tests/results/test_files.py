"""Files that anybody may have put there are looked at before they are read."""

import os
from pathlib import Path

import pytest

from klyngesim.files import NotRead, read_bytes, read_json, read_text


def test_a_file_is_read_up_to_a_limit(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbf" + "æ".encode())
    assert read_bytes(path, 5) == path.read_bytes() and read_text(path, 5) == "æ"
    with pytest.raises(NotRead, match=r"0\.0 MB"):
        read_bytes(path, 4)
    with pytest.raises(FileNotFoundError):
        read_bytes(tmp_path / "none", 5)


@pytest.mark.parametrize(("target", "words"), [("/dev/zero", "not a regular file"), ("/", "a directory")])
def test_links_are_followed_if_they_may_be(tmp_path, target, words):
    link = tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(NotRead, match=words):
        read_bytes(link, 5)
    with pytest.raises(NotRead, match="a link"):
        read_bytes(link, 5, links=False)


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotRead, match="not a regular file"):
        read_bytes(tmp_path / "pipe", 5)


def test_a_file_that_says_nothing_of_its_size_is_read_to_its_end_and_no_further():
    told = Path("/proc/cpuinfo")
    assert told.stat().st_size == 0 and len(read_bytes(told, 10_000_000)) > 100
    with pytest.raises(NotRead, match="more than"):
        read_bytes(told, 100)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "\udcff"])
def test_what_is_no_json_is_a_value_error(tmp_path, text):
    (tmp_path / "file").write_text(text, errors="surrogateescape")
    with pytest.raises(ValueError):
        read_json(tmp_path / "file", 1_000_000)
