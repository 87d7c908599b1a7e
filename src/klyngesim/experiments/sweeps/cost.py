"""What a sweep would take: the time from the first quarters of one run, made for the purpose, and the disk from sizes.

A quarter takes about as long as any other, so that a few stand for all; runs that share a past simulate it once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from klyngesim.ecosystem.build import build
from klyngesim.ecosystem.quarter import run_quarter
from klyngesim.errors import WorkError
from klyngesim.experiments.sweeps.sweepfile import Sweep
from klyngesim.results.indicators import INDICATORS
from klyngesim.results.windows import bytes_of, windows_of
from klyngesim.scenario.schema import parting

WARM, TIMED = 2, 4
"""Quarters that are simulated first, while everything is still being fetched into memory, and those that are timed."""


@dataclass(frozen=True)
class Cost:
    """Seconds of one run on one core, of all of them on the processes, and most megabytes in the store."""

    seconds: float
    all_seconds: float
    megabytes: float

    @property
    def time(self) -> str:
        """The time of all runs as people say it."""
        minutes = self.all_seconds / 60.0
        if minutes < 1.0:
            return "a minute"
        return f"{minutes:,.0f} minutes" if minutes < 120.0 else f"{minutes / 60.0:,.1f} hours"


def cost(sweep: Sweep, jobs: int) -> Cost:
    """Simulates the beginning of the first scenario with the usual values, and multiplies.

    Raises:
        WorkError: it failed.
    """
    first, *others = sweep.scenarios
    building, quarter = _timed(sweep)
    begun = [parting(first, other) for other in others]
    # Where another scenario leaves the first one's run, it goes on alone; one without a common past is built as well.
    quarters = first.quarters * len(sweep.scenarios) - sum(begun)
    seconds = (building * (1 + begun.count(0)) + quarter * quarters) / len(sweep.scenarios)
    size = bytes_of(first, windows_of(first)[:1])
    return Cost(seconds, seconds * sweep.runs / jobs, size * sweep.runs / 1e6)


def _timed(sweep: Sweep) -> tuple[float, float]:
    """Seconds of building a world, and of a quarter in it."""
    scenario = sweep.scenarios[0]
    moments = [time.perf_counter()]
    try:
        # The quarters themselves, without the agents of Mesa, which take longer to import than a run.
        world = build(scenario, sweep.file.seed)
        moments.append(time.perf_counter())
        for _ in range(min(WARM + TIMED, world.periods)):
            run_quarter(world, np.full((world.count + 1, len(INDICATORS)), np.nan))
            moments.append(time.perf_counter())
    except Exception as error:
        said = f"{scenario.name} fails at the usual values: {type(error).__name__}: {error}"
        raise WorkError(f"{sweep.file.name}: {said}") from error
    building, *quarters = np.diff(moments).tolist()
    return building, float(np.median(quarters[-TIMED:]))
