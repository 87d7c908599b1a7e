"""Step 14: what is recorded of organisations that are open, and of those that are not."""

import numpy as np
import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.processes.record import record
from klyngesim.results.indicators import IDS, index
from klyngesim.scenario.loading import load


@pytest.fixture(scope="module")
def world():
    """A small world after a quarter; seven tenths of the grant are the ministry's."""
    model = Ecosystem(load("baseline", ["population.scale=0.01", "period.end=2021Q2", "grant.ufs_share=0.7"]), 1)
    model.step()
    return model.world


@pytest.mark.parametrize(("still", "programme"), [(13, 5.5), (2, 5.5), (1, 5.5), (0, 0.0)])
def test_expected_support_is_weighed_by_funder_and_averaged_over_those_that_are_open(world, still, programme):
    """Four years by the ministry and nine by the board are 2.8 and 2.7."""
    world.organisations.open, world.organisations.support = False, 0.0
    world.organisations.open[:still], world.organisations.support[:still] = True, (4.0, 9.0)
    out = np.full((world.count + 1, len(IDS)), np.nan)
    record(world, out)
    recorded = out[:, index("expected_support_years")].tolist()
    assert recorded == pytest.approx([*[5.5] * still, *[0.0] * (world.count - still), programme])
