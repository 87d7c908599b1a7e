"""The methods of a sweep, one class each: this list is all that a new one has to be added to."""

from __future__ import annotations

from klyngesim.sweep.design import Method
from klyngesim.sweep.methods.grid import Grid
from klyngesim.sweep.methods.lhs import LatinHypercube
from klyngesim.sweep.methods.morris import Morris
from klyngesim.sweep.methods.oat import OneAtATime
from klyngesim.sweep.methods.sobol import Sobol
from klyngesim.sweep.methods.table import Table

METHODS: dict[str, Method] = {
    one.name: one for one in (OneAtATime(), Morris(), Sobol(), LatinHypercube(), Grid(), Table())
}
"""By the name that a sweep file has for them."""
