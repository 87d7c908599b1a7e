"""Latin hypercubes (McKay, Beckman and Conover 1979, Technometrics 21(2)), through SALib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from klyngesim.seeds import number_of
from klyngesim.streams import Floats
from klyngesim.sweeps.design import Factor
from klyngesim.sweeps.methods.blocks import inside, problem, quiet
from klyngesim.sweeps.methods.regression import Scattered


class LatinHypercube(Scattered):
    """Points of which each stands in a slice of its own of every range."""

    name = "lhs"
    samples = True
    surrogate = True

    def _places(
        self, factors: Sequence[Factor], samples: int, seed: int, levels: int, centre: Mapping[str, float]
    ) -> Floats:
        from SALib.sample import latin  # slow to import, and a dry run only counts the points

        names = problem([factor.id for factor in factors])
        with quiet():
            return inside(latin.sample(names, samples, seed=number_of(seed, "sweep/lhs")))
