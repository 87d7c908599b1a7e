"""``klyngesim calibrate``: fit the model to the report."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from klyngesim.cli.console import (
    JobsOption,
    Language,
    QuietOption,
    TableLangOption,
    compile_model,
    ending,
    fail,
    note,
    refuse,
)
from klyngesim.cli.summary import word as say
from klyngesim.cli.summary import written

if TYPE_CHECKING:
    from klyngesim.calibration.simulate import Report
    from klyngesim.runs.jobs import Progress

NEEDED = ("sklearn", "emcee")
"""Libraries of the extra that a calibration cannot do without."""

_EVERY = 60.0  # seconds between lines of progress where there is no terminal


def need_extra(command: str) -> None:
    """Refuses a command when what the extra "calibrate" brings is not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        from klyngesim.results.versions import how_to_install

        refuse(f"{command} needs {' and '.join(missing)}: {how_to_install('calibrate')}")


def calibrate(
    settings: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Settings; default: the shipped calibration/settings.yaml.")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Directory of the work and its results; an unfinished one is continued.")
    ] = Path("runs/calibration"),
    jobs: JobsOption = None,
    quick: Annotated[bool, typer.Option("--quick", help="A try-out on few firms that calibrates nothing.")] = False,
    lang: TableLangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Fit the model to the report.

    History matching, MCMC on emulators, and draws simulated again on fresh seeds; needs the extra "calibrate". Stopped
    at any point, the same command goes on where it was.
    """
    need_extra("klyngesim calibrate")
    from klyngesim.runs.pool import limit_threads, usable_cores

    limit_threads()  # before anything imports numpy
    from klyngesim.calibration.pipeline import Calibration, identity_of
    from klyngesim.calibration.settings import read_settings
    from klyngesim.calibration.simulate import ModelSimulator
    from klyngesim.calibration.store import Store
    from klyngesim.calibration.targets import read_targets
    from klyngesim.scenario.loading import read_template

    with ending():
        try:
            chosen, targets = read_settings(settings, quick), read_targets()
        except FileNotFoundError as error:
            refuse(str(error))
        overrides = (f"period.end={chosen.period_end}", f"population.scale={chosen.population_scale}")
        template = read_template(chosen.scenario, overrides)  # a wrong one is told before anything is written
        note(template.scenario.warnings)
        store = Store(out, identity_of(chosen, targets, template.scenario))
    wanted = tuple(target.key for target in chosen.fitted(targets))
    simulator = ModelSimulator(template, wanted)
    goes_on = say("goes_on", lang)
    with ending(say("stopped_on", lang, goes_on=goes_on), f". {goes_on}"):
        compile_model(quiet)
        try:
            with _progress(quiet) as report:
                found = Calibration(chosen, targets, store, simulator, jobs or usable_cores(), report).run()
        except OSError as error:
            fail(f"{out}: {error.strerror}. {goes_on}")
    _tell(found, out, lang)


def _tell(found: dict[str, Any], out: Path, lang: Language) -> None:
    """The outcome in short."""
    from klyngesim.calibration.words import word
    from klyngesim.report.numbers import percent

    def told(key: str, **fill: object) -> str:
        return word(f"calibrate_{key}", lang.value, **fill)

    last = [wave for wave in found["waves"] if "share_of_prior_left" in wave][-1]
    verdict, recovery = found["verdict"], found["recovery"]
    left = written(f"{last['share_of_prior_left']:.2g}", lang)
    share = told("below", share=left) if last["share_is_upper_bound"] else left
    sizes = {"parameters": len(found["parameters"]), "waves": len(found["waves"])}
    typer.echo(told("size", targets=found["targets"], **sizes))
    typer.echo(told("left", share=share))
    effective = written(f"{verdict['effective_kept']:,.0f}", lang)
    typer.echo(told("kept", kept=verdict["kept"], draws=verdict["draws"], effective=effective))
    coverage = percent(recovery["coverage"], lang.value)
    typer.echo(told("recovery", coverage=coverage, trials=recovery["trials"]))
    heads = (told("median"), told("low"), told("high"))
    typer.echo(f"{told('parameter'):<32}{''.join(f'{head:>10}' for head in heads)}   {told('spread')}")
    for name, row in found["posterior"].items():
        numbers = "".join(f"{row[key]:>10.4g}" for key in ("median", "low", "high"))
        ratio = written(f"{row['sd_ratio']:.2f}", lang)
        typer.echo(f"{name:<32}{written(numbers, lang)}   {ratio}")
    typer.echo(f"\n{told('posterior'):<13}{out / 'posterior.csv'}\n{told('diagnostics'):<13}{out / 'diagnostics.json'}")


@contextmanager
def _progress(quiet: bool) -> "Iterator[Report | None]":
    """Progress with the time left per stage: a bar on a terminal, a line a minute elsewhere, None with ``quiet``."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        yield from _bars()
    else:
        yield _lines()


def _bars() -> "Iterator[Report]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    text = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("left"))
    console = Console(stderr=True)
    with Bars(*text, TimeRemainingColumn(), console=console, transient=True, refresh_per_second=2) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, progress: "Progress") -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=progress.total)
            bar.update(tasks[stage], completed=progress.done)

        yield show


def _lines() -> "Report":
    began: dict[str, tuple[float, int]] = {}
    told: dict[str, float] = {}

    def show(stage: str, progress: "Progress") -> None:
        now, done, total = time.monotonic(), progress.done, progress.total
        start, before = began.setdefault(stage, (now, done))
        if done < total and now - told.get(stage, -_EVERY) < _EVERY:
            return
        told[stage] = now
        seconds = (now - start) / max(done - before, 1) * (total - done)
        left = f", {seconds / 60:.0f} min left" if before < done < total else ""
        typer.echo(f"{stage}: {done} of {total}{left}", err=True)

    return show
