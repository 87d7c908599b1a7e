"""Replicates of a scenario: one run per seed, in this process or in several, and the directory that they fill.

A replicate that fails becomes a `Failure` and costs the others nothing, even if its process dies without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klyngesim.results import drawing
from klyngesim.results.aggregate import YearAggregates
from klyngesim.results.drawing import Draw, Figures
from klyngesim.results.manifest import describe
from klyngesim.results.records import RunResult
from klyngesim.results.windows import Floats
from klyngesim.runs.directory import Place, free_name
from klyngesim.runs.executors import in_order
from klyngesim.runs.jobs import Failure, OnProgress, Run
from klyngesim.runs.pool import Interrupts
from klyngesim.runs.simulation import run_once
from klyngesim.runs.writer import RunWriter

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

Simulate = Callable[["Scenario", int, int], RunResult]
"""``simulate(scenario, seed, draw)``; with several processes it has to be a function that can be pickled."""

Explain = Callable[[Path, dict[int, Floats]], object]

DEFAULT_PARENT = Path("runs")
"""Directory under which runs go that were given no other place."""


@dataclass(frozen=True)
class Execution:
    """What came of it.

    ``directory`` is None if nothing was finished and so nothing was kept.
    """

    directory: Path | None
    manifest: dict[str, Any]
    aggregates: YearAggregates
    failures: tuple[tuple[Run, Failure], ...]
    figures: Figures

    @property
    def complete(self) -> bool:
        """Whether every replicate, and every figure asked for, is there."""
        return self.manifest.get("status") == "complete" and self.figures.error is None


def seeds_of(scenario: Scenario) -> list[int]:
    """The seeds of the replicates: the scenario's seed and those that follow it."""
    return list(range(scenario.seed, scenario.seed + scenario.replicates))


def run_replicates(
    scenario: Scenario,
    seeds: Sequence[int],
    jobs: int = 1,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
    interrupts: Interrupts | None = None,
    drawn: Sequence[tuple[int, Scenario]] = (),
) -> Generator[tuple[Run, RunResult | Failure], None, None]:
    """A result or a failure for every seed, in the order of ``seeds``, whatever ``jobs`` is.

    ``drawn`` pairs seeds with posterior draws: the number of the draw and the scenario with its parameters, one for
    every seed; without it every seed runs ``scenario`` at the central values (draw 0).

    With ``jobs`` above 1 the runs go to that many new processes (spawn, one BLAS thread each). On Ctrl-C the
    runs under way are dropped and those finished are still delivered; then the iterator ends if
    ``interrupts`` was given (its ``requested`` says so), else KeyboardInterrupt is raised.
    """
    stop = interrupts or Interrupts()
    if drawn and len(drawn) != len(seeds):
        raise ValueError(f"{len(drawn)} draws for {len(seeds)} seeds: every seed needs one")
    pairs = drawn or [(0, scenario)] * len(seeds)
    runs = [Run(chosen, seed, draw) for seed, (draw, chosen) in zip(seeds, pairs, strict=True)]
    with closing(in_order(partial(_made, simulate or run_once), runs, jobs, on_progress, stop)) as outcomes:
        for run, future in outcomes:
            error = future.exception()
            yield run, future.result() if error is None else Failure.by(error)
    if stop.requested and interrupts is None:
        raise KeyboardInterrupt


def _made(simulate: Simulate, run: Run) -> RunResult:
    return simulate(run.scenario, run.seed, run.draw)


def execute(
    scenario: Scenario,
    out: Path | None = None,
    jobs: int = 1,
    draw: Draw | None = None,
    on_progress: OnProgress | None = None,
    simulate: Simulate | None = None,
    drawn: Sequence[tuple[int, Scenario]] = (),
    calibrated: bool = False,
    inputs: Sequence[tuple[str, str]] = (),
    explain: Explain | None = None,
    fixed: Collection[str] = (),
) -> Execution:
    """Run every replicate and leave a finished directory at ``out`` (default ``runs/<name>-<run id>``).

    ``drawn`` gives every replicate a posterior draw: its number and the scenario with its parameters; ``fixed`` are
    those that the draws leave alone. ``calibrated`` is for the manifest: whether the parameters in force are the
    calibrated ones; so are ``inputs``, name and sha256 of what was read besides the scenario. ``explain`` leaves a
    table of its own beside finished ones; it is given the directory, and the programme by year and indicator of every
    seed that was run at the central values.

    OutputRefused before anything runs if the place cannot be used, OutputFailed if writing fails on the way.
    A failed replicate or Ctrl-C costs the finished replicates nothing: the manifest's status says what
    happened.
    """
    seeds = seeds_of(scenario)
    description = describe(scenario, seeds, jobs, [number for number, _ in drawn], calibrated, inputs)
    if drawn:
        description["fixed"] = sorted(fixed)
    target = out or free_name(DEFAULT_PARENT / f"{scenario.name}-{description['run_id']}")
    with Interrupts() as interrupts, RunWriter(Place(target), description) as writer:
        outcomes = run_replicates(scenario, seeds, jobs, on_progress, simulate, interrupts, drawn)
        with closing(outcomes):
            for run, outcome in outcomes:
                if isinstance(outcome, Failure):
                    writer.fail(run, outcome)
                else:
                    writer.add(outcome)
        ended = writer.aggregates.n + len(writer.failures)
        interrupted = interrupts.requested and ended < len(seeds)
        writer.finish(interrupted)
        if explain is not None and writer.aggregates.n and not interrupted:
            _explained(writer, explain, interrupts)
        figures = Figures()
        if draw is not None and writer.aggregates.n and not interrupted:
            figures = drawing.drawn(writer.place.partial, draw, writer.manifest, interrupts.stopping())
            writer.write_manifest()
        directory = writer.publish() if ended else None
    return Execution(
        directory=directory,
        manifest=description,
        aggregates=writer.aggregates,
        failures=tuple(writer.failures),
        figures=figures,
    )


def _explained(writer: RunWriter, explain: Explain, interrupts: Interrupts) -> None:
    """Lets a table be made beside the finished ones; whatever happens, these stay and the manifest says it."""
    runs = zip(writer.manifest["runs"], writer.aggregates.yearly, strict=True)
    known = {run["seed"]: yearly[:, -1] for run, yearly in runs if run["draw"] == 0}
    try:
        with interrupts.stopping():
            explain(writer.place.partial, known)
    except KeyboardInterrupt:
        writer.manifest["attribution_error"] = "stopped"
    except Exception as problem:  # why something moves is worth less than the runs
        writer.manifest["attribution_error"] = f"{type(problem).__name__}: {problem}"
    writer.write_manifest()
