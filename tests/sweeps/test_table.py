"""Tables of points of one's own: nothing in one is lost or misread without a word."""

import os

import pytest

from klyngesim.sweeps.runs import design_of, seed_of
from tests.sweeps.test_sweepfile import PAIR, faults, read


def test_a_table_that_is_not_there_and_blank_lines_in_one_that_is(tmp_path):
    text = PAIR + "method: table\ntable: ptz.csv\nparameters: [trust.gain]\n"
    (tmp_path / "pts.csv").write_text("trust.gain\n\n0.1\n\nx\n" + "9\n" * 30, encoding="utf-8")
    (found,) = faults(tmp_path, text)
    assert "yaml:6: table: ptz.csv: no such file" in found and found.endswith("did you mean pts.csv?")
    found = faults(tmp_path, text.replace("ptz", "pts"))
    assert "pts.csv:5: trust.gain: x" in found[0]
    assert len(found) == 21 and "11 more cells are wrong" in found[-1]


@pytest.mark.parametrize("kind", ["pipe", "directory", "endless", "large"])
def test_a_table_that_is_no_file_is_refused_at_once(tmp_path, kind):
    table = tmp_path / "pts.csv"
    match kind:
        case "pipe":
            os.mkfifo(table)
        case "directory":
            table.mkdir()
        case "endless":
            table.symlink_to("/dev/zero")
        case "large":
            with table.open("wb") as opened:
                opened.truncate(10**12)
    (found,) = faults(tmp_path, PAIR + "method: table\ntable: pts.csv\nparameters: [trust.gain]\n")
    assert ("cannot be read (1000000.0 MB)" if kind == "large" else "pts.csv: not a regular file") in found
    assert "did you mean" not in found


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("trust.gain,trust.gain\n0.1,0.2\n", "trust.gain: twice"),
        ("trust.gain,evaluation.los\n0.1,0.2\n", "column evaluation.los"),
        ("trust.gain\n0.1,0.2\n", ":2: table: more cells than columns"),
        ("trust.gain;evaluation.loss\n0,1;0,2\n", "commas between columns"),
        ("point,trust.gain\n0\n", "trust.gain: missing"),
        ("trust.gain\n0_0.1\n", "trust.gain: 0_0.1"),
        ("", "no rows"),
    ],
)
def test_tables_in_which_something_would_be_lost(tmp_path, table, words):
    (tmp_path / "points.csv").write_text(table, encoding="utf-8")
    text = PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\n"
    assert any(words in line for line in faults(tmp_path, text))


@pytest.mark.parametrize(("cell", "typed"), [('"0,1"', "0.1"), ("10 %", "0.1"), ("10 pct.", "0.1"), ("9", None)])
def test_a_number_written_in_another_way_is_told_with_what_to_type(tmp_path, cell, typed):
    (tmp_path / "points.csv").write_text(f"trust.gain,M085\n{cell},ja\n", encoding="utf-8")
    text = PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\nswitches: [M085]\n"
    number, truth = faults(tmp_path, text)
    assert ("did you mean" not in number) if typed is None else number.endswith(f"did you mean {typed}?")
    assert truth.endswith("did you mean 1?")


