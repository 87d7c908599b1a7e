"""The workbook and the CSV files of a note, read back."""

import pytest
from openpyxl import load_workbook

from klyngesim.note import cells as note_cells
from klyngesim.note.cells import Cell, Column, Part, Table

LONG = "x" * 70
TABLE = Table(
    "first",
    "A title of more than thirty-one letters",
    (Column("who", "Who", above=True), Column("amount", "Amount"), Column("note", "Note")),
    (
        Part("one", ((Cell("made", "MADE"), Cell(1234567.891, "1.234.568", "number"), Cell("=1+1", "=1+1")),)),
        Part("two", ((Cell(None, "–"), Cell(2, "2", "number"), Cell(LONG, f"a\x0bb{LONG}")),), folded=True),
    ),
)


def test_the_workbook_is_for_people(tmp_path):
    path = note_cells.write_xlsx([TABLE, Table("second", "Empty", (Column("a", "Heading"),))], tmp_path / "book.xlsx")
    book = load_workbook(path)
    assert book.sheetnames == ["A title of more than thirty-one", "Empty"]
    sheet, empty = book
    assert [[cell.value for cell in row] for row in sheet] == [
        ["Who", "Amount", "Note"],
        ["MADE", 1234570, "=1+1"],
        [None, 2, f"ab{LONG}"],
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "s"]
    assert [cell.value for cell in empty[1]] == ["Heading"] and empty.max_row == 1
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [6, 11, 60]
    for cell in sheet[1]:
        assert cell.font.bold and cell.alignment.wrap_text and cell.alignment.vertical == "top"
    assert not sheet["A2"].font.bold
    assert (sheet.freeze_panes, sheet.dimensions) == ("A2", "A1:C3")


def test_the_csv_is_for_machines(tmp_path):
    (path,) = note_cells.write_csv([TABLE], tmp_path / "tables")
    assert path == tmp_path / "tables" / "first.csv"
    assert path.read_text(encoding="utf-8") == f"who,amount,note\nmade,1.23457e+06,=1+1\n,2,{LONG}\n"


def test_the_page_leaves_out_what_captions_say_and_knows_the_numbers():
    assert (TABLE.shown, TABLE.numeric) == ((1, 2), {1})


@pytest.mark.parametrize(("value", "kept"), [(1234567.891, 1234570.0), (0.000123456789, 0.000123457), (-2.0, -2.0)])
def test_six_digits_count(value, kept):
    assert note_cells.rounded(value) == kept
