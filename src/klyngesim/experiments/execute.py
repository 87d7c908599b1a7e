"""One scenario from its runs to a finished directory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from klyngesim.experiments.interrupts import Interrupts
from klyngesim.experiments.runner import Progress, Simulate, run_replicates
from klyngesim.results import drawing
from klyngesim.results.aggregate import YearAggregates
from klyngesim.results.drawing import Draw, Figures
from klyngesim.results.manifest import describe
from klyngesim.results.place import Place, free_name
from klyngesim.results.records import Failure
from klyngesim.results.store import RunWriter
from klyngesim.results.yearly import Floats

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

Explain = Callable[[Path, dict[int, Floats]], object]

DEFAULT_PARENT = Path("runs")
"""Directory under which runs go that were given no other place."""


@dataclass(frozen=True)
class Executed:
    """What came of it.

    ``directory`` is None if nothing was finished and so nothing was kept.
    """

    directory: Path | None
    manifest: dict[str, Any]
    aggregates: YearAggregates
    failures: tuple[Failure, ...]
    figures: Figures

    @property
    def complete(self) -> bool:
        """Whether every replicate, and every figure asked for, is there."""
        return self.manifest.get("status") == "complete" and self.figures.error is None


def seeds_of(scenario: Scenario) -> list[int]:
    """The seeds of the replicates: the scenario's seed and those that follow it."""
    return list(range(scenario.seed, scenario.seed + scenario.replicates))


def execute(
    scenario: Scenario,
    out: Path | None = None,
    jobs: int = 1,
    draw: Draw | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    simulate: Simulate | None = None,
    drawn: Sequence[tuple[int, Scenario]] = (),
    calibrated: bool = False,
    inputs: Sequence[tuple[str, str]] = (),
    explain: Explain | None = None,
) -> Executed:
    """Run every replicate and leave a finished directory at ``out`` (default ``runs/<name>-<run id>``).

    ``drawn`` gives every replicate a posterior draw: its number and the scenario with its parameters. ``calibrated``
    is for the manifest: whether the parameters in force are the calibrated ones; so are ``inputs``, name and sha256 of
    what was read besides the scenario. ``explain`` leaves a table of its own beside finished ones; it is given the
    directory, and the programme by year and indicator of every seed that was run at the central values.

    OutputRefused before anything runs if the place cannot be used, OutputFailed if writing fails on the way.
    A failed replicate or Ctrl-C costs the finished replicates nothing: the manifest's status says what
    happened.
    """
    seeds = seeds_of(scenario)
    description = describe(scenario, seeds, jobs, [number for number, _ in drawn], calibrated, inputs)
    target = out or free_name(DEFAULT_PARENT / f"{scenario.name}-{description['run_id']}")
    with Interrupts() as interrupts, RunWriter(Place(target), description) as writer:
        outcomes = run_replicates(scenario, seeds, jobs, on_progress, simulate, interrupts, drawn)
        with closing(outcomes):
            for outcome in outcomes:
                if isinstance(outcome, Failure):
                    writer.fail(outcome)
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
    return Executed(
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
