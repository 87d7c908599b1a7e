"""The methods of a sweep, one class each: this list is all that a new one has to be added to."""

from __future__ import annotations

from klyngesim.sweeps.design import Method
from klyngesim.sweeps.methods.grid import Grid
from klyngesim.sweeps.methods.lhs import LatinHypercube
from klyngesim.sweeps.methods.morris import Morris
from klyngesim.sweeps.methods.oat import OneAtATime
from klyngesim.sweeps.methods.sobol import Sobol
from klyngesim.sweeps.methods.table import Table

METHODS: dict[str, Method] = {
    one.name: one for one in (OneAtATime(), Morris(), Sobol(), LatinHypercube(), Grid(), Table())
}
"""By the name that a sweep file has for them."""
