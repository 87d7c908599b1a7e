"""``klyngesim run``: simulate a scenario."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli import completion
from klyngesim.cli.console import (
    AttributionOption,
    FiguresOption,
    JobsOption,
    LangOption,
    Language,
    QuietOption,
    attributed,
    ending,
    note,
    refuse,
    results,
)
from klyngesim.cli.summary import print_summary, word
from klyngesim.errors import FAILED

if TYPE_CHECKING:
    from klyngesim.results.attribution import Attribution
    from klyngesim.results.windows import Floats
    from klyngesim.runs.recorded import Recorded
    from klyngesim.runs.replicates import Execution
    from klyngesim.scenario.schema import Scenario
    from klyngesim.scenario.template import Template


def run(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO",
            help="A scenario file, a shipped name, or the directory or manifest of a run to repeat.",
            autocompletion=completion.scenarios,
        ),
    ],
    replicates: Annotated[int | None, typer.Option(help="Replicates; default: the scenario's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the first replicate.")] = None,
    posterior: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="N draws of the calibrated parameters, one per seed; no --replicates."),
    ] = None,
    jobs: JobsOption = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Set a key of the file or a parameter; repeatable.",
            autocompletion=completion.settings,
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="New directory; default: runs/NAME-ID.")] = None,
    attribution: AttributionOption = None,
    figures: FiguresOption = True,
    lang: LangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Simulate a scenario.

    One run per seed; tables, figures and a manifest are left in a new directory. Without --posterior every run has the
    values of the scenario and of `klyngesim params`; with it, the k-th seed has the k-th of N draws of the calibration.
    The directory of a run is run again as its manifest has it, and the contents are compared.
    Some seeds are run again with an indexed grant, without failures and with both, which tells why the scenario moves.
    """
    from klyngesim.runs.recorded import place_of

    again = None
    if (directory := place_of(scenario)) is not None:
        asked = {"--replicates": replicates, "--seed": seed, "--posterior": posterior, "--set": overrides or None}
        again = _recorded(directory, [option for option, value in asked.items() if value is not None])
        template, drawn, fixed = again.template, again.drawn, again.fixed
        note(again.remarks)
    else:
        template, drawn = _read(scenario, overrides or [], replicates, seed, posterior)
        fixed = tuple(template.sets) if drawn else ()
        note(template.scenario.warnings)
    loaded = template.scenario

    from klyngesim.runs.pool import limit_threads, usable_cores

    limit_threads()  # before anything imports numpy
    from klyngesim.cli.console import compile_model, progress_line
    from klyngesim.posterior import central_in_force, shipped_input
    from klyngesim.runs.replicates import execute

    def draw(directory: Path) -> list[Path]:
        from klyngesim.figures.of_a_run import draw_all

        return draw_all(directory, lang.value)

    with ending(word("stopped_nothing", lang)):
        compile_model(quiet)
        explain = _Explained(template, attributed(attribution, loaded.replicates), jobs or usable_cores(), quiet)
        with progress_line(loaded.name, loaded.replicates, quiet) as on_progress:
            done = execute(
                loaded,
                out,
                jobs or usable_cores(),
                draw if figures else None,
                on_progress,
                drawn=drawn,
                calibrated=bool(drawn) or central_in_force(loaded.values),
                inputs=[shipped_input()] if drawn else (),
                explain=explain if explain.asked else None,
                fixed=fixed,
            )
    _tell(done, explain.told(lang), lang)
    if again is not None and done.complete:
        _compare(again, done, lang)
    if not done.complete:
        raise typer.Exit(FAILED)


def _read(
    scenario: str, overrides: list[str], replicates: int | None, seed: int | None, posterior: int | None
) -> "tuple[Template, list[tuple[int, Scenario]]]":
    """The scenario with its settings, and under the draws that are asked for; ends the command where it is wrong."""
    from klyngesim.scenario.loading import read_template

    if posterior is not None and replicates is not None:
        refuse("--posterior N makes N runs, one per draw; give it without --replicates")
    picked = _picked(posterior)
    number = replicates if posterior is None else posterior
    settings = list(overrides)
    settings += [f"--replicates={number}"] if number is not None else []
    settings += [f"--seed={seed}"] if seed is not None else []
    with ending():
        template = read_template(scenario, settings)
        return template, _under(picked, template)


