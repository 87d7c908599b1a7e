"""The command ``klyngesim``; heavy libraries are imported inside the commands, so ``--help`` answers at once."""

from typing import Annotated, Any

import typer

from klyngesim.cli import (
    ablate,
    bench,
    calibrate,
    check,
    compare,
    indicators,
    levers,
    params,
    report,
    run,
    schema,
    store,
    sweep,
    twin,
    validate,
)
from klyngesim.cli.streams import on_safe_streams
from klyngesim.experiments.interrupts import heed_termination


class CommandLine(typer.Typer):
    """The command line, with streams that end no command, and requests to end that are heeded like Ctrl-C."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the command that the arguments name, and ends the process."""
        heed_termination()
        on_safe_streams(lambda: super(CommandLine, self).__call__(*args, **kwargs))


app = CommandLine(
    name="klyngesim",
    no_args_is_help=True,
    add_completion=False,
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


app.command()(run.run)
app.command()(check.check)
app.command()(compare.compare)
app.command()(report.report)
app.command()(params.params)
app.command()(levers.levers)
app.command()(indicators.indicators)
app.command()(schema.schema)
app.add_typer(store.app, name="store")
app.command()(sweep.sweep)
app.command()(ablate.ablate)
app.command()(twin.twin)
app.command()(bench.bench)
app.command()(calibrate.calibrate)
app.command()(validate.validate)
