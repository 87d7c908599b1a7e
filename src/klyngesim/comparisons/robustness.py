"""What a ranking depends on: the comparison again with every mechanism off, and every rival rule on, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klyngesim.comparisons.contested import set_by
from klyngesim.comparisons.differences import verdict
from klyngesim.comparisons.draws import Lot
from klyngesim.comparisons.pairs import Runs, later, run_lots
from klyngesim.comparisons.verdicts import direction
from klyngesim.experiments.ablation import Variant, reaches, settings_of, variants
from klyngesim.results.comparison import MAIN
from klyngesim.results.indicators import indicator
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Executor, OnProgress

if TYPE_CHECKING:
    from klyngesim.runs.store import RunStore
    from klyngesim.scenario.template import Template

AS_IT_IS = "none"
"""The switch that switches nothing: what the others are held against."""


@dataclass(frozen=True)
class Robust:
    """A row of robustness.csv, in the first window and at the central values.

    Attributes:
        switch: M id of a mechanism switched off, ``parameter=value`` of a rival rule, or ``none``.
        relative: mean difference over the baseline with the same switch.
        verdict: with the switch.
        turns: whether the mean difference has another sign than without the switch.
    """

    scenario: str
    indicator: str
    switch: str
    kind: str
    mean_difference: float
    low: float
    high: float
    relative: float
    verdict: str
    turns: bool
    n_pairs: int


def switches(templates: Sequence[Template]) -> list[Variant]:
    """Every switch that reaches all scenarios and that no variant sets itself: there it would be another comparison."""
    base, *others = (template.scenario for template in templates)
    taken = {key for scenario in others for key in set_by(scenario, base)}
    free = [switch for switch in variants() if taken.isdisjoint(settings_of(switch))]
    return [switch for switch in free if all(reaches(switch, template) for template in templates)]


def runs_needed(templates: Sequence[Template], pairs: int) -> int:
    """Runs that `robustness` makes."""
    return (len(switches(templates)) + 1) * len(templates) * pairs if pairs else 0


def robustness(
    templates: Sequence[Template],
    pairs: int,
    store: RunStore | None = None,
    executor: Executor = HERE,
    on_progress: OnProgress | None = None,
) -> Iterator[Robust]:
    """The main differences of every variant under every switch, first without any.

    Args:
        templates: what is compared, baseline first, see `compared.opened`.
        pairs: seeds under every switch.
        store: where finished runs are kept and looked for.
        executor: where runs are made.
        on_progress: called after every run.
    """
    seed = templates[0].scenario.seed
    lots = [Lot(seed + number, 0, {}) for number in range(pairs)]
    todo = [Variant(AS_IT_IS, AS_IT_IS, {}), *switches(templates)]
    each = len(templates) * pairs
    usual: Runs | None = None
    for place, switch in enumerate(todo):
        tell = later(on_progress, place * each, len(todo) * each)
        found = run_lots(templates, lots, switch.values, store, executor, tell)
        usual = usual or found
        yield from _rows(switch, found, usual)


def _rows(switch: Variant, found: Runs, usual: Runs) -> Iterator[Robust]:
    for variant in range(1, len(found.scenarios)):
        for name in MAIN:
            now, before = found.paired(variant, 0, name), usual.paired(variant, 0, name)
            yield Robust(
                scenario=found.scenarios[variant].name,
                indicator=name,
                switch=switch.id,
                kind=switch.kind,
                mean_difference=now.mean,
                low=now.low,
                high=now.high,
                relative=now.relative,
                verdict=verdict(now, direction(indicator(name)), found.smallest_effect * abs(now.baseline)),
                turns=now.mean * before.mean < 0.0,
                n_pairs=now.n,
            )
