"""Runs of the untouched baseline that the guards are asked of; few by default, many when slow tests are asked for."""

from __future__ import annotations

import pytest
from checks.drift import FLAT

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario.loading import load

FEW, MANY = range(1, 9), range(1, 21)  # with fewer, who happens to fail moves the return rate of a year by two points
SHORT = range(1, 13)  # four years cost little, and four seeds miss external income by 3 points either way
# Activity of an organisation does not depend on the scale, but firms met twice do: only the full population will do.


def runs(seeds, *settings):
    """One run of the baseline for every seed."""
    case = load("baseline", settings)
    return [Ecosystem(case, seed).run() for seed in seeds]


@pytest.fixture(scope="session")
def flat():
    """2021-2024 with flat prices and years alike: what moves, moves because of initialisation."""
    return runs(SHORT, *FLAT)


@pytest.fixture(scope="session")
def baseline():
    """2021-2034 as shipped."""
    return runs(FEW)


@pytest.fixture(scope="session")
def many_flat():
    """The same as `flat` with many seeds."""
    return runs(MANY, *FLAT)


@pytest.fixture(scope="session")
def many_baseline():
    """The same as `baseline` with many seeds."""
    return runs(MANY)
