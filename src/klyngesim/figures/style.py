"""Looks shared by all figures: colours that colour-blind readers can tell apart, fonts, titles, footers; and saving.

Figures are plain ``Figure`` objects drawn by Agg inside a style context: no pyplot, no window, and the reader's own
matplotlib settings are neither used nor changed.
"""

from __future__ import annotations

import logging
import math
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

from klyngesim.files import whole
from klyngesim.results.csv_tables import write_csv

# Okabe and Ito (2008), "Color Universal Design": eight colours told apart under all common colour blindness.
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
INK = "#1A1A1A"
MUTED = "#555555"
SILVER = "#BDBDBD"
GRID = "#E4E4E4"
SHADE = "#F1F1EE"

DPI = 160
_SMALL = 8.0
_LONGEST_TITLE = 110
MARGIN = 0.35
"""Free space around a figure, inches."""

_SETTINGS: dict[str, object] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a title is a dollar sign
    "figure.dpi": 100,
    "savefig.dpi": DPI,
    "svg.fonttype": "path",  # looks the same where the font is missing
    "svg.hashsalt": "klyngesim",  # the same run gives the same bytes
}


@dataclass(frozen=True)
class Footer:
    """The small print: notes, and a warning in bold below them (empty when there is nothing to warn of)."""

    lines: tuple[str, ...]
    warning: str


@dataclass(frozen=True)
class Drawn:
    """A finished figure: ``name`` is the stem of its files, ``rows`` hold exactly the numbers that it shows."""

    name: str
    figure: Figure
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]


@contextmanager
def context() -> Iterator[None]:
    """Matplotlib settings of the report, restored afterwards whatever happens."""
    with matplotlib.style.context(["default", _SETTINGS]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)  # see `without_shape`
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty white figure of a size in inches, known to no window and no pyplot."""
    return Figure(figsize=(width, height), facecolor="white")


def without_shape(figure: Figure) -> set[str]:
    """The characters of a figure's texts that its font does not have."""
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans")))
    texts = (text.get_text() for text in figure.findobj(Text))
    return {letter for letter in set("".join(texts)) - {"\n"} if not font.get_char_index(ord(letter))}


@cache
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text in inches."""
    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, False)
    return float(width) / 72


def short(title: str) -> str:
    """A title that somebody wrote, cut off with an ellipsis where a figure has no room; tables have it whole."""
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip()}…"


def wrap(text: str, width: float, size: float, bold: bool = False, most: int | None = None) -> str:
    """Breaks text at spaces so that every line fits a width; no-break spaces hold.

    A word that is wider than a line is broken where the line ends. Of more than ``most`` lines the rest is cut off with
    an ellipsis.
    """
    space = text_width(" ", size, bold)
    lines: list[list[str]] = []
    used = math.inf
    for word in text.split(" "):
        for part in _parts(word, width, size, bold):
            size_of = text_width(part, size, bold)
            if used + space + size_of <= width:
                lines[-1].append(part)
                used += space + size_of
            else:
                lines.append([part])
                used = size_of
    whole = "\n".join(" ".join(line) for line in lines[:most])
    return whole if most is None or len(lines) <= most else f"{whole[:-1].rstrip()}…"


def _parts(word: str, width: float, size: float, bold: bool) -> Iterator[str]:
    """The word, or the pieces of it that fit a width."""
    while len(word) > 1 and text_width(word, size, bold) > width:
        fits = range(1, len(word))
        end = max(1, bisect_right(fits, width, key=lambda count: text_width(word[:count], size, bold)))
        yield word[:end]
        word = word[end:]
    yield word


def balanced(text: str, width: float, size: float, bold: bool) -> str:
    """Breaks text into as few lines as fit a width, of about the same length, so that no single word hangs over."""
    lines = wrap(text, width, size, bold)
    narrower = width
    while narrower > width / 2:
        narrower -= 0.25
        tried = wrap(text, narrower, size, bold)
        if tried.count("\n") > lines.count("\n"):
            break
        lines = tried
    return lines


def frame(figure: Figure, title: str, subtitle: str, footer: Footer) -> tuple[float, float]:
    """Writes title and subtitle above and the footer below, wrapped to the figure's width.

    Returns the bottom and top of the room that is left, in inches from the bottom edge.
    """
    width, height = figure.get_size_inches()
    room = float(width) - 2 * MARGIN
    top = float(height) - MARGIN
    for text, size, bold, colour, gap in ((title, 15.0, True, INK, 0.09), (subtitle, 10.5, False, MUTED, 0.22)):
        lines = balanced(text, room, size, bold)
        figure.text(
            MARGIN / width,
            top / height,
            lines,
            fontsize=size,
            weight="bold" if bold else "normal",
            color=colour,
            va="top",
            linespacing=1.25,
        )
        top -= _block(lines, size, 1.25) + gap
    base = MARGIN * 0.8
    for text, colour, weight in ((footer.warning, INK, "bold"), ("\n".join(footer.lines), MUTED, "normal")):
        if not text:
            continue
        notes = "\n".join(wrap(line, room, _SMALL, weight == "bold") for line in text.split("\n"))
        figure.text(
            MARGIN / width,
            base / height,
            notes,
            fontsize=_SMALL,
            color=colour,
            weight=weight,
            va="bottom",
            linespacing=1.4,
        )
        base += _block(notes, _SMALL, 1.4) + 0.03
    return base + 0.13, top


def _block(text: str, size: float, spacing: float) -> float:
    return (text.count("\n") + 1) * size * spacing / 72


def room(figure: Figure, left: float, bottom: float, right: float, top: float) -> Axes:
    """Axes whose edges are given in inches from the lower left corner of the figure."""
    width, height = figure.get_size_inches()
    return figure.add_axes((left / width, bottom / height, (right - left) / width, (top - bottom) / height))


def tints(colour: str, count: int) -> tuple[str, ...]:
    """A colour and ever paler mixtures of it with white: parts of what the colour stands for."""
    parts = to_rgb(colour)
    shares = (1.0 - 0.75 * i / max(1, count - 1) for i in range(count))
    return tuple(to_hex((_mix(parts[0], share), _mix(parts[1], share), _mix(parts[2], share))) for share in shares)


def _mix(part: float, share: float) -> float:
    return 1.0 - (1.0 - part) * share


def readable_on(background: str) -> str:
    """Black or white, whichever has the higher contrast (relative luminance of WCAG 2) on a background colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(background)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else INK


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

    _tell_boxes("".join(sorted(without_shape(drawn.figure))))
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
