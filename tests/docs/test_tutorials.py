"""The tutorials run from the first cell to the last, and say nothing that their cells do not show."""

import ast
import json
from contextlib import chdir

import pytest

from tests.static.sources import ROOT

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))


def cells(path, kind):
    """Texts of a notebook's cells of one kind."""
    return [
        "".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == kind
    ]


def shown(code, names):
    """Runs a cell; what its last line is worth, as a notebook shows it."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_every_cell_runs_in_its_order(path, tmp_path):
    names = {}
    with chdir(tmp_path):
        for code in cells(path, "code"):
            value = shown(code, names)
            if hasattr(value, "to_html"):
                assert len(value), f"a tutorial shows an empty table: {code}"


def test_there_are_the_five_that_the_site_lists():
    listed = (ROOT / "docs" / "site" / "tutorials.md").read_text("utf-8")
    assert len(TUTORIALS) == 5
    assert all(f"../tutorials/{path.name}" in listed for path in TUTORIALS)


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_notebooks_carry_no_results_of_their_own(path):
    # The site runs them: what a notebook kept could be of another version.
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
