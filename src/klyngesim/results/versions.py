"""Which software made a result: versions of the package and its libraries, and the state of the checkout."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("mesa", "numpy", "scipy", "pandas", "pyarrow", "networkx")


def package_version() -> str:
    """Version of klyngesim; ``unknown`` when it runs from files that were never installed."""
    try:
        return metadata.version("klyngesim")
    except metadata.PackageNotFoundError:
        return "unknown"


def how_to_install(extra: str) -> str:
    """What to type for an extra of the package that is missing, in a checkout and elsewhere."""
    return f"make install in a checkout, or pip install 'klyngesim[{extra}]'"


def versions() -> dict[str, str]:
    """Versions of the package, of Python and of the libraries that make the numbers."""
    found = {"klyngesim": package_version(), "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def git_state(package: Path | None = None) -> dict[str, Any] | None:
    """Commit and dirty flag of the checkout that the package runs from; None when it runs from no checkout.

    A package installed in an environment inside somebody else's checkout is not of that checkout, so the
    package has to lie at ``src/klyngesim`` of the repository.
    """
    package = package or Path(__file__).resolve().parents[1]
    root = package.parents[1]
    if package.parent.name != "src" or not (root / ".git").exists():
        return None
    commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    changes = _git(root, "status", "--porcelain", "--untracked-files=normal", "--", ".")
    if changes is None:
        return None
    return {"commit": commit or None, "dirty": bool(changes)}


def _git(root: Path, *arguments: str) -> str | None:
    """Output of git, or None when git is missing, fails or hangs."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}  # looking must not write into the repository
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
