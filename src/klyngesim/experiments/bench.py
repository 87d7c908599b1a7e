"""Speed and memory of the default run, beside a plain Mesa model and beside the price of its random numbers alone.

What is counted: processor time of building the population and stepping through the quarters, on both sides. What is
not: importing modules, compiling, and reading or writing files. Everything is timed on one processor; memory is that of
a fresh process which also writes the tables and figures.
"""

from __future__ import annotations

import contextlib
import gc
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import mesa
import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.errors import WorkError
from klyngesim.evidence.firms import firm_population
from klyngesim.experiments.plain_mesa import draw_in_bulk
from klyngesim.scenario.limits import require, seeds_fault
from klyngesim.scenario.loading import read_template

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

Progress = Callable[[str, float], None]
"""Called with what is being measured and the share of it that is done, 0 to 1."""

REPEATS = 5
SMALL = 0.1
"""Population scale of the second run behind ``scale_ratio``; activity per organisation does not depend on it."""
_SECONDS = 4


@dataclass(frozen=True)
class Benchmark:
    """What ``klyngesim bench`` reports; times in seconds of the processor.

    Attributes:
        run_seconds: one default run, population building included: median of warm runs with different seeds, made
            before, between and after the plain Mesa models.
        plain_mesa_seconds: one run of the plain Mesa model in random order, building included.
        ratio_to_plain_mesa: plain_mesa_seconds / run_seconds.
        plain_mesa_fixed_order_seconds: the plain Mesa model without shuffling, the cheapest there can be.
        ratio_to_fixed_order: plain_mesa_fixed_order_seconds / run_seconds.
        floor_seconds: drawing as many uniforms as the run did from numpy's Philox in bulk, a floor that stays where it
            is while the model changes.
        ratio_to_floor: run_seconds / floor_seconds.
        scale_ratio: run_seconds / the same at a tenth of the population and equal activity: near 1, as time goes with
            those who act.
        peak_mb: largest resident size, 10**6 bytes, of a fresh process that makes one run, its tables and figures.
        uniforms: numbers drawn in one run (median).
        firms: firms alive at the start, the number of objects in the plain model.
        quarters: periods in a run.
        runs: the single times behind run_seconds.
        cpu: processor.
        python, mesa, numpy: versions.
    """

    run_seconds: float
    plain_mesa_seconds: float
    ratio_to_plain_mesa: float
    plain_mesa_fixed_order_seconds: float
    ratio_to_fixed_order: float
    floor_seconds: float
    ratio_to_floor: float
    scale_ratio: float
    peak_mb: float
    uniforms: int
    firms: int
    quarters: int
    runs: tuple[float, ...]
    cpu: str
    python: str
    mesa: str
    numpy: str


def measure(
    source: str = "baseline", scale: float = 1.0, repeats: int = REPEATS, on_progress: Progress | None = None
) -> Benchmark:
    """Measures a scenario. Takes one to two minutes for the default.

    Args:
        source: path or shipped name of a scenario.
        scale: population scale of both sides.
        repeats: number of timed runs, at least three; one that is not timed goes before each part of them.
        on_progress: told how far it is.

    Raises:
        ScenarioFaults: the scenario is wrong.
        WorkError: the run in a fresh process failed.
    """
    tell = on_progress or (lambda _stage, _done: None)
    template = read_template(source)
    large, small = (template.at({"population.scale": value}) for value in (scale, scale * SMALL))
    require([seeds_fault(template.origin("seed"), large.seed, repeats + 1)])
    firms = round(scale * sum(row.firms for row in firm_population()))

    peak = peak_bytes(source, scale, tell)
    runs: list[float] = []
    small_runs: list[float] = []
    drawn: list[int] = []

    def time_part(part: str, numbers: Sequence[int]) -> None:
        seconds, uniforms = time_runs(large, numbers, f"default run, {part} part", tell)
        runs.extend(seconds)
        drawn.extend(uniforms)
        small_runs.extend(time_runs(small, numbers, f"a tenth of the population, {part} part", tell)[0])

    with one_processor():
        # A shared machine is not equally fast all the time: the runs stand around what they are compared with.
        first, between, last = (range(repeats)[start::3] for start in range(3))
        time_part("first", first)
        fixed = time_plain(firms, large.quarters, large.seed, False, tell)
        time_part("second", between)
        plain = time_plain(firms, large.quarters, large.seed, True, tell)
        time_part("third", last)
        uniforms = statistics.median_low(drawn)
        floor = time_floor(uniforms, large.seed, repeats, tell)
    run = statistics.median(runs)
    return Benchmark(
        run_seconds=round(run, _SECONDS),
        plain_mesa_seconds=round(plain, _SECONDS),
        ratio_to_plain_mesa=round(plain / run, 2),
        plain_mesa_fixed_order_seconds=round(fixed, _SECONDS),
        ratio_to_fixed_order=round(fixed / run, 2),
        floor_seconds=round(floor, _SECONDS),
        ratio_to_floor=round(run / floor, 2),
        scale_ratio=round(run / statistics.median(small_runs), 2),
        peak_mb=round(peak / 1e6, 1),
        uniforms=uniforms,
        firms=firms,
        quarters=large.quarters,
        runs=tuple(round(seconds, _SECONDS) for seconds in runs),
        cpu=processor(),
        python=platform.python_version(),
        mesa=mesa.__version__,
        numpy=np.__version__,
    )


