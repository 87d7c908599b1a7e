"""``klyngesim bench``: how fast the model is and how much memory it takes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from klyngesim.cli.console import Language, QuietOption, ScenarioArgument, TableLangOption, compile_model, ending
from klyngesim.cli.summary import word, written

if TYPE_CHECKING:
    from klyngesim.experiments.bench import Benchmark


def bench(
    scenario: ScenarioArgument = "baseline",
    scale: Annotated[float, typer.Option(min=0.001, max=1.0, help="Population scale, on both sides.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: TableLangOption = Language.en,
    quiet: QuietOption = False,
) -> None:
    """Measure speed and memory.

    Times the default run beside a plain Mesa model of the same size; takes one to two minutes.
    """
    from klyngesim.runs.pool import limit_threads

    limit_threads()  # before anything imports numpy
    from klyngesim.experiments.bench import measure

    with ending():
        compile_model(quiet)
        with _stages(quiet) as on_progress:
            found = measure(scenario, scale, on_progress=on_progress)
    if as_json:
        import json
        from dataclasses import asdict

        typer.echo(json.dumps(asdict(found), indent=2))
    else:
        typer.echo(_text(found, lang))


def _text(found: "Benchmark", lang: Language) -> str:
    rows = [
        ("run", f"{found.run_seconds:.3f} s", {"n": len(found.runs)}),
        ("mesa", f"{found.plain_mesa_seconds:.2f} s", {}),
        ("ratio", f"{found.ratio_to_plain_mesa:.1f} x", {}),
        ("fixed", f"{found.plain_mesa_fixed_order_seconds:.2f} s", {}),
        ("fixed_ratio", f"{found.ratio_to_fixed_order:.1f} x", None),
        ("floor", f"{found.floor_seconds:.3f} s", {"n": written(f"{found.uniforms:,}", lang)}),
        ("floor_ratio", f"{found.ratio_to_floor:.1f} x", None),
        ("scale", f"{found.scale_ratio:.2f} x", {}),
        ("peak", f"{found.peak_mb:.0f} MB", {}),
    ]
    firms = written(f"{found.firms:,}", lang)
    lines = [word("bench_head", lang, firms=firms, quarters=found.quarters, cpu=found.cpu)]
    lines += [f"Python {found.python}, Mesa {found.mesa}, numpy {found.numpy}", ""]
    for key, value, fill in rows:
        note = "" if fill is None else word(f"bench_{key}_note", lang, **fill)
        lines.append(f"{word(f'bench_{key}', lang):<32}{written(value, lang):>10}   {note}".rstrip())
    return "\n".join(lines)


@contextmanager
def _stages(quiet: bool) -> "Iterator[Callable[[str, float], None] | None]":
    """One progress bar per thing measured; None with ``quiet`` or without a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=2) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: float) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=1.0)
            bar.update(tasks[stage], completed=done)

        yield show
