"""Quarters as whole numbers: 2021Q1 is 0, 2021Q2 is 1, 2025Q1 is 16 (Danish: *kvartal*).

Quarters before 2021 are negative. Nothing here knows how long a run may be; that is for the checks.
"""

import re

from klyngesim.scenario.characters import plainly

FIRST_YEAR = 2021
"""Year of period 0; the only year the initial state is documented for."""

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])")
_MONTHS = ("jan", "feb", "mar", "apr", "ma[jy]", "jun", "jul", "aug", "sep", "o[kc]t", "nov", "dec")

_YEAR = r"(?P<year>\d{4}|(?:20)?\d\d(?=\D|$))"
_LONG_YEAR = r"(?P<year>\d{4})"
_WORD = r"(?:q|k|kv\.?|kvt\.?|kvartal|quarter)"
_GAP = r"[-/.,' ]*"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_NAMED = rf"(?P<named>{'|'.join(_MONTHS)})[a-z]*\.?"
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        rf"{_LONG_YEAR}",
        rf"{_LONG_YEAR}{_GAP}{_WORD}?{_GAP}(?P<quarter>[1-4])",  # 2025-K1, 2025.1
        rf"{_YEAR}{_GAP}{_WORD} ?(?P<quarter>[1-4])",  # 25Q1
        rf"{_YEAR}{_GAP}(?P<quarter>[1-4])(?:\.|st|nd|rd|th)? ?{_WORD}",  # 2025, 1. kvartal
        rf"{_WORD} ?(?P<quarter>[1-4]){_GAP}(?:of|i)? ?{_YEAR}",  # Q1 2025
        rf"(?P<quarter>[1-4])(?:\.|st|nd|rd|th)? ?{_WORD}{_GAP}(?:of|i)? ?{_YEAR}",  # 1. kvartal 2025
        rf"{_LONG_YEAR}[-/.]?(?P<month>0[1-9]|1[0-2])",  # 2025-04
        rf"{_LONG_YEAR}[-/.]{_MONTH}[-/.]{_DAY}(?:[t ].*)?",  # 2025-04-01
        rf"{_LONG_YEAR}(?P<month>0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",  # 20250401
        rf"{_DAY}[-/. ]+{_MONTH}[-/. ]+{_LONG_YEAR}",  # 1/4/2025 is the first of April
        rf"(?P<month>0[1-9]|1[0-2])[-/.]{_LONG_YEAR}",  # 04-2025
        rf"(?:{_DAY}(?:\.|st|nd|rd|th)?{_GAP})?{_NAMED}{_GAP}{_LONG_YEAR}",  # 1. april 2025
        rf"{_NAMED} ?{_DAY}(?:st|nd|rd|th)?,? {_LONG_YEAR}",  # April 1, 2025
    )
)
"""Ways in which people write a quarter, a month, a day or a year."""


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


def meant(value: object, last: bool = False) -> int | None:
    """The period that something else than a label probably means, or None.

    Quarters in other words (``2025q1``, ``1. kvartal 2025``), months and days in Danish and in international order,
    and bare years, of which ``last`` takes the last quarter instead of the first.
    """
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        return None
    text = plainly(str(value)[:40])
    match = next((found for pattern in _WRITTEN if (found := pattern.fullmatch(text))), None)
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    month = int(parts.get("month") or 0)
    if named := parts.get("named"):
        month = 1 + next(place for place, name in enumerate(_MONTHS) if re.match(name, named, re.IGNORECASE))
    quarter = int(parts.get("quarter") or (month + 2) // 3 or (4 if last else 1))
    return (year - FIRST_YEAR) * 4 + quarter - 1


def _whole(period: int) -> int:
    # True is an int to Python, and a float would silently floor: both are mistakes of the caller.
    if isinstance(period, bool) or not isinstance(period, int):
        raise TypeError(f"a period is a whole number, not {type(period).__name__}")
    return period
