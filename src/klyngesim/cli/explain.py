"""``klyngesim explain`` and ``klyngesim check``: a scenario in words, and whether it is right; nothing is run."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli.console import HoldsOption, Language, ScenarioArgument, ending, note
from klyngesim.errors import REFUSED, InputError
from klyngesim.scenario.limits import COMPARED_UNTIL

if TYPE_CHECKING:
    from klyngesim.comparisons.explanation import Explained
    from klyngesim.scenario.documents import Document
    from klyngesim.scenario.template import Template

BASELINE = "baseline"
"""The shipped scenario that every other is held against."""


def explain(
    scenario: ScenarioArgument,
    overrides: HoldsOption = None,
    lang: Annotated[Language, typer.Option("--lang", help="Language of what is printed.")] = Language.en,
) -> None:
    """Say in words what a scenario changes.

    What differs from the baseline and from when on, what has no price, what takes no effect and why, which assumptions
    the answer hangs on, and how long a comparison would take. Nothing is run.
    """
    from klyngesim.comparisons.explanation import Explained, sentences

    known, settings = _Known(), overrides or []
    with ending():
        template = known.read(scenario, settings)
        explained = Explained(template, known.read(BASELINE), lang.value)
        lines = [explained.title(), *explained.head(), *sentences(explained.parts())]
        if template.scenario.name != BASELINE:
            lines += sentences([(explained.word("takes"), (_takes(explained, scenario, settings, known),))])
    typer.echo("\n".join(lines))


def _takes(explained: "Explained", scenario: str, settings: list[str], known: "_Known") -> str:
    """How long a comparison with the baseline would take, or why there can be none."""
    from klyngesim.comparisons.pairs import comparable
    from klyngesim.comparisons.plan import Asked, plan
    from klyngesim.runs.pace import usual
    from klyngesim.runs.pool import usable_cores

    held = [*settings, f"period.end={COMPARED_UNTIL}"]
    try:
        templates = [known.read(name, held) for name in (BASELINE, scenario)]
        comparable(templates)
    except InputError as why:
        return explained.not_comparable(COMPARED_UNTIL, why)
    return explained.takes(plan(templates, Asked(), usual(templates[0].scenario)), usable_cores())


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files or names.")],
    lang: Annotated[Language, typer.Option("--lang", help="Language of what is said of a file.")] = Language.en,
) -> None:
    """Check scenario files.

    Nothing is run. A file that is right gives a line OK and what `klyngesim explain` says of it, another one line per
    fault and exit code 2.
    """
    from klyngesim.scenario.faults import ScenarioFaults

    wrong, known = False, _Known()
    for file in files:
        try:
            template = known.read(file)
        except ScenarioFaults as faults:
            wrong = True
            typer.echo(str(faults))
        else:
            note(template.scenario.warnings)
            typer.echo(f"OK {file} ({template.scenario.name})")
            for line in known.said(template, lang, remarks=False):
                typer.echo(f"  {line}")
    if wrong:
        raise typer.Exit(REFUSED)


class _Known:
    """Scenarios beside the shipped baseline; every file is read once."""

    def __init__(self) -> None:
        self._documents: dict[Path, Document] = {}

    def read(self, name: str, settings: Sequence[str] = ()) -> "Template":
        """A scenario with settings on top. Raises ScenarioFaults with all that is wrong with it."""
        from klyngesim.scenario.loading import read_template

        return read_template(name, settings, documents=self._documents)

    def said(self, template: "Template", lang: Language, remarks: bool = True) -> Iterator[str]:
        """The lines about a scenario, without those of how long a comparison takes."""
        from klyngesim.comparisons.explanation import Explained, sentences

        yield from sentences(Explained(template, self.read(BASELINE), lang.value).parts(remarks))