def time_runs(scenario: Scenario, numbers: Sequence[int], stage: str, tell: Progress) -> tuple[list[float], list[int]]:
    """Seconds and uniforms of runs after one that is not timed.

    Every run has a seed of its own (the scenario's seed and its number), so that nothing remembered from the run
    before can shorten it.
    """
    seconds, uniforms = [], []
    for done, number in enumerate((numbers[0], *numbers)):
        tell(stage, done / (len(numbers) + 1))
        gc.collect()
        start = time.process_time()
        result = Ecosystem(scenario, scenario.seed + 1 + number).run()
        seconds.append(time.process_time() - start)
        uniforms.append(result.uniforms)
        del result
    tell(stage, 1.0)
    return seconds[1:], uniforms[1:]


def time_floor(uniforms: int, seed: int, repeats: int, tell: Progress) -> float:
    """Median seconds to draw that many uniforms from numpy's Philox."""
    seconds = []
    for index in range(repeats + 1):
        tell("random numbers alone", index / (repeats + 1))
        start = time.process_time()
        draw_in_bulk(uniforms, seed)
        seconds.append(time.process_time() - start)
    tell("random numbers alone", 1.0)
    return statistics.median(seconds[1:])


def time_plain(firms: int, quarters: int, seed: int, shuffled: bool, tell: Progress) -> float:
    """Seconds of one run of the plain Mesa model, building included, in a process of its own.

    Mesa 3.3 never lets go of a model: here its objects would weigh on the collector in whatever is timed after it.
    """
    stage = "plain Mesa model" if shuffled else "plain Mesa model in fixed order"
    tell(stage, 0.0)
    numbers = [str(number) for number in (firms, quarters, seed, int(shuffled))]
    command = [sys.executable, "-m", "klyngesim.experiments.plain_mesa", *numbers]
    printed = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as peer:
        for done, line in enumerate(peer.stdout or (), start=1):
            tell(stage, min(1.0, done / quarters))
            printed = line
    if peer.returncode != 0:
        raise WorkError(f"the plain Mesa model failed with exit code {peer.returncode}")
    return float(printed)


def peak_bytes(source: str, scale: float, tell: Progress) -> int:
    """Largest resident size of ``klyngesim run`` with one replicate in a fresh process, in bytes."""
    stage = "memory of a fresh process"
    tell(stage, 0.0)
    with tempfile.TemporaryDirectory(prefix="klyngesim-bench-") as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "-m", "klyngesim", "run", source, "--replicates", "1", "--jobs", "1", "--quiet"]
        command += ["--set", f"population.scale={scale!r}"]
        # The first run of a version compiles what nobody has compiled, with the memory of the compiler.
        for path in (out, out.with_name("again")):
            measured = [sys.executable, "-m", "klyngesim.experiments.peak", *command, "--out", str(path)]
            done = subprocess.run(measured, capture_output=True, text=True, check=False)
    tell(stage, 1.0)
    if done.returncode != 0:
        raise WorkError(f"the run in a fresh process failed: {done.stderr.strip() or done.returncode}")
    return int(done.stdout)


@contextlib.contextmanager
def one_processor() -> Iterator[None]:
    """Keeps this process on one processor where the system can; elsewhere does nothing."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def processor() -> str:
    """Name of the processor, as far as the system tells."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
