"""What is used of the EMA Workbench, and factors of a sweep as its parameters.

The workbench has two lines that are alive: 2.5 for Python 3.11, 3.x from Python 3.12 on. What they have otherwise is
settled here. Its names are identifiers: ``fees.level`` is ``fees_level`` there.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.stats import rv_continuous

from klyngesim.results.versions import how_to_install
from klyngesim.scenario.faults import Fault
from klyngesim.scenario.scalars import finite, nearest_step, show, tidy
from klyngesim.sweeps.design import Factor, Valued

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of ways to run in parallel that are not installed
        import ema_workbench
        from ema_workbench.em_framework.model import AbstractModel
except ImportError as missing:
    raise ImportError(f"klyngesim.adapters.ema needs the EMA Workbench: {how_to_install('discover')}") from missing

__all__ = ["PAIRED", "AbstractModel", "Drawn", "ema_workbench", "faults_of", "named", "parameter", "points", "value_of"]

_FROM_3 = hasattr(ema_workbench, "Sample")

PAIRED = "cycle" if _FROM_3 else "sample"
"""What the workbench calls it that scenarios and policies go in pairs, first with first."""

Drawn = Mapping[str, Any]
"""Values by the workbench's names: one of its scenarios or policies."""


def named(text: str) -> str:
    """A name that the workbench takes, of an id."""
    return re.sub(r"\W", "_", text)


class _Placed(rv_continuous):
    """The values of a number at places of 0-1 that are drawn evenly, as a design has them: steps stay steps."""

    def __init__(self, factor: Factor, **how: Any) -> None:
        self._factor = factor
        super().__init__(**how)

    def _ppf(self, q: Any, *shapes: Any) -> Any:
        return np.vectorize(self._factor.value, otypes=[np.float64])(q)

    def _updated_ctor_param(self) -> dict[str, Any]:
        # What scipy makes its frozen copies of; its stubs do not know it.
        return {**super()._updated_ctor_param(), "factor": self._factor}  # type: ignore[misc]


def parameter(factor: Factor) -> Any:
    """A factor as a parameter of the workbench, which draws and searches its values; its default is what is usual."""
    name, (low, high) = named(factor.id), _range(factor)
    if factor.kind == "switch":
        return ema_workbench.BooleanParameter(name, default=False)
    if factor.kind == "whole":
        return ema_workbench.IntegerParameter(name, int(low), int(high), default=int(_usual(factor)))
    drawn = _Placed(factor, a=low, b=high, name=factor.id)()
    found = ema_workbench.RealParameter.from_dist(name, drawn, default=_usual(factor))
    found.pff = False  # 2.5 prints it and has not set it
    return found


def points(kind: str, valued: Mapping[int, Valued]) -> list[Any]:
    """Points as the workbench has them, whose names are their numbers.

    Args:
        kind: ``Scenario`` or ``Policy``, which are one in 3.x.
        valued: the values that each of them has, by number.
    """
    made = getattr(ema_workbench, "Sample" if _FROM_3 else kind)
    return [
        made(name=number, **{named(factor.id): _typed(factor, value) for factor, value in values})
        for number, values in valued.items()
    ]


def value_of(factor: Factor, values: Drawn) -> float:
    """The value of a factor: what is usual where it is not there, and the nearest step where there are steps."""
    given = values.get(named(factor.id))
    if given is None:
        return _usual(factor)
    return nearest_step(float(given), None if factor.kind == "switch" else factor.grain)


def faults_of(factor: Factor, given: Any, file: str) -> Iterator[Fault]:
    """What is wrong with a value; ``file`` is the sweep file."""
    low, high = _range(factor)
    if factor.kind == "switch":
        if given not in (0, 1):
            yield Fault(file, named(factor.id), show(given), "True or False")
    elif not low <= (number if (number := finite(given)) is not None else low - 1.0) <= high:
        yield Fault(file, named(factor.id), show(given), f"a number from {tidy(low)} to {tidy(high)}")


def _range(factor: Factor) -> tuple[float, float]:
    return (0.0, 1.0) if factor.prior is None else (factor.prior.low, factor.prior.high)


def _usual(factor: Factor) -> float:
    """As today, for a lever; off, for a switch; the first seeds, for the dummy."""
    return 0.0 if factor.prior is None else factor.prior.mode


def _typed(factor: Factor, value: float) -> bool | int | float:
    if factor.kind == "switch":
        return value > 0.0
    return int(value) if factor.kind == "whole" else value
