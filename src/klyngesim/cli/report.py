"""``klyngesim report``: the note of a comparison, a page for people with its tables."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from klyngesim.cli.console import Language, ending, fail, refuse
from klyngesim.cli.summary import word
from klyngesim.errors import InputError

Read = TypeVar("Read")


def report(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Directory that `klyngesim compare` left; with --xlsx any of a run or sweep too."
        ),
    ],
    lang: Annotated[Language, typer.Option("--lang", help="Language of the page or the workbook.")] = Language.en,
    out: Annotated[Path | None, typer.Option(help="New directory; default: report-NAME-LANG beside DIR.")] = None,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Only one workbook with every table of DIR, a sheet each; no note.")
    ] = False,
    sweep: Annotated[
        list[Path] | None,
        typer.Option(metavar="SWEEPDIR", help="Directory that `klyngesim sweep` left; it gets a section. Repeatable."),
    ] = None,
) -> None:
    """Write the note of a comparison: one HTML page, and its tables as CSV and xlsx.

    The page holds its figure and needs neither network nor scripts. DIR is only read,
    and so are the directories of sweeps. With --xlsx: the tables of a run, a comparison or a sweep as one workbook,
    the same bytes every time.
    """
    if xlsx:
        if sweep:
            refuse("--sweep: a section of a note, which --xlsx does not write; give the directory of the sweep as DIR")
        _workbook(directory, lang, out)
        return
    from klyngesim.report.comparison_data import read
    from klyngesim.results.directories import SWEEP, is_of
    from klyngesim.runs.directory import Place, free_name
    from klyngesim.sweeps.data import read as read_sweep

    if is_of(directory, SWEEP):
        refuse(
            f"{directory}: the directory of a sweep; a note is that of a comparison, to which a sweep is added with "
            f"`klyngesim report COMPARISON --sweep {directory}`"
        )
    faults: list[str] = []

    def known(read_one: Callable[[Path], Read], one: Path) -> Iterator[Read]:
        try:
            yield read_one(one)
        except InputError as fault:
            faults.append(str(fault))

    comparisons = [*known(read, directory)]
    sweeps = [found for one in sweep or () for found in known(read_sweep, one)]
    twice = {one.id for one in sweeps if sum(other.id == one.id for other in sweeps) > 1}
    faults += [f"--sweep: the sweep {one} is given more than once" for one in sorted(twice)]
    if faults:
        refuse("\n".join(faults))
    name = directory.resolve().name or "comparison"
    undrawn: list[str] = []
    with ending():
        place = Place(out or free_name(directory.resolve().parent / f"report-{name}-{lang.value}"))
        from klyngesim.note.page import write

        try:
            with place.writing() as partial:
                made = write(comparisons[0], partial, lang.value, sweeps, undrawn.append)
                paths = [path.relative_to(partial) for path in made]
        except KeyError as fault:
            refuse(f"{directory}: a comparison of another version, {fault} is missing; make it again with its version")
    for path in paths:
        typer.echo(place.path / path)
    if undrawn:
        fail("\n".join(word("no_figure", lang, why=why) for why in undrawn))


def _workbook(directory: Path, lang: Language, out: Path | None) -> None:
    """Writes the workbook of a directory."""
    from klyngesim.report.workbook import sheets, write_xlsx
    from klyngesim.runs.directory import free_name

    path = out or free_name(directory.resolve().parent / f"{directory.resolve().name}-{lang.value}.xlsx")
    if path.suffix != ".xlsx":
        refuse(f"--out {path}: a workbook's name ends with .xlsx")
    if path.exists() or not path.absolute().parent.is_dir():
        why = "exists already and is not overwritten" if path.exists() else "its folder does not exist"
        refuse(f"--out {path}: {why}; choose another --out")
    with ending():
        try:
            write_xlsx(sheets(directory, lang.value), path)
        except KeyError as fault:
            refuse(f"{directory}: of another version, {fault} is missing; make it again with its version")
        except OSError as error:
            fail(f"--out {path}: cannot be written ({error.strerror})")
    typer.echo(path)
