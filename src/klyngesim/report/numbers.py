"""Numbers as people read them: decimal comma, thousand point and ``mio. kr.`` in Danish, the reverse in English.

Files for machines (CSV) never use this module; they keep the decimal point.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, get_args

Lang = Literal["en", "da"]

LANGUAGES: tuple[Lang, ...] = get_args(Lang)
"""Languages that the report speaks; the first is the default."""

MISSING = "–"
"""Stands for a number that does not exist."""

NBSP = "\u00a0"
MINUS = "\u2212"
"""What stands before a number below zero; terminals have the hyphen of a keyboard."""
_MOST_DECIMALS = 6


def check_language(lang: str) -> Lang:
    """The language itself; raises ``ValueError`` naming the allowed ones when it is not spoken here."""
    for known in LANGUAGES:
        if lang == known:
            return known
    raise ValueError(f"language {lang!r}: allowed are {', '.join(LANGUAGES)}")


def suffix_of(lang: Lang) -> str:
    """What the name of a file ends with in a language: nothing in the default one."""
    return {LANGUAGES[0]: ""}.get(lang, f"_{lang}")


def number(value: float, lang: Lang, decimals: int | None = None) -> str:
    """A number with separators of the language, rounded half away from zero as people do.

    Without ``decimals`` it keeps none from 100 on, one from 1 on, two below. NaN and infinities give ``MISSING``;
    a value that rounds to zero carries no minus sign.
    """
    if not math.isfinite(value):
        return MISSING
    places = usual_decimals(value) if decimals is None else decimals
    # repr gives the shortest decimal text, so 2.675 rounds to 2.68 although its binary value lies just below.
    rounded = Decimal(repr(float(value))).quantize(Decimal(f"1e{-places}"), rounding=ROUND_HALF_UP)
    whole, _, fraction = f"{abs(rounded):,f}".partition(".")
    thousand, comma = (".", ",") if lang == "da" else (",", ".")
    text = whole.replace(",", thousand) + (comma + fraction if fraction else "")
    return MINUS + text if rounded < 0 else text


def usual_decimals(value: float) -> int:
    """Decimals that a number of this size is shown with, see ``number``."""
    size = abs(value)
    if not size or size >= 100.0:
        return 0
    return 1 if size >= 1.0 else 2


def percent(share: float, lang: Lang, decimals: int = 0) -> str:
    """A share (0.123) as ``12 pct.`` in Danish and ``12 %`` in English, held together by a no-break space."""
    text = number(share * 100.0, lang, decimals)
    if text == MISSING:
        return text
    return f"{text}{NBSP}{'pct.' if lang == 'da' else '%'}"


def mkr(value: float, lang: Lang, decimals: int | None = None) -> str:
    """Million kroner: ``121,6 mio. kr.`` in Danish, ``DKK 121.6 million`` in English."""
    text = number(value, lang, decimals)
    if text == MISSING:
        return text
    return f"{text}{NBSP}mio.{NBSP}kr." if lang == "da" else f"DKK{NBSP}{text}{NBSP}million"


def years(first: int, last: int) -> str:
    """A span of years: ``2021–2023``, or ``2021`` when both are the same."""
    return "–".join(map(str, sorted({first, last})))


def tick_labels(values: list[float], lang: Lang) -> list[str]:
    """Labels of an axis: all with the fewest decimals that show every value exactly."""
    for decimals in range(_MOST_DECIMALS):
        slack = 10.0 ** -(decimals + 6)  # ticks carry the rounding errors of floating point
        if all(abs(value - round(value, decimals)) < slack * max(1.0, abs(value)) for value in values):
            return [number(value, lang, decimals) for value in values]
    return [number(value, lang) for value in values]