def _recorded(directory: Path, options: list[str]) -> "Recorded":
    """The run of a manifest; ends the command where it cannot be made again, or is to be made otherwise."""
    from klyngesim.runs.recorded import recorded

    if options:
        refuse(
            f"{', '.join(options)}: a manifest runs again as it is; to run it otherwise, name the scenario or its file"
        )
    with ending():
        return recorded(directory)


def _compare(again: "Recorded", done: "Execution", lang: Language) -> None:
    """Says whether what was made again is the same."""
    from klyngesim.runs.recorded import content_differs

    if others := content_differs(again.content, done.manifest["content"]):
        note([f"the content is not the recorded one in {', '.join(others)}"])
    else:
        typer.echo(word("run_same", lang))


class _Explained:
    """Why a scenario moves: a table beside those of its runs, and a sentence.

    Args:
        template: the scenario.
        seeds: seeds of the runs that tell; 0 = none.
        jobs: processes.
        quiet: no progress.
    """

    def __init__(self, template: "Template", seeds: int, jobs: int, quiet: bool) -> None:
        from klyngesim.comparisons.attribution import told_apart

        self._template, self._seeds, self._jobs, self._quiet = template, seeds, jobs, quiet
        self._rows: list[Attribution] = []
        self.asked = seeds > 0 and not told_apart(template)

    def __call__(self, directory: Path, known: "dict[int, Floats]") -> None:
        """Makes the runs that are not ``known`` and leaves the table in a directory."""
        from klyngesim.cli.console import progress_line
        from klyngesim.comparisons.attribution import attribution, runs_needed
        from klyngesim.results.attribution import FILE, Attribution
        from klyngesim.results.csv_tables import write_table
        from klyngesim.runs.executors import local

        runs = runs_needed(self._template, self._seeds, known)
        with progress_line("why it moves", runs, self._quiet) as on_progress, local(self._jobs) as executor:
            self._rows = attribution(self._template, self._seeds, None, executor, on_progress, known)
        write_table(directory / FILE, self._rows, Attribution)

    def told(self, lang: Language) -> str:
        """The sentence; empty where nothing was asked or finished."""
        from klyngesim.results.attribution import sentence

        return sentence(self._rows, self._template.scenario.name, lang.value) if self._rows else ""


def _picked(count: int | None) -> list[int]:
    """Numbers of the posterior draws asked for; none asked for, none picked."""
    if count is None:
        return []
    from klyngesim.posterior import pick

    try:
        return pick(count)
    except FileNotFoundError:
        refuse("--posterior: no posterior is shipped; `klyngesim calibrate` makes one")
    except ValueError as error:
        refuse(f"--posterior: {error}")


def _under(picked: list[int], template: "Template") -> "list[tuple[int, Scenario]]":
    """The scenario under each draw: what it sets itself stays, the rest comes from the draw. Raises ScenarioFaults."""
    from klyngesim.posterior import read_posterior

    draws = read_posterior() if picked else []
    under = {number: template.at(defaults=draws[number]) for number in set(picked)}
    return [(number, under[number]) for number in picked]


def _tell(done: "Execution", why: str, lang: Language) -> None:
    """Results and why they move on stdout, what went wrong on stderr."""
    for run, failure in done.failures:
        about = {"scenario": run.scenario.name, "seed": run.seed, "reason": failure.reason}
        typer.echo(word("run_failed", lang, **about), err=True)
    if done.manifest["status"] == "interrupted":
        typer.echo(word("run_stopped" if done.directory else "stopped_nothing", lang, n=done.aggregates.n), err=True)
    if error := done.manifest.get("attribution_error"):
        typer.echo(word("run_unexplained", lang, error=error), err=True)
    if done.directory is None:
        return
    if done.aggregates.n:
        print_summary(done.aggregates, any(done.manifest["draws"]), lang)
        if not done.manifest["calibrated"]:
            typer.echo(f"{word('not_calibrated', lang)}\n")
        if why:
            typer.echo(f"{why}\n")
    results(done.directory, done.figures, lang)
