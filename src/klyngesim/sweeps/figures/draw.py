"""Draws the figures of a sweep into its ``figures`` directory: what the method gives, for every scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from klyngesim.figures import style
from klyngesim.report.numbers import Lang, check_language, suffix_of
from klyngesim.sweeps.data import SweepData, read
from klyngesim.sweeps.figures import bars, box, curves, ranks, screen, tornado
from klyngesim.sweeps.rows import Advance

Draw = Callable[[SweepData, str, Lang], style.Drawn]

MAIN: dict[str, Draw] = {"bars": bars.draw, "tornado": tornado.draw, "screen": screen.draw}
"""The figure that shows what a method is there for, by its word in `Method.figure`."""


def draw_sweep(directory: Path, lang: str, advance: Advance = lambda _: None) -> list[Path]:
    """Draws every figure of a sweep directory as PNG (160 dpi) and SVG, with the plotted numbers as CSV beside it.

    Args:
        directory: of a finished sweep.
        lang: ``en`` or ``da``; Danish files carry the language in their name, so that both can stand side by side.
        advance: called with shares of the work that are done, 1 in all.

    Returns the paths written, figure by figure. Existing figures of the same name are replaced.

    Raises:
        InputError: the directory is not that of a sweep.
        ValueError: unknown language.
    """
    language = check_language(lang)
    found = read(directory)
    target = directory / "figures"
    target.mkdir(exist_ok=True)
    return draw_into(found, target, language, advance)


def draw_into(found: SweepData, target: Path, lang: Lang, advance: Advance = lambda _: None) -> list[Path]:
    """Draws the figures of a sweep into any directory that is there; returns the paths written."""
    suffix = suffix_of(lang)
    written: list[Path] = []
    with style.context():
        for drawn in figures(found, lang, advance):
            written += style.save(drawn, target, f"{drawn.name}{suffix}")
            drawn.figure.clear()
    return written


def figures(found: SweepData, lang: Lang, advance: Advance = lambda _: None) -> Iterator[style.Drawn]:
    """The figures, one after another: leading factors, each scenario's own, and where it loses."""
    share = 1.0 / (3 + len(found.scenarios))
    yield ranks.draw(found, lang)
    advance(share)
    for scenario in found.scenarios:
        yield MAIN[found.method.figure](found, scenario, lang)
        for more in (curves.draw, bars.draw_surrogate):
            drawn = more(found, scenario, lang)
            if drawn is not None:
                yield drawn
        advance(share)
    order = ranks.draw_order(found, lang)
    if order is not None:
        yield order
    advance(share)
    yield from box.draw(found, lang)
    advance(share)
