"""What granted applications bring (step 8): external projects with a length and money.

External income is what ran before (legacy), orders that are not competed for, and wins; Table 7 fixes the inflow at
the start, the model adds the response to changed effort, ties and capacity. Award sizes are the organisation's own
net share.
"""

from __future__ import annotations

import math

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.by_organisation import Flow, Reference
from klyngesim.ecosystem.rows import Project
from klyngesim.ecosystem.tables import Bools, Rows
from klyngesim.streams import Floats, Ints

REJECTED = -1
"""End of an application that was not granted."""
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


@loop
def grant(
    projects: Rows[Project],
    references: Rows[Reference],
    flows: Rows[Flow],
    due: Ints,
    wins: Bools,
    begins: Floats,
    sizes: Floats,
    level: float,
    period: int,
    span: tuple[float, float],
) -> None:
    """Applications (``due``) that win become projects with a length and money, unless no firm is left in them.

    Args:
        projects: all.
        references: organisations at the start.
        flows: counted.
        due: rows of applications that are decided.
        wins: whether each is granted.
        begins: uniforms of their lengths.
        sizes: of their awards, relative to the mean.
        level: what external money follows of the price level.
        period: the quarter.
        span: quarters that the shortest and the longest project run.
    """
    for index in range(len(due)):
        project = projects[due[index]]
        if wins[index] and project.firms > 0:
            length = length_rule(begins[index], span[0], span[1])
            project.start, project.end, project.running = period, period + int(length), True
            project.rate = award_rule(references[project.organisation].award_mkr, level, sizes[index], length)
            flow = flows[project.organisation]
            flow.won += 1.0
            flow.projects_external += 1.0
        else:
            project.end = REJECTED
