"""Puts a finished figure on disk: PNG for slides, SVG for print, CSV with the numbers that it shows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

from klyngesim.files import whole
from klyngesim.report import style
from klyngesim.report.style import DPI, Drawn
from klyngesim.results.rowfiles import write_csv

_LOG = logging.getLogger(__name__)


def save(drawn: Drawn, directory: Path, stem: str) -> list[Path]:
    """Writes ``stem``.png, .svg and .csv into a directory and returns their paths in that order.

    Characters that the font of the figures does not have are logged: an empty box stands in their place.

    Each file is written beside its place and moved there when complete, so that a half-written one never looks whole.
    """

    def png(path: Path) -> None:
        drawn.figure.savefig(path, format="png", dpi=DPI, metadata={"Title": drawn.title, "Software": "klyngesim"})

    def svg(path: Path) -> None:
        about = {"Title": drawn.title, "Creator": "klyngesim", "Date": None}
        drawn.figure.savefig(path, format="svg", metadata=about)

    def table(path: Path) -> None:
        write_csv(path, drawn.columns, drawn.rows)

    _tell_boxes("".join(sorted(style.without_shape(drawn.figure))))
    writers: tuple[tuple[str, Callable[[Path], None]], ...] = ((".png", png), (".svg", svg), (".csv", table))
    return [_whole(directory / f"{stem}{suffix}", write) for suffix, write in writers]


@cache  # once, not with every figure
def _tell_boxes(letters: str) -> None:
    if letters:
        named = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in letters)
        _LOG.warning("figures show an empty box for %s: their font has no such character; tables have it", named)


def _whole(path: Path, write: Callable[[Path], None]) -> Path:
    with whole(path) as partial:
        write(partial)
    return path
