"""Steps of a parameter: whole numbers and whole quarters, as its unit says.

``organisations (count)`` goes in steps of one, ``years (whole quarters)`` in steps of a quarter of a year; steps are
counted from zero. What checks a value, draws one, writes the JSON Schema or lays a design asks here.
"""

from __future__ import annotations

_STEPS = {"(count)": 1.0, "(whole quarters)": 0.25}


def step_of(unit: str) -> float | None:
    """The step of a unit; None where every number between the bounds is allowed."""
    return next((step for mark, step in _STEPS.items() if unit.endswith(mark)), None)


def plain_unit(unit: str) -> str:
    """The unit without what it says of steps."""
    for mark in _STEPS:
        unit = unit.removesuffix(mark)
    return unit.strip()


def on_step(value: float, step: float | None) -> bool:
    """Whether a value is a step."""
    return step is None or (value / step).is_integer()


def nearest_step(value: float, step: float | None) -> float:
    """The step nearest to a value, the value itself where there are no steps."""
    return value if step is None else round(value / step) * step


def drawn(share: float, low: float, high: float, step: float | None) -> float:
    """The value at a share of 0-1 of a range whose ends are steps: evenly, so that each step has the same share."""
    if step is None:
        return low + share * (high - low)
    return min(int((low + share * (high - low + step)) / step) * step, high)


def share_of(value: float, low: float, high: float, step: float | None) -> float:
    """A share at which `drawn` gives this value: the middle of the step's."""
    return (value - low) / (high - low) if step is None else (value - low + step / 2.0) / (high - low + step)
