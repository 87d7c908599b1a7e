"""No job is lost when a process dies: it is tried again several times, with pauses, and only then given up."""

from concurrent.futures.process import BrokenProcessPool

import pytest

from klyngesim.experiments import crew
from klyngesim.experiments.crew import Crew
from klyngesim.experiments.pool import WorkerPool
from tests.experiments.workers import dies_at_first


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that are made, none of which takes time."""
    made = []
    monkeypatch.setattr(crew.time, "sleep", made.append)
    return made


def through(folder, times):
    """Results of the jobs 0 to 5, or what stopped them, of which job 2 kills its process at first."""
    with WorkerPool(2) as pool:
        made = Crew(pool, lambda number: pool.submit(dies_at_first, folder, number, times * (number == 2)))
        return {job: future.exception() or future.result() for job, future in made.through(range(6))}


def test_a_job_is_done_that_has_killed_its_process_more_than_once(tmp_path, pauses):
    assert through(tmp_path, 3) == {number: number for number in range(6)}
    attempts = len(list(tmp_path.glob("2-*")))
    assert attempts == 4 and {*crew.PAUSES} <= {*pauses} and sorted(crew.PAUSES) == list(crew.PAUSES)


def test_a_job_that_always_kills_its_process_is_given_up_alone(tmp_path, pauses):
    found = through(tmp_path, 99)
    assert isinstance(found.pop(2), BrokenProcessPool)
    assert found == {number: number for number in (0, 1, 3, 4, 5)}
    assert len(list(tmp_path.glob("2-*"))) == 1 + len(crew.PAUSES)
