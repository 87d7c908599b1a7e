"""The assumed strengths that a variant hangs on, by its levers (``data/contested.csv``), and what takes no effect."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.posterior import read_rows
from klyngesim.results.windows import complete_years
from klyngesim.scenario import periods
from klyngesim.scenario.gates import Span, opening, openings
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.resolved import Notice, Resolved
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.timing import ineffective

if TYPE_CHECKING:
    from collections.abc import Mapping

    from klyngesim.comparisons.pairs import Runs
    from klyngesim.scenario.schema import Scenario


PRIOR_DRIVEN = ("ties_", "innovations", "social_capital", "trust_", "readiness_")
"""Indicators whose level the report does not print in any form: their size rests on priors (model, section on what the
report does not say)."""

SHOWN_GRADES = ("printed", "computed", "external")
"""Grades of a parameter that a source stands behind; a calibrated one stands on the years 2021-2023."""

WHY = {
    "assumed": "its value is assumed: no source gives it",
    "inferred": "its value is inferred: a source points to it and does not give it",
    "mechanism": "a mechanism of the report that is switched off in one of the two scenarios",
}
"""What is open about an assumption that no question of the list stands behind, by grade."""


@dataclass(frozen=True)
class Contested:
    """A parameter whose strength decides what a lever does.

    Attributes:
        lever: parameter id or pattern that a scenario sets.
        parameter: id of the assumed strength, in the list a number with bounds.
        why: the question behind it.
    """

    lever: str
    parameter: str
    why: str


@cache
def contested() -> tuple[Contested, ...]:
    """The list: levers are registered, and so are the parameters, which are numbers with bounds."""
    text = files("klyngesim.comparisons").joinpath("data/contested.csv").read_text(encoding="utf-8")
    return tuple(Contested(row["lever"], row["parameter"], row["why"]) for row in csv.DictReader(text.splitlines()))


def set_by(variant: Scenario, baseline: Scenario) -> tuple[str, ...]:
    """Parameters that one of the two sets otherwise than the other, at any date, with any notice, anywhere.

    A value that is set where it holds already is no difference.
    """
    return tuple(_parted(variant, baseline))


def _parted(variant: Scenario, baseline: Scenario) -> dict[str, Span]:
    """What two scenarios set otherwise: for whom, and from the first quarter on in which it may matter."""
    mine, theirs = Resolved(variant, registry()), Resolved(baseline, registry())
    found: dict[str, Span] = {}
    said = _settings(variant), _settings(baseline)
    for key in dict.fromkeys(at[-1] for at in {**said[0], **said[1]} if said[0].get(at) != said[1].get(at)):
        courses = {one: (mine.moves(key, one), theirs.moves(key, one)) for one in mine.everybody(key)}
        apart = {one: _first_apart(*both) for one, both in courses.items() if both[0] != both[1]}
        if apart:
            start = min(apart.values())
            found[key] = Span(key, tuple(apart), start, max(variant.end, baseline.end) + 1, start > 0)
    return found


def _settings(scenario: Scenario) -> dict[tuple[str, ...], Scalar]:
    """Every value of a scenario by where and when it holds; the last word of a key is the parameter."""
    found: dict[tuple[str, ...], Scalar] = {("", key): value for key, value in scenario.values.items()}
    for name, values in scenario.organisation_values.items():
        found |= {(name, key): value for key, value in values.items()}
    for lever in scenario.timeline:
        when = f"{lever.start} {lever.announced}"
        found |= {(lever.cluster or "", when, key): value for key, value in lever.values.items()}
    return found


def _first_apart(one: list[Notice], other: list[Notice]) -> int:
    """First quarter that only one of two courses has a word about, or that they say different things of."""
    return min(start for start, _, _ in set(one) ^ set(other))


def contested_of(keys: Iterable[str]) -> tuple[Contested, ...]:
    """What decides the effect of levers, each parameter once."""
    wanted = tuple(keys)
    found: dict[str, Contested] = {}
    for entry in contested():
        if any(fnmatchcase(key, entry.lever) for key in wanted):
            found.setdefault(entry.parameter, entry)
    return tuple(found.values())


def questions_of(variant: Scenario, baseline: Scenario) -> tuple[Contested, ...]:
    """What decides the effect of the levers of a variant, but for what takes no effect in either of the two."""
    parted = _effective(variant, baseline)
    return tuple(entry for entry in contested_of(parted) if _decides(entry.parameter, parted, variant, baseline))


def assumptions_of(variant: Scenario, baseline: Scenario) -> tuple[Contested, ...]:
    """Everything assumed that the answer about a variant leans on: assumption unless shown otherwise.

    The contested strengths of its levers; every parameter that it changes, under its own id, unless the value in force
    is printed, computed, taken from elsewhere or calibrated; every mechanism that only one of the two has switched off,
    which stands for the parameters that it takes with it. What takes no effect in either of the two is none of them.
    """
    found = {entry.parameter: entry for entry in questions_of(variant, baseline)}
    fitted = _calibrated()
    for key in _effective(variant, baseline):
        grade = registry()[key].grade
        if grade not in SHOWN_GRADES and key not in fitted:
            found.setdefault(key, Contested(key, key, WHY[grade]))
    for mechanism in sorted(set(variant.mechanisms_off) ^ set(baseline.mechanisms_off)):
        found[mechanism] = Contested(mechanism, mechanism, WHY["mechanism"])
    return tuple(found.values())


def _effective(variant: Scenario, baseline: Scenario) -> dict[str, Span]:
    """What two scenarios set otherwise and one that sets it lets take effect, what is switched off left out."""
    both, off = (variant, baseline), _switched_off(variant)
    found = {key: span for key, span in _parted(*both).items() if key not in off}
    return {
        key: span for key, span in found.items() if not _ineffective(span, (one for one in both if _sets(one, span)))
    }


def _sets(scenario: Scenario, span: Span) -> bool:
    """Whether a scenario gives anybody another value of a parameter than the registry's."""
    held, default = Resolved(scenario, registry()), registry().default(span.key)
    usual = {one: default[one or ""] if isinstance(default, dict) else default for one in span.whom}
    return any(held.moves(span.key, one) != [(0, 0, usual[one])] for one in span.whom)


