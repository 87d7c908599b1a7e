"""The same scenario and seed give the same results, whoever looks and however long the run goes on."""

import subprocess
import sys

import pytest

from klyngesim.ecosystem.model import Ecosystem
from tests.alignment.runs import assert_identical, first_difference, run, scenario
from tests.cli.commands import environment


def test_twice_the_same(baseline):
    again = run()
    assert_identical(baseline, again)
    assert again.uniforms == baseline.uniforms


def test_watching_changes_nothing(baseline, scarce):
    assert_identical(baseline, scarce.result)


def test_another_seed_is_another_world(baseline):
    assert first_difference(baseline, run(seed=2)) is not None


@pytest.mark.parametrize(("end", "quarters"), [("2021Q2", 2), ("2022Q3", 7)])
def test_the_length_of_the_run_does_not_reach_back(baseline, end, quarters):
    shorter = run(end=end)
    assert len(shorter.indicators) == quarters
    assert_identical(baseline, shorter, before=quarters)


def test_places_in_tables_are_no_addresses(baseline):
    """Rows of projects that concern nobody move all later projects; their luck stays."""
    model = Ecosystem(scenario(), 1)
    for _ in range(3):
        model.step()
    model.world.projects.append(7, organisation=0, start=0, end=-1)
    assert_identical(baseline, model.run())


def test_every_address_of_a_run_fits(tmp_path):
    """Ids, periods and decisions stay inside their bits, so that no two draws share a number."""
    command = [sys.executable, "-m", "tests.alignment.addresses"]
    settings = environment(NUMBA_DISABLE_JIT="1")
    done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    draws, largest = map(int, done.stdout.split())
    assert draws > 200
    assert largest > 2**32  # ideas have ids that need the high bits
