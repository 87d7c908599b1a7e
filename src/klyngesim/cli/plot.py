"""``klyngesim plot``: one indicator over the years, for several scenarios."""

from pathlib import Path
from typing import Annotated

import typer

from klyngesim.cli import completion
from klyngesim.cli.console import LangOption, Language, ending, refuse, results


def plot(
    indicator: Annotated[
        str,
        typer.Argument(
            metavar="INDICATOR",
            help="Its id; `klyngesim indicators TEXT` finds it.",
            autocompletion=completion.indicators,
        ),
    ],
    directories: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Directories that `klyngesim run` or `compare` have left.")
    ],
    cluster: Annotated[
        str,
        typer.Option(
            "--cluster",
            metavar="ORGANISATION",
            help="One organisation, such as made; default: all.",
            autocompletion=completion.organisations,
        ),
    ] = "all",
    lang: LangOption = Language.en,
    out: Annotated[Path | None, typer.Option(help="New directory; default: runs/plot-INDICATOR.")] = None,
) -> None:
    """Draw one indicator over the years.

    A line for every scenario, with the band that 90 % of its runs lie in. The directories are only read; the figure is
    left as PNG and SVG, with its numbers as CSV beside it.
    """
    from klyngesim.report.courses import courses, require_known
    from klyngesim.results.drawing import Figures
    from klyngesim.runs.directory import Place, free_name

    with ending():
        require_known(indicator, cluster)
        found = courses(directories, indicator, cluster)
        from klyngesim.figures import style
        from klyngesim.figures.indicator import MOST, draw

        if len(found) > MOST:
            refuse(f"{len(found)} scenarios; a figure tells {MOST} apart: name fewer directories")
        place = Place(out or free_name(Path("runs") / f"plot-{indicator}"))
        with place.writing() as partial, style.context():
            drawn = draw(found, indicator, cluster, lang.value)
            paths = tuple(path.relative_to(partial) for path in style.save(drawn, partial, drawn.name))
    results(place.path, Figures(paths), lang)
