"""The same scenario and seed give the same results, whoever looks and however long the run goes on."""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.streams import MAX_ID, MAX_PERIOD
from tests.alignment.runs import assert_identical, first_difference, run, scenario


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


def test_every_address_of_a_run_fits(baseline):
    """Ids, periods and decisions stay inside their bits, so that no two draws share a number."""
    model = Ecosystem(scenario(end="2022Q4"), 1)
    streams = model.world.streams
    largest = []

    def noting(original):
        def draw(decision, period, ids):
            assert np.issubdtype(np.asarray(ids).dtype, np.integer)
            assert 0 <= period <= MAX_PERIOD
            if len(ids):
                assert ids.min() >= 0, decision
                assert ids.max() <= MAX_ID, decision
                largest.append(int(ids.max()))
            return original(decision, period, ids)

        return draw

    streams.uniform, streams.several = noting(streams.uniform), noting(streams.several)
    model.run()
    assert max(largest) > 2**32  # ideas have ids that need the high bits