def test_a_table_that_is_not_utf8_is_told_how_to_save_it(tmp_path):
    (tmp_path / "points.csv").write_bytes("trust.gain\n0.1\n".encode("utf-16"))
    (found,) = faults(tmp_path, PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\n")
    assert found.endswith("not UTF-8; allowed: a CSV file in UTF-8 (save the file as UTF-8)")


def test_a_word_that_is_wrong_in_the_file_is_no_fault_of_the_table_as_well(tmp_path):
    (tmp_path / "points.csv").write_text("trust.gian,grant.horizon_years\n0.1,10\n", encoding="utf-8")
    text = PAIR + "method: table\ntable: points.csv\nparameters: [trust.gian, grant.horizon_years]\n"
    assert len(faults(tmp_path, text)) == 2


def test_a_column_without_a_name_costs_one_line(tmp_path):
    (tmp_path / "points.csv").write_text(",trust.gain\n" + "0,0.1\n" * 30, encoding="utf-8")
    (said,) = faults(tmp_path, PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\n")
    assert "column without a name" in said
    (tmp_path / "points.csv").write_text("trust.gain\n" + "0.1,\n" * 90, encoding="utf-8")
    found = faults(tmp_path, PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\n")
    assert len(found) == 21 and "70 more cells are wrong" in found[-1]


def test_a_table_from_a_spreadsheet_and_one_from_a_design(tmp_path):
    (tmp_path / "points.csv").write_bytes(b"\xef\xbb\xbftrust.gain,point,dummy\r\n0.1,0,0.5\r\n.15,1,0.2\r\n")
    sweep = read(tmp_path, PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\n")
    assert [design_of(sweep).values(point)["trust.gain"] for point in range(2)] == [0.1, 0.15]
    points = map(design_of(sweep).point, range(2))
    assert [seed_of(sweep, point, 0) for point in points] == [2, 1], "the seeds of that design"
    (tmp_path / "points.csv").write_text("trust.gain\n0.1\n0.15\n0.2\n", encoding="utf-8")
    sweep = read(tmp_path, PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\n")
    points = map(design_of(sweep).point, range(3))
    assert [seed_of(sweep, point, 0) for point in points] == [2, 1, 2], "by turns"
    (tmp_path / "points.csv").write_text("trust.gain,dummy\n0.1,1.5\n0.1,\n", encoding="utf-8")
    found = faults(tmp_path, PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain]\n")
    assert len(found) == 2 and all("dummy" in line and "from 0 to 1" in line for line in found)


def test_a_table_with_missing_columns_and_bad_cells(tmp_path):
    text = PAIR + "method: table\ntable: points.csv\nparameters: [trust.gain, evaluation.loss]\nswitches: [M085]\n"
    table = tmp_path / "points.csv"
    table.write_text("trust.gain\n0.1\n", encoding="utf-8")
    found = faults(tmp_path, text)
    assert any("evaluation.loss: missing" in line for line in found) and any("M085: missing" in line for line in found)
    table.write_text("trust.gain\n9\n", encoding="utf-8")
    assert len(faults(tmp_path, text)) == 3  # the two columns, and the cell of the one that is there
    table.write_text("trust.gain,evaluation.loss,M085\n0.1,0.2,0\n9,x,2\n", encoding="utf-8")
    found = faults(tmp_path, text)
    assert len(found) == 3 and all(":3:" in line for line in found)
    table.write_text("trust.gain,evaluation.loss,M085\n0.1,0.2,0\n0.15,0.1,1\n", encoding="utf-8")
    sweep = read(tmp_path, text)
    values = design_of(sweep).values(1)
    assert values["trust.gain"] == 0.15 and values["evaluation.loss"] == 0.1 and values["M085"] == 1.0


def test_a_broken_scenario_hides_neither_parameters_nor_cells(tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("trust.gain\n9\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("name: broken\nparameters: {trust.gian: 0.1}\n", encoding="utf-8")
    text = (
        "scenario: [baseline, r3-ten-years, broken.yaml]\nmethod: table\ntable: points.csv\noutcomes: [members]\n"
        "parameters: {trust.gain: , grant.horizon_years: , 'tie.*': }\n"
    )
    found = faults(tmp_path, text)
    assert any("trust.gian" in line for line in found)
    # What another scenario sets cannot be varied, whatever is wrong with this one.
    assert any("grant.horizon_years" in line and "a scenario of the sweep sets it itself" in line for line in found)
    assert any(line.startswith(f"{table}:2:") and "trust.gain" in line for line in found)
    # Which parameters of a pattern need a column is known only when every scenario can be read.
    assert len(found) == 3
