"""Morris' elementary effects, through SALib: a screening of many factors in few runs.

Morris 1991 (Technometrics 33(2)) for mu and sigma; Campolongo, Cariboni and Saltelli 2007 (Environmental Modelling &
Software 22(10)) for mu_star.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from klyngesim.results.windows import LEVEL
from klyngesim.seeds import number_of
from klyngesim.streams import Floats, Ints
from klyngesim.sweeps.convergence import RESAMPLES, Estimate, Z, change, resampled
from klyngesim.sweeps.design import Design, Factor
from klyngesim.sweeps.methods.blocks import FEWEST, Blocks, inside, problem, quiet, whole


class Morris(Blocks):
    """Trajectories of k + 1 points, on which each factor moves once."""

    name = "morris"
    main_index = "mu_star"
    levels = 4
    spreads = False
    figure = "screen"
    curves = False
    words = "morris"

    def block(self, k: int) -> int:
        """A trajectory."""
        return k + 1

    def _refuse(self, samples: int, levels: int) -> None:
        if levels % 2:
            raise ValueError(f"morris: {levels} levels; it needs an even number, or its steps are not balanced")

    def _places(
        self, factors: Sequence[Factor], samples: int, seed: int, levels: int, centre: Mapping[str, float]
    ) -> Floats:
        from SALib.sample import morris  # slow to import, and a dry run only counts the points

        names = problem([factor.id for factor in factors])
        with quiet():
            return inside(morris.sample(names, samples, num_levels=levels, seed=number_of(seed, "sweep/morris")))

    def indices(self, design: Design, means: Floats, seed: int) -> list[Estimate]:
        """Mean, mean size and standard deviation of the elementary effects of every factor, per whole range.

        All three are in units of the outcome. A switch is thrown whole in a step of less than the whole range, so that
        its effects come out larger than it is worth, by half with four levels; with two levels they do not.

        Intervals are the value plus and minus 1.645 standard deviations of resamples of trajectories, SALib's own for
        mu_star. ``samples`` counts whole trajectories.
        """
        ids = tuple(factor.id for factor in design.factors)
        there = whole(means, design.block)
        kept = ~np.isnan(means.reshape(-1, design.block)).any(axis=1)
        places = design.places.reshape(-1, design.block, len(ids))[kept]
        found = _effects(ids, places, there, RESAMPLES, seed)
        moved = change(
            found[:3], lambda count: _effects(ids, places[:count], there[:count], FEWEST, seed)[:3], len(there)
        )
        halves = np.full((3, len(ids)), np.nan)
        if len(there) > 1:
            effects = elementary_effects(places, there)
            again = resampled(
                lambda drawn: np.stack([effects[drawn].mean(axis=0), effects[drawn].std(axis=0, ddof=1)]),
                len(there),
                seed,
                "trajectories",
            )
            mu, sigma = Z * again.std(axis=0, ddof=1)
            halves = np.stack([mu, found[3], sigma])
        samples = np.full(len(ids), len(there))
        return [
            Estimate(name, ids, found[row], found[row] - halves[row], found[row] + halves[row], moved[row], samples)
            for row, name in enumerate(("mu", "mu_star", "sigma"))
        ]

    def independent(self, n: int, k: int) -> Ints:
        """The first point of every trajectory."""
        return np.arange(n, dtype=np.int64)[:: self.block(k)]


def elementary_effects(places: Floats, outcomes: Floats) -> Floats:
    """Change of the outcome per whole range, one for every factor and trajectory, shape (r, k).

    Args:
        places: of trajectories in which one factor moves at a time, shape (r, k + 1, k).
        outcomes: shape (r, k + 1).
    """
    steps = np.diff(places, axis=1)
    which = np.abs(steps).argmax(axis=2)
    sizes = np.take_along_axis(steps, which[:, :, None], axis=2)[:, :, 0]
    found = np.empty(which.shape)
    np.put_along_axis(found, which, np.diff(outcomes, axis=1) / sizes, axis=1)
    return found


def _effects(ids: tuple[str, ...], places: Floats, outcomes: Floats, resamples: int, seed: int) -> Floats:
    """mu, mu_star, sigma and half of the width of mu_star's interval, shape (4, k)."""
    from SALib.analyze import morris

    if len(outcomes) == 0:
        return np.full((4, len(ids)), np.nan)
    step = float(np.abs(np.diff(places[0], axis=0)).max())
    if step <= 0.5:
        raise ValueError(f"steps of {step:.3g} of the range are not those of a Morris design with evenly many levels")
    with quiet():
        said = morris.analyze(
            problem(ids),
            places.reshape(-1, len(ids)),
            outcomes.ravel(),
            num_resamples=resamples,
            conf_level=LEVEL,
            num_levels=round(2.0 * step / (2.0 * step - 1.0)),  # the step is levels / (2 (levels - 1))
            seed=number_of(seed, "sweep/effects"),
        )
    rows = [np.ma.filled(np.ma.asarray(said[name]), np.nan) for name in ("mu", "mu_star", "sigma", "mu_star_conf")]
    return np.array(rows, dtype=np.float64)
