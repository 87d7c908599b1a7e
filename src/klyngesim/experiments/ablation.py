"""What each mechanism and rival rule does: the scenario run with each one switched, on the same seeds.

The list of variants is read from the registry: every mechanism that can be switched off, every rule that has an
alternative, and every rival effect at its upper bound. A difference is paired by seed, so that luck that the switch
does not reach cancels. A mechanism that only acts with a lever changes nothing in a scenario without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.errors import WorkError
from klyngesim.results.indicators import index
from klyngesim.results.records import RunResult
from klyngesim.results.windows import Floats, Window, band, by_year
from klyngesim.runs.executors import in_order
from klyngesim.runs.jobs import Failure, OnProgress, Run
from klyngesim.runs.simulation import run_once
from klyngesim.scenario import periods
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.parameters import Parameter, registry

if TYPE_CHECKING:
    from klyngesim.scenario.scalars import Plain, Scalar
    from klyngesim.scenario.schema import Scenario
    from klyngesim.scenario.template import Template

INDICATORS = (
    "participants_unique_year",
    "new_participants",
    "members",
    "ties_cluster",
    "applications_won",
    "projects_running",
    "innovations",
    "social_capital",
    "staff_fte",
    "external_public_mkr",
    "cash_mkr",
)
"""Indicators that the comparison shows."""

FIRST_YEAR = 2025
"""First year of the window in a run that reaches it; a shorter run is looked at as a whole."""

_NO_RULES = ("choices.", "scarcity.")  # readings of tables, and switches for tests: neither is a rule of the world
_STRENGTHS = "rival."
_LIMITS = ("rival.least_effort",)


@dataclass(frozen=True)
class Variant:
    """One switch.

    Attributes:
        id: an M id, or ``parameter=value``.
        kind: ``mechanism`` (switched off) or ``rival`` (another rule, or a rival effect switched on).
        values: what it sets, by the paths of ``--set``.
    """

    id: str
    kind: str
    values: Mapping[str, Plain] = field(hash=False)


@dataclass(frozen=True)
class Effect:
    """What a variant does to an indicator, per year in the window.

    ``baseline``, ``variant``: means over the seeds; ``difference``, ``low``, ``high``: mean and 90 % band of the
    differences paired by seed; ``relative``: difference over the baseline, NaN over zero; ``n``: pairs.
    """

    variant: str
    kind: str
    indicator: str
    window: str
    baseline: float
    difference: float
    low: float
    high: float
    relative: float
    n: int


@dataclass(frozen=True)
class Ablation:
    """All effects, and the variants that could not be run with the reason."""

    effects: tuple[Effect, ...]
    failures: Mapping[str, str]


def variants() -> tuple[Variant, ...]:
    """Every switch of the registry: mechanisms by id, then rules and rival effects in the order of the registry."""
    known = registry()
    off = [Variant(name, "mechanism", {"mechanisms.disable": [name]}) for name in known.switchable()]
    return (*off, *(variant for parameter in known.values() for variant in _rivals(parameter)))


def _rivals(parameter: Parameter) -> Iterator[Variant]:
    if parameter.choices and not parameter.id.startswith(_NO_RULES):
        values: list[Plain] = [word for word in parameter.choices if word != parameter.default]
    elif parameter.id.startswith(_STRENGTHS) and parameter.id not in _LIMITS:
        values = [parameter.high]
    else:
        values = []
    for value in values:
        yield Variant(f"{parameter.id}={value}", "rival", {parameter.id: value})


def settings_of(switch: Variant) -> dict[str, Scalar]:
    """The parameter values that a switch stands for: those of a rival rule, or neutral ones that carry a mechanism."""
    if switch.kind == "rival":
        return {key: value for key, value in switch.values.items() if isinstance(value, float | str)}
    carriers = registry().carriers(switch.id)
    return {parameter.id: parameter.neutral for parameter in carriers if parameter.neutral is not None}


def reaches(switch: Variant, template: Template) -> bool:
    """Whether a switch can be made in a scenario: what is set in all runs stays, and nothing overrules the switch."""
    if not template.held.isdisjoint(settings_of(switch)):
        return False
    try:
        return not template.at(switch.values).not_held
    except ScenarioFaults:
        return False


def ablate(
    template: Template,
    chosen: Sequence[Variant],
    seeds: Sequence[int],
    jobs: int = 1,
    on_progress: OnProgress | None = None,
) -> Ablation:
    """Runs the scenario and every variant with the same seeds.

    Args:
        template: of the scenario, with what holds in all runs.
        chosen: switches that reach it, see `variants` and `reaches`.
        seeds: run seeds, the same for all.
        jobs: processes.
        on_progress: called after every run.

    Raises:
        WorkError: the scenario itself could not be run.
    """
    everything = {"": template.scenario, **{variant.id: template.at(variant.values) for variant in chosen}}
    names = [name for name in everything for _ in seeds]
    runs = [Run(scenario, seed) for scenario in everything.values() for seed in seeds]
    values: dict[tuple[str, int], Floats] = {}
    failures: dict[str, str] = {}
    for name, (run, future) in zip(names, in_order(_measured, runs, jobs, on_progress), strict=True):
        if error := future.exception():
            failures.setdefault(name, f"seed {run.seed}: {Failure.by(error).reason}")
        else:
            values[name, run.seed] = future.result()
    if "" in failures:
        raise WorkError(f"{template.scenario.name} itself could not be run: {failures['']}")
    window = window_of(template.scenario)
    usual = np.stack([values["", seed] for seed in seeds])
    effects: list[Effect] = []
    for variant in chosen:
        if variant.id not in failures:
            other = np.stack([values[variant.id, seed] for seed in seeds])
            effects += _effects(variant, window, usual, other)
    return Ablation(tuple(effects), failures)


def _measured(run: Run) -> Floats:
    return measure(run.scenario, run.seed)


def measure(scenario: Scenario, seed: int) -> Floats:
    """One run: means per year of `INDICATORS` in the window, programme as a whole, shape (indicators,)."""
    return means(run_once(scenario, seed))


def means(result: RunResult) -> Floats:
    """Means per year of `INDICATORS` over the window of a run, shape (indicators,); NaN where nothing is defined."""
    years, values = by_year(result.indicators, result.first_period)
    inside = np.array(years) >= (FIRST_YEAR if FIRST_YEAR in years else 0)
    part = values[inside, -1][:, [index(name) for name in INDICATORS]]
    return band(part).mean


def window_of(scenario: Scenario) -> str:
    """The years that `means` looks at, such as ``2025-2034``."""
    first, last = periods.year(scenario.start), periods.year(scenario.end + 1) - 1  # complete years only
    return Window(max(first, FIRST_YEAR) if last >= FIRST_YEAR else first, last).label


def _effects(variant: Variant, window: str, usual: Floats, other: Floats) -> Iterator[Effect]:
    base, apart = band(usual), band(other - usual)
    for place, name in enumerate(INDICATORS):
        level, difference = float(base.mean[place]), float(apart.mean[place])
        yield Effect(
            variant=variant.id,
            kind=variant.kind,
            indicator=name,
            window=window,
            baseline=level,
            difference=difference,
            low=float(apart.low[place]),
            high=float(apart.high[place]),
            relative=difference / level if level else float("nan"),
            n=int(apart.n[place]),
        )
