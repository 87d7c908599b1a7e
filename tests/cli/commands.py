"""Running the command line as a user does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the project."""

COLUMNS = "200"


def environment(**more: str) -> dict[str, str]:
    """The environment of the tests, in which the package and the tests are found from anywhere."""
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "COLUMNS": COLUMNS, **more}


def klyngesim(*arguments: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """``klyngesim ARGUMENTS`` in the folder ``cwd``."""
    command = [sys.executable, "-m", "klyngesim", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment(**more))


def with_fake(function: str, *arguments: object) -> list[str]:
    """The command line that runs ``klyngesim ARGUMENTS`` with a function of ``fakes`` in place of the model."""
    return [sys.executable, "-m", "tests.cli.driver", function, *map(str, arguments)]


def fake(function: str, *arguments: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``with_fake`` in the folder ``cwd``."""
    command = with_fake(function, *arguments)
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment(**more))
