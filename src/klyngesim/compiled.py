"""Compiled loops: plain Python that numba turns into machine code, and keeps in the user's cache directory.

A *rule* is a pure function of a few numbers. Called from Python it is ordinary Python; called from a loop it is
compiled with it, so that there is one text of every rule. A *loop* goes through the rows of tables. With
``NUMBA_DISABLE_JIT=1`` in the environment loops are ordinary Python too, which a debugger can follow.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import platformdirs
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

_ROOT = Path(__file__).parent.parent
_IMPORT = re.compile(r"^(?:from|import) (klyngesim[\w.]*)(?: import (\([^)]*\)|.*))?", re.MULTILINE)
_KEPT = 30 * 24 * 3600
"""Seconds for which compiled loops that nobody uses are kept."""


def place_for(home: Path) -> tuple[Path, bool]:
    """Directory for compiled loops, and whether the next command finds them there.

    Where ``home`` cannot be written a temporary one serves this process and those that it starts. What has not been
    used for a month is removed.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
        old = [one for one in home.iterdir() if one.stat().st_mtime < time.time() - _KEPT]
    except OSError:
        place = Path(tempfile.mkdtemp(prefix="klyngesim-compiled-"))
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        return place, False
    for one in old:
        shutil.rmtree(one, ignore_errors=True) if one.is_dir() else one.unlink(missing_ok=True)
    return home, True


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

LOOPS: dict[Any, str] = {}
"""Loops of all modules that are imported, with the version of the source that they are made of."""


@cache
def _source(file: Path) -> tuple[bytes, tuple[Path, ...]]:
    """Hash of a file of the package, and those that it imports itself."""
    content = file.read_bytes()
    imported = []
    for module, names in _IMPORT.findall(content.decode("utf-8")):
        place = _ROOT / module.replace(".", "/")
        imported += [place.with_suffix(".py"), *(place / f"{name}.py" for name in re.findall(r"\w+", names))]
    name = file.relative_to(_ROOT).as_posix().encode()
    return hashlib.sha256(name + b"\0" + content).digest(), tuple(one for one in imported if one.is_file())


def needs(file: Path) -> set[Path]:
    """A file of the package and all others that it needs when it is imported.

    Imports inside a function or under ``if TYPE_CHECKING`` are not among them: nothing compiled is made of those.
    """
    needed, ahead = {file}, [file]
    while ahead:
        new = set(_source(ahead.pop())[1]) - needed
        needed |= new
        ahead += new
    return needed


@cache
def version(file: Path) -> str:
    """Hash of all that the loops of a file are made of; numba itself only sees when that one file changes."""
    digest = hashlib.sha256(b"".join(_source(one)[0] for one in sorted(needs(file))))
    return f"{file.stem}-{digest.hexdigest()[:16]}"


def rule(function: Function) -> Function:
    """Makes a pure function callable from loops; called from Python it stays what it is."""
    register_jitable(function)
    return function


def loop(function: Function) -> Function:
    """Compiles a loop at its first call, or reads it from the cache.

    Numbers are those of Python and numpy, bit by bit: no reordering of sums, and a division by zero is infinite.
    """
    made_of = version(Path(function.__code__.co_filename))
    numba.config.CACHE_DIR = str(CACHE / made_of)  # type: ignore[attr-defined]
    compiled = numba.njit(cache=True, error_model="numpy", no_cfunc_wrapper=True)(function)  # type: ignore[call-overload]
    LOOPS[compiled] = made_of
    return cast(Function, compiled)


def elementwise(rule: Callable[..., float]) -> Callable[..., NDArray[np.float64]]:
    """A rule for arrays, where there is no loop to call it from: entry by entry."""
    return np.vectorize(rule, otypes=[np.float64])


def stamps(files: Iterable[Path]) -> list[str]:
    """Place, time and size of files: numba keeps what it compiles by these, so that a second checkout starts anew."""
    return [f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}" for file in sorted(files)]


def marker() -> Path:
    """File that says that the cache holds every loop of these files, for this Python and this numba."""
    files = {Path(getattr(loop, "py_func", loop).__code__.co_filename) for loop in LOOPS}
    digest = hashlib.sha256("\n".join([*sorted(LOOPS.values()), *stamps(files)]).encode()).hexdigest()[:16]
    return CACHE / f"all-{digest}-{sys.implementation.cache_tag}-numba-{numba.__version__}"
