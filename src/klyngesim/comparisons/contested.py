"""The assumed strengths that a variant hangs on, by its levers (``data/contested.csv``), and what takes no effect."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from klyngesim.posterior import read_rows
from klyngesim.results.windows import complete_years
from klyngesim.scenario import periods
from klyngesim.scenario.gates import GATES, Need
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import Scalar

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
    """Parameters that one of the two sets otherwise than the other, at any date, with any notice, anywhere."""
    mine, theirs = _settings(variant), _settings(baseline)
    return tuple(dict.fromkeys(at[-1] for at in {**mine, **theirs} if mine.get(at) != theirs.get(at)))


def _settings(scenario: Scenario) -> dict[tuple[str, ...], Scalar]:
    """Every value of a scenario by where and when it holds; the last word of a key is the parameter."""
    found: dict[tuple[str, ...], Scalar] = {("", key): value for key, value in scenario.values.items()}
    for name, values in scenario.organisation_values.items():
        found |= {(name, key): value for key, value in values.items()}
    for lever in scenario.timeline:
        when = f"{lever.start} {lever.announced}"
        found |= {(lever.cluster or "", when, key): value for key, value in lever.values.items()}
    return found


def contested_of(keys: Iterable[str]) -> tuple[Contested, ...]:
    """What decides the effect of levers, each parameter once."""
    wanted = tuple(keys)
    found: dict[str, Contested] = {}
    for entry in contested():
        if any(fnmatchcase(key, entry.lever) for key in wanted):
            found.setdefault(entry.parameter, entry)
    return tuple(found.values())


def assumptions_of(variant: Scenario, baseline: Scenario) -> tuple[Contested, ...]:
    """Everything assumed that the answer about a variant leans on: assumption unless shown otherwise.

    The contested strengths of its levers; every parameter that it changes, under its own id, unless the value in force
    is printed, computed, taken from elsewhere or calibrated; every mechanism that only one of the two has switched off,
    which stands for the parameters that it takes with it.
    """
    off = {one.id for mechanism in variant.mechanisms_off for one in registry().carriers(mechanism)}
    keys = [key for key in set_by(variant, baseline) if key not in off]
    found = {entry.parameter: entry for entry in contested_of(keys) if entry.parameter not in off}
    fitted = _calibrated()
    for key in keys:
        grade = registry()[key].grade
        if grade not in SHOWN_GRADES and key not in fitted:
            found.setdefault(key, Contested(key, key, WHY[grade]))
    for mechanism in sorted(set(variant.mechanisms_off) ^ set(baseline.mechanisms_off)):
        found[mechanism] = Contested(mechanism, mechanism, WHY["mechanism"])
    return tuple(found.values())


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
    closed = [gate for gate in GATES if key in gate.keys and not any(_met(need, scenario) for need in gate.needs)]
    return " and ".join(" or ".join(map(str, gate.needs)) for gate in closed)


def _met(need: Need, scenario: Scenario) -> bool:
    """Whether a need is met anywhere in a scenario, at any time."""
    # Pairs of a value and that of the start; where organisations differ at the start a dated value is another one.
    pairs = [(place[need.key], place[need.key]) for place in _undated(scenario) if need.key in place]
    start = scenario.values.get(need.key, "")
    pairs += [(lever.values[need.key], start) for lever in scenario.timeline if need.key in lever.values]
    return any(need.met(value, before) for value, before in pairs)
