"""Draws the four figures of a run into its ``figures`` directory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from klyngesim.figures import finance as figure_finance
from klyngesim.figures import funnel as figure_funnel
from klyngesim.figures import reach as figure_reach
from klyngesim.figures import style
from klyngesim.figures import time_series as figure_time_series
from klyngesim.report.numbers import Lang, check_language, suffix_of
from klyngesim.report.run_data import RunData, read

DRAWERS: tuple[Callable[[RunData, Lang], style.Drawn], ...] = (
    figure_funnel.draw,
    figure_time_series.draw,
    figure_finance.draw,
    figure_reach.draw,
)


def draw_all(directory: Path, lang: str = "en") -> list[Path]:
    """Draws every figure of a run directory as PNG (160 dpi) and SVG, with the plotted numbers as CSV beside it.

    Args:
        directory: a run directory with manifest.json, summary.csv, funnel.csv and finance.csv; a missing table makes
            its panels say *not recorded*.
        lang: ``en`` or ``da``. Danish files carry the language in their name (``funnel_da.png``), so that both can
            stand side by side; the CSV is the same in both.

    Returns the paths written, figure by figure. Existing figures of the same name are replaced.

    Raises:
        ValueError: unknown language, or files that are not of one run.
        FileNotFoundError: no manifest.json in the directory.
    """
    language = check_language(lang)
    run = read(directory)
    target = directory / "figures"
    target.mkdir(exist_ok=True)
    suffix = suffix_of(language)
    written: list[Path] = []
    for draw in DRAWERS:
        with style.context():
            drawn = draw(run, language)
            written += style.save(drawn, target, f"{drawn.name}{suffix}")
            drawn.figure.clear()
    return written
