"""A second opinion: approximate Bayesian computation by pyABC, from the box around the last wave.

It knows no emulator: the model itself is run for every proposal, and those nearest to the targets are kept. With few
generations it stays wider than the posterior; what it is for is to show a posterior in the wrong place.
"""

from __future__ import annotations

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from klyngesim.calibration.misfit import Yardstick
from klyngesim.calibration.settings import Check
from klyngesim.calibration.simulate import Report, Simulator
from klyngesim.errors import StoreCorrupt
from klyngesim.priors import Space
from klyngesim.runs.jobs import Progress
from klyngesim.seeds import seed_everything
from klyngesim.streams import Floats

STAGE = "check"
_FIRST_SEED = 700_001  # of the runs; neither the waves nor the verdict use them


def installed() -> bool:
    """Whether pyABC is there."""
    return find_spec("pyabc") is not None


def check(
    simulator: Simulator,
    space: Space,
    yardstick: Yardstick,
    discrepancy: Floats,
    box: Floats,
    work: Check,
    database: Path,
    seed: int,
    jobs: int = 1,
    report: Report | None = None,
) -> dict[str, Any]:
    """Runs pyABC and says where it ended up.

    Args:
        simulator: the model.
        space: the fitted parameters.
        yardstick: the targets.
        discrepancy: of the model, by kind of pattern, shape (K,); without it what no parameters can meet would decide
            who is near.
        box: lowest and highest place of every parameter in the last wave, shape (2, D): the prior here.
        work: accepted candidates per generation, and generations.
        database: file that pyABC keeps its generations in; one that is there is continued.
        seed: of the calibration.
        jobs: processes.
        report: called with the progress, in generations.

    Raises:
        StoreCorrupt: the file is there but cannot be read.

    Returns:
        simulations, distances, effective sample size, and weighted mean and standard deviation of every parameter's
        place in its prior.
    """
    import pyabc
    from sqlalchemy.exc import SQLAlchemyError  # the library that pyABC keeps its generations with

    logging.getLogger("ABC").setLevel(logging.WARNING)
    seed_everything(seed, STAGE)
    names = [f"p{place}" for place in range(len(space))]
    edges = zip(names, *box, strict=True)
    even = {name: pyabc.RV("uniform", float(low), float(high - low)) for name, low, high in edges}
    prior = pyabc.Distribution(**even)

    def model(proposal: Any) -> dict[str, Floats]:
        point = np.array([proposal[name] for name in names])
        # A seed that follows from the proposal: the same proposal gives the same run, two hardly ever the same seed.
        run = _FIRST_SEED + int(abs(float(np.sum(point * np.arange(1, len(point) + 1)))) * 1e9) % 100_000_000
        return {"bent": yardstick.bent(simulator(space.values(point), run))}

    def distance(simulated: Any, _: Any) -> float:
        miss = yardstick.miss(simulated["bent"])
        return float(np.sqrt(yardstick.by_kind(miss * miss / (1.0 + discrepancy[yardstick.kind])).mean()))

    sampler = pyabc.MulticoreEvalParallelSampler(n_procs=jobs) if jobs > 1 else pyabc.SingleCoreSampler()
    abc = pyabc.ABCSMC(model, prior, distance, population_size=work.population, sampler=sampler)
    where = f"sqlite:///{database}"
    try:
        history = abc.load(where, 1) if database.exists() else abc.new(where, {"bent": np.zeros(len(yardstick))})
    except SQLAlchemyError as error:
        raise StoreCorrupt(f"{database}: damaged; remove this file to repeat the check") from error
    if report is not None:
        report(STAGE, Progress(history.n_populations, 0, work.generations))
    if history.n_populations < work.generations:
        history = abc.run(max_nr_populations=work.generations - history.n_populations)
    if report is not None:
        report(STAGE, Progress(work.generations, 0, work.generations))
    frame, weight = history.get_distribution(m=0)
    places = frame[names].to_numpy()
    mean = np.average(places, axis=0, weights=weight)
    spread = np.sqrt(np.average((places - mean) ** 2, axis=0, weights=weight))
    epsilons = history.get_all_populations().query("t >= 0")["epsilon"].tolist()
    return {
        "simulations": int(history.total_nr_simulations),
        "epsilons": [round(float(value), 4) for value in epsilons],
        "effective_sample_size": round(float(weight.sum() ** 2 / (weight**2).sum()), 1),
        "mean": dict(zip(space.ids, mean.round(4).tolist(), strict=True)),
        "sd": dict(zip(space.ids, spread.round(4).tolist(), strict=True)),
    }
