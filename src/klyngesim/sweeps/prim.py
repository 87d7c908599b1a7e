"""PRIM (Friedman & Fisher 1999) out of the EMA Workbench, which is imported only when a box is looked for.

The workbench has two lines that are alive: 2.5 for Python 3.11, 3.x from Python 3.12 on. They give the same boxes
and differ in two names, which is settled here. Every column goes in as floats: its code for whole numbers writes
halves into integer columns, which pandas 3 refuses (``Invalid value '0.5' for dtype 'int64'``). Limits that fall
between two whole numbers are drawn to the nearest one inside.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klyngesim.results.versions import how_to_install
from klyngesim.streams import Floats
from klyngesim.sweeps.design import Factor, Kind

Bools = NDArray[np.bool_]

Side = tuple[str, bool]
"""One end of a box: id of the factor, and whether it is the lower one."""

NEEDS = f"scenario discovery needs the EMA Workbench and scikit-learn: {how_to_install('discover')}"
"""Said when the extra is missing."""


@dataclass(frozen=True)
class Limit:
    """What a box asks of one factor.

    Attributes:
        parameter: id of the factor.
        low: least value inside, in the factor's own unit; None where the box does not end on this side.
        high: largest value inside; None where the box does not end on this side.
        quasi_p: chance that a box without this limit would by luck have held a share of losses as large as the box
            has (one-sided binomial test of Bryant & Lempert 2010); the larger one if both sides are limited.
            "Quasi" because the limit was searched for on the same points.
        kind: of the factor.
    """

    parameter: str
    low: float | None
    high: float | None
    quasi_p: float
    kind: str = "number"


@dataclass(frozen=True)
class Box:
    """A part of the space in which losses gather.

    Attributes:
        limits: one for each restricted factor, smallest quasi-p first.
        coverage: share of all losses that lie in it, 0-1.
        density: share of its points that are losses, 0-1.
        mass: share of all points that lie in it, 0-1.
        points: number of points in it.
        cases: number of losses in it.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    points: int
    cases: int


def prim_class() -> Any:
    """The class Prim of the EMA Workbench. Raises ``ImportError`` with what to install if it is missing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of ways to run in parallel that are not installed and not used
            from ema_workbench.analysis.prim import Prim
    except ImportError as error:
        raise ImportError(NEEDS) from error
    return Prim


def trajectory(values: Floats, losses: Bools, factors: Sequence[Factor], peel: float, least_mass: float) -> list[Box]:
    """Every box on PRIM's way from the whole space to the densest part, pasting included.

    Args:
        values: own values of the factors, shape (n, k).
        losses: shape (n,), at least one and not all.
        factors: the k columns.
        peel: share of the points that a step peels off or pastes on, 0-0.5.
        least_mass: smallest mass of a box, 0-1.
    """
    prim = prim_class()
    import pandas as pd  # slow to import, and every sweep is checked with the help of this module

    table = pd.DataFrame(values.astype(np.float64), columns=[one.id for one in factors])
    # Version 2 counts an outcome of at least the threshold as a case; version 3 has binary outcomes only.
    extra = {"threshold": 0.5 / len(losses)} if "threshold" in inspect.signature(prim).parameters else {}
    found = prim(
        table, losses.astype(np.int64), peel_alpha=peel, paste_alpha=peel, mass_min=least_mass, **extra
    ).find_box()
    tests = found.p_values if hasattr(found, "p_values") else found.qp
    kinds = {one.id: one.kind for one in factors}
    boxes = []
    for spans, test, row in zip(found.box_lims, tests, found.peeling_trajectory.to_dict("records"), strict=True):
        limits = [_limit(kinds[name], name, spans[name].tolist(), pair) for name, pair in test.items()]
        boxes.append(box_of(limits, int(row["n"]), int(row["k"]), len(losses), int(losses.sum())))
    return boxes


def _limit(kind: Kind, name: str, span: Sequence[float], tests: Sequence[float]) -> Limit:
    """One limit; the workbench writes -1 for a side that is not limited."""
    low, high = (float(end) if test >= 0.0 else None for end, test in zip(span, tests, strict=True))
    return Limit(name, *inward(kind, low, high), float(max(tests)), kind)


def inward(kind: str, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Limits of whole numbers and switches on whole numbers; the same points stay inside."""
    if kind not in ("whole", "switch"):
        return low, high
    return None if low is None else float(math.ceil(low)), None if high is None else float(math.floor(high))


