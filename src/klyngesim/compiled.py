"""Compiled loops: plain Python that numba turns into machine code, and keeps in the user's cache directory.

A *rule* is a pure function of a few numbers. Called from Python it is ordinary Python; called from a loop it is
compiled with it, so that there is one text of every rule. A *loop* goes through the rows of tables. With
``NUMBA_DISABLE_JIT=1`` in the environment loops are ordinary Python too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import platformdirs
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

_KEPT = 3
"""Versions of the model whose compiled loops are kept."""


def _fingerprint() -> str:
    """Hash of all source that loops are made of: numba itself only sees when the file of a loop changes."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted([*package.glob("*.py"), *package.glob("ecosystem/**/*.py"), *package.glob("population/*.py")]):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _place() -> tuple[Path, bool]:
    """Directory for compiled loops, and whether it stays after the process.

    Without a cache directory that can be written, a temporary one serves this process and those that it starts.
    """
    home = platformdirs.user_cache_path("klyngesim", appauthor=False) / "compiled"
    try:
        place = home / _fingerprint()
        place.mkdir(parents=True, exist_ok=True)
        os.utime(place)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError:
        return Path(tempfile.mkdtemp(prefix="klyngesim-compiled-")), False
    for old in sorted(home.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    return place, True


CACHE, STAYS = (Path(os.environ["NUMBA_CACHE_DIR"]), True) if "NUMBA_CACHE_DIR" in os.environ else _place()
"""Directory of compiled loops, and whether the next process finds it there."""
os.environ["NUMBA_CACHE_DIR"] = str(CACHE)  # for the workers of this process too

from numba import njit  # noqa: E402  (numba reads the environment as it is imported)
from numba.extending import register_jitable  # noqa: E402


def rule(function: Function) -> Function:
    """Makes a pure function callable from loops; called from Python it stays what it is."""
    register_jitable(function)
    return function


def elementwise(rule: Callable[..., float]) -> Callable[..., NDArray[np.float64]]:
    """A rule for arrays, where there is no loop to call it from: entry by entry."""
    return np.vectorize(rule, otypes=[np.float64])


def loop(function: Function) -> Function:
    """Compiles a loop at its first call, or reads it from the cache.

    Numbers are those of Python and numpy, bit by bit: no reordering of sums, and a division by zero is infinite.
    """
    return cast(Function, njit(cache=True, error_model="numpy")(function))
