"""Sobol' indices and Morris' elementary effects, through SALib: methods that need every point of a block.

A block of Sobol' points and a trajectory of Morris are of use only as a whole; one with a missing point is left out.
Estimators: Saltelli et al. 2010 (Computer Physics Communications 181(2)) for S1, Jansen's for ST, ibid.; Morris 1991
(Technometrics 33(2)) for mu and sigma; Campolongo, Cariboni and Saltelli 2007 (Environmental Modelling & Software
22(10)) for mu_star.
"""

from __future__ import annotations

import warnings

import numpy as np
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol

from klyngesim.experiments.differences import LEVEL
from klyngesim.experiments.sweeps.convergence import RESAMPLES, Estimate, Z, change, resampled, varies
from klyngesim.experiments.sweeps.factors import Design
from klyngesim.seeds import number_of
from klyngesim.streams import Floats

_FEWEST = 2
"""Resamples that SALib needs; where it is asked for no interval it gets no more."""


def sobol_indices(design: Design, means: Floats, seed: int) -> list[Estimate]:
    """S1 and ST of every factor.

    Args:
        design: N blocks of k + 2 rows in SALib's order.
        means: outcome at every point, shape (N (k + 2),), NaN where there is none.
        seed: of the resampling.

    Intervals are SALib's: value plus and minus 1.645 standard deviations of resamples of blocks, so that they may
    reach below zero. ``samples`` counts whole blocks. NaN where the outcome does not vary or fewer than two are whole.
    """
    ids = tuple(factor.id for factor in design.factors)
    whole = _whole(means, design.block)
    found = _sobol(ids, whole, RESAMPLES, seed)
    moved = change(found[:2], lambda count: _sobol(ids, whole[:count], _FEWEST, seed)[:2], len(whole))
    samples = np.full(len(ids), len(whole))
    return [
        Estimate(name, ids, value, value - half, value + half, moved[row], samples)
        for row, name, value, half in zip((0, 1), ("S1", "ST"), found[:2], found[2:], strict=True)
    ]


def morris_indices(design: Design, means: Floats, seed: int) -> list[Estimate]:
    """Mean, mean size and standard deviation of the elementary effects of every factor, per whole range.

    Args:
        design: r trajectories of k + 1 rows in SALib's order.
        means: outcome at every point, shape (r (k + 1),), NaN where there is none.
        seed: of the resampling.

    All three are in units of the outcome. A switch is thrown whole in a step of less than the whole range, so that its
    effects come out larger than it is worth, by half with four levels; with two levels they do not.

    Intervals are the value plus and minus 1.645 standard deviations of resamples of trajectories, SALib's own for
    mu_star. ``samples`` counts whole trajectories.
    """
    ids = tuple(factor.id for factor in design.factors)
    whole = _whole(means, design.block)
    kept = ~np.isnan(means.reshape(-1, design.block)).any(axis=1)
    places = design.places.reshape(-1, design.block, len(ids))[kept]
    found = _morris(ids, places, whole, RESAMPLES, seed)
    moved = change(found[:3], lambda count: _morris(ids, places[:count], whole[:count], _FEWEST, seed)[:3], len(whole))
    halves = np.full((3, len(ids)), np.nan)
    if len(whole) > 1:
        effects = elementary_effects(places, whole)
        again = resampled(
            lambda drawn: np.stack([effects[drawn].mean(axis=0), effects[drawn].std(axis=0, ddof=1)]),
            len(whole),
            seed,
            "trajectories",
        )
        mu, sigma = Z * again.std(axis=0, ddof=1)
        halves = np.stack([mu, found[3], sigma])
    samples = np.full(len(ids), len(whole))
    return [
        Estimate(name, ids, found[row], found[row] - halves[row], found[row] + halves[row], moved[row], samples)
        for row, name in enumerate(("mu", "mu_star", "sigma"))
    ]


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


def _whole(means: Floats, size: int) -> Floats:
    """Outcomes of the blocks that lack no point, shape (blocks, size)."""
    if len(means) % size:
        raise ValueError(f"{len(means)} points are not blocks of {size}: not the design of this method")
    blocks = means.reshape(-1, size)
    return blocks[~np.isnan(blocks).any(axis=1)]


def _problem(ids: tuple[str, ...]) -> dict[str, object]:
    return {"num_vars": len(ids), "names": list(ids), "bounds": [[0.0, 1.0]] * len(ids)}


def _sobol(ids: tuple[str, ...], blocks: Floats, resamples: int, seed: int) -> Floats:
    """S1, ST and half of the width of either interval, shape (4, k)."""
    if len(blocks) < 2 or not varies(blocks.ravel()):
        return np.full((4, len(ids)), np.nan)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        said = salib_sobol.analyze(
            _problem(ids),
            blocks.ravel(),
            calc_second_order=False,
            num_resamples=resamples,
            conf_level=LEVEL,
            seed=max(1, number_of(seed, "sweep/blocks")),  # SALib takes 0 for no seed
        )
    return np.array([said["S1"], said["ST"], said["S1_conf"], said["ST_conf"]], dtype=np.float64)


def _morris(ids: tuple[str, ...], places: Floats, outcomes: Floats, resamples: int, seed: int) -> Floats:
    """mu, mu_star, sigma and half of the width of mu_star's interval, shape (4, k)."""
    if len(outcomes) == 0:
        return np.full((4, len(ids)), np.nan)
    step = float(np.abs(np.diff(places[0], axis=0)).max())
    if step <= 0.5:
        raise ValueError(f"steps of {step:.3g} of the range are not those of a Morris design with evenly many levels")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        said = salib_morris.analyze(
            _problem(ids),
            places.reshape(-1, len(ids)),
            outcomes.ravel(),
            num_resamples=resamples,
            conf_level=LEVEL,
            num_levels=round(2.0 * step / (2.0 * step - 1.0)),  # the step is levels / (2 (levels - 1))
            seed=number_of(seed, "sweep/effects"),
        )
    rows = [np.ma.filled(np.ma.asarray(said[name]), np.nan) for name in ("mu", "mu_star", "sigma", "mu_star_conf")]
    return np.array(rows, dtype=np.float64)
