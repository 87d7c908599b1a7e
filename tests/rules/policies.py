"""Parameters for rules: values given by hand for a few organisations, or those of the baseline."""

from functools import cache
from types import SimpleNamespace

import numpy as np

from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.evidence import tables
from klyngesim.scenario.loading import load


def values(organisations=2, /, split=None, **common):
    """Values for a few organisations; ``a__b=1`` means parameter ``a.b``, ``split`` holds those that differ."""
    named = {key.replace("__", "."): value for key, value in common.items()}
    return Values(named, split or {}, organisations)


@cache
def baseline(*overrides):
    """The baseline's values in 2021Q1; ``overrides``: such as ``calls.success_cap=0.4``."""
    ids = tuple(organisation.id for organisation in tables.organisations())
    return Settings(load("baseline", overrides), ids).at(0)


def close(found, expected):
    """Equal but for the last digits, shapes included."""
    found, expected = np.asarray(found), np.asarray(expected)
    return found.shape == expected.shape and np.allclose(found, expected, rtol=1e-12, atol=1e-12)


def world(policy, /, organisations=None, **state):
    """A world for rules that read it: ``policy``, arrays of the organisations, and whatever else is needed."""
    return SimpleNamespace(policy=policy, organisations=SimpleNamespace(**(organisations or {})), **state)
