"""No job is lost when a process dies: it is tried again several times, with pauses, and only then given up."""

from functools import partial

import pytest

from klyngesim.errors import ProcessDied
from klyngesim.runs import executors
from klyngesim.runs.executors import LocalProcesses
from tests.runs.workers import dies_at_first


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that are made, none of which takes time."""
    made = []
    monkeypatch.setattr(executors.time, "sleep", made.append)
    return made


def through(folder, times):
    """Results of the jobs 0 to 5, or what stopped them, of which job 2 kills its process at first."""
    with LocalProcesses(2) as executor:
        outcomes = executor.outcomes(partial(dies_at_first, folder, times), range(6))
        return {job: future.exception() or future.result() for job, future in outcomes}


def test_a_job_is_done_that_has_killed_its_process_more_than_once(tmp_path, pauses):
    assert through(tmp_path, 3) == {number: number for number in range(6)}
    attempts = len(list(tmp_path.glob("2-*")))
    assert attempts == 4 and {*executors.PAUSES} <= {*pauses} and sorted(executors.PAUSES) == list(executors.PAUSES)


def test_a_job_that_always_kills_its_process_is_given_up_alone(tmp_path, pauses):
    found = through(tmp_path, 99)
    assert isinstance(found.pop(2), ProcessDied)
    assert found == {number: number for number in (0, 1, 3, 4, 5)}
    assert len(list(tmp_path.glob("2-*"))) == 1 + len(executors.PAUSES)
