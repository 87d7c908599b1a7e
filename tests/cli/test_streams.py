"""Output that is closed, full, without a reader or not in UTF-8 ends no command and costs no result."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from klyngesim.cli import streams
from tests.cli.commands import environment, with_fake

DANISH = "Nørremarks skjulte ånd → 1 mio. kr. \udcff"


@pytest.fixture
def swapped(monkeypatch):
    """Puts streams on two files in place of the standard ones for the length of a call."""

    def call(command, out, err):
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as end:
            streams.on_safe_streams(command)
        assert (sys.stdout, sys.stderr) == (out, err)
        return end.value.code

    return call


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp865", "cp1252", "latin-1", "utf-8"])
def test_unknown_characters_are_replaced_however_they_are_printed(swapped, tmp_path, encoding):
    def command():
        print(DANISH)
        typer.echo(DANISH)
        typer.echo(DANISH, err=True)

    with (tmp_path / "out").open("w", encoding=encoding) as out, (tmp_path / "err").open("w", encoding=encoding) as err:
        assert not swapped(command, out, err)
    expected = (DANISH + "\n").encode(encoding, "replace")
    assert (tmp_path / "out").read_bytes() == 2 * expected and (tmp_path / "err").read_bytes() == expected


def test_a_full_output_is_told_in_one_line_after_the_command_has_ended(swapped, tmp_path):
    done = []

    def command():
        typer.echo("x" * 100_000)
        done.append(typer.echo("more"))

    with Path("/dev/full").open("w") as full, (tmp_path / "err").open("w") as err:
        assert swapped(command, full, err) == 1
    assert done == [None]
    (line,) = (tmp_path / "err").read_text().splitlines()
    assert "not whole" in line and "No space left" in line


def test_the_command_s_own_exit_code_comes_before_that_of_its_output(swapped, tmp_path):
    def command():
        typer.echo("refused")
        raise SystemExit(2)

    with Path("/dev/full").open("w") as full, (tmp_path / "err").open("w") as err:
        assert swapped(command, full, err) == 2


def test_full_error_output_changes_nothing(swapped, tmp_path):
    with (tmp_path / "out").open("w") as out, Path("/dev/full").open("w") as full:
        assert not swapped(lambda: (typer.echo("Note: lost", err=True), typer.echo("result")), out, full)
    assert (tmp_path / "out").read_text() == "result\n"


def test_a_stream_may_be_forgotten_after_its_file_was_closed(tmp_path):
    file = (tmp_path / "file").open("w", encoding="utf-8")
    stream = streams.Stream(file)
    stream.write("æ")
    file.close()
    stream.flush()
    assert stream.fault is None
    assert (tmp_path / "file").read_text("utf-8") == "æ"


def test_a_stream_knows_what_it_stands_on(tmp_path):
    with (tmp_path / "out").open("w", encoding="cp865") as inner:
        stream = streams.Stream(inner)
        assert (stream.encoding, stream.errors, stream.isatty(), stream.fileno()) == (
            "cp865",
            "replace",
            False,
            inner.fileno(),
        )
        assert stream.writable() and not hasattr(stream, "buffer") and isinstance(stream, io.TextIOBase)


@pytest.mark.parametrize(("closing", "code"), [("2>&-", 0), (">&-", 0), ("<&- >&- 2>&-", 0), (">/dev/full", 1)])
def test_runs_are_made_and_kept_whatever_becomes_of_the_output(tmp_path, closing, code):
    command = " ".join(with_fake("simulate", "run", "made-up", "--no-figures", "--jobs", 2, "--out", "out"))
    done = subprocess.run(
        f"{command} {closing}", shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == code and "Traceback" not in done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"manifest.json", "summary.csv"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_reader_who_leaves_is_no_fault(swapped, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe, (tmp_path / "err").open("w") as err:
        assert not swapped(lambda: typer.echo("x"), pipe, err)
    assert (tmp_path / "err").read_text() == ""
