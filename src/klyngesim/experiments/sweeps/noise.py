"""The noise of replicates, told apart from the effects of parameters.

Replicate j has the same seed at every point (common random numbers), so part of its luck is shared by all points and
moves them alike. Where there is a dummy it is one of two seeds, as the dummy says: what the points of one of them
share then counts as difference between points. Values are read as a two-way layout without interaction: point +
replicate + rest. The rest is the noise that stands between two points; the shared part drops out of every difference
between points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from klyngesim.streams import Floats

SMALL = 0.05
"""Share of noise under which replicates suffice."""


@dataclass(frozen=True)
class Noise:
    """How much of the variance between points is the noise of replicates.

    Attributes:
        points: points of which every replicate has a value; the others are left out.
        replicates: R, replicates of every point.
        variance_of_means: of the point means, noise included, in squared units of the outcome.
        variance_within: of the rest, once points and replicates are taken out, in squared units of the outcome.
        noise_share: variance_within / R over variance_of_means, at most 1: the part of the latter that is noise.
        replicates_needed: with these the share is under 5 %; infinite where nothing but noise is seen.
    """

    points: int
    replicates: int
    variance_of_means: float
    variance_within: float
    noise_share: float
    replicates_needed: float


def noise(values: Floats) -> Noise:
    """The noise in values of shape (points, replicates), NaN for a failed run.

    A replicate that failed at every point is left out, then every point that lacks a replicate. With one replicate
    noise cannot be told from effects: all but ``variance_of_means`` is NaN; so is everything with fewer than two
    points. Where no two points differ, the share is NaN too.
    """
    held = values[:, ~np.isnan(values).all(axis=0)]
    held = held[~np.isnan(held).any(axis=1)]
    n, replicates = held.shape
    unknown = float("nan")
    if n < 2 or replicates < 1:
        return Noise(n, replicates, unknown, unknown, unknown, unknown)
    means = held.mean(axis=1)
    between = float(means.var(ddof=1))
    if replicates < 2:
        return Noise(n, replicates, between, unknown, unknown, unknown)
    rest = held - means[:, None] - held.mean(axis=0)[None, :] + held.mean()
    within = float((rest**2).sum() / ((n - 1) * (replicates - 1)))
    tiny = (1e-12 * float(np.abs(held).max())) ** 2
    within = 0.0 if within <= tiny else within
    own = between - within / replicates
    if between <= tiny:
        return Noise(n, replicates, 0.0, within, unknown, 1.0 if within == 0.0 else math.inf)
    share = min(1.0, within / replicates / between)
    needed = math.floor(within / own * (1.0 - SMALL) / SMALL) + 1.0 if own > 0.0 else math.inf
    return Noise(n, replicates, between, within, share, needed)
