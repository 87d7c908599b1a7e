"""Parameters in words: short names in English and Danish (``data/parameters.csv``), and values with their units.

Every lever and every contested strength has a name; of other parameters the note of the registry stands for it.
"""

from __future__ import annotations

from klyngesim.report.labels import catalogue, text
from klyngesim.report.numbers import NBSP, Lang, number, percent, usual_decimals
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import Scalar, plain_unit

NAMES = "parameters.csv"
UNITS = "units.csv"

_UNNAMED = ("choice", "ratio", "share", "probability", "0 or 1", "strength", "elasticity", "weight", "skewness")
"""Units that say nothing beside a number."""

_SHARES = ("share", "probability")
"""What units of numbers begin with that are told in per cent."""

_FINEST = 6
"""Decimals beyond which no value is told."""


def name(id: str, lang: Lang) -> str:
    """Short name of a parameter, in English where it has none but the note of the registry; unknown ids stay."""
    named = catalogue(NAMES)
    if id in named:
        return named[id][lang]
    known = registry()
    return known[id].note or id if id in known else id


def unit(id: str, lang: Lang) -> str:
    """Unit of a parameter; empty for what is a choice, a share or a ratio without one."""
    plain = plain_unit(registry()[id].unit).partition(" (")[0]
    if plain in _UNNAMED:
        return ""
    return translated(plain, lang)


def translated(unit: str, lang: Lang) -> str:
    """A unit as tables have it in a language; one that no list has stays as it is."""
    units = catalogue(UNITS, "en")
    return units[unit][lang] if unit in units else unit


def valued(id: str, value: Scalar, lang: Lang) -> str:
    """A value with its unit: ``10 years``, ``25 %``, ``0,4 mio. kr. om året``, ``an open call (open_call)``."""
    if isinstance(value, str):
        return _choice(value, lang)
    own = registry()[id].unit
    if own.startswith("0 or 1"):
        return text("choice_on" if value else "choice_off", lang)
    if own.startswith(_SHARES):
        shown = percent(value, lang, _decimals(100.0 * value))
        return f"{shown} {text('a_year', lang)}" if own == "share a year" else shown
    return NBSP.join(filter(None, (number(value, lang, _decimals(value)), unit(id, lang))))


def _choice(word: str, lang: Lang) -> str:
    """A word of a choice in plain words, with what is typed in brackets where it is another; unknown ones stay."""
    key = f"choice_{word}"
    if key not in catalogue("texts.csv"):
        return word
    return text(key, lang) if word in ("on", "off") else f"{text(key, lang)} ({word})"


def allowed(id: str, lang: Lang) -> str:
    """The range of a parameter as ``0 to 80 %``, or its choices; empty without both ends."""
    parameter = registry()[id]
    if parameter.choices:
        return ", ".join(_choice(word, lang) for word in parameter.choices)
    if parameter.low is None or parameter.high is None:
        return ""
    least = parameter.low * (100.0 if parameter.unit.startswith(_SHARES) else 1.0)
    low, high = number(least, lang, _decimals(least)), valued(id, parameter.high, lang)
    return text("from_to", lang).format(low=low, high=high)


def _decimals(value: float) -> int:
    """As few decimals as show a value exactly, at most those that matter."""
    exact = next((n for n in range(_FINEST) if abs(round(value, n) - value) < 1e-9), _FINEST)
    return min(exact, max(3, usual_decimals(value)))
