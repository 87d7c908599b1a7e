"""Figures beside tables: one that cannot be drawn costs no table."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

FOLDER = "figures"
"""Where the figures of a directory are."""

Draw = Callable[[Path], Iterable[Path]]
"""Draws the figures of a directory into its folder of figures and returns their paths."""


@dataclass(frozen=True)
class Figures:
    """What came of drawing: paths relative to the directory, and why there are none, None where all went well."""

    paths: tuple[Path, ...] = ()
    error: str | None = None


def attempt(
    draw: Callable[[], T], nothing: T, undrawn: Callable[[str], None], refused: type[Exception] | None = None
) -> T:
    """What is drawn into a page, or ``nothing`` after telling why; input that is ``refused`` stays refused."""
    try:
        return draw()
    except Exception as problem:
        if refused is not None and isinstance(problem, refused):
            raise
        undrawn(_reason(problem))
        return nothing


def drawn(
    directory: Path,
    draw: Draw,
    manifest: dict[str, Any] | None = None,
    stopping: AbstractContextManager[object] | None = None,
) -> Figures:
    """Draws beside finished tables; whatever happens, the tables stay and half a set of figures does not.

    Args:
        directory: holds the tables.
        draw: draws.
        manifest: is told what went wrong (``figures_error``, ``figures_traceback``); the caller writes it.
        stopping: in force while drawing, lets Ctrl-C through.
    """
    try:
        with stopping or nullcontext():
            return Figures(tuple(path.resolve().relative_to(directory.resolve()) for path in draw(directory)))
    except KeyboardInterrupt:
        error, trace = "stopped", None
    except Exception as problem:  # a figure is worth less than the runs
        error, trace = _reason(problem), traceback.format_exc()
    shutil.rmtree(directory / FOLDER, ignore_errors=True)
    if manifest is not None:
        manifest["figures_error"] = error
        if trace is not None:
            manifest["figures_traceback"] = trace
    return Figures(error=error)


def _reason(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
