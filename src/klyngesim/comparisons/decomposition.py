"""What every part of a variant contributes: the variant again with one part left out at a time, in the same pairs.

A part is what the variant sets through one lever of the report. What it contributes is the variant less the variant
without it. What the contributions leave of the whole difference is the rest: what parts do only together, and what no
part sets, such as mechanisms switched off or what the baseline alone has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.comparisons.contested import set_by
from klyngesim.comparisons.differences import paired
from klyngesim.comparisons.pairs import later, run_lots
from klyngesim.results.comparison import MAIN
from klyngesim.results.indicators import index
from klyngesim.runs.executors import HERE
from klyngesim.runs.jobs import Executor, OnProgress
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.parameters import registry

if TYPE_CHECKING:
    from klyngesim.comparisons.pairs import Runs
    from klyngesim.results.windows import Floats
    from klyngesim.runs.store import RunStore
    from klyngesim.scenario.template import Template

FILE = "decomposition.csv"

REST = "rest"
"""The row of what the contributions leave."""


@dataclass(frozen=True)
class Part:
    """A part of a variant: the parameters that it sets through a lever of the report, or one that no lever has."""

    name: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Contribution:
    """A row of decomposition.csv, in the first window; shares of the baseline's level.

    Attributes:
        part: lever of the report, parameter without one, or `REST`.
        parameters: what is left out with it, by spaces.
        whole: difference of the whole variant in these pairs.
        contribution: what the difference loses without the part.
        low, high: 90 % interval of the mean contribution.
        n_pairs: 0 where the variant cannot be run without the part.
    """

    scenario: str
    part: str
    parameters: str
    indicator: str
    whole: float
    contribution: float
    low: float
    high: float
    n_pairs: int


def parts_of(baseline: Template, variant: Template) -> list[Part]:
    """The parts of a variant, in the order in which it sets them.

    A parameter with several levers goes to the first one that the variant names as a source. One that the variant
    has from a file of the baseline's is no part of it.
    """
    known, sources = registry(), variant.scenario.source
    own = variant.set_after(baseline)
    found: dict[str, list[str]] = {}
    for key in set_by(variant.scenario, baseline.scenario):
        if key in own:
            levers = known[key].levers
            named = [lever for lever in levers if lever in sources]
            found.setdefault([*named, *levers, key][0], []).append(key)
    return [Part(name, tuple(keys)) for name, keys in found.items()]


def runs_needed(templates: Sequence[Template], pairs: int) -> int:
    """Runs that `decompose` takes."""
    return pairs * sum(len(parts) for _, parts in _several(templates))


def decompose(
    templates: Sequence[Template],
    runs: Runs,
    pairs: int,
    store: RunStore | None = None,
    executor: Executor = HERE,
    on_progress: OnProgress | None = None,
) -> Iterator[Contribution]:
    """What every part of every variant contributes to the main differences; a variant of one part has none.

    Args:
        templates: what is compared, baseline first.
        runs: the comparison, whose first ``pairs`` are run again.
        pairs: how many; all where the comparison has fewer.
        store: where finished runs are kept and looked for.
        executor: where runs are made.
        on_progress: called after every run.
    """
    lots, before = runs.lots[:pairs], 0
    total = runs_needed(templates, len(lots))
    for variant, parts in _several(templates):
        without: dict[Part, Floats] = {}
        for part in parts:
            tell, before = later(on_progress, before, total), before + len(lots)
            try:
                less = templates[variant].without(part.parameters, templates[0])
            except ScenarioFaults:
                continue
            found = run_lots([less], lots, None, store, executor, tell)
            made = dict(zip(found.lots, found.measured[0], strict=True))
            # A pair that fails without the part says nothing about it.
            missing = np.full_like(runs.measured[variant][0].indicators[0, -1], np.nan)
            without[part] = np.stack([made[lot].indicators[0, -1] if lot in made else missing for lot in lots])
        yield from _rows(runs, variant, parts, without, len(lots))


def _several(templates: Sequence[Template]) -> list[tuple[int, list[Part]]]:
    """Variants of more than one part, by their place."""
    every = [(place, parts_of(templates[0], one)) for place, one in enumerate(templates) if place]
    return [(place, parts) for place, parts in every if len(parts) > 1]


def _rows(
    runs: Runs, variant: int, parts: Sequence[Part], without: Mapping[Part, Floats], count: int
) -> Iterator[Contribution]:
    """The rows of a variant; ``without``: first window of the runs without each part, shape (count, K)."""
    base, whole = (np.stack([run.indicators[0, -1] for run in runs.measured[place][:count]]) for place in (0, variant))
    given = {part: whole - without[part] if part in without else np.full_like(whole, np.nan) for part in parts}
    # A part that cannot be left out is in the rest.
    rest = Part(REST, ()), whole - base - sum((given[part] for part in without), np.zeros_like(whole))
    for indicator in MAIN:
        column = index(indicator)
        level = abs(float(base[:, column].mean())) or np.nan
        total = float((whole - base)[:, column].mean()) / level
        for part, each in (*given.items(), rest):
            one = paired(np.zeros(count), each[:, column], levels=False)
            name, parameters = runs.scenarios[variant].name, " ".join(part.parameters)
            share = (one.mean / level, one.low / level, one.high / level)
            yield Contribution(name, part.name, parameters, indicator, total, *share, one.n)
