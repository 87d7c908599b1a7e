"""Text comes out of a command as somebody wrote it, and a figure that fails costs no table."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.table import Table

import klyngesim.cli
from klyngesim.cli import console
from klyngesim.results.drawing import FOLDER, Figures, attempt, drawn
from klyngesim.scenario.characters import unfit
from tests.cli.commands import klyngesim as command

TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=40).filter(
    lambda text: unfit(text) is None and text == text.strip() and cell_len(text) > 0
)


def printed(thing):
    screen = console.screen(300)
    screen.file = io.StringIO()
    screen.print(thing)
    return screen.file.getvalue()


@settings(deadline=None)
@given(TITLES)
def test_a_title_is_printed_as_it_is(title):
    table = Table("indicator", title=title, title_justify="left", box=None, pad_edge=False)
    table.add_row(title)
    heading, _, row = printed(table).splitlines()
    assert heading.strip() == row.strip() == title


@pytest.mark.parametrize("title", ["Fees [/red] up [1]", ":smile: [b]x[/b]", "[link=https://x]y", r"\[a] $x$ {y}"])
def test_marks_of_the_terminal_are_text(title):
    assert printed(title) == f"{title}\n"


def test_no_other_screen_is_opened():
    source = "".join(path.read_text(encoding="utf-8") for path in Path(klyngesim.cli.__file__).parent.glob("*.py"))
    opened = re.findall(r"\bConsole\(.*", source)
    assert len(opened) > 3
    on_stdout = [one for one in opened if "stderr=True" not in one]
    assert on_stdout == ["Console(width=wide, markup=False, emoji=False, highlight=False)"]


def test_a_figure_that_fails_leaves_no_half_of_it(tmp_path):
    def broken(directory):
        (directory / FOLDER).mkdir()
        (directory / FOLDER / "half.png").write_bytes(b"ha")
        raise ValueError("no ink")

    (tmp_path / "table.csv").write_text("a\n")
    manifest = {}
    assert drawn(tmp_path, broken, manifest) == Figures(error="ValueError: no ink")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert manifest["figures_error"] == "ValueError: no ink" and "no ink" in manifest["figures_traceback"]


def test_figures_that_succeed_are_named_from_their_directory(tmp_path):
    manifest = {}
    found = drawn(tmp_path, lambda directory: [directory / FOLDER / "a.png"], manifest)
    assert found == Figures((Path("figures/a.png"),)) and manifest == {}


def test_ctrl_c_while_drawing_costs_no_table(tmp_path):
    def stopped(_directory):
        raise KeyboardInterrupt

    assert drawn(tmp_path, stopped).error == "stopped"


def test_a_page_does_without_a_figure():
    told = []
    assert attempt(lambda: 1 / 0, "", told.append) == "" and told == ["ZeroDivisionError: division by zero"]
    assert attempt(lambda: "x", "", told.append) == "x" and len(told) == 1


def test_what_was_typed_holds_no_control_character(tmp_path):
    done = command("run", "baseline", "--out", "a\x1b[31mb", "--store", "x\u202ey", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        r"word 4 of the command, 'a\x1b[31mb': holds U+001B (a control character); type it without",
        r"word 6 of the command, 'x\u202ey': holds U+202E (a mark that turns the direction of writing); "
        "type it without",
    ]
    assert list(tmp_path.iterdir()) == []
