"""What policy can change over time: the dated parameters, with the levers (L) and mechanisms (M) of the report."""

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase

from klyngesim.scenario.parameters import Registry, registry
from klyngesim.scenario.registryfile import DATA
from klyngesim.scenario.scalars import tidy


@dataclass(frozen=True)
class DatedParameter:
    """A parameter that the timeline may set (Danish: *virkemiddel*).

    id, unit: as registered; default: the value in the baseline, "by organisation" for a table; allowed: what may be
    set, in words; scope: programme or organisation; levers, mechanisms: report ids; note: one line.
    """

    id: str
    unit: str
    default: str
    allowed: str
    scope: str
    levers: tuple[str, ...]
    mechanisms: tuple[str, ...]
    note: str


def levers(parameters: Registry | None = None) -> tuple[DatedParameter, ...]:
    """Every dated parameter of a registry (default: the packaged one), in its order."""
    known = registry() if parameters is None else parameters
    found = []
    for parameter in known.values():
        if not parameter.dated:
            continue
        found.append(
            DatedParameter(
                parameter.id,
                parameter.unit,
                _shown(known.default(parameter.id)),
                parameter.allowed,
                parameter.scope,
                parameter.levers,
                parameter.mechanisms,
                parameter.note,
            )
        )
    return tuple(found)


def by_policy_lever(parameters: Registry | None = None) -> dict[str, tuple[str, ...]]:
    """The parameters (dated or not) through which each lever of the report can be set, by L id, sorted."""
    return {lever: tuple(settings) for lever, settings in settings_of_levers(parameters).items()}


def settings_of_levers(parameters: Registry | None = None) -> dict[str, dict[str, str]]:
    """How each lever of the report is set, in signs: L id -> parameter -> ``=10``, ``+``, by L id, sorted.

    See `klyngesim.report.parameter_words.way` for the words.
    """
    known = registry() if parameters is None else parameters
    found: dict[str, dict[str, str]] = {}
    for parameter in known.values():
        for lever, way in zip(parameter.levers, parameter.ways, strict=True):
            found.setdefault(lever, {})[parameter.id] = way.removeprefix(lever)
    return {lever: found[lever] for lever in sorted(found)}


def remarks() -> dict[str, str]:
    """Why a lever of the report is not modelled, or what has to be known of how it is, by L id."""
    with (DATA / "levers.csv").open(encoding="utf-8", newline="") as opened:
        return {row["id"]: row["why"] for row in csv.DictReader(opened)}


UNPRICED = (
    "environment.consolidated",
    "evaluation.every_years",
    "institutions.capacity_*",
    "institutions.ease_*",
    "presence.*",
    "project.commitment_rule",
    "project.open_invitation",
    "recruitment.regional_penalty",
    "referral.from_actors",
    "researcher.conditional",
)
"""Levers, ids or patterns, that change results for nothing and cost something in the world."""


def unpriced(key: str) -> bool:
    """Whether a parameter is a lever without a price of its own."""
    return any(fnmatchcase(key, pattern) for pattern in UNPRICED)


def _shown(default: float | str | dict[str, float]) -> str:
    """A default in a listing."""
    if isinstance(default, dict):
        return "by organisation"
    return default if isinstance(default, str) else tidy(default)
