"""Quarters as whole numbers: 2021Q1 is 0, 2021Q2 is 1, 2025Q1 is 16 (Danish: *kvartal*).

Quarters before 2021 are negative. Nothing here knows how long a run may be; that is for the checks.
"""

import re

FIRST_YEAR = 2021
"""Year of period 0; the only year the initial state is documented for."""

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])")
_NEARLY = re.compile(r"\s*([0-9]{4})\s*[-/. ]?\s*[qQkK]?\s*([1-4])\s*")


def parse(text: str) -> int:
    """The period number of a label such as ``"2025Q1"`` (16).

    Raises TypeError for anything but text and ValueError for text that is not a year and a quarter.
    """
    if not isinstance(text, str):
        raise TypeError(f"a quarter is text such as 2025Q1, not {type(text).__name__}")
    match = _QUARTER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a quarter; write the year and Q1-Q4, such as 2025Q1")
    return (int(match[1]) - FIRST_YEAR) * 4 + int(match[2]) - 1


def label(period: int) -> str:
    """The label of a period number: 16 gives ``"2025Q1"``.

    Raises TypeError for anything but a whole number, ValueError outside the years 0-9999.
    """
    return f"{year(period):04d}Q{quarter(period)}"


def year(period: int) -> int:
    """The calendar year of a period number: 16 gives 2025."""
    found = FIRST_YEAR + _whole(period) // 4
    if not 0 <= found <= 9999:
        raise ValueError(f"period {period} is outside the years 0-9999")
    return found


def quarter(period: int) -> int:
    """The quarter of the year, 1-4, of a period number: 16 gives 1."""
    return _whole(period) % 4 + 1


def suggestion(text: str) -> str | None:
    """The label that a slightly wrong text probably means (``2025q1``, ``2025-K1``), or None."""
    match = _NEARLY.fullmatch(text[:40])
    return f"{match[1]}Q{match[2]}" if match else None


def _whole(period: int) -> int:
    # True is an int to Python, and a float would silently floor: both are mistakes of the caller.
    if isinstance(period, bool) or not isinstance(period, int):
        raise TypeError(f"a period is a whole number, not {type(period).__name__}")
    return period
