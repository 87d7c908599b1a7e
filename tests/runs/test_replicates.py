"""Replicates: in order, apart from each other, and stoppable."""

import dataclasses
import os

import numpy as np
import pytest

from klyngesim.runs.jobs import Failure, Progress
from klyngesim.runs.pool import Interrupts
from klyngesim.runs.replicates import run_replicates
from tests.results import fakes
from tests.results.fakes import FakeScenario

SCENARIO = FakeScenario()
SEEDS = [7, 8, 9, 10]


def same(first, second):
    """Whether two results are equal down to the bit, times apart."""
    for field in dataclasses.fields(first):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if dataclasses.is_dataclass(one):
            if not same(one, other):
                return False
        elif field.name != "wall_seconds" and not np.array_equal(one, other, equal_nan=field.name == "indicators"):
            return False
    return True


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_seeds(jobs):
    found = list(run_replicates(SCENARIO, SEEDS, jobs, simulate=fakes.first_is_last))
    assert [run.seed for run, _ in found] == SEEDS
    assert all(same(outcome, fakes.simulate(SCENARIO, run.seed)) for run, outcome in found)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failure_is_recorded_and_costs_the_others_nothing(jobs):
    found = list(run_replicates(SCENARIO, SEEDS, jobs, simulate=fakes.fail_on_eight))
    assert [run.seed for run, _ in found] == SEEDS
    ((run, failure),) = [(run, outcome) for run, outcome in found if isinstance(outcome, Failure)]
    assert (run.seed, failure.error, failure.message) == (8, "ArithmeticError", "the till does not add up")
    assert "fail_on_eight" in failure.traceback and run.scenario.name == "made-up"


def test_a_process_that_dies_takes_nobody_along():
    found = list(run_replicates(SCENARIO, [*SEEDS, 11, 12], 2, simulate=fakes.die_on_eight))
    assert [run.seed for run, _ in found] == [*SEEDS, 11, 12]
    ((run, failure),) = [(run, outcome) for run, outcome in found if isinstance(outcome, Failure)]
    assert run.seed == 8 and failure.error == "ProcessDied"


def test_progress_counts_everything():
    for jobs in (1, 2):
        seen = []
        list(run_replicates(SCENARIO, SEEDS, jobs, seen.append, simulate=fakes.fail_on_eight))
        assert [progress.done for progress in seen] == [1, 2, 3, 4]
        assert seen[-1] == Progress(done=4, failed=1, total=4)


def test_ctrl_c_keeps_what_was_finished():
    interrupts = Interrupts()
    found = list(run_replicates(SCENARIO, SEEDS, simulate=fakes.stop_on_eight, interrupts=interrupts))
    assert [run.seed for run, _ in found] == [7]
    assert interrupts.requested


def test_ctrl_c_reaches_a_caller_who_did_not_ask_to_handle_it():
    found = []
    with pytest.raises(KeyboardInterrupt):
        found.extend(run_replicates(SCENARIO, SEEDS, simulate=fakes.stop_on_eight))


def test_workers_have_one_thread_and_the_environment_comes_back(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    found = list(run_replicates(SCENARIO, SEEDS, 2, simulate=fakes.one_thread))
    assert not [outcome for _, outcome in found if isinstance(outcome, Failure)]
    assert os.environ["OMP_NUM_THREADS"] == "5"
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_no_seeds_no_runs():
    assert list(run_replicates(SCENARIO, [], 2, simulate=fakes.fail_always)) == []


def test_a_function_that_cannot_be_sent_is_a_failure_with_words():
    found = list(run_replicates(SCENARIO, [7, 8], 2, simulate=lambda *_: None))
    assert [type(outcome) for _, outcome in found] == [Failure, Failure]
    # Python words it "Can't pickle local object" or, from 3.13 on, "Can't get local object".
    assert "local object" in found[0][1].message


@pytest.mark.parametrize("jobs", [1, 2])
def test_posterior_draws_go_with_their_seeds(jobs):
    drawn = [(3, dataclasses.replace(SCENARIO, quarters=5)), (3, SCENARIO), (8, SCENARIO), (9, SCENARIO)]
    found = list(run_replicates(SCENARIO, SEEDS, jobs, simulate=fakes.fail_on_eight, drawn=drawn))
    assert [(run.seed, run.draw) for run, _ in found] == [(7, 3), (8, 3), (9, 8), (10, 9)]
    assert len(found[0][1].indicators) == 5 and len(found[2][1].indicators) == SCENARIO.quarters
    assert isinstance(found[1][1], Failure)


def test_every_seed_needs_a_draw():
    with pytest.raises(ValueError, match="1 draws for 4 seeds"):
        list(run_replicates(SCENARIO, SEEDS, drawn=[(1, SCENARIO)]))
