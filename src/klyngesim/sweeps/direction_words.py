"""Directions of a sweep as sentences for an adviser, in English and Danish (``data/sweep.csv``)."""

from __future__ import annotations

from klyngesim.report.numbers import Lang, number
from klyngesim.report.parameter_words import factor, valued
from klyngesim.results.indicators import indicator
from klyngesim.scenario.parameters import registry
from klyngesim.sweeps import words
from klyngesim.sweeps.directions import Direction


def direction(found: Direction, scenario: str, differs: bool, lang: Lang, ids: bool = True) -> str:
    """What an outcome is at both ends of a factor, in one sentence; amounts to two digits.

    Args:
        found: the direction.
        scenario: its title.
        differs: whether the outcome is a difference from a baseline.
        lang: of the sentence.
        ids: whether parameters have their ids beside their names.
    """
    kind = f"{'direction' if differs else 'level'}{_switch(found.parameter)}"
    ends = {"high": found.at_high, "low": found.at_low}
    sizes = {end: abs(value) if differs else value for end, value in ends.items()}
    digits = next((n for n in (2, 3, 4) if len({_rounded(size, n) for size in sizes.values()}) == 2), 2)
    said = {f"{end}_verb": words.word("gains" if value >= 0.0 else "loses_verb", lang) for end, value in ends.items()}
    said |= {
        f"{end}_amount": _amount(found.outcome, _rounded(size, digits), differs, lang) for end, size in sizes.items()
    }
    if found.parameter in registry():
        said |= {end: valued(found.parameter, _rounded(getattr(found, end)), lang) for end in ends}
    called = factor(found.parameter, lang)
    about = {"name": called, "id": "", "scenario": scenario}
    if called != found.parameter:
        about |= {"name": words.word("quoted", lang, name=called), "id": f" [{found.parameter}]" if ids else ""}
    return words.word(kind, lang, outcome=words.outcome(found.outcome, lang), **about, **said)


def _switch(id: str) -> str:
    """What kind of switch a factor is: a mechanism that is switched off, a rival rule, or none."""
    return "" if id in registry() else "_rule" if "=" in id else "_off"


def _rounded(value: float, digits: int = 2) -> float:
    """The digits that count."""
    return float(f"{value:.{digits}g}")


def _amount(id: str, size: float, differs: bool, lang: Lang) -> str:
    """The size of an outcome or of a difference, with its unit."""
    known = indicator(id)
    key = "some_a_year" if known.kind == "flow" else "some"
    if known.unit.startswith("share"):
        shown = _rounded(100.0 * size, 4)
        return words.word(key, lang, n=_digits(shown, lang), unit=words.word("points" if differs else "percent", lang))
    if known.unit == "mio. kr.":
        return words.word(f"{key}_mkr", lang, n=_digits(size, lang))
    return words.word(key, lang, n=_digits(size, lang), unit=words.unit(id, lang))


def _digits(size: float, lang: Lang) -> str:
    """A number with the decimals that it has."""
    return number(size, lang, next((n for n in range(6) if round(size, n) == size), 6))
