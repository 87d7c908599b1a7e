"""Functions whose indices are known, factors without parameters behind them, and rows looked up by name."""

import math

import numpy as np

from klyngesim.priors import Prior
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.indices import Response, indices
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.rows import DUMMY

ISHIGAMI_S1 = (0.3139, 0.4424, 0.0)
ISHIGAMI_ST = (0.5576, 0.4424, 0.2437)


def factors(count, dummy=False):
    """x1 ... of range 0-1 and, if wanted, the dummy."""
    found = [Factor(f"x{n + 1}", "number", Prior(f"x{n + 1}", "uniform", 0.0, 1.0, 0.5)) for n in range(count)]
    return [*found, Factor(DUMMY, "dummy")] if dummy else found


def ishigami(places):
    """a = 7, b = 0.1, on places that stand for -pi to pi (Ishigami and Homma 1990)."""
    x = (2.0 * places[:, :3] - 1.0) * math.pi
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def sobol_g(places, a):
    return np.prod([(np.abs(4.0 * places[:, j] - 2.0) + a[j]) / (1.0 + a[j]) for j in range(len(a))], axis=0)


def sobol_g_indices(a):
    """S1 and ST by Saltelli and Sobol' 1995."""
    own = np.array([1.0 / (3.0 * (1.0 + one) ** 2) for one in a])
    total = np.prod(1.0 + own) - 1.0
    return own / total, own * np.prod(1.0 + own) / (1.0 + own) / total


def design(method, *args, **named):
    """The points of a method, by its name."""
    return METHODS[method].design(*args, **named)


def points(method, *args, **named):
    return METHODS[method].points(*args, **named)


def rows(found, index):
    """Rows of one index by parameter."""
    return {row.parameter: row for row in found if row.index == index}


def values_of(found, index):
    return np.array([row.value for row in rows(found, index).values()])


def table(places, kinds=None):
    """A design of the method table with these places."""
    columns = kinds or factors(np.shape(places)[1])
    return Design(METHODS["table"], columns, np.asarray(places, dtype=np.float64))


def indices_of(laid, values, seed=1):
    """Indices of one outcome ``y`` of a scenario ``s``; values of shape (points, replicates)."""
    return indices(laid, [Response("y", "s", values)], seed)[0]
