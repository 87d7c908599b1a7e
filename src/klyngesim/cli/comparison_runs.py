"""All runs of a comparison, part by part, with a line of progress for each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from klyngesim.cli.console import progress_line

if TYPE_CHECKING:
    from klyngesim.experiments.comparison_files import Made
    from klyngesim.runs.jobs import Executor
    from klyngesim.runs.store import RunStore
    from klyngesim.scenario.template import Template

Row = TypeVar("Row")


class Over(StrEnum):
    """What the pairs are drawn over."""

    central = "central"
    posterior = "posterior"
    assumed = "assumed"
    tenable = "tenable"


@dataclass(frozen=True)
class Asked:
    """How much is asked for: pairs, and those or seeds of each further part."""

    pairs: int
    at_least: int
    over: Over
    breakeven: int
    switches: int
    parts: int
    attribution: int

    @property
    def draws(self) -> int:
        """Pairs of each variant over tenable assumptions."""
        return self.pairs if self.over is Over.tenable else 0


def make(templates: "Sequence[Template]", asked: Asked, store: "RunStore", executor: "Executor", quiet: bool) -> "Made":
    """All runs of a comparison, part by part."""
    from klyngesim.experiments import attribution, breakeven, decomposition, robustness, tenable
    from klyngesim.experiments.comparison_files import Made
    from klyngesim.experiments.pairs import run_pairs

    def part(what: str, total: int, rows: Callable[..., Iterable[Row]], *given: object) -> list[Row]:
        if total == 0:
            return []
        with progress_line(what, total, quiet) as on_progress:
            return list(rows(*given, store, executor, on_progress))

    with progress_line("pairs of runs", asked.pairs * len(templates), quiet) as on_progress:
        runs = run_pairs(templates, asked.pairs, asked.over.value, store, executor, on_progress, asked.at_least)
    wide = tenable.runs_needed(templates, asked.draws)
    tried = breakeven.runs_needed(breakeven.work_of(templates), asked.breakeven)
    switched = robustness.runs_needed(templates, asked.switches)
    without = decomposition.runs_needed(templates, min(asked.parts, len(runs.lots)))
    moved = attribution.runs_needed(templates[0], asked.attribution)
    return Made(
        runs,
        part("break-even strengths", tried, breakeven.breakeven, templates, asked.breakeven),
        part("mechanisms and rival rules", switched, robustness.robustness, templates, asked.switches),
        part("parts of the variants", without, decomposition.decompose, templates, runs, asked.parts),
        part("why the baseline moves", moved, attribution.attribution, templates[0], asked.attribution),
        dict(part("pairs over tenable assumptions", wide, tenable.tenable, templates, asked.draws)),
    )