def _decides(strength: str, parted: Mapping[str, Span], variant: Scenario, baseline: Scenario) -> bool:
    """Whether a strength takes effect in one of two scenarios from the quarter on in which they part."""
    start = min(span.start for span in parted.values())
    after = max(span.after for span in parted.values())
    asked = Span(strength, Resolved(variant, registry()).everybody(strength), start, after, start > 0)
    return strength not in _switched_off(variant) and not _ineffective(asked, (variant, baseline))


def _switched_off(scenario: Scenario) -> set[str]:
    """The parameters of mechanisms that a scenario switches off."""
    return {one.id for mechanism in scenario.mechanisms_off for one in registry().carriers(mechanism)}


def _ineffective(span: Span, scenarios: Iterable[Scenario]) -> bool:
    return all(ineffective(span, Resolved(one, registry())) for one in scenarios)


def _calibrated() -> frozenset[str]:
    """Ids of the parameters that the shipped posterior fits; none without one."""
    try:
        (_, central), *_ = read_rows()
    except FileNotFoundError:
        return frozenset()
    return frozenset(central)


def prior_driven(indicator: str) -> bool:
    """Whether an indicator's level rests on priors."""
    return indicator.startswith(PRIOR_DRIVEN)


def unchanged(runs: Runs, variant: int) -> bool:
    """Whether every run of a variant equals the baseline's, in all that a comparison keeps of it."""
    pairs = list(zip(runs.measured[0], runs.measured[variant], strict=True))
    return bool(pairs) and all(
        np.array_equal(getattr(base, part), getattr(other, part), equal_nan=True)
        for base, other in pairs
        for part in ("indicators", "moves", "yearly", "organisations")
    )


def without_effect(runs: Runs) -> dict[str, dict[str, str]]:
    """The variants that change nothing, with what each sets all the same and what that would need, in words.

    The need is empty where none is known.
    """
    base = runs.scenarios[0]
    return {
        scenario.name: {
            **{key: _later(key, scenario, base) or need_of(key, scenario) for key in set_by(scenario, base)},
            **dict.fromkeys(sorted(set(scenario.mechanisms_off) ^ set(base.mechanisms_off)), ""),
        }
        for variant, scenario in enumerate(runs.scenarios[1:], start=1)
        if unchanged(runs, variant)
    }


def _later(key: str, scenario: Scenario, base: Scenario) -> str:
    """The end that a run needs so that a year is measured in which a parameter differs; empty if it has that."""
    places = zip(_undated(scenario), _undated(base), strict=True)
    starts = [lever.start for one in (scenario, base) for lever in one.timeline if key in lever.values]
    if not starts or any(mine.get(key) != theirs.get(key) for mine, theirs in places):
        return ""
    first = periods.year(min(starts))
    measured = complete_years(scenario.start, scenario.quarters)
    return "" if first in measured else f"period.end at {first}Q4 or later"


def _undated(scenario: Scenario) -> tuple[Mapping[str, Scalar], ...]:
    return (scenario.values, *scenario.organisation_values.values())


def need_of(key: str, scenario: Scenario) -> str:
    """What a parameter needs to take effect and a scenario never has, such as ``a above 0 or b = on``."""
    held = Resolved(scenario, registry())
    asked = Span(key, held.everybody(key), 0, scenario.end + 1, True)
    shut = (gate for gate, _ in openings(asked, held) if opening(replace(gate, opens=None), asked, held) is None)
    return " and ".join(" or ".join(map(str, gate.needs)) for gate in shut)
