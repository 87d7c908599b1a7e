"""``klyngesim verify``: whether results are as they were left, and are made again."""

from pathlib import Path
from typing import Annotated

import typer

from klyngesim.cli.console import Language, QuietOption, TableLangOption, compile_model, ending, note
from klyngesim.cli.summary import word
from klyngesim.errors import FAILED


def verify(
    directory: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Directory of a run, a comparison, a sweep or a page.", show_default=False),
    ],
    rerun: Annotated[bool, typer.Option(help="Make the first run again; of runs only.")] = True,
    crate: Annotated[
        bool, typer.Option("--crate", help="Describe them for tools for research data, in ro-crate-metadata.json.")
    ] = False,
    lang: TableLangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Check that results are as they were left.

    Every file is held against the hash in the manifest. Of runs whose files are as they were left the first one is made
    again and held against its rows, to the last bit. What has made them otherwise (another version of the model, of
    Python or of a library) is named. What is all as it was left may be described as an RO-Crate 1.1: what the files
    are, and when, by what and from what they were made.
    """
    from klyngesim.results.directories import RUN, any_manifest

    with ending():
        kind, manifest = any_manifest(directory)
        from klyngesim.report.crate import otherwise_in_crate, write_crate
        from klyngesim.runs.verification import first_again, otherwise

        wrong = [*otherwise(directory, manifest), *otherwise_in_crate(directory, manifest)]
        faults = [word(f"verify_{what}", lang, name=name) for name, what in wrong]
        for said in faults or [word("verify_fine", lang, n=len(manifest["outputs"]))]:
            typer.echo(f"{directory}: {said}")
        # What has been changed may not even be readable; it is told, and holding a run against it would tell no more.
        if rerun and not faults and kind == RUN and manifest["seeds"]["finished"]:
            from klyngesim.runs.recorded import recorded

            again = recorded(directory)
            note(again.remarks)
            compile_model(quiet)
            seed, others = first_again(directory, manifest, again)
            key = "verify_otherwise" if others else "verify_same"
            typer.echo(f"{directory}: {word(key, lang, seed=seed, names=', '.join(others))}")
            faults += others
        if crate:
            name = "" if faults else write_crate(directory, kind, manifest).name
            typer.echo(f"{directory}: {word('verify_crate' if name else 'verify_no_crate', lang, name=name)}")
    if faults:
        raise typer.Exit(FAILED)
