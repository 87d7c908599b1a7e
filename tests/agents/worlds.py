"""Small models for the tests of agents."""

import numpy as np

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.scenario.loading import from_mapping

SCENARIO = {
    "name": "t",
    "title": {"en": "t", "da": "t"},
    "question": "q",
    "source": ["#1"],
    "period": {"start": "2021Q1", "end": "2021Q4"},
    "population": {"scale": 0.02},
}


def make(quarters=0, *overrides, seed=1):
    """A model of 2 % of Denmark's firms after some quarters of 2021."""
    model = Ecosystem(from_mapping(SCENARIO, overrides=overrides), seed=seed)
    for _ in range(quarters):
        model.step()
    return model


def alive(model):
    """Rows of the firms alive now, found the slow way."""
    register = model.world.register
    lives = zip(register.birth.tolist(), register.death.tolist(), strict=True)
    return [row for row, (birth, death) in enumerate(lives) if birth <= model.period < death]


def same_numbers(one, other):
    """Whether two arrays are equal, missing values included."""
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
