"""Words of a sweep in English and Danish: sentences for an adviser (``data/sweep.csv``), and labels of its figures."""

from __future__ import annotations

import math

from klyngesim.report import words as note_words
from klyngesim.report.labels import catalogue
from klyngesim.report.numbers import Lang, number, percent, usual_decimals
from klyngesim.report.parameter_words import factor
from klyngesim.report.words import label, listed
from klyngesim.results.indicators import IDS, indicator
from klyngesim.sweeps.discovery import Discovery
from klyngesim.sweeps.prim import Limit
from klyngesim.sweeps.rows import RANK

FIGURES = "sweep_figures.csv"
"""Words of the figures."""


def text(key: str, lang: Lang, **fill: object) -> str:
    """A text by its key, filled in; raises ``KeyError`` for a key or a filling that does not exist."""
    said = catalogue(FIGURES)[key][lang]
    return said.format(**fill) if fill else said


def outcome(name: str, lang: Lang) -> str:
    """Label of an indicator; of its ranks where the order of scenarios is analysed."""
    if name.startswith(RANK):
        return text("rank_of", lang, outcome=note_words.label(name.removeprefix(RANK), lang))
    return note_words.label(name, lang)


def unit(name: str, lang: Lang) -> str:
    """Unit of an indicator in the language; empty for what is none."""
    if name not in IDS:
        return ""
    own = indicator(name).unit
    return _called(f"unit {own}", own, lang)


def index(name: str, lang: Lang) -> str:
    """What an index is called; an unknown one stays as it is."""
    return _called(f"index {name}", name, lang)


def _called(key: str, name: str, lang: Lang) -> str:
    known = catalogue(FIGURES)
    return known[key][lang] if key in known else name


def word(key: str, lang: Lang, **fill: object) -> str:
    """A text of ``data/sweep.csv``, filled in; KeyError for a key or a filling that does not exist."""
    return catalogue("sweep.csv")[key][lang].format(**fill)


def sentence(discovery: Discovery, lang: Lang, ids: bool = True) -> str:
    """In how many futures the variant loses, and where those lie; one more sentence for every further box.

    Where there is no box, the first rule of the tree takes its place; else the first on other factors follows.
    Shares are whole percentages, limits have at least two significant digits. A share that is neither 0 nor 1 is
    never rounded to either. With ``ids`` parameters have them beside their names.
    """
    outcome = label(discovery.outcome, lang)
    about = {
        "scenario": discovery.scenario,
        "outcome": outcome[:1].lower() + outcome[1:] if outcome[1:2].islower() else outcome,
    }
    if discovery.share in (0.0, 1.0):
        key = "always" if discovery.share else "never"
        return word(key, lang, points=number(discovery.points, lang, 0), **about)
    loses = word("loses", lang, share=_share(discovery.share, lang), **about)
    boxes = discovery.boxes or discovery.tree_rules[:1]
    if not boxes:
        return word("none", lang, loses=loses)
    named = {limit.parameter for box in boxes for limit in box.limits}
    others = [rule for rule in discovery.tree_rules if named.isdisjoint(limit.parameter for limit in rule.limits)]
    told = [("further" if place else "box", box) for place, box in enumerate(boxes)]
    told += [("beside", rule) for rule in others[:1]]
    return " ".join(
        word(
            key,
            lang,
            loses=loses,
            coverage=_share(box.coverage, lang),
            where=listed((_limit(one, lang, ids) for one in box.limits), lang),
            density=_share(box.density, lang),
        )
        for key, box in told
    )


def named(id: str, lang: Lang, ids: bool = True) -> str:
    """A factor by its short name, after its id with ``ids`` and else in quotes; unknown ones by their id alone."""
    called = factor(id, lang)
    if called == id:
        return id
    return f"{id} ({called})" if ids else word("quoted", lang, name=called)


def _share(share: float, lang: Lang) -> str:
    """A percentage, with decimals where whole ones would say none or all of what is neither."""
    decimals = 0
    while 0.0 < share < 1.0 and round(share * 100.0, decimals) in (0.0, 100.0) and decimals < 3:
        decimals += 1
    return percent(share, lang, decimals)


def _limit(limit: Limit, lang: Lang, ids: bool) -> str:
    low, high = limit.low, limit.high
    if limit.kind == "switch":
        what = "rule" if "=" in limit.parameter else "mechanism"
        return word(f"{what}_{'on' if low else 'off'}", lang, parameter=named(limit.parameter, lang, ids))
    whole = limit.kind == "whole"
    if low is not None and high is not None:
        key = ("exactly" if low == high else "from_to") if whole else "between"
    elif low is not None:
        key = "at_least" if whole else "above"
    else:
        key = "at_most" if whole else "below"
    ends = {"low": _value(low, lang, whole), "high": _value(high, lang, whole)}
    return word(key, lang, parameter=named(limit.parameter, lang, ids), **ends)


def _value(value: float | None, lang: Lang, whole: bool) -> str:
    if value is None:
        return ""
    if whole or value == 0.0:
        return number(value, lang, 0)
    return number(value, lang, max(usual_decimals(value), 1 - math.floor(math.log10(abs(value)))))
