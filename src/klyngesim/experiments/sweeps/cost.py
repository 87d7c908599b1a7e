"""What a sweep would take: time and disk, from the runs of one point that are made for the purpose and not kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from klyngesim.experiments.common_past import run_together
from klyngesim.experiments.store import RunStore
from klyngesim.experiments.sweeps.sweepfile import Sweep
from klyngesim.experiments.windows import measure, windows_of


@dataclass(frozen=True)
class Cost:
    """Seconds of one run on one core, of all of them on the processes, and megabytes in the store."""

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


class CannotTell(Exception):
    """The runs that were made to see what a sweep takes have failed; the text says how."""


def cost(sweep: Sweep, jobs: int) -> Cost:
    """Makes the runs of one point with the usual values twice, the second time warm, and multiplies.

    Raises:
        CannotTell: a run failed.
    """
    seed, windows = sweep.file.seed, windows_of(sweep.scenarios[0])[:1]
    for _ in range(2):
        began = time.perf_counter()
        runs = dict(run_together(sweep.scenarios, seed))
        seconds = (time.perf_counter() - began) / len(runs)
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder) / "store")
        for place, run in runs.items():
            if isinstance(run, Exception):
                name = sweep.scenarios[place].name
                raise CannotTell(f"{name} fails at the usual values: {type(run).__name__}: {run}") from run
            store.put(RunStore.key(sweep.scenarios[place], seed, windows), measure(run, windows))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.npz")) / len(runs)
    return Cost(seconds, seconds * sweep.runs / jobs, size * sweep.runs / 1e6)
