"""``klyngesim check``: is a scenario file right?"""

from typing import Annotated

import typer

from klyngesim.cli.console import note
from klyngesim.errors import REFUSED


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files or names.")],
) -> None:
    """Check scenario files.

    Nothing is run. A file that is right gives a line OK, another one line per fault and exit code 2.
    """
    from klyngesim.scenario.faults import ScenarioFaults
    from klyngesim.scenario.loading import load

    wrong = False
    for file in files:
        try:
            scenario = load(file)
        except ScenarioFaults as faults:
            wrong = True
            typer.echo(str(faults))
        else:
            note(scenario.warnings)
            typer.echo(f"OK {file} ({scenario.name})")
    if wrong:
        raise typer.Exit(REFUSED)
