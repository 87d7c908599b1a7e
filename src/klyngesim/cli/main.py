"""The command ``klyngesim``; heavy libraries are imported inside the commands, so ``--help`` answers at once."""

import logging
import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from klyngesim.cli import (
    ablate,
    bench,
    calibrate,
    compare,
    explain,
    explore,
    firms,
    lists,
    plot,
    report,
    run,
    runs,
    store,
    sweep,
    twin,
    validate,
    verify,
)
from klyngesim.cli.console import note, refuse
from klyngesim.cli.streams import on_safe_streams
from klyngesim.runs.pool import heed_termination
from klyngesim.scenario.characters import unfit
from klyngesim.scenario.scalars import show


class LoggedNotes(logging.Handler):
    """Says what the package has logged as notes of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        """Says one of them."""
        note([record.getMessage()])


class CommandLine(typer.Typer):
    """The command line, with streams that end no command, and requests to end that are heeded like Ctrl-C."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the command that the arguments name, and ends the process."""
        heed_termination()
        logging.getLogger("klyngesim").addHandler(LoggedNotes(logging.WARNING))
        on_safe_streams(lambda: super(CommandLine, self).__call__(*args, **kwargs))


app = CommandLine(
    name="klyngesim",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from klyngesim.results.versions import package_version

        typer.echo(f"klyngesim {package_version()}")
        raise typer.Exit


@app.callback()
def klyngesim(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Simulate the Danish cluster programme, every firm in it.

    Exit codes: 0 done, 1 a run failed, 2 the input is wrong.
    """
    _look_through(sys.argv[1:])


def _look_through(words: Iterable[str]) -> None:
    """Ends the command if what was typed holds characters that would steer the terminal on which it is shown again."""
    found = []
    for place, word in enumerate(words, 1):
        # A name of a file that is not UTF-8 is half characters to Python and all right to the operating system.
        if (wrong := unfit(word.encode("utf-8", "replace").decode("utf-8"))) is not None:
            found.append(f"word {place} of the command, {show(word)}: holds {wrong}; type it without")
    if found:
        refuse("\n".join(found))


app.command()(run.run)
app.command()(runs.runs)
app.command()(explain.check)
app.command()(explain.explain)
app.command()(compare.compare)
app.command()(report.report)
app.command()(plot.plot)
app.command()(lists.params)
app.command()(lists.levers)
app.command()(lists.indicators)
app.command()(lists.organisations)
app.command()(lists.schema)
app.add_typer(store.app, name="store")
app.command()(sweep.sweep)
app.command()(explore.explore)
app.command()(ablate.ablate)
app.command()(firms.firms)
app.command()(twin.twin)
app.command()(bench.bench)
app.command()(calibrate.calibrate)
app.command()(validate.validate)
app.command()(verify.verify)
