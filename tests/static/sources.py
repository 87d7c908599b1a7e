"""What the static tests read: the project's files and the syntax trees of its modules."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "klyngesim"
SKIPPED = {"__pycache__", "build", "dist", "runs"}


@cache
def modules():
    """Every module of the package with its syntax tree, as (path inside the package, tree)."""
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 20, "the package was not found"
    return [(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in found]


@cache
def project_files():
    """Every file that belongs to the project: known to git or about to be; without git, all but environments."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not _skipped(path.relative_to(ROOT))]
    return sorted(path for path in paths if path.is_file())


def _skipped(relative):
    return any(part in SKIPPED or (part.startswith(".") and part != ".ci") for part in relative.parts[:-1])


@cache
def texts():
    """The project's text files with their content, as (path inside the project, text)."""
    found = []
    for path in project_files():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found.append((path.relative_to(ROOT).as_posix(), raw.decode("utf-8", errors="replace")))
    return found
