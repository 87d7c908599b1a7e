"""What granted applications bring (step 8): the length and the money of external projects.

External income is what ran before (legacy), orders that are not competed for, and wins; Table 7 fixes the inflow at
the start, the model adds the response to changed effort, ties and capacity. Award sizes are the organisation's own
net share.
"""

from __future__ import annotations

import math

import numpy as np

from klyngesim.compiled import rule
from klyngesim.streams import Floats

_SIZES = 64


@rule
def length_rule(uniform: float, shortest: float, longest: float) -> float:
    """Quarters that an external project runs, whole ones from ``shortest`` to ``longest``, evenly."""
    return shortest + math.floor((longest - shortest + 1.0) * uniform)


@rule
def award_rule(mean: float, level: float, size: float, length: float) -> float:
    """What a project brings in a quarter, mkr: an award over the quarters that it runs.

    ``mean``: the organisation's mean award at the prices of the start, mkr; ``level``: `price_factor`; ``size``:
    relative to the mean.
    """
    return mean * level * size / length


def size_table(spread: float, skew: float) -> Floats:
    """Quantiles of award sizes relative to their mean: a triangle-free rational curve with mean one.

    Sizes are ``a + b u / (1 + s (1 - u))``; `spread` 0 makes all awards equal. Built once with the scalar logarithm.
    """
    if spread <= 0.0:
        return np.ones(_SIZES + 1)
    mean = 0.5 if skew <= 0.0 else -1.0 / skew + (1.0 + skew) / (skew * skew) * math.log(1.0 + skew)
    level = np.arange(_SIZES + 1) / _SIZES
    raw = level / (1.0 + skew * (1.0 - level)) / mean
    return np.asarray((1.0 - spread) + spread * raw)
