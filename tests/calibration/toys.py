"""Made-up simulators with known answers, and small settings to calibrate them with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from klyngesim.calibration.settings import read_settings
from klyngesim.calibration.targets import read_targets

FITTED = ("recruitment.answer_base", "attendance.return_trust", "spending.absorption")
TRUTH = {"recruitment.answer_base": 0.4, "attendance.return_trust": 0.3, "spending.absorption": 0.8}
NOISE = 0.02


def toy(values, seed):
    """Six numbers that depend on three parameters smoothly and on the seed a little."""
    a, b, c = (values[name] for name in FITTED)
    exact = np.array([10.0 * a + 5.0 * b, 8.0 * a * b, 20.0 * c, 3.0 * a + c * c, 4.0 * b + c, a / c])
    return exact * (1.0 + NOISE * np.random.default_rng(seed).standard_normal(6))


def broken(values, seed):
    """A simulator that nobody should ask again."""
    raise AssertionError("a finished candidate was simulated again")


def targets():
    """Six targets around what the toy gives at the truth, 5 % tolerance; three kinds of two."""
    template = next(target for target in read_targets() if target.role == "calibration" and target.observed)
    observed = toy(TRUTH, 999_999)
    return tuple(
        replace(
            template,
            id=f"t{place}",
            observable=f"kind{place // 2}",
            observed=float(value),
            low=None,
            high=None,
            scale="log",
            tolerance=0.05,
        )
        for place, value in enumerate(observed)
    )


def settings(**changes):
    """Settings for the toy: seconds of work."""
    shipped = read_settings()
    small = {
        **shipped.plain(),
        "parameters": {name: "informed by the toy's numbers" for name in FITTED},
        "by_hand": {},
        "waves": [150, 100, 100],
        "chains": {"walkers": 24, "steps": 800, "burn_in": 200},
        "verdict": {"draws": 120, "seeds_per_draw": 2, "first_seed": 900_001},
        "shipped": 60,
        "recovery": {"trials": 20, "walkers": 24, "steps": 200, "burn_in": 80},
        "check": {"population": 40, "generations": 3},
    }
    return type(shipped).model_validate({**small, **changes})
