"""Compiled loops: plain Python that numba turns into machine code, and keeps in the user's cache directory.

A *rule* is a pure function of a few numbers. Called from Python it is ordinary Python; called from a loop it is
compiled with it, so that there is one text of every rule. A *loop* goes through the rows of tables. With
``NUMBA_DISABLE_JIT=1`` in the environment loops are ordinary Python too, which a debugger can follow.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import platformdirs
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

_KEPT = 30 * 24 * 3600
"""Seconds for which the compiled loops of a version that nobody uses are kept."""


def source_hash() -> str:
    """Hash of all source that loops are made of: numba itself only sees when the file of a loop changes."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted([*package.glob("*.py"), *package.glob("ecosystem/**/*.py"), *package.glob("population/*.py")]):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def place_for(home: Path) -> tuple[Path, bool]:
    """Directory for the compiled loops of this version, and whether the next command finds them there.

    Where ``home`` cannot be written a temporary one serves this process and those that it starts. What other versions
    left is removed when it has not been used for a month.
    """
    version = source_hash()
    # A process that was started by another one is given the place itself.
    place = home if home.name == version else home / version
    try:
        place.mkdir(parents=True, exist_ok=True)
        os.utime(place)
        with tempfile.TemporaryFile(dir=place):
            pass
        old = [one for one in place.parent.iterdir() if one.stat().st_mtime < time.time() - _KEPT]
    except OSError:
        place = Path(tempfile.mkdtemp(prefix="klyngesim-compiled-"), version)
        place.mkdir()
        atexit.register(shutil.rmtree, place.parent, ignore_errors=True)
        return place, False
    for one in old:
        shutil.rmtree(one, ignore_errors=True)
    return place, True


HOME = Path(os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_path("klyngesim", False) / "compiled")
"""Where compiled loops are kept."""
CACHE, STAYS = place_for(HOME)
os.environ["NUMBA_CACHE_DIR"] = str(CACHE)  # for the processes that this one starts

try:
    import numba
    from numba.extending import register_jitable
except ImportError as error:
    raise ImportError(
        f"numba, which compiles the model, cannot be imported ({error}); install klyngesim anew: `pip install "
        "--force-reinstall numba llvmlite`, in the environment that klyngesim is in"
    ) from error

LOOPS: list[Any] = []
"""Loops of all modules that are imported."""


def rule(function: Function) -> Function:
    """Makes a pure function callable from loops; called from Python it stays what it is."""
    register_jitable(function)
    return function


def loop(function: Function) -> Function:
    """Compiles a loop at its first call, or reads it from the cache.

    Numbers are those of Python and numpy, bit by bit: no reordering of sums, and a division by zero is infinite.
    """
    compiled = numba.njit(cache=True, error_model="numpy")(function)
    LOOPS.append(compiled)
    return cast(Function, compiled)


def elementwise(rule: Callable[..., float]) -> Callable[..., NDArray[np.float64]]:
    """A rule for arrays, where there is no loop to call it from: entry by entry."""
    return np.vectorize(rule, otypes=[np.float64])


def marker() -> Path:
    """File that says that the cache holds every loop, for this Python and this numba."""
    return CACHE / f"all-{sys.implementation.cache_tag}-numba-{numba.__version__}"
