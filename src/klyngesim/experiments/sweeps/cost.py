"""What a sweep would take: time and disk, from one run that is made for the purpose and not kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from klyngesim.experiments.runner import run_once
from klyngesim.experiments.store import RunStore
from klyngesim.experiments.sweeps.sweepfile import Sweep
from klyngesim.experiments.windows import measure, windows_of


@dataclass(frozen=True)
class Cost:
    """Seconds of one run, of all of them on the processes, and megabytes in the store."""

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
    """Makes one run of the last scenario, the second time warm, and multiplies."""
    scenario, seed = sweep.scenarios[-1], sweep.file.seed
    run_once(scenario, seed)
    began = time.perf_counter()
    windows = windows_of(scenario)[:1]
    run = measure(run_once(scenario, seed), windows)
    seconds = time.perf_counter() - began
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "store")
        store.put(RunStore.key(scenario, seed, windows), run)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.npz"))
    return Cost(seconds, seconds * sweep.runs / jobs, size * sweep.runs / 1e6)
