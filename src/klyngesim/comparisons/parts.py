"""All runs of a comparison, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TypeVar

from klyngesim.comparisons import attribution, breakeven, decomposition, robustness, tenable
from klyngesim.comparisons.files import Made
from klyngesim.comparisons.pairs import run_pairs

if TYPE_CHECKING:
    from klyngesim.comparisons.plan import Asked
    from klyngesim.runs.jobs import Executor, OnProgress
    from klyngesim.runs.store import RunStore
    from klyngesim.scenario.template import Template

Row = TypeVar("Row")

Line = Callable[[str, int], "AbstractContextManager[OnProgress | None]"]
"""``line(what, runs)`` shows the progress of a part while its context is open."""


def unseen(_: str, __: int) -> AbstractContextManager[None]:
    """Shows no progress."""
    return nullcontext()


def make(templates: Sequence[Template], asked: Asked, store: RunStore, executor: Executor, line: Line = unseen) -> Made:
    """Makes the runs of a comparison, or finds them in the store.

    Args:
        templates: what is compared, baseline first, see `pairs.opened`.
        asked: how much of each part.
        store: where finished runs are kept and looked for.
        executor: where runs are made.
        line: of progress, one a part.
    """

    def part(what: str, total: int, rows: Callable[..., Iterable[Row]], *given: object) -> list[Row]:
        if total == 0:
            return []
        with line(what, total) as on_progress:
            return list(rows(*given, store, executor, on_progress))

    with line("pairs of runs", asked.pairs * len(templates)) as on_progress:
        runs = run_pairs(templates, asked.pairs, asked.over, store, executor, on_progress, asked.at_least)
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
