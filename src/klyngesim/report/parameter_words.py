"""Parameters in words: short names in English and Danish (``data/parameters.csv``), and values with their units.

Every parameter of the registry has a name, and so has every mechanism that can be switched off.
"""

from __future__ import annotations

from klyngesim.report.labels import catalogue, text
from klyngesim.report.numbers import NBSP, Lang, number, percent, usual_decimals
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import Scalar, plain_unit, resolve, tidy

NAMES = "parameters.csv"
MECHANISMS = "mechanisms.csv"
UNITS = "units.csv"

_UNNAMED = ("choice", "ratio", "share", "probability", "0 or 1", "strength", "elasticity", "weight", "skewness")
"""Units that say nothing beside a number."""

_SHARES = ("share", "probability")
"""What units of numbers begin with that are told in per cent."""

_FINEST = 6
"""Decimals beyond which no value is told."""


def name(id: str, lang: Lang) -> str:
    """Short name of a parameter; unknown ids stay."""
    named = catalogue(NAMES)
    return named[id][lang] if id in named else id


def mechanism(id: str, lang: Lang) -> str:
    """Short name of a mechanism that can be switched off; unknown ids stay."""
    named = catalogue(MECHANISMS)
    return named[id][lang] if id in named else id


def factor(id: str, lang: Lang) -> str:
    """What a factor or a switch is called: a parameter, a mechanism, or a rival rule ``parameter=value``.

    Unknown ids stay.
    """
    key, _, value = id.partition("=")
    if key not in registry():
        return mechanism(id, lang)
    if not value:
        return name(key, lang)
    typed = resolve(value)
    shown = valued(key, typed, lang) if isinstance(typed, int | float) else choice(value, lang)
    return f"{name(key, lang)} = {shown}"


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


def described(words: str, lang: Lang) -> str:
    """What an indicator counts or a lever of the report changes, in the language; in English as it is."""
    known = catalogue("descriptions.csv", "en")
    return known[words][lang] if words in known else words


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


def choice(word: str, lang: Lang) -> str:
    """A word of a choice in plain words; unknown ones stay."""
    key = f"choice_{word}"
    return text(key, lang) if key in catalogue("texts.csv") else word


def _choice(word: str, lang: Lang) -> str:
    """A word of a choice in plain words, with what is typed in brackets where it is another."""
    plain = choice(word, lang)
    return plain if word in ("on", "off", plain) else f"{plain} ({word})"


def today(id: str, lang: Lang) -> str:
    """What a parameter is in the baseline, without its unit; the ends where organisations differ."""
    usual = registry().default(id)
    if isinstance(usual, str):
        return _choice(usual, lang)
    if isinstance(usual, dict):
        low, high = (f"{end:.3g}" for end in (min(usual.values()), max(usual.values())))
        return text("from_to", lang).format(low=_comma(low, lang), high=_comma(high, lang))
    return _comma(tidy(usual), lang)


def way(id: str, sign: str, lang: Lang) -> str:
    """How a lever of the report sets a parameter: ``= 10 (today 4)``, ``above 1``; empty without a sign.

    Args:
        id: of the parameter.
        sign: as the registry has it: ``=`` and a value, ``+``, ``-``, ``~``.
        lang: of the words.
    """
    if not sign:
        return ""
    parameter = registry()[id]
    if parameter.choices:
        value, usual = _choice(sign[1:], lang), choice(parameter.default, lang)
    else:
        value = _comma(sign[1:], lang)
        usual = text("todays_value", lang) if parameter.is_table else today(id, lang)
    return text(f"way_{sign[0]}", lang).format(value=value, today=usual)


def _comma(typed: str, lang: Lang) -> str:
    """A number as it is typed, with the point of the language."""
    return typed.replace(".", ",") if lang == "da" else typed


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
