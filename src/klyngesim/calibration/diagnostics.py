"""How a calibration went, in numbers: what `calibration/diagnostics.json` holds besides the waves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from klyngesim.calibration.correction import Corrected
from klyngesim.calibration.emulator import Emulator
from klyngesim.calibration.misfit import Yardstick
from klyngesim.priors import Space
from klyngesim.streams import Floats

_UNIFORM_SD = 12.0**-0.5  # of a place in the prior before there are data


def by_kind(yardstick: Yardstick, numbers: Floats) -> dict[str, float]:
    """A number per kind of pattern, shape (K,), by name."""
    return dict(zip(yardstick.kinds, np.asarray(numbers).round(4).tolist(), strict=True))


def verdict(
    yardstick: Yardstick,
    points: Floats,
    runs: Floats,
    central_runs: Floats,
    emulator: Emulator,
    kept: Corrected,
    seconds: float,
) -> dict[str, Any]:
    """How the draws did on fresh seeds, and what the correction cost.

    Args:
        yardstick: the targets.
        points: draws in the unit cube, shape (n, D).
        runs: on the bent scale, shape (n, seeds, T).
        central_runs: likewise of the central draw, shape (seeds, T).
        emulator: that the draws come from.
        kept: the outcome of the correction.
        seconds: computing time of the runs.

    Returns:
        numbers of draws before and after, effective numbers, root mean square of the emulator's surprises over what it
        expected (1 = as good as it says), share of runs within one tolerance, and the central draw's miss in
        tolerances, the last two by kind of pattern.
    """
    miss = yardstick.miss(runs)
    expected = np.sqrt(emulator.error + emulator.noise / runs.shape[1])
    surprise = (runs.mean(axis=1) - emulator(points).mean) / np.maximum(expected, 1e-6)
    central = yardstick.by_kind(yardstick.miss(central_runs) ** 2).mean(axis=0)
    return {
        "draws": len(points),
        "kept": len(kept.chosen),
        "seeds_per_draw": runs.shape[1],
        "seconds_per_simulation": round(seconds / (runs.shape[0] * runs.shape[1]), 4),
        "effective_before": round(kept.effective, 1),
        "effective_kept": round(kept.effective_kept, 1),
        "emulator_error_over_expected": round(float(np.sqrt((surprise**2).mean())), 3),
        "runs_within_tolerance": by_kind(yardstick, yardstick.by_kind((np.abs(miss) <= 1.0).mean(axis=(0, 1)))),
        "central_root_mean_square_miss": by_kind(yardstick, np.sqrt(central)),
    }


def posterior(space: Space, points: Floats, weight: Floats) -> dict[str, Any]:
    """Median, 90 % interval and what the data did to the prior, by parameter.

    ``sd_ratio`` is the posterior's standard deviation over the prior's and ``mean_place`` the posterior's mean, both
    of the place in the prior (0-1).
    """
    found = {}
    for column, prior in enumerate(space.priors):
        places = points[:, column]
        low, median, high = quantiles(places, weight, (0.05, 0.5, 0.95)).tolist()
        mean = float(np.average(places, weights=weight))
        spread = float(np.sqrt(np.average((places - mean) ** 2, weights=weight)))
        found[prior.id] = {
            "median": prior.value(median),
            "low": prior.value(low),
            "high": prior.value(high),
            "sd_ratio": round(spread / _UNIFORM_SD, 4),
            "mean_place": round(mean, 4),
        }
    return found


def agreement(posterior: dict[str, Any], check: dict[str, Any]) -> dict[str, float]:
    """Posterior mean less pyABC's, in standard deviations of pyABC, by parameter; empty if the check was left out."""
    return {
        name: round((posterior[name]["mean_place"] - mean) / max(check["sd"][name], 1e-9), 3)
        for name, mean in check.get("mean", {}).items()
    }


def quantiles(values: Floats, weight: Floats, levels: Sequence[float]) -> Floats:
    """Weighted quantiles, linear between the middles of the weights, shape (len(levels),)."""
    order = np.argsort(values)
    middle = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    return np.asarray(np.interp(levels, middle, values[order]))
