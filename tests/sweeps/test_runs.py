"""Running a sweep with numbers made up in place of the model: what is gathered, what fails, what memory it takes."""

import tracemalloc
from functools import partial
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from klyngesim.results.indicators import IDS, index
from klyngesim.results.windows import Measured
from klyngesim.runs.executors import HERE
from klyngesim.runs.store import RunStore
from klyngesim.runs.tasks import run_tasks
from klyngesim.sweeps import runs as sweep_runs
from klyngesim.sweeps.file import read_sweep
from klyngesim.sweeps.runs import design_of, run_sweep, seed_of
from klyngesim.sweeps.tables import analyses, write
from tests.runs.workers import Singly

TEXT = """name: made-up
scenario: [baseline, r4-private-money]
method: {method}
samples: {samples}
replicates: 2
parameters: [trust.gain, evaluation.loss]
outcomes: [members, social_capital]
set: [population.scale=0.01, period.end=2025Q4]
"""
LOSS = "evaluation.loss"


def linear(scenario, seed, windows):
    """Members that follow two parameters, the variant and the seed; the rest is zero."""
    numbers = np.zeros((len(windows), 14, len(IDS)))
    variant = 100.0 if scenario.name != "baseline" else 0.0
    effect = 50.0 * scenario.values["trust.gain"] + (20.0 if variant else 0.0) * scenario.values[LOSS]
    numbers[:, -1, index("members")] = 1000.0 + variant + effect + seed
    return Measured(numbers, numbers[..., :1], numbers[0], numbers)


def some_fail(scenario, seed, windows):
    if scenario.name != "baseline" and scenario.values[LOSS] > 0.2:
        raise ArithmeticError("too much loss")
    return linear(scenario, seed, windows)


def made_up(sweep, design, store, function, on_progress=None):
    """A sweep with a function of (scenario, seed, windows) in place of the model."""
    with patch.object(sweep_runs, "run_tasks", partial(run_tasks, measured=Singly(function))):
        return run_sweep(sweep, design, store, HERE, on_progress)


def asked(tmp_path, method="lhs", samples=16, more=""):
    path = tmp_path / "sweep.yaml"
    path.write_text(TEXT.format(method=method, samples=samples) + more, encoding="utf-8")
    return read_sweep(path)


def test_outcomes_are_differences_paired_by_seed(tmp_path):
    sweep = asked(tmp_path)
    design = design_of(sweep)
    found = made_up(sweep, design, None, linear)
    (difference,) = found.compared("members").values()
    losses = np.array([design.values(point)[LOSS] for point in range(len(design))])
    np.testing.assert_allclose(difference, np.repeat((100.0 + 20.0 * losses)[:, None], 2, axis=1))
    assert not found.failures and len(found.keys) == sweep.runs == 64


def test_a_failed_run_is_recorded_with_its_traceback_and_the_others_go_on(tmp_path):
    sweep = asked(tmp_path)
    design = design_of(sweep)
    found = made_up(sweep, design, RunStore(tmp_path / "store"), some_fail)
    bad = [point for point in range(len(design)) if design.values(point)[LOSS] > 0.2]
    assert bad and set(found.failures) == {(1, point, r) for point in bad for r in range(2)}
    assert all("ArithmeticError: too much loss" in text and "Traceback" in text for text in found.failures.values())
    out = tmp_path / "out"
    out.mkdir()
    write(out, found)
    runs = pd.read_parquet(out / "runs.parquet")
    assert len(runs) == sweep.runs and (runs.status == "failed").sum() == 2 * len(bad)
    assert runs.members.isna().sum() == 2 * len(bad)
    assert runs[["point", "scenario", "seed"]].duplicated().sum() == 0
    assert set(runs.seed) == {seed_of(sweep, design.point(p), r) for p in range(len(design)) for r in range(2)}
    # The runs that are done are not made again, the failed ones are tried anew.
    made = []

    def counted(*given):
        made.append(given)
        return linear(*given)

    again = made_up(sweep, design, RunStore(tmp_path / "store"), counted)
    assert len(made) == 2 * len(bad) and not again.failures


def test_morris_finds_the_effect_and_the_dummy_is_the_noise(tmp_path):
    sweep = asked(tmp_path, "morris", 10)
    found = made_up(sweep, design_of(sweep), None, linear)
    out = tmp_path / "out"
    out.mkdir()
    write(out, found)
    table = pd.read_csv(out / "indices.csv")
    star = table[(table.outcome == "members") & (table["index"] == "mu_star")].set_index("parameter").value
    # Times the range of the registry, 0.02 to 0.3; values have four digits.
    assert star[LOSS] == pytest.approx(20.0 * 0.28, rel=1e-3)
    assert star["trust.gain"] == pytest.approx(0.0, abs=1e-9)
    assert star["dummy"] == pytest.approx(0.0, abs=1e-9)  # luck that both scenarios share is no luck of the difference


def test_discovery_and_surrogate_are_written_when_asked_for(tmp_path):
    sweep = asked(tmp_path, "lhs", 64, "discovery: true\nsurrogate: true\n")
    design = design_of(sweep)

    def loses(scenario, seed, windows):
        found = linear(scenario, seed, windows)
        found.indicators[:, -1, index("members")] -= 0.0 if scenario.name == "baseline" else 104.0
        return found

    found = made_up(sweep, design, None, loses)
    out = tmp_path / "out"
    out.mkdir()
    done = []
    write(out, found, done.append)
    assert sum(done) == pytest.approx(analyses(found))
    boxes = pd.read_csv(out / "discovery.csv")
    box = boxes[(boxes.outcome == "members") & (boxes["view"] == "box")].iloc[0]
    assert box.parameter == LOSS and box.high == pytest.approx(0.2, abs=0.02) and box.density > 0.9
    surrogate = pd.read_csv(out / "surrogate.csv")
    total = surrogate[(surrogate.outcome == "members") & (surrogate["index"] == "ST")].set_index("parameter")
    assert total.loc[LOSS, "value"] == pytest.approx(1.0, abs=0.05) and total.loc[LOSS, "r2"] > 0.95


@pytest.mark.slow
def test_memory_stays_flat_over_five_thousand_runs(tmp_path):
    """What a sweep remembers of a run is its name and its outcomes."""
    sweep = asked(tmp_path, "lhs", 1250)
    seen = {}

    def on_progress(progress):
        if progress.done in (1000, 5000):
            seen[progress.done] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        made_up(sweep, design_of(sweep), None, linear, on_progress)
    finally:
        tracemalloc.stop()
    assert seen[5000] - seen[1000] < 4_000_000


def test_a_sweep_in_which_everything_fails_still_leaves_its_tables(tmp_path):
    sweep = asked(tmp_path, "lhs", 30, "discovery: true\nsurrogate: true\n")

    def fails(scenario, seed, windows):
        raise ArithmeticError("nothing works")

    found = made_up(sweep, design_of(sweep), None, fails)
    out = tmp_path / "out"
    out.mkdir()
    done = []
    write(out, found, done.append)
    assert sum(done) == pytest.approx(analyses(found))
    assert len(found.failures) == sweep.runs
    assert set(pd.read_csv(out / "discovery.csv").why) == {"no point has an outcome"}
    assert pd.read_csv(out / "surrogate.csv").why.str.contains("too few").all()
