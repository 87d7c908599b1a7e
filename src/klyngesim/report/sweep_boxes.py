"""In which futures a variant loses, as discovery.csv of a sweep says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.report.sweep_data import SweepData, switch
from klyngesim.results.csv_tables import Row, value


@dataclass(frozen=True)
class Limit:
    """Ends of a box in the factor's own unit; None where it has none on that side. quasi_p: chance of it by luck."""

    parameter: str
    low: float | None
    high: float | None
    kind: str
    quasi_p: float


@dataclass(frozen=True)
class Box:
    """Where losses gather; shares of 0-1."""

    limits: tuple[Limit, ...]
    coverage: float
    density: float


@dataclass(frozen=True)
class Discovery:
    """In which futures a variant loses, as `sweep_words.sentence` reads it."""

    outcome: str
    scenario: str
    share: float
    boxes: tuple[Box, ...]
    points: int
    tree_rules: Sequence[Box] = ()


BY_CHANCE = 0.05
"""Chance of one rule or more of the tree by luck, up to which it is told."""


def discoveries(found: SweepData) -> Iterator[Discovery]:
    """What discovery.csv says, one for each outcome and variant; nothing if there is no such file.

    The file has a row for each limit of a box or of a rule of the tree, and one without parameter where no box was
    found. A quasi-p does not know that the tree chose among all factors: its rules are left out where times their
    number it is `BY_CHANCE` or more.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in found.tables.get("discovery.csv", ()):
        groups.setdefault((row["outcome"], row["scenario"]), []).append(row)
    for (outcome, scenario), rows in groups.items():
        rules = (rule for rule in _boxes(found, rows, "tree") if _sure(rule, len(found.factors)))
        yield Discovery(
            outcome,
            scenario,
            value(rows[0]["share"]),
            tuple(_boxes(found, rows, "box")),
            int(rows[0].get("points") or found.manifest["points"]),
            tuple(rules),
        )


def _boxes(found: SweepData, rows: Sequence[Row], view: str) -> Iterator[Box]:
    boxes: dict[tuple[str, ...], list[Limit]] = {}
    for row in rows:
        if row["parameter"] and (row.get("view") or "box") == view:
            key = (row.get("box") or "", row["coverage"], row["density"], row["mass"])
            boxes.setdefault(key, []).append(_limit(found, row))
    return (Box(tuple(limits), value(key[1]), value(key[2])) for key, limits in boxes.items())


def _sure(rule: Box, factors: int) -> bool:
    return all(limit.quasi_p * factors < BY_CHANCE for limit in rule.limits)


def _limit(found: SweepData, row: Row) -> Limit:
    low, high = (value(row[side]) if row[side] else None for side in ("low", "high"))
    name = row["parameter"]
    kind = row.get("kind")
    if not kind:
        places = found.design[name]
        kind = "switch" if switch(name) else "whole" if bool((places == np.round(places)).all()) else "number"
    return Limit(name, low, high, kind, value(row["quasi_p"]))
