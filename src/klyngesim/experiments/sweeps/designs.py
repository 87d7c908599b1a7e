"""Designs of a sweep: where its points lie.

One factor at a time over the whole range (ten Broeke, van Voorn and Ligtenberg 2016, "Which sensitivity analysis
method should I use for my agent-based model?", JASSS 19(1) 5), Morris' trajectories (Morris 1991, Technometrics 33(2)),
Sobol' points with the columns of a second matrix swapped in (Saltelli et al. 2010, Computer Physics Communications
181(2)), Latin hypercubes (McKay, Beckman and Conover 1979, Technometrics 21(2)) and full factorials. SALib lays the
points of the three that it has, in the order in which it wants them back. Designs from a table are made elsewhere.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from klyngesim.experiments.sweeps.factors import DUMMY, Design, Factor, block_of
from klyngesim.seeds import number_of
from klyngesim.streams import Floats

LEVELS: Mapping[str, int] = {"oat": 5, "morris": 4, "grid": 3}
"""Places of every factor where nobody says how many, for the methods that have levels."""

METHODS = ("oat", "morris", "sobol", "lhs", "grid")

MOST_POINTS = 1_000_000
"""More points than this are no sweep that anybody could run."""

_USUAL: Mapping[str, float] = {"switch": 0.0, DUMMY: 0.5}


def design(
    method: str,
    factors: Sequence[Factor],
    samples: int,
    seed: int,
    levels: int | None = None,
    centre: Mapping[str, float] | None = None,
) -> Design:
    """The points of a sweep.

    Args:
        method: oat, morris, sobol, lhs or grid.
        factors: k factors, the columns.
        samples: N base samples of sobol, r trajectories of morris, n points of lhs; oat and grid do not hear of it.
        seed: of the points; oat and grid draw nothing.
        levels: evenly spaced places from 0 to 1 of every factor, for oat, morris and grid; None = `LEVELS`.
        centre: oat only: the place of every factor's default, by factor id. Switches are off and the dummy is at one
            half where they are left out.

    Returns:
        oat: the centre, then ``levels`` points for every factor, 1 + k levels rows. morris: r trajectories of k + 1
        rows. sobol: N blocks of k + 2 rows (A, A with column j of B for every j, B). lhs: n rows. grid: levels^k
        rows, the last factor changing fastest.

    Raises:
        ValueError: what the method cannot do, in words for the user.
    """
    step = _levels(method, levels)
    points(method, factors, samples, step)
    if method == "oat":
        places = _one_at_a_time(factors, step, centre or {})
    elif method == "grid":
        axes = [np.linspace(0.0, 1.0, step)] * len(factors)
        places = np.array(list(itertools.product(*axes)))
    else:
        places = _from_salib(method, factors, samples, number_of(seed, f"sweep/{method}"), step)
    return Design(method, tuple(factors), np.asarray(places, dtype=np.float64))


def points(method: str, factors: Sequence[Factor], samples: int, levels: int | None) -> int:
    """Number of points of `design`, without making it.

    Raises:
        ValueError: as `design` does, but for the centre of oat.
    """
    step = _levels(method, levels)
    _refuse(method, factors, samples, step)
    k = len(factors)
    if method == "oat":
        found = 1 + k * step
    elif method == "grid":
        found = int(step**k)
    else:
        found = samples * block_of(method, k)
    if found > MOST_POINTS:
        what, each = ("levels", step) if method in ("oat", "grid") else ("samples", samples)
        many = f"{found:,}" if found < 1e15 else f"more than 10^{len(str(found)) - 1}"
        said = f"{each:,} {what} over {k} factors (a dummy counts) are {many} points, more than {MOST_POINTS:,}"
        raise ValueError(f"{method}: {said}; fewer factors or {what}, or another method")
    return found


def _levels(method: str, levels: int | None) -> int:
    return LEVELS.get(method, 2) if levels is None else levels


def _refuse(method: str, factors: Sequence[Factor], samples: int, levels: int) -> None:
    """ValueError for what a method cannot do."""
    if method not in METHODS:
        raise ValueError(f"{method}: no method that lays points itself; those are {', '.join(METHODS)}")
    if not factors:
        raise ValueError(f"{method}: no parameter or switch is varied")
    ids = [factor.id for factor in factors]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"{method}: varied more than once: {', '.join(twice)}")
    if method in LEVELS and levels < 2:
        raise ValueError(f"{method}: {levels} level(s); an effect shows only between two levels or more")
    if method == "morris" and levels % 2:
        raise ValueError(f"morris: {levels} levels; it needs an even number, or its steps are not balanced")
    if method in ("morris", "sobol", "lhs") and samples < 1:
        raise ValueError(f"{method}: {samples} samples; it needs one or more")
    if method == "sobol" and (samples < 2 or samples & (samples - 1)):
        below = max(2, 1 << (samples.bit_length() - 1))
        raise ValueError(f"sobol: {samples} samples; it needs a power of two, such as {below} or {2 * below}")


def _one_at_a_time(factors: Sequence[Factor], levels: int, centre: Mapping[str, float]) -> Floats:
    known = {**{factor.id: _USUAL[factor.kind] for factor in factors if factor.kind in _USUAL}, **centre}
    missing = [factor.id for factor in factors if factor.id not in known]
    if missing:
        raise ValueError(f"oat: no place of the default is known of {', '.join(missing)}")
    middle = np.array([known[factor.id] for factor in factors])
    if not ((middle >= 0.0) & (middle <= 1.0)).all():
        outside = [factor.id for factor, place in zip(factors, middle, strict=True) if not 0.0 <= place <= 1.0]
        raise ValueError(f"oat: the default lies outside the range of {', '.join(outside)}")
    rows = np.tile(middle, (1 + len(factors) * levels, 1))
    for column in range(len(factors)):
        first = 1 + column * levels
        rows[first : first + levels, column] = np.linspace(0.0, 1.0, levels)
    return rows


def _from_salib(method: str, factors: Sequence[Factor], samples: int, seed: int, levels: int) -> Floats:
    from SALib.sample import latin, morris, sobol  # a dry run only counts the points

    k = len(factors)
    problem = {"num_vars": k, "names": [factor.id for factor in factors], "bounds": [[0.0, 1.0]] * k}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if method == "sobol":
            found = sobol.sample(problem, samples, calc_second_order=False, scramble=True, seed=seed)
        elif method == "morris":
            found = morris.sample(problem, samples, num_levels=levels, seed=seed)
        else:
            found = latin.sample(problem, samples, seed=seed)
    # Sums of thirds and the like may end a rounding error beyond the range.
    return np.clip(np.asarray(found, dtype=np.float64), 0.0, 1.0)
