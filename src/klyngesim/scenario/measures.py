"""Words behind a number: how large it is (``15k``, ``1,5 mio.``) and in what (``60.000 kr.``, ``10 år``)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_MONEY, _TIME, _COUNT = "money", "time", "count"

_WORDS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("k", "t", "tusind", "tusinde", "thousand"), ("", Decimal(1_000))),
    **dict.fromkeys(("m", "mio", "mill", "million", "millioner", "millions"), ("", Decimal(1_000_000))),
    **dict.fromkeys(("mia", "mrd", "milliard", "milliarder", "billion", "bn"), ("", Decimal(1_000_000_000))),
    **dict.fromkeys(("kr", "krone", "kroner", "dkk"), (_MONEY, Decimal(1))),
    **dict.fromkeys(("tkr", "tdkk"), (_MONEY, Decimal(1_000))),
    **dict.fromkeys(("mkr", "mdkk"), (_MONEY, Decimal(1_000_000))),
    **dict.fromkeys(("år", "year", "years", "yr", "yrs"), (_TIME, Decimal(12))),
    **dict.fromkeys(("kvartal", "kvartaler", "kvt", "quarter", "quarters"), (_TIME, Decimal(3))),
    **dict.fromkeys(("måned", "måneder", "mdr", "md", "month", "months"), (_TIME, Decimal(1))),
    **dict.fromkeys(
        ("stk", "gange", "x", "timer", "time", "hours", "hour", "fte", "årsværk", "firms", "virksomheder"),
        (_COUNT, Decimal(1)),
    ),
}
"""What a word measures, empty for one that is a size alone, and how many kroner, months or things it is."""

_UNITS = (
    ("mio. kr.", _MONEY, Decimal(1_000_000)),
    ("kr.", _MONEY, Decimal(1)),
    ("years", _TIME, Decimal(12)),
    ("quarters", _TIME, Decimal(3)),
    ("months", _TIME, Decimal(1)),
)
"""Units of the registry by how they begin."""

_MEASURED = re.compile(r"((?:kr\.?|dkk)\s*)?([-+]?[\d.,' _]*\d)(,[-–—])?\s*(\D*)", re.IGNORECASE)
_EVERY_YEAR = re.compile(r"\s*(?:/|\bpr\.?|\bper\b|\bom\b|\ba\b)\s*(?:år|året|year)\.?$", re.IGNORECASE)


class Measure(NamedTuple):
    """A number as it is written, and what it is multiplied by to be in the unit asked for."""

    number: str
    factor: Decimal


def measure(text: str, unit: str = "") -> Measure | None:
    """The number of a text with words for its size or unit; None where there are none, or they do not fit the unit.

    Args:
        text: such as ``60.000 kr.``.
        unit: of the registry, such as ``mio. kr. a year``; without one a number is given as the words have it.
    """
    found = _MEASURED.fullmatch(_EVERY_YEAR.sub("", text))
    if found is None:
        return None
    said = found[4].lower().replace("t.kr", "tkr").replace("m.kr", "mkr")
    words = [word for word in re.split(r"[\s.]+", said) if word] + ["kr"] * bool(found[1] or found[3])
    if not words or any(word not in _WORDS for word in words):
        return None
    kinds = {kind for kind, _ in map(_WORDS.__getitem__, words) if kind}
    kind, base = next(((kind, base) for begins, kind, base in _UNITS if unit.startswith(begins)), (_COUNT, Decimal(1)))
    if len(kinds) > 1 or (kinds and unit and kinds != {kind}):
        return None
    if kinds == {_TIME} and not unit:
        return Measure(found[2], Decimal(1))
    factor = Decimal(1)
    for word in words:
        factor *= _WORDS[word][1]
    # A size alone is one of the unit's own, but that of money is in kroner: 1,5 mio. where mio. kr. are asked for.
    return Measure(found[2], factor / (base if kinds or kind == _MONEY else Decimal(1)))
