"""Runs that several tests compare with."""

import pytest

from tests.alignment.runs import UNLIMITED, run, trace


@pytest.fixture(scope="session")
def baseline():
    """Twelve quarters of the baseline."""
    return run()


@pytest.fixture(scope="session")
def scarce():
    """The same, quarter by quarter."""
    return trace()


@pytest.fixture(scope="session")
def unlimited():
    """The same without scarcity of hours, seats, pots and money."""
    return trace(UNLIMITED)
