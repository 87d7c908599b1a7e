"""The shape of the code: short files, a docstring on everything public, a command line that starts fast."""

import ast
import subprocess
import sys

from tests.static.sources import PACKAGE, modules, texts

LONGEST = 400
HEAVY = {"numpy", "scipy", "pandas", "pyarrow", "matplotlib", "mesa", "networkx", "pydantic", "SALib", "yaml"}


def test_no_module_is_long():
    long = {
        name: lines for name, text in texts() if name.endswith(".py") and (lines := len(text.splitlines())) > LONGEST
    }
    assert not long


def test_every_folder_of_modules_is_a_package():
    # Without __init__.py a folder still imports, but the import contract does not see it.
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert not [folder.name for folder in folders if not (folder / "__init__.py").is_file()]


def undocumented(tree):
    """Public classes, functions and methods of a module without a docstring, and "module" itself."""
    missing = [] if ast.get_docstring(tree) else ["module"]
    _visit(tree, "", missing)
    return missing


def _visit(node, prefix, missing):
    for child in node.body:
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or child.name.startswith("_"):
            continue
        if not ast.get_docstring(child) and not _is_variant(child):
            missing.append(prefix + child.name)
        if isinstance(child, ast.ClassDef):
            _visit(child, f"{prefix}{child.name}.", missing)


def _is_variant(node):
    """An overload, a property's setter, or an override: what it is stands where the name was first defined."""
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(name.endswith(("overload", ".setter", "override")) for name in decorators)


def test_the_search_finds_missing_docstrings():
    code = '"""M."""\ndef f(): ...\nclass C:\n    """C."""\n    def g(self): ...\n    def _h(self): ...\n'
    assert undocumented(ast.parse(code)) == ["f", "C.g"]


def test_everything_public_has_a_docstring():
    missing = {name: found for name, tree in modules() if (found := undocumented(tree))}
    assert not missing


def test_the_command_line_starts_without_heavy_libraries():
    names = ["klyngesim.cli." + path.stem for path in sorted((PACKAGE / "cli").glob("*.py")) if path.stem != "__init__"]
    assert "klyngesim.cli.main" in names
    code = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
        f"print(*sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
