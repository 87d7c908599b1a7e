"""What a sweep would take: the time from the first quarters of a run, made for the purpose, and the disk from sizes."""

from __future__ import annotations

from dataclasses import dataclass

from klyngesim.errors import WorkError
from klyngesim.results.windows import bytes_of, windows_of
from klyngesim.runs.pace import measured
from klyngesim.sweeps.file import Sweep


@dataclass(frozen=True)
class Cost:
    """Seconds of one run on one core, of all of them on the processes, and most megabytes in the store."""

    seconds: float
    all_seconds: float
    megabytes: float


def cost(sweep: Sweep, jobs: int) -> Cost:
    """Simulates the beginning of the first scenario with the usual values, and multiplies.

    Raises:
        WorkError: it failed.
    """
    first = sweep.scenarios[0]
    try:
        pace = measured(first, sweep.file.seed)
    except WorkError as error:
        raise WorkError(f"{sweep.file.name}: {error}") from error
    seconds = pace.seconds_a_run(sweep.scenarios)
    size = bytes_of(first, windows_of(first)[:1])
    return Cost(seconds, seconds * sweep.runs / jobs, size * sweep.runs / 1e6)
