"""What a sweep found, in sentences that an adviser can use, in English and Danish; words are in ``data/sweep.csv``.

What was found comes from `klyngesim.experiments.sweeps.discovery` or from its stored file; here only its shape counts.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Protocol

from klyngesim.report.note_words import label, listed
from klyngesim.report.numbers import Lang, number, percent, usual_decimals


class LimitFound(Protocol):
    """What a box asks of one factor: ends in the factor's own unit, None where there is no end on that side."""

    @property
    def parameter(self) -> str:
        """Id of the factor."""

    @property
    def low(self) -> float | None:
        """Least value inside."""

    @property
    def high(self) -> float | None:
        """Largest value inside."""

    @property
    def kind(self) -> str:
        """Number, whole, switch or dummy."""


class BoxFound(Protocol):
    """Where losses gather; shares of 0-1."""

    @property
    def limits(self) -> Sequence[LimitFound]:
        """Of the restricted factors."""

    @property
    def coverage(self) -> float:
        """Share of all losses that lie inside."""

    @property
    def density(self) -> float:
        """Share of the points inside that are losses."""


class DiscoveryFound(Protocol):
    """In which futures a variant loses."""

    @property
    def outcome(self) -> str:
        """Indicator id or name of the objective."""

    @property
    def scenario(self) -> str:
        """Name of the variant."""

    @property
    def share(self) -> float:
        """Share of all points that are losses, 0-1."""

    @property
    def boxes(self) -> Sequence[BoxFound]:
        """The boxes, if any."""

    @property
    def tree_rules(self) -> Sequence[BoxFound]:
        """Rules of a tree, which may overlap, largest coverage first."""

    @property
    def points(self) -> int:
        """Number of points."""


@cache
def words() -> dict[str, dict[Lang, str]]:
    """Every word by key and language. Raises ``ValueError`` for a key that stands twice."""
    found: dict[str, dict[Lang, str]] = {}
    content = files("klyngesim.report").joinpath("data/sweep.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(StringIO(content)):
        if row["key"] in found:
            raise ValueError(f"sweep.csv: {row['key']} stands twice")
        found[row["key"]] = {"en": row["en"], "da": row["da"]}
    return found


def _word(key: str, lang: Lang, **fill: object) -> str:
    return words()[key][lang].format(**fill)


def sentence(discovery: DiscoveryFound, lang: Lang) -> str:
    """In how many futures the variant loses, and where those lie; one more sentence for every further box.

    Where there is no box, the first rule of the tree takes its place; else the first on other factors follows.
    Shares are whole percentages, limits have at least two significant digits. A share that is neither 0 nor 1 is
    never rounded to either.
    """
    outcome = label(discovery.outcome, lang)
    about = {
        "scenario": discovery.scenario,
        "outcome": outcome[:1].lower() + outcome[1:] if outcome[1:2].islower() else outcome,
    }
    if discovery.share in (0.0, 1.0):
        key = "always" if discovery.share else "never"
        return _word(key, lang, points=number(discovery.points, lang, 0), **about)
    loses = _word("loses", lang, share=_share(discovery.share, lang), **about)
    boxes = discovery.boxes or discovery.tree_rules[:1]
    if not boxes:
        return _word("none", lang, loses=loses)
    named = {limit.parameter for box in boxes for limit in box.limits}
    others = [rule for rule in discovery.tree_rules if named.isdisjoint(limit.parameter for limit in rule.limits)]
    told = [("further" if place else "box", box) for place, box in enumerate(boxes)]
    told += [("beside", rule) for rule in others[:1]]
    return " ".join(
        _word(
            key,
            lang,
            loses=loses,
            coverage=_share(box.coverage, lang),
            where=listed((_limit(one, lang) for one in box.limits), lang),
            density=_share(box.density, lang),
        )
        for key, box in told
    )


def _share(share: float, lang: Lang) -> str:
    """A percentage, with decimals where whole ones would say none or all of what is neither."""
    decimals = 0
    while 0.0 < share < 1.0 and round(share * 100.0, decimals) in (0.0, 100.0) and decimals < 3:
        decimals += 1
    return percent(share, lang, decimals)


def _limit(limit: LimitFound, lang: Lang) -> str:
    low, high = limit.low, limit.high
    if limit.kind == "switch":
        return _word("on" if low else "off", lang, parameter=limit.parameter)
    whole = limit.kind == "whole"
    if low is not None and high is not None:
        key = ("exactly" if low == high else "from_to") if whole else "between"
    elif low is not None:
        key = "at_least" if whole else "above"
    else:
        key = "at_most" if whole else "below"
    return _word(key, lang, parameter=limit.parameter, low=_value(low, lang, whole), high=_value(high, lang, whole))


def _value(value: float | None, lang: Lang, whole: bool) -> str:
    if value is None:
        return ""
    if whole or value == 0.0:
        return number(value, lang, 0)
    return number(value, lang, max(usual_decimals(value), 1 - math.floor(math.log10(abs(value)))))
