"""How long runs take: the pace of this machine, measured on the first quarters of a run, or the usual one.

A quarter takes about as long as any other, so that a few stand for all; runs that share a past simulate it once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from klyngesim.errors import WorkError
from klyngesim.scenario.schema import parting

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

WARM, TIMED = 2, 4
"""Quarters that are simulated first, while everything is still being fetched into memory, and those that are timed."""


@dataclass(frozen=True)
class Pace:
    """Seconds that building a world takes, and a quarter in it, on one core."""

    building: float
    quarter: float

    def seconds_a_run(self, scenarios: Sequence[Scenario]) -> float:
        """Mean seconds of a run of several scenarios on the same seeds; what they have in common is simulated once."""
        first, *others = scenarios
        begun = [parting(first, other) for other in others]
        # Where another scenario leaves the first one's run, it goes on alone; one without a common past is built too.
        quarters = first.quarters * len(scenarios) - sum(begun)
        return (self.building * (1 + begun.count(0)) + self.quarter * quarters) / len(scenarios)


USUAL = Pace(0.1, 0.008)
"""With every firm, on a core of a usual computer of 2025: for estimates that must not take the time to measure."""


def usual(scenario: Scenario) -> Pace:
    """The usual pace of a scenario: organisations and their people keep their size whatever the number of firms."""
    return Pace(USUAL.building * scenario.scale, USUAL.quarter * max(scenario.scale, 0.2))


def measured(scenario: Scenario, seed: int) -> Pace:
    """The pace of this machine, from the beginning of a run. WorkError where that fails."""
    import numpy as np

    from klyngesim.ecosystem.build import build
    from klyngesim.ecosystem.quarter import run_quarter
    from klyngesim.results.indicators import INDICATORS

    moments = [time.perf_counter()]
    try:
        # The quarters themselves, without the agents of Mesa, which take longer to import than a run.
        world = build(scenario, seed)
        moments.append(time.perf_counter())
        for _ in range(min(WARM + TIMED, world.periods)):
            run_quarter(world, np.full((world.count + 1, len(INDICATORS)), np.nan))
            moments.append(time.perf_counter())
    except Exception as error:
        raise WorkError(f"{scenario.name} fails at the usual values: {type(error).__name__}: {error}") from error
    building, *quarters = np.diff(moments).tolist()
    return Pace(building, float(np.median(quarters[-TIMED:])))


def said(seconds: float) -> tuple[str, float]:
    """A time as people say it: ``minute``, ``minutes`` or ``hours``, and how many."""
    minutes = seconds / 60.0
    if minutes < 1.5:
        return "minute", 1.0
    return ("minutes", round(minutes)) if minutes < 120.0 else ("hours", round(minutes / 60.0, 1))
