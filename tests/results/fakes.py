"""Made-up runs: arrays of the right shape with numbers that depend on the seed only."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from klyngesim.results import vocabulary
from klyngesim.results.indicators import IDS, INDICATORS
from klyngesim.results.records import CohortRows, FunnelRows, RunResult

ORGANISATIONS = ("energy", "clean", "made")


@dataclass(frozen=True)
class FakeScenario:
    """The part of a scenario that running and writing needs."""

    name: str = "made-up"
    replicates: int = 3
    seed: int = 7
    start: int = 0
    quarters: int = 9
    lineage: tuple[str, ...] = ("made-up",)
    inputs: tuple[tuple[str, str], ...] = (("made-up.yaml", "0" * 64),)
    values: dict[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def resolved(self) -> dict[str, Any]:
        return {"name": self.name, "seed": self.seed, "replicates": self.replicates, "quarters": self.quarters}

    def differences(self) -> list[dict[str, Any]]:
        return []


def simulate(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """A run whose numbers depend on the seed; yearly indicators outside Q4 and one indicator everywhere are NaN."""
    generator = np.random.default_rng(seed)
    steps, organisations, accounts = scenario.quarters, len(ORGANISATIONS), len(vocabulary.ACCOUNTS)
    values = generator.uniform(0.0, 100.0, (steps, organisations + 1, len(IDS)))
    for k, item in enumerate(INDICATORS):
        if item.kind == "yearly":
            values[np.arange(steps) % 4 != 3, :, k] = np.nan
    values[:, :, IDS.index("trust_mean")] = np.nan
    moves = 40
    return RunResult(
        scenario=scenario.name,
        seed=seed,
        draw=draw,
        first_period=0,
        organisations=ORGANISATIONS,
        indicators=values,
        indicator_ids=IDS,
        funnel=FunnelRows(
            period=generator.integers(0, steps, moves),
            organisation=generator.integers(0, organisations, moves),
            firm_class=generator.integers(0, len(vocabulary.FIRM_CLASSES), moves),
            from_stage=generator.integers(0, 4, moves),
            to_stage=generator.integers(4, len(vocabulary.STAGES), moves),
            reason=generator.integers(0, len(vocabulary.REASONS), moves),
            count=generator.integers(1, 9, moves),
        ),
        finance=generator.integers(-(10**9), 10**9, (steps, organisations, accounts)),
        accounts=tuple(word.id for word in vocabulary.ACCOUNTS),
        uniforms=1000 + seed,
        wall_seconds=0.01,
        firms_by_class={"micro": 900, "small": 80, "medium": 15, "large": 5},
        cohorts=CohortRows(
            entered=generator.integers(2020, 2021 + steps // 4, moves),
            organisation=generator.integers(0, organisations, moves),
            firm_class=generator.integers(0, len(vocabulary.FIRM_CLASSES), moves),
            stage=generator.integers(1, 5, moves),
            outcome=generator.integers(5, len(vocabulary.OUTCOMES), moves),
            count=generator.integers(1, 9, moves),
        ),
    )


def fail_on_eight(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """Seed 8 raises."""
    if seed == 8:
        raise ArithmeticError("the till does not add up")
    return simulate(scenario, seed, draw)


def fail_always(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """Every seed raises."""
    raise RuntimeError(f"seed {seed} refuses")


def die_on_eight(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """Seed 8 ends its process without a word, as the kernel does when memory runs out."""
    if seed == 8:
        os._exit(9)
    return simulate(scenario, seed, draw)


def first_is_last(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """The first seed takes longer than all others, so that results arrive out of order."""
    if seed == scenario.seed:
        time.sleep(0.5)
    return simulate(scenario, seed, draw)


def stop_on_eight(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """Somebody presses Ctrl-C while seed 8 runs."""
    if seed == 8:
        raise KeyboardInterrupt
    return simulate(scenario, seed, draw)


def one_thread(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """Fails unless the process may start one thread only."""
    assert os.environ["OMP_NUM_THREADS"] == os.environ["OPENBLAS_NUM_THREADS"] == "1"
    return simulate(scenario, seed, draw)


def wait_from_nine(scenario: Any, seed: int, draw: int = 0) -> RunResult:
    """Seeds from 9 on never end. Leaves a file per process, so that a test can see who is at work."""
    (Path(os.environ["FAKES_DIRECTORY"]) / f"{seed}-{os.getpid()}").touch()
    if seed >= 9:
        time.sleep(600)
    return simulate(scenario, seed, draw)
