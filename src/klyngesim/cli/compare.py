"""``klyngesim compare``: variants against a baseline, paired by seed and posterior draw."""

from collections.abc import Sequence
from enum import StrEnum
from functools import partial as with_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli import completion
from klyngesim.cli.console import (
    AttributionOption,
    HoldsOption,
    JobsOption,
    KeptOption,
    LangOption,
    Language,
    QuietOption,
    attributed,
    compile_model,
    ending,
    note,
    note_unused,
    progress_line,
    refuse,
    results,
)
from klyngesim.cli.summary import word
from klyngesim.errors import FAILED
from klyngesim.scenario.limits import COMPARED_UNTIL, MOST_SEEDS, MOST_SEEDS_EACH

if TYPE_CHECKING:
    from klyngesim.comparisons.files import Made
    from klyngesim.comparisons.plan import Asked
    from klyngesim.results.drawing import Figures
    from klyngesim.runs.directory import Place
    from klyngesim.scenario.template import Template


class Over(StrEnum):
    """What the pairs are drawn over."""

    central = "central"
    posterior = "posterior"
    assumed = "assumed"
    tenable = "tenable"


AT_LEAST = 20
"""Pairs before a comparison may stop, unless asked otherwise."""


def compare(
    baseline: Annotated[
        str,
        typer.Argument(
            metavar="BASELINE", help="A scenario file, or a shipped name.", autocompletion=completion.scenarios
        ),
    ],
    variants: Annotated[
        list[str],
        typer.Argument(metavar="VARIANT...", help="One or more of the same.", autocompletion=completion.scenarios),
    ],
    pairs: Annotated[int, typer.Option(min=2, max=MOST_SEEDS, help="Most pairs of runs for each variant.")] = 100,
    at_least: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=MOST_SEEDS,
            help=f"Pairs before it may stop for being sure enough; default: {AT_LEAST}, or --pairs if that is less.",
        ),
    ] = None,
    over: Annotated[
        Over,
        typer.Option(
            help="central values, the posterior, the posterior and all assumed parameters; or tenable: the posterior, "
            "and as many pairs again over the assumptions that each variant hangs on, for a second band."
        ),
    ] = Over.tenable,
    breakeven: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_SEEDS_EACH,
            metavar="SEEDS",
            help="Seeds at every strength of a contested parameter; 0 = none.",
        ),
    ] = 5,
    switches: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_SEEDS_EACH,
            metavar="SEEDS",
            help="Seeds with each mechanism off, each rival rule on; 0 = none.",
        ),
    ] = 0,
    parts: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_SEEDS_EACH,
            metavar="PAIRS",
            help="Pairs that are run again without each part of a variant; 0 = none.",
        ),
    ] = 5,
    attribution: AttributionOption = None,
    end: Annotated[str | None, typer.Option(help=f"Last quarter of all runs; default: {COMPARED_UNTIL}.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="First seed.")] = None,
    jobs: JobsOption = None,
    overrides: HoldsOption = None,
    store: KeptOption = None,
    out: Annotated[Path | None, typer.Option(help="New directory; default: runs/compare-BASELINE-ID.")] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check everything, and only say what would run and how long it would take."),
    ] = False,
    cluster: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ORGANISATION",
            help="Print the differences of this one, such as made. Repeatable.",
            autocompletion=completion.organisations,
        ),
    ] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
    lang: LangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Compare variants with a baseline.

    Every pair of runs shares its seed and its draw of the calibrated parameters. Pairs are added until the intervals of
    the main indicators are narrower than the smallest effect of interest (comparison.smallest_effect), or there are
    --pairs. A comparison that was stopped goes on where it was.
    """
    from klyngesim.runs.pool import limit_threads, usable_cores

    limit_threads()  # before anything imports numpy
    from klyngesim.comparisons.draws import seeds_of
    from klyngesim.comparisons.pairs import opened
    from klyngesim.comparisons.parts import make
    from klyngesim.comparisons.plan import Asked, until_the_usual_end
    from klyngesim.runs.executors import local
    from klyngesim.runs.store import DEFAULT, RunStore

    sources, place_of_runs = [baseline, *variants], store or DEFAULT
    settings = until_the_usual_end([*(overrides or []), *([f"--end={end}"] if end is not None else [])])
    settings += [f"--seed={seed}"] if seed is not None else []
    asked = Asked(
        pairs, at_least or min(AT_LEAST, pairs), over.value, breakeven, switches, parts, attributed(attribution, pairs)
    )
    _check(over, pairs, at_least)
    _check_clusters(cluster or [])
    with ending(*(word(key, lang, place=place_of_runs) for key in ("stopped_kept", "finished_kept"))):
        templates = opened(sources, settings, max(seeds_of(over.value, pairs), breakeven, switches, asked.attribution))
        note_unused(settings, {"replicates": "--pairs says how many pairs of runs there are at most"})
        if dry_run:
            _say(templates, asked, out, lang, jobs or usable_cores(), quiet)
            return
        place = _place(out, templates)
        with place.writing() as partial:
            with RunStore(place_of_runs) as runs:
                compile_model(quiet)
                with local(jobs or usable_cores()) as executor:
                    made = make(templates, asked, runs, executor, with_(progress_line, quiet=quiet))
            drawn = _write(partial, made, over, pairs, lang if figures else None)
    _tell(made, cluster or [], lang)
    results(place.path, drawn, lang)
    if made.runs.failures or drawn.error:
        raise typer.Exit(FAILED)


def _say(
    templates: "Sequence[Template]", asked: "Asked", out: Path | None, lang: Language, jobs: int, quiet: bool
) -> None:
    """What would run and how long it would take, by the pace of this machine; ends the command where it could not."""
    from klyngesim.comparisons.explanation import Explained, sentences
    from klyngesim.comparisons.plan import plan
    from klyngesim.runs.directory import Place
    from klyngesim.runs.pace import measured
    from klyngesim.scenario.merging import warnings_of

    if out is not None:
        Place(out).discard()
    note(warnings_of(template.scenario for template in templates))
    compile_model(quiet)
    base = templates[0].scenario
    for variant in templates[1:]:
        explained = Explained(variant, templates[0], lang.value)
        typer.echo("\n".join((explained.title(), *sentences(explained.parts(remarks=False)))))
    typer.echo(explained.takes(plan(templates, asked, measured(base, base.seed)), jobs, here=True))


def _check(over: Over, pairs: int, at_least: int | None) -> None:
    """Ends the command if there are not as many draws as pairs, or not as many pairs as are asked for at least."""
    if at_least is not None and at_least > pairs:
        refuse(f"--at-least {at_least}: more than the {pairs} of --pairs; take fewer, or more --pairs")
    from klyngesim.comparisons.draws import lots

    try:
        next(lots(over.value, pairs, 0))
    except FileNotFoundError:
        refuse(f"--over {over.value}: no posterior is shipped; `klyngesim calibrate` makes one, or take --over central")
    except ValueError as fault:
        refuse(f"--pairs {pairs}: {fault}; take fewer, or --over central")


def _check_clusters(clusters: list[str]) -> None:
    """Ends the command for an organisation that there is not, with the nearest name."""
    from klyngesim.evidence.organisations import organisation_ids
    from klyngesim.scenario.faults import nearest

    for name in clusters:
        if name not in organisation_ids():
            near = nearest(name, organisation_ids())
            meant = f"; did you mean {near}?" if near else ""
            refuse(f"--cluster {name}: no such organisation; allowed: {', '.join(organisation_ids())}{meant}")


def _place(out: Path | None, templates: "Sequence[Template]") -> "Place":
    """The claimed output directory, before anything runs."""
    from klyngesim.runs.directory import Place, free_name
    from klyngesim.scenario.merging import warnings_of

    note(warnings_of(template.scenario for template in templates))
    name = "-".join(["compare", *(template.scenario.name for template in templates[:2])])
    return Place(out or free_name(Path("runs") / name))


def _write(
    directory: Path,
    made: "Made",
    over: Over,
    pairs: int,
    lang: Language | None,
) -> "Figures":
    """Tables, figure and manifest; what came of the figure."""
    from klyngesim.comparisons.files import write
    from klyngesim.results.drawing import Figures, drawn
    from klyngesim.results.manifest import seal

    manifest = write(directory, made, over.value, pairs)
    if lang is None:
        return Figures()

    def draw(target: Path) -> list[Path]:
        from klyngesim.figures.comparison import draw_comparison
        from klyngesim.figures.courses import draw_courses

        return [*draw_comparison(target, lang.value), *draw_courses(target, lang.value)]

    figures = drawn(directory, draw, manifest)
    seal(directory, manifest)
    return figures


def _tell(made: "Made", clusters: "Sequence[str]", lang: Language) -> None:
    """The comparison in short on stdout, of some organisations or the programme; what went wrong on stderr."""
    from klyngesim.cli.comparison_summary import print_comparison
    from klyngesim.results.attribution import sentence
    from klyngesim.results.comparison import settings_by_path

    runs = made.runs
    for failure in runs.failures:
        typer.echo(word("compare_left_out", lang, failure=failure), err=True)
    print_comparison(made, clusters, lang)
    if made.parts:
        typer.echo(sentence(made.parts, runs.scenarios[0].name, lang.value))
    if common := settings_by_path(runs.settings):
        settings = ", ".join(f"{path}={value}" for path, value in common.items())
        typer.echo(word("compare_settings", lang, settings=settings))
