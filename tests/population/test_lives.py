"""Births and deaths add up in populations of any size, length of run and seed."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from klyngesim.population.strongholds import FOREIGN
from tests.population.registers import register, rows_alive


@settings(max_examples=8, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), periods=st.integers(2, 60), scale=st.sampled_from((0.002, 0.01, 0.05)))
def test_dormant_alive_and_dead_are_all_that_were_ever_created(seed, periods, scale):
    found, _ = register(seed, scale, periods)
    entered, closed, alive = found.counts(periods)
    domestic = np.flatnonzero(found.size_class(np.arange(found.rows)) != FOREIGN)
    birth, death = found.birth[domestic].astype(int), found.death[domestic].astype(int)
    before = int(found.alive_at_start[found.plan.size_class != FOREIGN].sum())
    assert entered[0] == 0 and closed[0] == 0
    for period in range(periods):
        dormant, dead = int((birth > period).sum()), int((death <= period).sum())
        living = int(((birth <= period) & (period < death)).sum())
        assert dormant + living + dead == len(domestic)
        assert living == alive[period] == before + entered[period] - closed[period]
        before = living


def test_everybody_lives_at_the_start_and_nobody_is_born_dead():
    found, _ = register()
    assert len(rows_alive(found, 0)) == found.alive_at_start.sum()
    assert (found.death.astype(int) > found.birth.astype(int)).all()
