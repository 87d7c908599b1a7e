"""The assumed strengths that the answer about a variant hangs on, by its levers (``data/contested.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from klyngesim.scenario.parameters import registry

if TYPE_CHECKING:
    from klyngesim.scenario.schema import Scenario

PRIOR_DRIVEN = ("ties_", "innovations")
"""Indicators whose level the report does not print in any form: their size rests on priors (model, section on what the
report does not say)."""


@dataclass(frozen=True)
class Contested:
    """A parameter whose strength decides what a lever does.

    Attributes:
        lever: parameter id or pattern that a scenario sets.
        parameter: id of the assumed strength, a number with bounds.
        why: the question behind it.
    """

    lever: str
    parameter: str
    why: str


@cache
def contested() -> tuple[Contested, ...]:
    """The list. Raises ValueError for a lever or parameter that is not registered, or one without bounds."""
    text = files("klyngesim.experiments").joinpath("data/contested.csv").read_text(encoding="utf-8")
    found = [Contested(row["lever"], row["parameter"], row["why"]) for row in csv.DictReader(text.splitlines())]
    known = registry()
    for entry in found:
        if not any(fnmatchcase(key, entry.lever) for key in known):
            raise ValueError(f"contested.csv: {entry.lever} fits no registered parameter")
        parameter = known.get(entry.parameter)
        if parameter is None or parameter.low is None or parameter.high is None:
            raise ValueError(f"contested.csv: {entry.parameter} is no registered number with bounds")
    return tuple(found)


def set_by(variant: Scenario, baseline: Scenario) -> tuple[str, ...]:
    """Parameters that a variant sets otherwise than the baseline, at any date and for any organisation."""
    found = [key for key, value in variant.values.items() if baseline.values.get(key) != value]
    for name, values in variant.organisation_values.items():
        found += [key for key, value in values.items() if baseline.organisation_values[name].get(key) != value]
    usual = {(lever.start, lever.cluster, *item) for lever in baseline.timeline for item in lever.values.items()}
    for lever in variant.timeline:
        found += [item[0] for item in lever.values.items() if (lever.start, lever.cluster, *item) not in usual]
    return tuple(dict.fromkeys(found))


def contested_of(keys: Iterable[str]) -> tuple[Contested, ...]:
    """What decides the effect of levers, each parameter once."""
    wanted = tuple(keys)
    found: dict[str, Contested] = {}
    for entry in contested():
        if any(fnmatchcase(key, entry.lever) for key in wanted):
            found.setdefault(entry.parameter, entry)
    return tuple(found.values())


def prior_driven(indicator: str) -> bool:
    """Whether an indicator's level rests on priors."""
    return indicator.startswith(PRIOR_DRIVEN)
