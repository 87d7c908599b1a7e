"""What a word written without quotes means: the decimal scalars of the YAML 1.2 core schema, and no others.

PyYAML follows YAML 1.1, where ``no`` is false, ``010`` is 8, ``12:30`` is 750, ``1_000`` is 1000 and ``1e3`` is text. A
scenario is read by people who know none of this, so ``no``, ``off``, dates and what only programmers write as numbers
(``0x10``, ``0o17``, ``1_000``) stay words here and ``1e3`` is 1000.
Source: YAML 1.2.2, section 10.3.2 (tag resolution of the core schema, without its octal and hexadecimal numbers).

A parameter may have steps, as its unit says: ``organisations (count)`` goes in steps of one, ``years (whole quarters)``
in steps of a quarter of a year, counted from zero. What checks a value, draws one, writes the JSON Schema or lays a
design asks here.
"""

from __future__ import annotations

import math
import re
from numbers import Integral, Real
from typing import TypeAlias

from klyngesim.scenario.characters import visible

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


Scalar: TypeAlias = float | str
"""A parameter value: a number (always float, also for counts) or a word."""

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
"""What a scenario file can hold: nothing but data, and text as keys."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{2}0")
_SPECIAL = re.compile(r"([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST = 400  # digits; beyond every float, and int() of thousands of digits is slow or refused by Python


class Thousands(float):
    """A number such as ``1.000`` or ``2.500``: 1 and 2.5 to YAML, a thousand and more to a Danish reader.

    Only the zero at its end tells it from a decimal fraction. It counts as the number that it is to YAML; what may be
    both is refused where both would be possible.
    """

    @property
    def thousands(self) -> float:
        """The number with the point between thousands."""
        return float(round(self * 1000.0))


def resolve(text: str) -> bool | int | float | str | None:
    """The value of an unquoted scalar under YAML 1.2: null, a truth value, a number or the text itself.

    Whole numbers of more than 400 digits become infinity, which every check of the package refuses.
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text) if len(text) <= _LONGEST else math.copysign(math.inf, -1 if text[0] == "-" else 1)
    if _THOUSANDS.fullmatch(text):
        return Thousands(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if special := _SPECIAL.fullmatch(text):
        return math.nan if special[1] is None else float(special[1] + "inf")
    return text


def finite(value: object) -> float | None:
    """``value`` as a float when it is a finite number, else None. Truth values and text are no numbers."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def tidy(number: float) -> str:
    """A number as people write it: 3 for 3.0, 0.25 for 0.25."""
    whole = number == int(number) and abs(number) < 1e15
    return str(int(number)) if whole else repr(number)


def show(value: object) -> str:
    """One short printable line for any value found in a file: text in quotes, the rest as YAML writes it."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(value) if abs(int(value)) < 10**40 else f"a whole number of {int(value).bit_length()} bits"
    if isinstance(value, Thousands):
        return f"{value:.3f}"
    if isinstance(value, float):
        return tidy(value) if math.isfinite(value) else ".nan" if math.isnan(value) else f"{value:+.0f}"
    if isinstance(value, str):
        text = visible(value if len(value) <= 60 else value[:57] + "...")
        return f'"{text}"' if "'" in text and '"' not in text else f"'{text}'"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"a Python {type(value).__name__}"
