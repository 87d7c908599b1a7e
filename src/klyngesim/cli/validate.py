"""``klyngesim validate``: hold the model against the report's figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli.calibrate import need_extra
from klyngesim.cli.console import JobsOption, LangOption, Language, QuietOption, ending, results
from klyngesim.cli.summary import word, written
from klyngesim.errors import FAILED
from klyngesim.scenario.limits import MOST_SEEDS

if TYPE_CHECKING:
    from klyngesim.calibration.validation import Depth, Validation


def validate(
    draws: Annotated[
        int, typer.Option(min=2, max=MOST_SEEDS, help="Draws of the posterior, each on a seed of its own.")
    ] = 100,
    jobs: JobsOption = None,
    out: Annotated[Path | None, typer.Option(help="New directory; default: runs/validation.")] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also leave-one-out, rival rules fitted anew, null model: many more runs.")
    ] = False,
    lang: LangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Hold the model against the report.

    Simulates 2021-2023 with draws of the posterior on fresh seeds and leaves fit.csv, inputs.csv, groups.csv,
    dropout.csv and figures in a new directory. Takes about a second per draw and core; with --deep, which needs the
    extra "calibrate", a quarter of an hour.
    """
    if deep:
        need_extra("klyngesim validate --deep")
    from klyngesim.runs.pool import limit_threads, usable_cores

    limit_threads()  # before anything imports numpy
    from klyngesim.calibration.validation import deep_runs, deepen, read_basis, runs_needed, write
    from klyngesim.calibration.validation import validate as judge
    from klyngesim.cli.console import compile_model, progress_line
    from klyngesim.results.drawing import drawn
    from klyngesim.runs.directory import Place, free_name
    from klyngesim.runs.jobs import Progress

    with ending(word("stopped_nothing", lang)):
        place = Place(out or free_name(Path("runs/validation")))
        compile_model(quiet)
        basis = read_basis()
        runs = runs_needed(draws) + (deep_runs(basis, draws) if deep else 0)
        with place.writing() as partial:
            with progress_line("validate", runs, quiet) as show:
                count = 0

                def on_progress(_: Progress) -> None:
                    nonlocal count
                    count += 1
                    if show is not None:
                        show(Progress(count, 0, runs))

                found = judge(basis, draws, jobs or usable_cores(), on_progress)
                depth = deepen(basis, found, jobs or usable_cores(), on_progress) if deep else None
            write(found, depth, partial)
            figures = drawn(partial, lambda directory: _draw(found, directory, lang))
    _tell(found, depth, lang)
    results(place.path, figures, lang)
    if figures.error:
        raise typer.Exit(FAILED)


def _draw(found: "Validation", directory: Path, lang: Language) -> list[Path]:
    from klyngesim.calibration import words
    from klyngesim.calibration.figure_fit import draw_dropout, draw_fit
    from klyngesim.figures import style
    from klyngesim.results.drawing import FOLDER
    from klyngesim.results.versions import package_version

    made_by = {"basis": _basis(found, lang), "version": package_version()}
    about = words.word("about", lang.value, n=found.draws, **made_by)
    folder = directory / FOLDER
    folder.mkdir()
    with style.context():
        figures = (
            draw_fit(found.targets, found.fits, about, lang.value),
            draw_dropout(found.dropout, about, lang.value),
        )
        return [path for one in figures for path in style.save(one, folder, one.name)]


def _basis(found: "Validation", lang: Language) -> str:
    return word("validate_drawn" if found.calibrated else "validate_central", lang)


def _tell(found: "Validation", depth: "Depth | None", lang: Language) -> None:
    """The group table on stdout, and the scores of what was held out."""
    from klyngesim.calibration import words
    from klyngesim.calibration.leave_one_out import MODEL
    from klyngesim.report.numbers import percent
    from klyngesim.report.parameter_words import factor

    group, elements, coverage, width, bare, _, naive, _, near, aim = word("validate_columns", lang).split()
    typer.echo(
        f"{word('validate_draws', lang, n=found.draws, basis=_basis(found, lang))}\n\n"
        f"{group:<20}{elements:>10}{coverage:>10}{width:>8}{bare:>9}{width:>8}{naive:>9}{width:>8}{near:>6}   {aim}"
    )
    for row in found.groups:
        line = (
            f"{row.elements:>10}{row.coverage:>10.0%}{row.width:>8.1f}{row.bare_coverage:>9.0%}{row.bare_width:>8.1f}"
            f"{row.naive_coverage:>9.0%}{row.naive_width:>8.1f}{row.near:>6}"
        )
        group = words.called("group", row.group, lang.value)
        typer.echo(f"{group:<20}{written(line, lang)}   {words.aims(row.aim, lang.value)}")
    typer.echo(f"\n{word('validate_note', lang)}")
    for score in () if depth is None else depth.scores:
        rmse, low, high = (written(f"{value:.2f}", lang) for value in (score.log_rmse, score.low, score.high))
        coverage = percent(score.coverage, lang.value)
        about = {key: words.called(key, getattr(score, key), lang.value) for key in ("quantity", "predictor")}
        said = word("validate_left_out", lang, rmse=rmse, low=low, high=high, coverage=coverage, **about)
        if score.predictor == MODEL:
            said += word("validate_best", lang, verdict=words.called("verdict", score.verdict, lang.value))
        typer.echo(said)
    unsaid = [fit.target for fit in found.fits if fit.counted and not fit.bare_inside and not fit.miss]
    if unsaid:
        typer.echo(word("validate_unsaid", lang, names=", ".join(words.target(one, lang.value) for one in unsaid)))
    verdicts = {} if depth is None else {row.variant: row.verdict for row in depth.rivals}
    for variant, verdict in verdicts.items():
        typer.echo(f"{factor(variant, lang.value)} [{variant}]: {words.called('verdict', verdict, lang.value)}")
