"""``klyngesim report``: the note of a comparison, a page for people with its tables."""

from pathlib import Path
from typing import Annotated

import typer

from klyngesim.cli.console import fail, refuse
from klyngesim.cli.run import Language


def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Directory that `klyngesim compare` left.")],
    lang: Annotated[Language, typer.Option(help="Language of the page.")] = Language.en,
    out: Annotated[Path | None, typer.Option(help="New directory; default: report-NAME-LANG beside DIR.")] = None,
) -> None:
    """Write the note of a comparison: one HTML page, and its tables as CSV and xlsx.

    The page holds its figure and needs neither network nor scripts. DIR is only read.
    """
    from klyngesim.report.comparison_data import NoComparison, read
    from klyngesim.results.place import OutputFailed, OutputRefused, Place, free_name

    try:
        found = read(directory)
        name = directory.resolve().name or "comparison"
        place = Place(out or free_name(directory.resolve().parent / f"report-{name}-{lang.value}"))
    except (NoComparison, OutputRefused) as fault:
        refuse(str(fault))
    from klyngesim.report.note import write

    try:
        paths = [path.relative_to(place.partial) for path in write(found, place.partial, lang.value)]
        place.publish()
    except (OutputFailed, OSError) as problem:
        place.discard()
        fail(str(problem))
    except KeyError as fault:
        place.discard()
        refuse(f"{directory}: a comparison of another version, {fault} is missing; make it again with its version")
    except BaseException:
        place.discard()
        raise
    for path in paths:
        typer.echo(place.path / path)
