"""Which model a stored run is of: whatever decides numbers counts, what only readers see does not."""

import ast
import io
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import klyngesim
from klyngesim.compiled import needs
from klyngesim.runs.fingerprint import DECIDES, WORDS, deciding_cells, deciding_code
from tests.cli.commands import environment

PACKAGE = Path(klyngesim.__file__).parent
FILES = [file for name in DECIDES for file in (PACKAGE / name, *(PACKAGE / name).rglob("*"))]
SOURCES = [file for file in FILES if file.suffix == ".py"]
TABLES = [file for file in FILES if file.suffix == ".csv"]

SOURCE = '''"""A module."""
# A comment.
LIMIT = 3  # firms
"""What stands below a constant."""


def told(text="# no comment"):
    """Of a function alone."""

    return """
# no comment either
""" + 'it''s # "text"' + f"{text} # {LIMIT}"


class Empty:
    """Nothing
    else."""
'''
CUT = '''""
LIMIT = 3
""
def told(text="# no comment"):
    ""
    return """
# no comment either
""" + 'it''s # "text"' + f"{text} # {LIMIT}"
class Empty:
    ""'''


READS = """
import sys, types
from klyngesim.results.windows import measure, windows_of
from klyngesim.runs.simulation import run_together
from klyngesim.scenario.loading import load

def poisoned(*_, **__):
    raise AssertionError("the text of a scenario is read in a run")

scenarios = [load(name, ["population.scale=0.01", "period.end=2026Q4"]) for name in ("baseline", "r4-private-money")]
windows = windows_of(scenarios[0])
for name in {f"klyngesim.scenario.{name}" for name in sys.argv[1:]} & set(sys.modules):
    for thing in vars(sys.modules[name]).values():
        for function in (thing, *(vars(thing).values() if isinstance(thing, type) else ())):
            if isinstance(function, types.FunctionType) and function.__module__ == name:
                function.__code__ = poisoned.__code__.replace(co_freevars=function.__code__.co_freevars)
for index, run in run_together(scenarios, 3):
    print(index, measure(run, windows).indicators.tolist())
"""
"""Prints measured runs; modules of scenario/ named in the command line do nothing but fail by then."""


def test_a_stored_run_is_of_every_file_that_the_model_imports():
    """Else a run that was made with a fault would still be taken for one without it."""
    imported = {file.relative_to(PACKAGE) for file in needs(PACKAGE / "ecosystem" / "model.py")}
    assert len(imported) > 100
    says_or_keeps = {Path("errors.py"), Path("files.py")}  # no number hangs on them
    left_out = imported - {file.relative_to(PACKAGE) for file in FILES} - says_or_keeps
    assert {file.parts[0] for file in left_out} == {"scenario"}
    assert len(SOURCES) > 100 and len(TABLES) > 10


def test_what_reads_a_scenario_has_no_part_in_a_run():
    reads = [file.stem for file in (PACKAGE / "scenario").glob("[a-z]*.py") if file not in FILES]
    assert len(reads) > 15
    command = [sys.executable, "-c", READS]
    with_, without = (
        subprocess.run([*command, *names], capture_output=True, text=True, check=True, env=environment()).stdout
        for names in ([], reads)
    )
    assert with_ == without and with_.count("\n") == 2


def test_comments_and_docstrings_are_cut_and_nothing_else():
    assert deciding_code(SOURCE) == CUT


@pytest.mark.parametrize(("before", "after"), [("= 3", "= 4"), ("no comment either", "another text"), ("{LIMIT}", "")])
def test_a_number_and_a_text_in_the_code_count(before, after):
    assert deciding_code(SOURCE.replace(before, after)) != CUT


class _Alone(ast.NodeTransformer):
    """Empties every string that is a statement."""

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = ""
        return self.generic_visit(node)


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_what_is_left_of_every_file_does_the_same(file):
    source = file.read_text(encoding="utf-8")
    cut = deciding_code(source)
    assert ast.dump(ast.parse(cut)) == ast.dump(_Alone().visit(ast.parse(source)))
    kinds = {token.type for token in tokenize.generate_tokens(io.StringIO(cut).readline)}
    assert tokenize.COMMENT not in kinds


def test_words_for_readers_are_cut_from_tables():
    table = 'id,default,note\na.b,3,"first, and last"\nb.c,F012,\n'
    assert deciding_cells(table) == '[["id", "default"], ["a.b", "3"], ["b.c", "F012"]]'
    assert deciding_cells(table.replace("first", "second")) == deciding_cells(table)
    assert deciding_cells(table.replace("3", "4")) != deciding_cells(table)


def test_every_column_that_is_cut_is_in_a_table_and_every_table_keeps_its_rows():
    heads = {file: file.read_text(encoding="utf-8").split("\n", 1)[0].split(",") for file in TABLES}
    assert set(WORDS) <= {column for head in heads.values() for column in head}
    for file, head in heads.items():
        assert set(head) - set(WORDS), file