def box_of(limits: Sequence[Limit], points: int, cases: int, all_points: int, all_cases: int) -> Box:
    """A box from its counts."""
    return Box(
        limits=tuple(sorted(limits, key=lambda one: (one.quasi_p, one.parameter))),
        coverage=cases / all_cases,
        density=cases / points,
        mass=points / all_points,
        points=points,
        cases=cases,
    )


def inside(values: Floats, columns: Sequence[str], limits: Sequence[Limit]) -> Bools:
    """Which points, shape (n,), keep to all limits, ends included.

    Args:
        values: own values of the factors, shape (n, k).
        columns: their k ids.
        limits: of some of them.
    """
    kept: Bools = np.ones(len(values), dtype=np.bool_)
    for one in limits:
        column = values[:, list(columns).index(one.parameter)]
        kept &= (column >= (-np.inf if one.low is None else one.low)) & (
            column <= (np.inf if one.high is None else one.high)
        )
    return kept


def quasi_p(values: Floats, losses: Bools, columns: Sequence[str], limits: Sequence[Limit], side: Side) -> float:
    """Quasi-p of one end of a box: the chance of as many losses as it has, at the share of losses without that end.

    Args:
        values: own values of the factors, shape (n, k).
        losses: shape (n,).
        columns: ids of the k factors.
        limits: of the box, which holds one point at the least.
        side: the end.
    """
    kept, wider = inside(values, columns, limits), inside(values, columns, without(limits, side))
    share = float(losses[wider].mean())
    cases = int(losses[kept].sum())
    from scipy.special import bdtrc  # as slow as pandas

    # The binomial distribution's upper tail, cases themselves included.
    return float(bdtrc(cases - 1, int(kept.sum()), share)) if cases else 1.0


def sides(limits: Sequence[Limit]) -> list[Side]:
    """The ends of a box."""
    ends = ((one.parameter, low, one.low if low else one.high) for one in limits for low in (True, False))
    return [(name, low) for name, low, end in ends if end is not None]


def without(limits: Sequence[Limit], side: Side) -> list[Limit]:
    """Limits less one end; less the whole limit if that was its last one."""
    name, low = side
    eased = [
        one if one.parameter != name else replace(one, low=None) if low else replace(one, high=None) for one in limits
    ]
    return [one for one in eased if one.low is not None or one.high is not None]


def counted(values: Floats, losses: Bools, columns: Sequence[str], limits: Sequence[Limit]) -> Box:
    """A box with its counts and quasi-p on these points; arguments as for `quasi_p`."""
    tests = {side: quasi_p(values, losses, columns, limits, side) for side in sides(limits)}
    tested = [replace(one, quasi_p=max(p for (name, _), p in tests.items() if name == one.parameter)) for one in limits]
    kept = inside(values, columns, limits)
    return box_of(tested, int(kept.sum()), int(losses[kept].sum()), len(losses), int(losses.sum()))


def without_chance(box: Box, values: Floats, losses: Bools, columns: Sequence[str], bound: float) -> Box:
    """A box less the ends whose quasi-p is not below a bound, the worst taken off first and the rest tested anew."""
    limits: Sequence[Limit] = box.limits
    while any(one.quasi_p >= bound for one in limits):
        tests = {side: quasi_p(values, losses, columns, limits, side) for side in sides(limits)}
        limits = counted(values, losses, columns, without(limits, max(tests, key=lambda side: tests[side]))).limits
    return counted(values, losses, columns, limits)
