"""Registers to look at, made as the model makes them but without the rest of the world."""

from __future__ import annotations

from functools import cache

import numpy as np

from klyngesim.ecosystem.population_plan import demography, firm_cells, traits
from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.evidence import tables
from klyngesim.population.register import Register
from klyngesim.scenario.loading import load
from klyngesim.streams import Streams


@cache
def register(seed: int = 1, scale: float = 1.0, periods: int = 8, **parameters: float) -> tuple[Register, Values]:
    """A register and the parameters behind it; parameter ids are written with a double underscore for the dot."""
    case = load("baseline", [f"{name.replace('__', '.')}={value}" for name, value in parameters.items()])
    ids = tuple(organisation.id for organisation in tables.organisations())
    policy = Settings(case, ids).at(case.start)
    cells = firm_cells(policy, ids, scale)
    return Register(cells, demography(policy), traits(policy, cells), Streams(seed), periods), policy


def rows_alive(found: Register, period: int) -> np.ndarray:
    """Rows of the firms alive in a quarter, foreign ones included."""
    every = np.arange(found.rows)
    return every[found.alive(every, period)]
